//! Patience with stores: a few tries, each with a limit, further and further apart.

use std::{fmt::Display, future::Future, time::Duration};

use tokio::time::{sleep, timeout};

/// How often an action is tried.
pub(crate) const TRIES: u32 = 5;
/// How long one read or write may take.
pub(crate) const STORE_TIMEOUT: Duration = Duration::from_secs(5);

/// Tries until it works; `None` if it never does. What went wrong is logged here.
pub(crate) async fn retry<T, E, F>(
    what: &'static str,
    limit: Duration,
    mut action: impl FnMut() -> F,
) -> Option<T>
where
    E: Display,
    F: Future<Output = Result<T, E>>,
{
    for attempt in 0..TRIES {
        match timeout(limit, action()).await {
            Ok(Ok(value)) => return Some(value),
            Ok(Err(error)) => tracing::warn!(what, attempt, %error, "will be tried again"),
            Err(_) => tracing::warn!(what, attempt, "took too long, will be tried again"),
        }
        if attempt + 1 < TRIES {
            sleep(backoff(attempt)).await;
        }
    }
    None
}

/// 0.1, 0.2, 0.4… seconds, 30 at most.
pub(crate) fn backoff(attempt: u32) -> Duration {
    Duration::from_millis(100 << attempt.min(10)).min(Duration::from_secs(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn gives_up_after_a_few_tries_and_not_before() {
        for (failures, found) in [(0, Some(1)), (1, Some(2)), (TRIES, None)] {
            let mut tries = 0;
            let action = || {
                tries += 1;
                std::future::ready(if tries > failures { Ok(tries) } else { Err("down") })
            };
            assert_eq!(retry("test", STORE_TIMEOUT, action).await, found);
        }
    }

    #[test]
    fn waits_grow_to_a_limit() {
        let waits = [0, 1, 2, 99].map(|attempt| backoff(attempt).as_millis());
        assert_eq!(waits, [100, 200, 400, 30_000]);
    }
}
