//! From words to what a score needs.

#[cfg(test)]
mod reference;
pub(super) mod rules;
mod tempo;

use tract_onnx::prelude::*;

use super::vocabulary::{Head, HeadKind, PromptModel};
use crate::runtime::Plan;
use crate::text::Pieces;

/// `prompt.onnx` with its layout.
#[derive(Debug)]
pub(crate) struct PromptReader {
    pieces: Pieces,
    plan: Plan,
    layout: PromptModel,
}

/// What the model made of a prompt: for each head, a share for each of its labels.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    heads: Vec<(Head, Vec<f32>)>,
}

impl PromptReader {
    pub(crate) fn new(onnx: &[u8], pieces: Pieces, layout: &PromptModel) -> TractResult<Self> {
        Ok(Self { plan: Plan::compile(onnx)?, pieces, layout: layout.clone() })
    }

    /// Reads a prompt; one without words is allowed.
    pub(crate) fn read(&self, prompt: &str) -> TractResult<Reading> {
        let logits = self.logits(prompt)?;
        let heads = self.layout.heads.iter().map(|head| {
            let logits = logits
                .get(head.offset..head.offset + head.size)
                .ok_or_else(|| TractError::msg(format!("no logits for head {}", head.name)))?;
            let shares = match head.kind {
                HeadKind::Softmax => softmax(logits),
                HeadKind::Sigmoid => logits.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect(),
            };
            Ok((head.clone(), shares))
        });
        Ok(Reading { heads: heads.collect::<TractResult<_>>()? })
    }

    fn logits(&self, prompt: &str) -> TractResult<Vec<f32>> {
        let ids = self.pieces.of(prompt);
        let outputs = self.plan.run(tvec!(Tensor::from_shape(&[1, ids.len()], &ids)?.into()))?;
        let logits = outputs.first().ok_or_else(|| TractError::msg("prompt.onnx has no output"))?;
        Ok(logits.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
    }
}

impl Reading {
    /// The shares of the head `name` in the order of `labels`; `None` when the package has no such head. A label that
    /// the head does not know gets 0.
    pub(crate) fn shares<'a>(
        &self,
        name: &str,
        labels: impl IntoIterator<Item = &'a str>,
    ) -> Option<Vec<f32>> {
        let (head, shares) = self.heads.iter().find(|(head, _)| head.name == name)?;
        let share = |label: &str| {
            let index = head.labels.iter().position(|other| other == label);
            index.map_or(0.0, |index| shares[index])
        };
        Some(labels.into_iter().map(share).collect())
    }

    /// Whether the yes-or-no head `name` says yes to `label`.
    pub(crate) fn says(&self, name: &str, label: &str) -> bool {
        self.shares(name, [label]).is_some_and(|shares| shares[0] > 0.5)
    }
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|x| (x - top).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}
