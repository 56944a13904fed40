use reverie_domain::{
    erasure::{Erasure, Step, prefixes},
    export::EXPORTS,
    ids::AccountId,
    job::Job,
};
use reverie_store::{
    erasures,
    generations::{self, Finished},
};

use crate::{Housekeeper, HousekeeperError};

/// How many pages of rows or objects one turn deletes. The next minute goes on.
const PAGES: u32 = 100;
/// How often a page is read again because a row of it changed.
const RACES: u32 = 10;
/// How many jobs are looked at together.
const JOBS: u32 = 100;

impl Housekeeper {
    /// Does the steps of an erasure that are due. Each may be done again, so a crash anywhere leaves
    /// something for the next turn; what was deleted is counted in the transaction that deletes it.
    pub(crate) async fn erase(&self, mut erasure: Erasure) -> Result<(), HousekeeperError> {
        while erasure.due_at.is_some_and(|due| due <= self.clock.now()) {
            if erasure.step == Step::Jobs {
                self.let_nobody_in(&erasure).await?;
            }
            for account in erasure.accounts() {
                match erasure.step {
                    Step::Jobs => self.end_jobs(account).await?,
                    Step::Rows => erasure = self.delete_rows(erasure, account).await?,
                    Step::Objects => erasure = self.delete_objects(erasure, account).await?,
                    Step::Remember | Step::Ended => {}
                }
            }
            erasure = self.step(&erasure).await?;
        }
        Ok(())
    }

    /// The accounts' own rows go with the end of the last pass.
    async fn step(&self, before: &Erasure) -> Result<Erasure, HousekeeperError> {
        let mut after = before.stepped(self.clock.now());
        let mut others = Vec::new();
        if after.step == Step::Remember {
            for account in before.accounts() {
                others.extend(erasures::last_row(&*self.tables, account).await?);
            }
            if !others.is_empty() {
                let profiles = after.deleted.entry("accounts.profile".to_owned()).or_default();
                *profiles += others.len() as u64;
            }
            tracing::info!(id = %before.id, "erased");
        }
        self.advance(before, after, others).await
    }

    async fn advance(
        &self,
        before: &Erasure,
        after: Erasure,
        others: Vec<reverie_store::tables::Write>,
    ) -> Result<Erasure, HousekeeperError> {
        match erasures::advance(&*self.tables, before, &after, others).await? {
            true => Ok(after),
            false => Err(HousekeeperError::Contended),
        }
    }

    /// A restore may have opened a door that was closed when the erasure began.
    async fn let_nobody_in(&self, erasure: &Erasure) -> Result<(), HousekeeperError> {
        if !erasures::mark_again(&*self.tables, erasure).await? {
            return Err(HousekeeperError::Contended);
        }
        erasures::close_again(&*self.tables, self.clock.now(), erasure).await?;
        Ok(())
    }

    /// Live jobs end as if their owner had deleted them: holds are released, workers hear of it.
    async fn end_jobs(&self, account: AccountId) -> Result<(), HousekeeperError> {
        let mut after = None;
        loop {
            let jobs = generations::list(&*self.tables, account, after, JOBS).await?;
            for job in jobs.iter().filter(|job| !job.status.is_final()) {
                self.end_job(job.clone()).await?;
            }
            match jobs.last() {
                Some(last) if jobs.len() == JOBS as usize => after = Some(last.id),
                _ => return Ok(()),
            }
        }
    }

    async fn end_job(&self, mut job: Job) -> Result<(), HousekeeperError> {
        for _ in 0..RACES {
            let now = self.clock.now();
            let Ok(transition) = job.delete(now) else { return Ok(()) };
            match generations::apply(&*self.tables, now, &job, &transition, None).await? {
                Finished::Changed(Some(fresh)) if !fresh.status.is_final() => job = fresh,
                Finished::Done(_) | Finished::Changed(_) => return Ok(()),
            }
        }
        Err(HousekeeperError::Contended)
    }

    async fn delete_rows(
        &self,
        mut erasure: Erasure,
        account: AccountId,
    ) -> Result<Erasure, HousekeeperError> {
        let mut races = 0;
        for _ in 0..PAGES {
            let found = erasures::some_rows(&*self.tables, account).await?;
            if found.writes.is_empty() {
                return Ok(erasure);
            }
            let counted = erasure.counted(found.kinds);
            match erasures::advance(&*self.tables, &erasure, &counted, found.writes).await? {
                true => erasure = counted,
                // A row has changed, or somebody else goes on with this erasure: then every try fails.
                false if races < RACES => races += 1,
                false => return Err(HousekeeperError::Contended),
            }
        }
        Err(HousekeeperError::MoreToPurge)
    }

    /// Objects cannot be deleted in a transaction, so a page is counted first, and then deleted. After
    /// a crash between the two it is deleted without being counted again: keys come in order.
    async fn delete_objects(
        &self,
        mut erasure: Erasure,
        account: AccountId,
    ) -> Result<Erasure, HousekeeperError> {
        let mut pages = 0;
        // Only exports are written in parts.
        self.objects.drop_parts(&format!("{EXPORTS}{account}/")).await?;
        for prefix in prefixes(account) {
            loop {
                let keys = self.objects.list(&prefix).await?;
                if keys.is_empty() {
                    break;
                }
                if pages == PAGES {
                    return Err(HousekeeperError::MoreToPurge);
                }
                pages += 1;
                if let Some(counted) = counted(&erasure, &prefix, &keys, account) {
                    erasure = self.advance(&erasure, counted, Vec::new()).await?;
                }
                self.objects.delete(&keys).await?;
            }
        }
        Ok(erasure)
    }
}

/// The erasure once the keys that it has not counted yet are; `None` if it has counted all.
fn counted(
    erasure: &Erasure,
    prefix: &str,
    keys: &[String],
    account: AccountId,
) -> Option<Erasure> {
    // What was counted under another prefix says nothing of this one.
    let to = erasure.counted_to.as_ref().filter(|to| to.starts_with(prefix));
    let new = keys.iter().filter(|key| to.is_none_or(|to| *key > to)).count() as u64;
    let kind = format!("bucket.{}", prefix.trim_end_matches(&format!("{account}/")));
    (new > 0).then(|| Erasure {
        counted_to: keys.iter().max().cloned(),
        ..erasure.counted([(kind, new)])
    })
}
