//! Products with a cache of keys or values.
//!
//! Tract's own matrix product packs both operands, that is, it copies the whole cache at every step to read
//! it once. These read it where it is.

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::source::TypedSource;

/// Numbers that one pass over a column of values sums at once: as many as stay in registers.
const BLOCK: usize = 32;
/// Partial sums of a product of two vectors.
const LANES: usize = 8;

/// The decluttered model with products of its own for the caches that are among its inputs.
pub(super) fn read_in_place(mut model: TypedModel) -> TractResult<TypedModel> {
    for id in model.eval_order()? {
        let node = model.node(id);
        let (Some(op), [_, cache]) = (node.op_as::<EinSum>(), &node.inputs[..]) else { continue };
        if !model.node(cache.node).op_is::<TypedSource>() {
            continue;
        }
        if let Some(product) = CacheProduct::of(op) {
            TypedModelPatch::replace_single_op(&model, node, &node.inputs, product)?
                .apply(&mut model)?;
        }
    }
    Ok(model)
}

/// `data [A, M, _] × cache [A, P, D]`, for each `A`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum CacheProduct {
    /// `[A, M, D]` with each row of the cache: `[A, M, P]`.
    Keys,
    /// The mean of the rows by the weights `[A, M, P]`, not divided: `[A, M, D]`.
    Values,
}

impl CacheProduct {
    /// The product that an `EinSum` is; `None` if it is another one.
    fn of(op: &EinSum) -> Option<Self> {
        let (inputs, outputs) = op.axes.to_strs();
        let mut letters: Vec<char> = Vec::new();
        let mut plain = |text: &String| -> Vec<usize> {
            let index = |letter| {
                letters.iter().position(|known| *known == letter).unwrap_or_else(|| {
                    letters.push(letter);
                    letters.len() - 1
                })
            };
            text.chars().map(index).collect()
        };
        let axes: Vec<Vec<usize>> = inputs.iter().chain(&outputs).map(&mut plain).collect();
        let axes: Vec<&[usize]> = axes.iter().map(Vec::as_slice).collect();
        match axes[..] {
            _ if op.q_params.is_some() || op.operating_dt != f32::datum_type() => None,
            [[0, 1, 2], [0, 3, 2], [0, 1, 3]] => Some(Self::Keys),
            [[0, 1, 2], [0, 2, 3], [0, 1, 3]] => Some(Self::Values),
            _ => None,
        }
    }
}

impl Op for CacheProduct {
    fn name(&self) -> StaticName {
        "CacheProduct".into()
    }

    op_as_typed_op!();
}

impl EvalOp for CacheProduct {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let (data, cache) = args_2!(inputs);
        let (&[groups, rows, width], &[_, slots, dim]) = (data.shape(), cache.shape()) else {
            bail!("a cache has three axes");
        };
        let (data, cache) = (data.try_as_plain_ram()?, cache.try_as_plain_ram()?);
        let (data, cache) = (data.as_slice::<f32>()?, cache.as_slice::<f32>()?);
        let out_width = if *self == Self::Keys { slots } else { dim };
        let mut out = vec![0f32; groups * rows * out_width];
        for group in 0..groups {
            let cache = &cache[group * slots * dim..][..slots * dim];
            let data = &data[group * rows * width..][..rows * width];
            let out = &mut out[group * rows * out_width..][..rows * out_width];
            match self {
                Self::Keys => keys(data, cache, dim, out),
                Self::Values => values(data, cache, dim, slots, out),
            }
        }
        Ok(tvec!(Tensor::from_shape(&[groups, rows, out_width], &out)?.into_tvalue()))
    }
}

impl TypedOp for CacheProduct {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let [data, cache] = inputs else { bail!("takes data and a cache") };
        let width = match self {
            Self::Keys => &cache.shape[1],
            Self::Values => &cache.shape[2],
        };
        let shape = [data.shape[0].clone(), data.shape[1].clone(), width.clone()];
        Ok(tvec!(f32::fact(shape)))
    }

    as_op!();
}

fn keys(data: &[f32], cache: &[f32], dim: usize, out: &mut [f32]) {
    let slots = cache.len() / dim.max(1);
    for (query, out) in data.chunks_exact(dim).zip(out.chunks_exact_mut(slots)) {
        for (key, out) in cache.chunks_exact(dim).zip(out) {
            *out = dot(query, key);
        }
    }
}

fn values(weights: &[f32], cache: &[f32], dim: usize, slots: usize, out: &mut [f32]) {
    for (weights, out) in weights.chunks_exact(slots).zip(out.chunks_exact_mut(dim)) {
        for (block, out) in out.chunks_mut(BLOCK).enumerate() {
            let from = block * BLOCK;
            let mut sums = [0f32; BLOCK];
            let columns = cache.chunks_exact(dim).map(|row| &row[from..from + out.len()]);
            for (weight, values) in weights.iter().zip(columns) {
                match <&[f32; BLOCK]>::try_from(values) {
                    Ok(values) => {
                        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
                    }
                    Err(_) => {
                        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
                    }
                }
            }
            out.copy_from_slice(&sums[..out.len()]);
        }
    }
}

/// Summed in a fixed order, in lanes that a processor can add at once.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut sums = [0f32; LANES];
    let (ones, rest) = one.as_chunks::<LANES>();
    let (others, other_rest) = other.as_chunks::<LANES>();
    for (one, other) in ones.iter().zip(others) {
        for lane in 0..LANES {
            sums[lane] += one[lane] * other[lane];
        }
    }
    let rest: f32 = rest.iter().zip(other_rest).map(|(one, other)| one * other).sum();
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (b + f)) + ((c + g) + (d + h)) + rest
}
