use std::collections::BTreeMap;

use reverie_domain::{
    consent::{Purpose, Source, Wish},
    ids::AccountId,
};
use reverie_store::{
    Record,
    accounts::{self, Account},
    consents,
    tables::WriteError,
};
use serde::Deserialize;
use serde_json::Value;

use crate::{Housekeeper, HousekeeperError};

/// How often the account is read again because it changed.
const RACES: u32 = 10;

/// Mail that came back for good, or about which somebody complained, as SES tells EventBridge.
#[derive(Debug)]
pub(crate) struct Returned {
    account: AccountId,
    addresses: Vec<String>,
    complained: bool,
}

#[derive(Deserialize)]
struct Detail {
    mail: Sent,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Deserialize)]
struct Sent {
    tags: Tags,
}

#[derive(Deserialize)]
struct Tags {
    account: Vec<AccountId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

impl Returned {
    /// What an event of SES tells; `None` if it is about nothing that matters: a full mailbox is no
    /// reason to stop.
    pub(crate) fn parse(event: &Value) -> Option<Self> {
        let detail = Detail::deserialize(event.get("detail")?).ok()?;
        let account = detail.mail.tags.account.first().copied()?;
        let bounced = detail.bounce.filter(|bounce| bounce.bounce_type == "Permanent");
        let bounced = bounced.map(|bounce| bounce.bounced_recipients);
        let complained = detail.complaint.map(|complaint| complaint.complained_recipients);
        let is_complaint = bounced.is_none() && complained.is_some();
        let recipients = bounced.or(complained)?;
        let addresses = recipients.into_iter().map(|one| one.email_address).collect();
        Some(Self { account, addresses, complained: is_complaint })
    }
}

impl Housekeeper {
    /// No more mail to an address that does not want it. One that was changed meanwhile is not meant.
    /// Whoever complains wants no such mail at another address either.
    pub(crate) async fn stop_mail(&self, returned: &Returned) -> Result<(), HousekeeperError> {
        for _ in 0..RACES {
            let found = accounts::find(&*self.tables, returned.account).await?;
            let Some(account) = found.filter(|account| returned.means(account)) else {
                return Ok(());
            };
            if returned.complained {
                self.end_marketing(account.id).await?;
            }
            if account.mail_stopped_at.is_some() {
                return Ok(());
            }
            let next = Account { mail_stopped_at: Some(self.clock.now()), ..account.next() };
            match self.tables.write(&[next.replace(&account)?]).await {
                Ok(()) => return Ok(()),
                Err(WriteError::Conflict(_)) => {}
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        Err(HousekeeperError::Contended)
    }

    async fn end_marketing(&self, account: AccountId) -> Result<(), HousekeeperError> {
        let (purpose, source) = (Purpose::MarketingEmail, Source::Complaint);
        let wish = Wish { purpose, granted: false, source, despite_signal: false };
        let wishes = BTreeMap::from([(None, vec![wish])]);
        match consents::decide(&*self.tables, self.clock.now(), account, &wishes).await? {
            true => Ok(()),
            false => Err(HousekeeperError::Contended),
        }
    }
}

impl Returned {
    fn means(&self, account: &Account) -> bool {
        let present = account.email.as_deref();
        present.is_some_and(|to| self.addresses.iter().any(|one| one.eq_ignore_ascii_case(to)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: &str, members: Value) -> Value {
        let mut detail = json!({
            "eventType": kind,
            "mail": {"tags": {"account": [AccountId::new()], "ses:from-domain": ["reverie.example"]}},
        });
        detail.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        json!({"source": "aws.ses", "detail-type": format!("Email {kind}"), "detail": detail})
    }

    #[test]
    fn only_what_does_not_come_right_by_itself_matters() {
        let bounce = |kind: &str| {
            let to = [json!({"emailAddress": "ada@example.com", "status": "5.1.1"})];
            event("Bounced", json!({"bounce": {"bounceType": kind, "bouncedRecipients": to}}))
        };
        let bounced = Returned::parse(&bounce("Permanent")).unwrap();
        assert_eq!(
            (&*bounced.addresses, bounced.complained),
            (&["ada@example.com".to_owned()][..], false)
        );
        assert!(Returned::parse(&bounce("Transient")).is_none());
        let to = [json!({"emailAddress": "ada@example.com"})];
        let complaint = json!({"complaint": {"complainedRecipients": to}});
        let complaint = Returned::parse(&event("Complaint Received", complaint)).unwrap();
        assert!(complaint.complained);
        assert!(Returned::parse(&event("Delivered", json!({"delivery": {}}))).is_none());
        assert!(Returned::parse(&json!({"source": "aws.ses"})).is_none());
    }
}
