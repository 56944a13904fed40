use std::panic::AssertUnwindSafe;

use futures::{FutureExt, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use reverie_domain::ids::ErasureId;
use reverie_store::{
    accounts,
    agenda::{self, Entry, PAGE, Task},
    erasures, exports, legal_holds, mailings, mails,
};

use crate::{Housekeeper, HousekeeperError, SweepReport};

/// How long a turn begins entries. The next minute does the rest.
const TURN: SignedDuration = SignedDuration::from_secs(20);
/// How many entries are attended at once.
const AT_ONCE: usize = 8;

impl Housekeeper {
    /// Does what is due on the agenda. What fails stays due, and keeps nothing behind it waiting.
    pub(crate) async fn keep_agenda(&self) -> SweepReport {
        let (now, mut report, mut after) = (self.clock.now(), SweepReport::default(), None);
        while self.clock.now().duration_since(now) < TURN {
            let page = match agenda::due(&*self.tables, now, after.as_ref()).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(%error, "the agenda cannot be read");
                    report.failed += 1;
                    return report;
                }
            };
            after = page.last().copied();
            let more = page.len() == PAGE as usize;
            // Nothing is begun after the turn: what is under way then has the rest of the function's time.
            let in_time = |_: &Entry| self.clock.now().duration_since(now) < TURN;
            let mut attended = stream::iter(page.into_iter().take_while(in_time))
                .map(|entry| self.attend_alone(entry))
                .buffer_unordered(AT_ONCE);
            while let Some(well) = attended.next().await {
                report.failed += u32::from(!well);
            }
            if !more {
                break;
            }
        }
        report
    }

    /// Whatever happens to this entry stays with it. `false` is a failure.
    async fn attend_alone(&self, entry: Entry) -> bool {
        // An account's id does not belong in a log.
        let (task, id) = match entry.task {
            Task::Erase(id) => ("erase", Some(id.to_string())),
            Task::Export { export, .. } => ("export", Some(export.to_string())),
            Task::Inactive(_) => ("inactive", None),
            Task::Mailing(id) => ("mailing", Some(id.to_string())),
            Task::Mail { mail, .. } => ("mail", Some(mail.to_string())),
            Task::Hold(id) => ("hold", Some(id.to_string())),
        };
        match AssertUnwindSafe(self.attend(&entry)).catch_unwind().await {
            Ok(Ok(())) => true,
            Ok(Err(HousekeeperError::MoreToPurge | HousekeeperError::MoreToDo)) => {
                tracing::info!(task, id, "goes on in the next minute");
                true
            }
            Ok(Err(error)) => {
                tracing::error!(task, id, %error, "not done");
                false
            }
            Err(_) => {
                tracing::error!(task, id, "panicked");
                false
            }
        }
    }

    async fn attend(&self, entry: &Entry) -> Result<(), HousekeeperError> {
        let left_over = match entry.task {
            // An entry that its row does not know was left by a restore, or by an operator.
            Task::Erase(id) => match erasures::find(&*self.tables, id).await? {
                Some(erasure) if erasure.due_at == Some(entry.due_at) => {
                    return self.erase(erasure).await;
                }
                _ => true,
            },
            Task::Export { account, export: id, hold } => {
                let found = match hold {
                    None => exports::find(&*self.tables, account, id).await?,
                    Some(hold) => exports::find_copy(&*self.tables, hold).await?,
                };
                match found.filter(|export| export.id == id) {
                    Some(export) if export.due_at == Some(entry.due_at) => {
                        return self.export(export).await;
                    }
                    _ => true,
                }
            }
            Task::Hold(id) => match legal_holds::find(&*self.tables, id).await? {
                Some(hold) if hold.due_at == Some(entry.due_at) => {
                    return self.end_hold(hold).await;
                }
                _ => true,
            },
            Task::Inactive(id) => match accounts::find(&*self.tables, id).await? {
                Some(account) if account.check_at == Some(entry.due_at) => {
                    return self.look_after(account).await;
                }
                _ => true,
            },
            Task::Mailing(id) => match mailings::find(&*self.tables, id).await? {
                Some(mailing) if mailing.due_at == Some(entry.due_at) => {
                    return self.go_on_mailing(mailing).await;
                }
                _ => true,
            },
            Task::Mail { account, mail } => {
                match mails::find(&*self.tables, account, mail).await? {
                    Some(mail) if mail.due_at == entry.due_at => return self.send_mail(mail).await,
                    _ => true,
                }
            }
        };
        if left_over {
            agenda::forget(&*self.tables, entry).await?;
        }
        Ok(())
    }

    /// After tables were restored from a backup: lets nobody into accounts that were erased since
    /// that backup, and begins their erasure again. Tells how many erasures begin again.
    ///
    /// # Errors
    /// [`HousekeeperError`]; to be called again, also if it ran out of time: it goes on where it was.
    pub async fn replay_erasures(&self) -> Result<u32, HousekeeperError> {
        let (now, mut replayed, mut after) = (self.clock.now(), 0, None);
        loop {
            let page = agenda::all(&*self.tables, after.as_ref()).await?;
            for entry in &page {
                if let Task::Erase(id) = entry.task {
                    replayed += u32::from(self.replay(now, id, entry.due_at).await?);
                }
            }
            if page.len() < PAGE as usize {
                return Ok(replayed);
            }
            after = page.last().copied();
        }
    }

    /// Whether this erasure begins again. One that is at its beginning need not, and is not met again
    /// after it was moved to `now`.
    async fn replay(
        &self,
        now: Timestamp,
        id: ErasureId,
        due_at: Timestamp,
    ) -> Result<bool, HousekeeperError> {
        let Some(before) = erasures::find(&*self.tables, id).await? else { return Ok(false) };
        if before.account.is_none() || before.due_at != Some(due_at) {
            return Ok(false);
        }
        if !erasures::mark_again(&*self.tables, &before).await? {
            return Err(HousekeeperError::Contended);
        }
        if before.begins() && due_at <= now {
            return Ok(false);
        }
        match erasures::advance(&*self.tables, &before, &before.again(now), Vec::new()).await? {
            true => Ok(true),
            false => Err(HousekeeperError::Contended),
        }
    }
}
