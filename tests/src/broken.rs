//! Services that fail when told to, in front of the embedded ones.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reverie::local::{Between, Part};
use reverie_domain::clock::Clock;
use reverie_store::tables::StoreError;

pub use crate::tap::Service;
use crate::tap::{Call, Tap, tapped};

/// How a service fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Calls are refused, and nothing happens.
    Refuses,
    /// Calls happen, and their answers are lost.
    LosesAnswers,
}

/// The one service that is in trouble, if any is. Tables can be read and queues be listened to all
/// the same.
#[derive(Clone, Default)]
pub struct Switch(Arc<Mutex<Option<(Service, Trouble)>>>);

impl Switch {
    /// From now on this service fails so.
    pub fn on(&self, service: Service, trouble: Trouble) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((service, trouble));
    }

    /// From now on everything works.
    pub fn off(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Puts the switch before functions and worker. The housekeeper's clock is ten minutes ahead,
    /// so that it finds at once what it is to find.
    #[must_use]
    pub fn between(&self) -> Between {
        let switch = self.clone();
        Between(Arc::new(move |part, mut ports| {
            if part == Part::Housekeeper {
                ports.clock = Arc::new(Ahead(ports.clock));
                return ports;
            }
            tapped(ports, &switch)
        }))
    }

    fn trouble_of(&self, call: &Call) -> Option<Trouble> {
        let trouble = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (service, trouble) = trouble?;
        let spared = call.reads && service != Service::Objects;
        (call.service == service && !spared).then_some(trouble)
    }
}

impl Tap for Switch {
    async fn pass<V, E>(
        &self,
        call: Call,
        made: impl Future<Output = Result<V, E>> + Send + 'static,
    ) -> Result<V, E>
    where
        V: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match self.trouble_of(&call) {
            None => return made.await,
            Some(Trouble::Refuses) => {}
            Some(Trouble::LosesAnswers) => drop(made.await?),
        }
        Err(StoreError::Unavailable { service: "test", reason: "told to fail".to_owned() }.into())
    }
}

/// A clock that is ten minutes ahead of another.
pub struct Ahead(pub Arc<dyn Clock>);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        self.0.now() + SignedDuration::from_mins(10)
    }
}
