//! Sends mail, and hears when it does not arrive.

mod letters;
mod news;
mod returned;

use std::{fmt, sync::Arc};

use reverie_api::{Settings, email_token, unsubscribe_token};
use reverie_domain::{
    consent::Purpose,
    ids::MailingId,
    mail::{Letter, Mail},
    mailing::{Mailing, Topic},
};
use reverie_store::{
    accounts::{self, Account, AccountKind, new_email},
    consents,
    mailer::{Mailer, Outgoing},
    mailings, mails,
};

pub(crate) use self::returned::Returned;
use crate::{Housekeeper, HousekeeperError};

/// What sends mail, and as whom.
#[derive(Clone)]
pub struct Post {
    /// What delivers.
    pub mailer: Arc<dyn Mailer>,
    /// The address that sends, such as `reverie@reverie.example`.
    pub sender: String,
    /// The deployment's settings.
    pub settings: Arc<Settings>,
}

/// To whom a mail goes, where its link leads, and what it says if that is not ours.
struct Addressed {
    to: String,
    link: String,
    news: Option<News>,
}

/// What an operator wrote.
struct News {
    subject: String,
    text: String,
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("sender", &self.sender).finish_non_exhaustive()
    }
}

impl Housekeeper {
    /// Sends a mail that is due, and forgets it. To nobody whose account is being erased, and to no
    /// address from which mail came back.
    pub(crate) async fn send_mail(&self, mail: Mail) -> Result<(), HousekeeperError> {
        let account = accounts::find(&*self.tables, mail.account).await?;
        let Some((post, account)) = self.post.as_ref().zip(account) else {
            return self.forget(&mail).await;
        };
        let Some(addressed) = self.addressed(post, &account, &mail.letter).await? else {
            return self.forget(&mail).await;
        };
        let now = self.clock.now();
        let Some(claimed) = mail.claimed(now) else {
            tracing::error!(id = %mail.id, "a mail was tried too often, and is given up");
            return self.forget(&mail).await;
        };
        if !mails::claim(&*self.tables, &mail, &claimed).await? {
            return Err(HousekeeperError::Contended);
        }
        let outgoing = Outgoing {
            from: post.sender.clone(),
            message: post.message(now, &mail, &addressed)?,
            to: addressed.to,
            account: mail.account,
        };
        post.mailer.send(&outgoing).await?;
        self.forget(&claimed).await
    }

    async fn addressed(
        &self,
        post: &Post,
        account: &Account,
        letter: &Letter,
    ) -> Result<Option<Addressed>, HousekeeperError> {
        let origin = &post.settings.public_origin;
        let link = match letter {
            // To the page that shows the newest archive: who follows it may have to sign in first.
            Letter::ExportReady { .. } => format!("{origin}/#yours"),
            Letter::Inactive { .. } => format!("{origin}/"),
            Letter::Policy { version } => {
                let mailing = mailings::find(&*self.tables, Mailing::policy_id(version)).await?;
                if mailing.is_some_and(|mailing| mailing.stopped) {
                    return Ok(None);
                }
                format!("{origin}/#policies")
            }
            Letter::News { mailing } => return self.news(post, account, *mailing).await,
            Letter::AddressChanged { from } => {
                let link = format!("{origin}/");
                return Ok(Some(Addressed { to: from.clone(), link, news: None }));
            }
            Letter::ConfirmEmail { request } => {
                let now = self.clock.now();
                let new = new_email(&*self.tables, account.id).await?;
                let new = new.filter(|new| new.id == *request && new.is_valid(now));
                return Ok(new.filter(|new| new.confirmed_at.is_none()).map(|new| {
                    // Behind `#` it is in no log of a server, and programs that follow links change nothing.
                    let link = format!("{origin}/#email={}", email_token(&post.settings, &new));
                    Addressed { to: new.email, link, news: None }
                }));
            }
        };
        let to = account.mail_address().map(str::to_owned);
        Ok(to.map(|to| Addressed { to, link, news: None }))
    }

    /// News go only to who agrees to them now, whatever they did when the mail was left to be sent.
    async fn news(
        &self,
        post: &Post,
        account: &Account,
        mailing: MailingId,
    ) -> Result<Option<Addressed>, HousekeeperError> {
        let is_user = account.kind == AccountKind::User;
        let Some(to) = account.mail_address().filter(|_| is_user) else { return Ok(None) };
        let found = mailings::find(&*self.tables, mailing).await?;
        let Some(mailing) = found.filter(|mailing| !mailing.stopped) else { return Ok(None) };
        let Topic::News { subject, text } = mailing.topic else { return Ok(None) };
        let consents = consents::find(&*self.tables, account.id, &[None]).await?;
        if !consents.iter().any(|one| one.granted(Purpose::MarketingEmail)) {
            return Ok(None);
        }
        // Behind `#` it is in no log of a server, and a program that follows links ends nothing.
        let token = unsubscribe_token(&post.settings, account.id);
        let link = format!("{}/#unsubscribe={token}", post.settings.public_origin);
        Ok(Some(Addressed { to: to.to_owned(), link, news: Some(News { subject, text }) }))
    }

    async fn forget(&self, mail: &Mail) -> Result<(), HousekeeperError> {
        match mails::forget(&*self.tables, mail).await? {
            true => Ok(()),
            false => Err(HousekeeperError::Contended),
        }
    }
}
