//! `score.onnx` with its key-value cache.

use std::collections::VecDeque;
use std::sync::Arc;

use tract_onnx::prelude::*;

use super::gathering::{Decoding, Gathering};
use super::vocabulary::Vocabulary;
use crate::runtime::Plan;

/// Slots that a cache grows by when it is full.
const GROWTH: usize = 128;
/// Added to the attention scores of empty slots.
const EMPTY: f32 = -1e9;

/// The model, shared by all jobs.
#[derive(Debug)]
pub(crate) struct Network {
    /// Takes a token of one row.
    narrow: Plan,
    /// Takes a token of each of [`ROWS`] rows; none where the device gains nothing by it.
    wide: Option<Plan>,
    gathering: Gathering<Step, Stepped>,
    layers: usize,
    heads: usize,
    width: usize,
    pub(crate) context: usize,
    vocabulary: usize,
}

/// Rows that are decoded in one step if so many jobs wait.
pub(super) const ROWS: usize = 4;

/// A token to append to a row.
pub(super) struct Step {
    token: u32,
    position: usize,
    mask: Arc<Tensor>,
    cache: Vec<Arc<Tensor>>,
}

/// What a step gives.
pub(super) struct Stepped {
    /// Of the token after it.
    logits: Vec<f32>,
    /// Keys and values of each layer, [heads, 1, width].
    new: Vec<Vec<f32>>,
}

/// One row of tokens while it is being written.
pub(crate) struct Session<'n> {
    network: &'n Network,
    decoding: Decoding<'n, Step, Stepped>,
    narrow: Box<dyn State>,
    wide: Option<Box<dyn State>>,
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
        let (narrow, wide) = Plan::decoders(onnx, ROWS)?;
        // Without a plan for several rows nobody needs to wait for others.
        let most = if wide.is_some() { ROWS } else { 1 };
        Ok(Self {
            narrow,
            wide,
            gathering: Gathering::new(most),
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
            decoding: self.gathering.join(),
            narrow: self.narrow.spawn()?,
            wide: None,
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

    /// Computes one token of each of these rows in one step.
    pub(super) fn advance_all(sessions: &mut [Session<'_>]) -> TractResult<()> {
        let steps: Vec<Option<Step>> =
            sessions.iter_mut().map(Session::next_step).collect::<TractResult<_>>()?;
        let steps: Vec<Step> = steps.into_iter().flatten().collect();
        let Some(Session { network, narrow, wide, .. }) = sessions.first_mut() else {
            return Ok(());
        };
        let stepped = run(network, narrow, wide, &steps)?;
        drop(steps);
        sessions.iter_mut().zip(stepped).try_for_each(|(session, stepped)| session.keep(stepped))
    }

    fn stepped(&self, outputs: &[TValue]) -> TractResult<Stepped> {
        let numbers = |value: &TValue| -> TractResult<Vec<f32>> {
            Ok(value.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
        };
        let logits = numbers(&outputs[0])?;
        if logits.len() != self.vocabulary {
            return Err(TractError::msg("score.onnx has another vocabulary"));
        }
        Ok(Stepped { logits, new: outputs[1..].iter().map(numbers).collect::<TractResult<_>>()? })
    }
}

impl Step {
    fn inputs(&self) -> impl Iterator<Item = TValue> + '_ {
        let first = [
            tensor2(&[[i64::from(self.token)]]).into(),
            tensor1(&[self.position as i64]).into(),
            self.mask.clone().into_tvalue(),
        ];
        first.into_iter().chain(self.cache.iter().map(|cache| cache.clone().into_tvalue()))
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
        let Some(step) = self.next_step()? else { return Ok(false) };
        let (network, narrow, wide) = (self.network, &mut self.narrow, &mut self.wide);
        let stepped = self.decoding.step(step, |steps| run(network, narrow, wide, steps))?;
        self.keep(stepped)?;
        Ok(true)
    }

    fn next_step(&mut self) -> TractResult<Option<Step>> {
        let Some(token) = self.pending.pop_front() else { return Ok(None) };
        if self.filled == self.slots {
            self.grow()?;
        }
        let (mask, cache) = (self.mask.clone(), self.cache.clone());
        Ok(Some(Step { token, position: self.filled, mask, cache }))
    }

    /// Of the token after the row, once no token waits.
    pub(crate) fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// Writes the new keys and values into the next slot. The run has dropped its hold on the buffers, so
    /// `make_mut` copies nothing.
    fn keep(&mut self, stepped: Stepped) -> TractResult<()> {
        let (width, slots, slot) = (self.network.width, self.slots, self.filled);
        for (cache, new) in self.cache.iter_mut().zip(stepped.new) {
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
        self.logits = stepped.logits;
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

/// Computes a step of each of these rows, with one run of the model if it can.
fn run(
    network: &Network,
    narrow: &mut Box<dyn State>,
    wide: &mut Option<Box<dyn State>>,
    steps: &[Step],
) -> TractResult<Vec<Stepped>> {
    let count = 1 + network.layers * 2;
    let alone = |step: &Step| {
        let outputs = narrow.run(step.inputs().collect())?;
        (outputs.len() == count).then(|| network.stepped(&outputs)).ok_or_else(wrong)?
    };
    let (Some(plan), true) = (&network.wide, steps.len() > 1) else {
        return steps.iter().map(alone).collect();
    };
    let state = match wide {
        Some(state) => state,
        None => wide.insert(plan.spawn()?),
    };
    // What is missing to the plan's rows is computed twice.
    let rows = steps.iter().chain(std::iter::repeat(&steps[0])).take(ROWS);
    let outputs = state.run(rows.flat_map(Step::inputs).collect())?;
    if outputs.len() != ROWS * count {
        return Err(wrong());
    }
    outputs.chunks(count).take(steps.len()).map(|outputs| network.stepped(outputs)).collect()
}

fn wrong() -> TractError {
    TractError::msg("score.onnx has a wrong number of outputs")
}
