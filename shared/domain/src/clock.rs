//! Time, as a port: tests and simulations bring their own.

use jiff::{Timestamp, Unit};

/// Where the present comes from.
pub trait Clock: Send + Sync {
    /// The present, UTC, in whole milliseconds.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.round(Unit::Millisecond).unwrap_or(now)
    }
}

/// RFC 3339 in UTC with exactly three decimals, so that text order is time order.
#[must_use]
pub fn sortable(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_order_is_time_order() {
        let whole: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let later: Timestamp = "2026-01-02T03:04:05.5Z".parse().unwrap();
        assert_eq!(sortable(whole), "2026-01-02T03:04:05.000Z");
        assert!(sortable(whole) < sortable(later));
        assert_eq!(sortable(later).parse::<Timestamp>().unwrap(), later);
    }
}
