use jiff::Timestamp;
use reverie_domain::job::{Job, Purge, PurgeScope};
use reverie_store::{cache, generations};

use crate::{Housekeeper, HousekeeperError};

/// How many pages of objects one turn deletes: far more than a job can write.
const PAGES: u32 = 10;

impl Housekeeper {
    /// Does the deletions that are due, and then says so in the row.
    pub(crate) async fn purge(&self, now: Timestamp, job: &Job) -> Result<(), HousekeeperError> {
        let prefix = job.results_prefix();
        let spared = spared(now, job);
        for page in 0.. {
            if page == PAGES {
                return Err(HousekeeperError::MoreToPurge);
            }
            let mut keys = self.objects.list(&prefix).await?;
            keys.retain(|key| spared.as_ref().is_none_or(|spared| !key.starts_with(spared)));
            if keys.is_empty() {
                break;
            }
            self.objects.delete(&keys).await?;
        }
        if spared.is_none() {
            cache::forget(&*self.tables, job).await?;
        }
        match generations::update(&*self.tables, job, &job.purged(now)).await? {
            Ok(()) | Err(None) => Ok(()),
            // The fresh row is due just the same.
            Err(Some(_)) => Err(HousekeeperError::Contended),
        }
    }
}

/// The prefix to keep: the winning epoch's, unless everything is to go.
fn spared(now: Timestamp, job: &Job) -> Option<String> {
    let everything = |purge: &Purge| purge.at <= now && purge.scope == PurgeScope::All;
    (!job.purges.iter().any(everything)).then(|| job.result_key(job.epoch, ""))
}

#[cfg(test)]
mod tests {
    use reverie_domain::{
        credits::Credits,
        ids::{AccountId, GenerationId, WalletId},
        job::{ModelRef, Submission},
        manifest::Kind,
        plan::Plan,
    };

    use super::*;

    #[test]
    fn the_winner_is_spared_until_everything_is_to_go() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-11-02T00:00:00Z".parse().unwrap();
        let submission = Submission {
            id: GenerationId::new(),
            account: AccountId::new(),
            wallet: WalletId::new(),
            kind: Kind::Music,
            model: ModelRef { id: "m".to_owned(), version: "1".to_owned() },
            seed: 0,
            seconds: 5,
            request_hash: String::new(),
            price: Credits::new(1),
            plan: Plan::Free,
            expires_by: None,
        };
        let mut job = Job::submit(now, submission);
        job.epoch = 2;
        job.purges = vec![
            Purge { at: now, scope: PurgeScope::LosingEpochs },
            Purge { at: later, scope: PurgeScope::All },
        ];
        let winner = spared(now, &job).unwrap();
        assert!(job.result_key(2, "track.flac").starts_with(&winner));
        assert!(!job.result_key(1, "track.flac").starts_with(&winner));
        assert!(!job.result_key(21, "track.flac").starts_with(&winner));
        assert_eq!(spared(later, &job), None);
    }
}
