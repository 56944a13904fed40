//! Choice of the next token among those that are allowed.

use super::vocabulary::Sampling;
use crate::dice::Dice;

/// Temperature and nucleus sampling (Holtzman et al. 2020) over a subset of the tokens.
pub(crate) struct Sampler {
    sampling: Sampling,
    dice: Dice,
}

impl Sampler {
    pub(crate) fn new(sampling: Sampling, dice: Dice) -> Self {
        Self { sampling, dice }
    }

    /// One of `allowed`; `None` when there is none. A single one costs no random number.
    pub(crate) fn choose(&mut self, logits: &[f32], allowed: &[u32]) -> Option<u32> {
        if allowed.len() < 2 {
            return allowed.first().copied();
        }
        let logit = |id: u32| logits.get(id as usize).copied().unwrap_or(f32::NEG_INFINITY);
        let top = allowed.iter().map(|id| logit(*id)).fold(f32::NEG_INFINITY, f32::max);
        let temperature = self.sampling.temperature.max(0.01);
        let mut shares: Vec<(f32, u32)> =
            allowed.iter().map(|id| (((logit(*id) - top) / temperature).exp(), *id)).collect();
        // Ties keep the order of the ids, so the order is total.
        shares.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let total: f32 = shares.iter().map(|(share, _)| share).sum();
        let mut sum = 0.0;
        let nucleus = shares.iter().take_while(|(share, _)| {
            let inside = sum < self.sampling.top_p * total;
            sum += share;
            inside
        });
        let weights: Vec<f32> = nucleus.map(|(share, _)| *share).collect();
        shares.get(self.dice.choose(&weights)).map(|(_, id)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    #[test]
    fn only_the_nucleus_of_the_allowed() {
        let sampling = Sampling { temperature: 1.0, top_p: 0.9 };
        let mut sampler = Sampler::new(sampling, Dice::new(1, Purpose::Score));
        let logits = [9.0, 2.0, 1.5, -5.0, f32::NAN];
        let mut seen = [0; 5];
        for _ in 0..200 {
            seen[sampler.choose(&logits, &[1, 2, 3]).expect("one") as usize] += 1;
        }
        assert!(seen[1] > 90 && seen[2] > 40, "{seen:?}");
        assert_eq!(seen[0] + seen[3] + seen[4], 0, "{seen:?}");
        assert_eq!(sampler.choose(&logits, &[]), None);
        assert_eq!(sampler.choose(&logits, &[4]), Some(4));
    }
}
