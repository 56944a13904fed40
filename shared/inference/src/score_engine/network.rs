//! `score.onnx` with its key-value cache.

use std::collections::VecDeque;
use std::sync::Arc;

use tract_onnx::prelude::*;

use super::vocabulary::Vocabulary;
use crate::runtime::{Plan, clear_vector_registers};

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
    /// Appended, but not computed: most are never needed, as what repeats is cleared again.
    pending: VecDeque<u32>,
    /// Of the token after the last one that is computed.
    logits: Vec<f32>,
}

impl Network {
    pub(crate) fn new(onnx: &[u8], vocabulary: &Vocabulary) -> TractResult<Self> {
        Ok(Self {
            plan: Plan::decoder(onnx)?,
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
            pending: VecDeque::new(),
            logits: Vec::new(),
        };
        session.grow()?;
        Ok(session)
    }
}

impl Session<'_> {
    /// Tokens in the row.
    pub(crate) fn len(&self) -> usize {
        self.filled + self.pending.len()
    }

    /// Starts the row anew; the buffers stay.
    pub(crate) fn clear(&mut self) -> TractResult<()> {
        self.filled = 0;
        self.pending.clear();
        Arc::make_mut(&mut self.mask).fill_t(EMPTY)
    }

    /// Appends a token. Nothing is computed before its consequence is asked for.
    pub(crate) fn push(&mut self, token: u32) -> TractResult<()> {
        if self.len() >= self.network.context {
            return Err(TractError::msg("the context is full"));
        }
        self.pending.push_back(token);
        Ok(())
    }

    /// Computes one of the tokens that wait; `false` if there is none.
    pub(crate) fn advance(&mut self) -> TractResult<bool> {
        let Some(token) = self.pending.pop_front() else { return Ok(false) };
        if self.filled == self.slots {
            self.grow()?;
        }
        let outputs = self.run(token)?;
        self.keep(&outputs)?;
        Ok(true)
    }

    fn run(&mut self, token: u32) -> TractResult<TVec<TValue>> {
        let mut inputs: TVec<TValue> = tvec![
            tensor2(&[[i64::from(token)]]).into(),
            tensor1(&[self.filled as i64]).into(),
            self.mask.clone().into_tvalue(),
        ];
        inputs.extend(self.cache.iter().map(|cache| cache.clone().into_tvalue()));
        let outputs = self.state.run(inputs)?;
        clear_vector_registers();
        if outputs.len() != 1 + self.network.layers * 2 {
            return Err(TractError::msg("score.onnx has a wrong number of outputs"));
        }
        Ok(outputs)
    }

    /// Of the token after the row, once no token waits.
    pub(crate) fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// Writes the new keys and values into the next slot. The run has dropped its hold on the buffers, so
    /// `make_mut` copies nothing.
    fn keep(&mut self, outputs: &[TValue]) -> TractResult<()> {
        let (logits, new) = (&outputs[0], &outputs[1..]);
        self.logits = numbers(logits)?;
        if self.logits.len() != self.network.vocabulary {
            return Err(TractError::msg("score.onnx has another vocabulary"));
        }
        let (width, slots, slot) = (self.network.width, self.slots, self.filled);
        for (cache, new) in self.cache.iter_mut().zip(new) {
            let mut cache = Arc::make_mut(cache).try_as_plain_ram_mut()?;
            let cache = cache.as_slice_mut::<f32>()?;
            for (head, values) in numbers(new)?.chunks_exact(width).enumerate() {
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

fn numbers(value: &TValue) -> TractResult<Vec<f32>> {
    Ok(value.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
}
