//! `score.onnx` with its key-value cache.

use std::sync::Arc;

use tract_onnx::prelude::*;

use super::vocabulary::Vocabulary;
use crate::runtime::Plan;

/// Slots that a cache grows by when it is full.
const GROWTH: usize = 128;
/// Added to the attention scores of empty slots.
const EMPTY: f32 = -1e9;

/// The model, shared by all jobs.
#[derive(Debug)]
pub(crate) struct Network {
    plan: Plan,
    layers: usize,
    heads: usize,
    width: usize,
    pub(crate) context: usize,
    vocabulary: usize,
}

/// One row of tokens while it is being written.
pub(crate) struct Session<'n> {
    network: &'n Network,
    state: Box<dyn State>,
    /// Keys and values of each layer, [heads, slots, width].
    cache: Vec<Arc<Tensor>>,
    /// [1, slots].
    mask: Arc<Tensor>,
    slots: usize,
    filled: usize,
}

impl Network {
    pub(crate) fn new(onnx: &[u8], vocabulary: &Vocabulary) -> TractResult<Self> {
        Ok(Self {
            plan: Plan::compile(onnx)?,
            layers: vocabulary.model.layers,
            heads: vocabulary.model.kv_heads,
            width: vocabulary.model.head_dim,
            context: vocabulary.model.context,
            vocabulary: vocabulary.len(),
        })
    }

    /// An empty row.
    pub(crate) fn session(&self) -> TractResult<Session<'_>> {
        let empty = || Tensor::zero::<f32>(&[self.heads, 0, self.width]).map(Arc::new);
        let mut session = Session {
            network: self,
            state: self.plan.spawn()?,
            cache: (0..self.layers * 2).map(|_| empty()).collect::<TractResult<_>>()?,
            mask: Arc::new(Tensor::zero::<f32>(&[1, 0])?),
            slots: 0,
            filled: 0,
        };
        session.grow()?;
        Ok(session)
    }
}

impl Session<'_> {
    /// Tokens in the row.
    pub(crate) fn len(&self) -> usize {
        self.filled
    }

    /// Starts the row anew; the buffers stay.
    pub(crate) fn clear(&mut self) -> TractResult<()> {
        self.filled = 0;
        Arc::make_mut(&mut self.mask).fill_t(EMPTY)
    }

    /// Appends a token; returns the logits of the one after it.
    pub(crate) fn push(&mut self, token: u32) -> TractResult<Vec<f32>> {
        if self.filled >= self.network.context {
            return Err(TractError::msg("the context is full"));
        }
        if self.filled == self.slots {
            self.grow()?;
        }
        let mut inputs: TVec<TValue> = tvec!(
            tensor2(&[[i64::from(token)]]).into(),
            tensor1(&[self.filled as i64]).into(),
            self.mask.clone().into_tvalue(),
        );
        inputs.extend(self.cache.iter().map(|cache| cache.clone().into_tvalue()));
        let outputs = self.state.run(inputs)?;
        if outputs.len() != self.cache.len() + 1 {
            return Err(TractError::msg("score.onnx has a wrong number of outputs"));
        }
        self.keep(&outputs[1..])?;
        let logits = outputs[0].try_as_plain_ram()?.as_slice::<f32>()?;
        if logits.len() != self.network.vocabulary {
            return Err(TractError::msg("score.onnx has another vocabulary"));
        }
        Ok(logits.to_vec())
    }

    /// Writes the new keys and values into the next slot. The run has dropped its hold on the buffers, so
    /// `make_mut` copies nothing.
    fn keep(&mut self, new: &[TValue]) -> TractResult<()> {
        let (width, slots, slot) = (self.network.width, self.slots, self.filled);
        for (cache, new) in self.cache.iter_mut().zip(new) {
            let new = new.try_as_plain_ram()?;
            let new = new.as_slice::<f32>()?;
            let mut cache = Arc::make_mut(cache).try_as_plain_ram_mut()?;
            let cache = cache.as_slice_mut::<f32>()?;
            for (head, values) in new.chunks_exact(width).enumerate() {
                let at = (head * slots + slot) * width;
                cache[at..at + width].copy_from_slice(values);
            }
        }
        let mut mask = Arc::make_mut(&mut self.mask).try_as_plain_ram_mut()?;
        mask.as_slice_mut::<f32>()?[slot] = 0.0;
        self.filled += 1;
        Ok(())
    }

    fn grow(&mut self) -> TractResult<()> {
        let Network { heads, width, .. } = *self.network;
        let slots = self.slots + GROWTH;
        for cache in &mut self.cache {
            let mut larger = Tensor::zero::<f32>(&[heads, slots, width])?;
            larger.assign_slice(0..self.slots, cache, 0..self.slots, 1)?;
            *cache = Arc::new(larger);
        }
        let mut mask = Tensor::zero::<f32>(&[1, slots])?;
        mask.fill_t(EMPTY)?;
        mask.assign_slice(0..self.slots, &self.mask, 0..self.slots, 1)?;
        self.mask = Arc::new(mask);
        self.slots = slots;
        Ok(())
    }
}
