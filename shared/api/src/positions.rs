use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reverie_domain::{job::Job, manifest::Kind};
use reverie_store::{
    generations::{queue_place, waiting},
    tables::{StoreError, Tables},
};
use tokio::time::Instant;

/// For how long a picture of the queue is good enough.
const FRESH: Duration = Duration::from_secs(2);

type Picture = (Instant, Arc<[String]>);

/// The queues' front, read at most every two seconds however many people watch their place.
#[derive(Debug, Default)]
pub struct Positions(Mutex<HashMap<Kind, Picture>>);

impl Positions {
    /// How many jobs of its kind wait before this one, as of two seconds ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ahead_of(&self, tables: &dyn Tables, job: &Job) -> Result<u32, StoreError> {
        let place = queue_place(job);
        let front = self.front(tables, job.kind).await?;
        // At most 1,000.
        Ok(front.partition_point(|waiting| *waiting < place) as u32)
    }

    async fn front(&self, tables: &dyn Tables, kind: Kind) -> Result<Arc<[String]>, StoreError> {
        let known = self.pictures().get(&kind).cloned();
        if let Some((_, front)) = known.filter(|(seen, _)| seen.elapsed() < FRESH) {
            return Ok(front);
        }
        let front: Arc<[String]> = waiting(tables, kind).await?.into();
        self.pictures().insert(kind, (Instant::now(), front.clone()));
        Ok(front)
    }

    fn pictures(&self) -> std::sync::MutexGuard<'_, HashMap<Kind, Picture>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
