use std::{convert::Infallible, time::Duration};

use axum::response::sse::Event;
use futures::{Stream, stream};
use reverie_api::generation::{self, GenerationView};
use reverie_domain::ids::{AccountId, GenerationId};
use reverie_store::generations;
use tokio::time::Instant;

use crate::{Carrier, Events};

/// How long a stream lasts. Lambda stops one after 15 minutes, proxies earlier.
const LASTS: Duration = Duration::from_secs(5 * 60);
/// When a client comes back for the next change, if each is an answer of its own.
const COME_BACK: Duration = Duration::from_millis(250);
/// How often the row is read.
const LOOK: Duration = Duration::from_millis(500);

/// The changes of one generation that a client has not seen.
pub(crate) struct Changes {
    state: Events,
    /// The owner, and the account under which it is stored, if that is another.
    owners: Vec<AccountId>,
    stored_under: AccountId,
    id: GenerationId,
    /// The version that the client has.
    seen: Option<u64>,
    /// The generation as it was first read.
    first: Option<GenerationView>,
    over: bool,
    until: Instant,
}

impl Changes {
    /// The changes since version `seen` of a generation that is `now` so.
    pub(crate) fn new(state: Events, now: GenerationView, seen: Option<u64>) -> Self {
        let lasts = match state.carrier {
            Carrier::Streams => LASTS,
            Carrier::Collects(patience) => patience,
        };
        let until = Instant::now() + lasts;
        let (owner, stored_under) = (now.rights.owner, now.stored_under);
        let mut owners = vec![owner, stored_under];
        owners.dedup();
        Self { state, owners, stored_under, id: now.id, seen, first: Some(now), over: false, until }
    }

    /// One frame for each change. A failure ends the stream, and the client comes back.
    pub(crate) fn frames(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        stream::unfold(self, |mut changes| async move {
            let view = changes.next().await?;
            let event = Event::default().id(view.version.to_string()).event("generation.updated");
            let event = event.json_data(&view).ok()?;
            let event = match changes.state.carrier {
                Carrier::Streams => event,
                // Another change may be there already.
                Carrier::Collects(_) => event.retry(COME_BACK),
            };
            Some((Ok(event), changes))
        })
    }

    async fn next(&mut self) -> Option<GenerationView> {
        while !self.over && Instant::now() < self.until {
            let view = match self.first.take() {
                Some(first) => Some(first),
                None => self.look().await?,
            };
            if let Some(view) = view.filter(|view| Some(view.version) != self.seen) {
                self.seen = Some(view.version);
                let collected = matches!(self.state.carrier, Carrier::Collects(_));
                self.over = collected || view.status.is_final();
                return Some(view);
            }
            tokio::time::sleep(LOOK.min(self.until.saturating_duration_since(Instant::now())))
                .await;
        }
        None
    }

    /// `Some(Some(…))` if the row has changed, `None` if there is nothing more to see.
    async fn look(&self) -> Option<Option<GenerationView>> {
        let app = &self.state.app;
        let job = match generations::find_job(&*app.tables, self.stored_under, self.id).await {
            Ok(job) => job.filter(|job| job.deleted_at.is_none())?,
            Err(error) => {
                tracing::warn!(generation = %self.id, %error, "events end early");
                return None;
            }
        };
        if Some(job.version) == self.seen {
            return Some(None);
        }
        match generation::load(app, &*self.state.objects, &self.owners, self.id).await {
            Ok(view) => Some(Some(view)),
            Err(problem) => {
                let status = problem.status().as_u16();
                tracing::warn!(generation = %self.id, status, "events end early");
                None
            }
        }
    }
}
