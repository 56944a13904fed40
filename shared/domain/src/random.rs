//! Randomness for ids and for waits. A simulation seeds it, to see the same history again.

use uuid::Uuid;

/// A random number, for spreading out waits. Not for secrets.
#[must_use]
pub fn number() -> u64 {
    #[cfg(feature = "simulation")]
    if let Some(number) = simulated::number() {
        return number;
    }
    // The lower half of a UUIDv7 is random but for its first two bits.
    let (_, number) = Uuid::now_v7().as_u64_pair();
    number << 2 >> 2
}

/// A UUIDv7: later ones sort later.
pub(crate) fn uuid() -> Uuid {
    #[cfg(feature = "simulation")]
    if let Some(uuid) = simulated::uuid() {
        return uuid;
    }
    Uuid::now_v7()
}

#[cfg(feature = "simulation")]
pub use simulated::seed;

#[cfg(feature = "simulation")]
mod simulated {
    use std::cell::Cell;

    use uuid::{Builder, Uuid};

    /// The milliseconds of the first simulated id: in 2026.
    const EPOCH_MS: u64 = 1_780_000_000_000;

    thread_local! {
        /// The generator's state and the number of ids made.
        static STATE: Cell<Option<(u64, u64)>> = const { Cell::new(None) };
    }

    /// From here on, everything random on this thread follows from `seed`.
    pub fn seed(seed: u64) {
        STATE.set(Some((seed, 0)));
    }

    pub(super) fn number() -> Option<u64> {
        let (state, ids) = STATE.get()?;
        let state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        STATE.set(Some((state, ids)));
        Some(mix(state))
    }

    /// One millisecond later than the one before.
    pub(super) fn uuid() -> Option<Uuid> {
        let random = [number()?, number()?];
        let (state, ids) = STATE.get()?;
        STATE.set(Some((state, ids + 1)));
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&random[0].to_be_bytes());
        bytes[8..].copy_from_slice(&random[1].to_be_bytes()[..2]);
        Some(Builder::from_unix_timestamp_millis(EPOCH_MS + ids, &bytes).into_uuid())
    }

    /// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
    fn mix(state: u64) -> u64 {
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
