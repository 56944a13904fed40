use std::{convert::Infallible, time::Duration};

use axum::response::sse::Event;
use futures::{Stream, stream};
use reverie_api::generation::{self, GenerationView};
use reverie_domain::ids::{AccountId, GenerationId};
use reverie_store::{generations, open_answers::Place};
use tokio::time::Instant;

use crate::{Carrier, Events};

/// How long a stream lasts. Lambda stops one after 15 minutes, proxies earlier.
const LASTS: Duration = Duration::from_secs(5 * 60);
/// When a client comes back for the next change, if each is an answer of its own.
const COME_BACK: Duration = Duration::from_millis(250);
/// The same where the account has too many answers open for this one to wait.
const COME_BACK_LATER: Duration = Duration::from_secs(3);
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
    /// For as long as it waits.
    place: Option<Place>,
}

/// How long an answer waits for changes at most.
pub(crate) const fn patience(carrier: Carrier) -> Duration {
    match carrier {
        Carrier::Streams => LASTS,
        Carrier::Collects(patience) => patience,
    }
}

impl Changes {
    /// The changes since version `seen` of a generation that is `now` so. Without a place it does not wait
    /// for any.
    pub(crate) fn new(
        state: Events,
        now: GenerationView,
        seen: Option<u64>,
        place: Option<Place>,
    ) -> Self {
        let until = Instant::now() + place.map_or(Duration::ZERO, |_| patience(state.carrier));
        let (owner, stored_under) = (now.rights.owner, now.stored_under);
        let mut owners = vec![owner, stored_under];
        owners.dedup();
        let (id, first) = (now.id, Some(now));
        Self { state, owners, stored_under, id, seen, first, over: false, until, place }
    }

    /// One frame for each change. A failure ends the stream, and the client comes back.
    pub(crate) fn frames(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        stream::unfold(self, |mut changes| async move {
            let Some(view) = changes.next().await else {
                changes.give_back().await;
                return None;
            };
            let event = Event::default().id(view.version.to_string()).event("generation.updated");
            let event = event.json_data(&view).ok()?;
            let waits = changes.place.is_some() || view.status.is_final();
            let event = match changes.state.carrier {
                _ if !waits => event.retry(COME_BACK_LATER),
                Carrier::Streams => event,
                // Another change may be there already.
                Carrier::Collects(_) => event.retry(COME_BACK),
            };
            Some((Ok(event), changes))
        })
    }

    async fn next(&mut self) -> Option<GenerationView> {
        while !self.over {
            let view = match self.first.take() {
                Some(first) => Some(first),
                None => self.look().await?,
            };
            if let Some(view) = view.filter(|view| Some(view.version) != self.seen) {
                self.seen = Some(view.version);
                let collected = matches!(self.state.carrier, Carrier::Collects(_));
                self.over = collected || self.place.is_none() || view.status.is_final();
                return Some(view);
            }
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            tokio::time::sleep(LOOK.min(left)).await;
        }
        None
    }

    /// The next answer can wait in its place.
    async fn give_back(&mut self) {
        let Some(place) = self.place.take() else { return };
        if let Err(error) = place.give_back(&*self.state.app.tables).await {
            tracing::warn!(%error, "a place of an open answer was not given back");
        }
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
