//! Every mail that is due is sent, not more often than it is tried, and not to whom has gone, does not want
//! it or has an address from which mail came back.

use std::collections::{BTreeMap, BTreeSet};

use reverie_domain::{
    ids::{AccountId, MailId, MailingId},
    mail::{Letter, Mail},
    mailing::{Mailing, Topic},
};
use reverie_store::{
    accounts::{Account, NewEmail},
    tables::{Key, Row, Table, Write},
};
use tokio::time::Instant;

use super::{
    Rows, all, ensure, parse,
    standing::{Seen, Standing},
};
use crate::sim::mail::Sent;

/// All mails that were left to be sent, and to whom they could be.
#[derive(Debug, Clone, Default)]
pub(super) struct Letters {
    fates: BTreeMap<MailId, Fate>,
    standing: Standing,
}

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
        let now = Instant::now();
        for write in writes {
            self.standing.note(now, write)?;
        }
        for (write, before) in writes.iter().zip(before).filter(|(write, _)| is_mail(write)) {
            let Some(row) = write.row.as_ref().or(before.as_ref()) else { continue };
            let mail: Mail = parse(row)?;
            let superfluous = write.row.is_none() && self.is_superfluous(rows, now, &mail)?;
            self.fates.insert(mail.id, Fate { mail, superfluous });
        }
        Ok(())
    }

    /// Whether mail did not reach them lately.
    pub(super) fn was_unreached(&self, account: AccountId) -> bool {
        self.standing.reached(account).was_lately(false, Instant::now())
    }

    /// Whether its account is being erased, or what it asks is not asked any more, or it is not wanted.
    fn is_superfluous(&self, rows: &Rows, now: Instant, mail: &Mail) -> Result<bool, String> {
        let of = |sk| rows.get(&Key::new(Table::Accounts, mail.account, sk));
        let account: Option<Account> = of("profile").map(parse).transpose()?;
        if !account.is_some_and(|account| account.is_open()) {
            return Ok(true);
        }
        let unreached = self.standing.reached(mail.account).was_lately(false, now);
        Ok(match &mail.letter {
            Letter::ConfirmEmail { request } => {
                let new: Option<NewEmail> = of("new_email").map(parse).transpose()?;
                new.is_none_or(|new| new.id != *request || new.confirmed_at.is_some())
            }
            Letter::AddressChanged { .. } => false,
            Letter::News { mailing } => {
                let refused = self.standing.agreed(mail.account).was_lately(false, now);
                let stopped = self.standing.stopped(*mailing).was_lately(true, now);
                unreached || refused || stopped
            }
            Letter::Policy { .. } | Letter::ExportReady { .. } | Letter::Inactive { .. } => {
                unreached
            }
        })
    }

    pub(super) fn at_rest(&self, rows: &Rows, sent: &[Sent]) -> Result<(), String> {
        for (id, Fate { mail, superfluous }) in &self.fates {
            let count = sent.iter().filter(|one| one.mail == Some(*id)).count();
            ensure(count <= mail.tries as usize, || {
                format!("{id} was sent {count} times in {} tries", mail.tries)
            })?;
            ensure(count > 0 || *superfluous, || format!("{id} was never sent: {mail:?}"))?;
        }
        for one in sent {
            let known = one.mail.and_then(|id| self.fates.get(&id));
            let known = known.ok_or_else(|| format!("{one:?} was never to be sent"))?;
            self.was_wanted(one, &known.mail)?;
        }
        for (id, seen) in &self.standing.mailings {
            self.mailing_at_rest(rows, *id, seen)?;
        }
        let policies = |seen: &Seen| matches!(seen.mailing.topic, Topic::Policy { .. });
        let told = self.standing.mailings.values().filter(|seen| policies(seen)).count();
        ensure(told == 1, || format!("{told} mailings tell of new policies"))?;
        self.stopped_for_a_reason(rows, sent)
    }

    /// It went to the right one, who was there and wanted it.
    fn was_wanted(&self, sent: &Sent, mail: &Mail) -> Result<(), String> {
        let (account, at, standing) = (mail.account, sent.at, &self.standing);
        ensure(sent.account == account, || format!("{sent:?} is for {account}"))?;
        ensure(standing.open(account).was_lately(true, at), || format!("{sent:?} has gone"))?;
        match &mail.letter {
            Letter::AddressChanged { from } => {
                return ensure(sent.to == *from, || format!("{sent:?} is for {from}"));
            }
            Letter::ConfirmEmail { .. } => return Ok(()),
            _ => {}
        }
        ensure(standing.reached(account).was_lately(true, at), || format!("{sent:?}: no address"))?;
        let Letter::News { mailing } = &mail.letter else { return Ok(()) };
        ensure(standing.agreed(account).was_lately(true, at), || format!("{sent:?}: no consent"))?;
        ensure(standing.stopped(*mailing).was_lately(false, at), || format!("{sent:?}: stopped"))
    }

    /// Everybody who was to be told was told, once.
    fn mailing_at_rest(&self, rows: &Rows, id: MailingId, seen: &Seen) -> Result<(), String> {
        ensure(seen.mailing.ended_at.is_some(), || format!("{id} goes on"))?;
        let mut told = BTreeMap::<AccountId, usize>::new();
        for Fate { mail, .. } in self.fates.values() {
            let of_it = match &mail.letter {
                Letter::News { mailing } => *mailing == id,
                Letter::Policy { version } => Mailing::policy_id(version) == id,
                _ => false,
            };
            if of_it {
                *told.entry(mail.account).or_default() += 1;
            }
        }
        let twice = told.iter().find(|(_, count)| **count > 1);
        ensure(twice.is_none(), || format!("{id} tells twice: {twice:?}"))?;
        for account in told.keys() {
            let open = rows.get(&Key::new(Table::Accounts, *account, "profile")).is_some();
            let notice = Key::new(Table::Accounts, *account, format!("notice#{id}"));
            ensure(!open || rows.contains_key(&notice), || format!("{id}: {account}: no notice"))?;
        }
        let due = match &seen.mailing.topic {
            Topic::Policy { .. } => self.standing.reached_by(seen),
            Topic::News { .. } => self.standing.agreed_to(seen),
        };
        let left_out = due.iter().find(|account| !told.contains_key(account));
        ensure(seen.mailing.stopped || left_out.is_none(), || {
            format!("{id} leaves out {left_out:?}")
        })
    }

    /// Mail is stopped only where it came back, or somebody complained.
    fn stopped_for_a_reason(&self, rows: &Rows, sent: &[Sent]) -> Result<(), String> {
        let back = sent.iter().filter(|one| one.fate.stops());
        let back: BTreeSet<_> = back.map(|one| (one.account, one.to.as_str())).collect();
        for account in all::<Account>(rows, Table::Accounts, "profile")? {
            let stopped = account.email.as_deref().filter(|_| account.mail_stopped_at.is_some());
            let groundless = stopped.filter(|to| !back.contains(&(account.id, *to)));
            ensure(groundless.is_none(), || format!("no mail to {groundless:?} any more"))?;
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
    let going = mailings.is_empty() || mailings.iter().any(|mailing| mailing.due_at.is_some());
    let going = going.then(|| "a mailing goes on".to_owned());
    let mail = mails.first().map(|mail| format!("{} is in the outbox", mail.id));
    Ok(mail.or_else(|| entry.map(|key| format!("{} is on the agenda", key.sk))).or(going))
}

fn is_mail(write: &Write) -> bool {
    write.key.sk.starts_with("mail#")
}
