//! Random numbers that are the same on every machine and in every version.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What the numbers are for. Each purpose has its own sequence, so that drawing more for one
/// purpose changes nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Style, tempo and key that the prompt leaves open.
    Plan = 1,
    /// The notes.
    Score = 2,
    /// Small differences between played notes.
    Performance = 3,
    /// The noise below the last bit.
    Dither = 4,
    /// The chords of a sketch.
    Harmony = 5,
}

/// ChaCha with 8 rounds; the key is the seed and the purpose, little-endian, then zeros.
#[derive(Debug, Clone)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Uniform in [0, 1), a multiple of 2⁻²⁴.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1u32 << 24) as f32
    }

    /// Index into `weights`, by their share; 0 when none is positive.
    pub(crate) fn choose(&mut self, weights: &[f32]) -> usize {
        let total: f32 = weights.iter().filter(|weight| **weight > 0.0).sum();
        let mut rest = self.unit() * total;
        let mut last = 0;
        for (index, weight) in weights.iter().enumerate() {
            if *weight > 0.0 {
                last = index;
                rest -= weight;
                if rest < 0.0 {
                    break;
                }
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_fixed() {
        let mut dice = Dice::new(7, Purpose::Score);
        let drawn: Vec<u32> = (0..3).map(|_| (dice.unit() * 1000.0) as u32).collect();
        assert_eq!(drawn, [611, 909, 410]);
        let mut other = Dice::new(7, Purpose::Plan);
        assert_ne!(Dice::new(7, Purpose::Score).unit().to_bits(), other.unit().to_bits());
    }

    #[test]
    fn choice_follows_the_weights() {
        let mut dice = Dice::new(1, Purpose::Score);
        let mut count = [0; 3];
        for _ in 0..1000 {
            count[dice.choose(&[1.0, 0.0, 3.0])] += 1;
        }
        assert_eq!(count[1], 0);
        assert!((650..850).contains(&count[2]), "{count:?}");
        assert_eq!(dice.choose(&[0.0, 0.0]), 0);
    }
}
