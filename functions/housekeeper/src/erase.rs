use reverie_domain::{
    erasure::{Erasure, Step, prefixes},
    export::EXPORTS,
    ids::AccountId,
    job::Job,
};
use reverie_store::{
    Record, accounts, audit, erasures,
    generations::{self, Finished},
    legal_holds,
    tables::Write,
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
            if matches!(erasure.step, Step::Copy | Step::Jobs) {
                self.let_nobody_in(&erasure).await?;
            }
            for account in erasure.accounts() {
                match erasure.step {
                    Step::Jobs => self.end_jobs(account).await?,
                    Step::Rows => erasure = self.delete_rows(erasure, account).await?,
                    Step::Objects => erasure = self.delete_objects(erasure, account).await?,
                    Step::Copy | Step::Held | Step::Remember | Step::Ended => {}
                }
            }
            erasure = self.step(&erasure).await?;
        }
        Ok(())
    }

    async fn step(&self, before: &Erasure) -> Result<Erasure, HousekeeperError> {
        let next = before.stepped(self.clock.now());
        match (before.step, before.last_pass) {
            (Step::Copy, _) => {
                let others = self.copied(before).await?;
                self.advance(before, next, others).await
            }
            (Step::Objects, true) | (Step::Held, _) => self.end_last_pass(before, next).await,
            _ => self.advance(before, next, Vec::new()).await,
        }
    }

    /// The accounts' own rows go with the end of the last pass. Orders may keep copies after it.
    async fn end_last_pass(
        &self,
        before: &Erasure,
        next: Erasure,
    ) -> Result<Erasure, HousekeeperError> {
        let (now, mut writes) = (self.clock.now(), Vec::new());
        let accounts = accounts::present(&*self.tables, &before.accounts()).await?;
        let mut acts_until = before.acts_until;
        for account in accounts.iter().filter(|account| account.operated) {
            let line = audit::newest_of(&*self.tables, account.id).await?;
            acts_until = acts_until.max(line.map(|line| line.ends_at()));
        }
        // With an account's own row goes the one link to its wallet: the ledger's entries are nobody's.
        writes.extend(accounts.iter().map(Record::delete));
        let profiles = writes.len() as u64;
        let (mut waits, mut told) = (false, false);
        for holds in legal_holds::of_accounts(&*self.tables, &before.accounts()).await? {
            let orders = legal_holds::orders(&*self.tables, &holds).await?;
            told |= orders.iter().any(|order| !order.order.secret);
            writes.push(holds.awaited(before.id).replace(&holds)?);
            waits = true;
        }
        let after = if waits { before.held(now, told) } else { next };
        let mut after = Erasure { acts_until, ..after };
        if profiles > 0 {
            *after.deleted.entry("accounts.profile".to_owned()).or_default() += profiles;
        }
        if !waits {
            tracing::info!(id = %before.id, "erased");
        }
        self.advance(before, after, writes).await
    }

    async fn advance(
        &self,
        before: &Erasure,
        after: Erasure,
        others: Vec<Write>,
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
