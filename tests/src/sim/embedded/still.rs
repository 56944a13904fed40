use std::{
    sync::mpsc::{Sender, channel},
    time::Duration,
};

use reverie_store::tables::StoreError;
use tokio::task::spawn_blocking;

use crate::tap::{Call, Service, Tap};

/// How long a call may hold up the time. What takes longer waits for time to pass, such as the SDK
/// before it tries again.
const LONGEST: Duration = Duration::from_secs(5);

/// Lets the simulated time stand still while a call is on the real network. Otherwise it would jump
/// to the next timer as soon as everybody waits, so also while a packet is on its way.
#[derive(Clone)]
pub(super) struct StandStill;

impl Tap for StandStill {
    async fn pass<V, E>(
        &self,
        call: Call,
        made: impl Future<Output = Result<V, E>> + Send + 'static,
    ) -> Result<V, E>
    where
        V: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        // Listening to a queue is waiting.
        let _still = (call.service != Service::Queue || !call.reads).then(still);
        made.await
    }
}

/// The time stands still until this is dropped: the runtime does not move a paused clock while one
/// of its threads blocks.
pub(super) fn still() -> Sender<()> {
    let (end, ended) = channel();
    // Nothing is ever sent: it waits for the end of the channel.
    spawn_blocking(move || ended.recv_timeout(LONGEST).is_ok());
    end
}
