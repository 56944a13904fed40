//! Every mail that is due is sent, not more often than it is tried, and not to whom has gone.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use reverie_domain::{
    ids::{AccountId, MailId},
    mail::{Letter, Mail},
    mailing::{Mailing, Notice},
};
use reverie_store::{
    accounts::{Account, Identity, NewEmail},
    tables::{Key, Row, Table, Write},
};

use super::{Rows, all, ensure, erasures, parse, partition};
use crate::sim::mail::Sent;

/// For how long after the beginning of an erasure somebody may still send what they began to send before: a turn
/// of the housekeeper, a late call, and two clocks that differ.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(7);
/// A mailing that began so long after somebody had an address finds them.
const SEEN: SignedDuration = SignedDuration::from_mins(2);

/// All mails that were left to be sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Letters(BTreeMap<MailId, Fate>);

#[derive(Debug, Clone)]
struct Fate {
    /// As it was last.
    mail: Mail,
    /// Whether it was deleted when there was nobody or nothing to tell any more.
    superfluous: bool,
}

impl Letters {
    /// Notes down the mails of a write, after it.
    pub(super) fn note(
        &mut self,
        rows: &Rows,
        writes: &[Write],
        before: &[Option<Row>],
    ) -> Result<(), String> {
        for (write, before) in writes.iter().zip(before).filter(|(write, _)| is_mail(write)) {
            let Some(row) = write.row.as_ref().or(before.as_ref()) else { continue };
            let mail: Mail = parse(row)?;
            let superfluous = write.row.is_none() && is_superfluous(rows, &mail)?;
            self.0.insert(mail.id, Fate { mail, superfluous });
        }
        Ok(())
    }

    pub(super) fn at_rest(&self, rows: &Rows, sent: &[Sent]) -> Result<(), String> {
        for (id, Fate { mail, superfluous }) in &self.0 {
            let count = sent.iter().filter(|one| one.mail == Some(*id)).count();
            ensure(count <= mail.tries as usize, || {
                format!("{id} was sent {count} times in {} tries", mail.tries)
            })?;
            ensure(count > 0 || *superfluous, || format!("{id} was never sent: {mail:?}"))?;
        }
        for one in sent {
            let known = one.mail.and_then(|id| self.0.get(&id));
            let known = known.ok_or_else(|| format!("{one:?} was never to be sent"))?;
            let mail = &known.mail;
            ensure(one.account == mail.account, || format!("{one:?} is for {}", mail.account))?;
            if let Letter::AddressChanged { from } = &mail.letter {
                ensure(one.to == *from, || format!("{one:?} is for {from}"))?;
            }
        }
        for erasure in erasures(rows)? {
            let (accounts, last) = (erasure.accounts(), erasure.requested_at + UNDER_WAY);
            let late = |one: &&Sent| accounts.contains(&one.account) && one.at > last;
            let found = sent.iter().find(late);
            ensure(found.is_none(), || format!("erased since {last}: {found:?}"))?;
        }
        self.policies_at_rest(rows)
    }

    /// Everybody who has an address is told of new policies, once.
    fn policies_at_rest(&self, rows: &Rows) -> Result<(), String> {
        let policies =
            self.0.values().filter(|fate| matches!(fate.mail.letter, Letter::Policy { .. }));
        let told: Vec<AccountId> = policies.map(|fate| fate.mail.account).collect();
        let mailings: Vec<Mailing> = all(rows, Table::Operations, "mlg_")?;
        let mailing = mailings.iter().find(|mailing| mailing.ended_at.is_some());
        let mailing = mailing.ok_or("nobody is told of new policies")?;
        for identity in all::<Identity>(rows, Table::Accounts, "identity#")? {
            let account = identity.account;
            let count = told.iter().filter(|id| **id == account).count();
            let notices: Vec<Notice> =
                partition(rows, Table::Accounts, &account.to_string(), "notice#")?;
            let old = identity.linked_at + SEEN < mailing.created_at;
            ensure(count == notices.len() && (count == 1 || count == 0 && !old), || {
                format!("{account} was told {count} times, with {} notices", notices.len())
            })?;
        }
        Ok(())
    }
}

/// The mails that this write leaves to be sent.
pub(super) fn written(writes: &[Write]) -> Result<Vec<Mail>, String> {
    let rows = writes.iter().filter(|write| is_mail(write)).filter_map(|write| write.row.as_ref());
    rows.map(parse).collect()
}

/// Why mail is not at rest.
pub(super) fn unrest(rows: &Rows) -> Result<Option<String>, String> {
    let mails: Vec<Mail> = all(rows, Table::Accounts, "mail#")?;
    let mailings: Vec<Mailing> = all(rows, Table::Operations, "mlg_")?;
    let entry = rows.keys().find(|key| key.pk == "agenda" && key.sk.contains("#eml_"));
    let going = mailings.iter().all(|mailing| mailing.due_at.is_some());
    let going = going.then(|| "a mailing goes on".to_owned());
    let mail = mails.first().map(|mail| format!("{} is in the outbox", mail.id));
    Ok(mail.or_else(|| entry.map(|key| format!("{} is on the agenda", key.sk))).or(going))
}

fn is_mail(write: &Write) -> bool {
    write.key.sk.starts_with("mail#")
}

/// Whether its account is being erased, or what it asks is not asked any more.
fn is_superfluous(rows: &Rows, mail: &Mail) -> Result<bool, String> {
    let of = |sk| rows.get(&Key::new(Table::Accounts, mail.account, sk));
    let account: Option<Account> = of("profile").map(parse).transpose()?;
    if !account.is_some_and(|account| account.is_open()) {
        return Ok(true);
    }
    let Letter::ConfirmEmail { request } = mail.letter else { return Ok(false) };
    let new: Option<NewEmail> = of("new_email").map(parse).transpose()?;
    Ok(new.is_none_or(|new| new.id != request || new.confirmed_at.is_some()))
}
