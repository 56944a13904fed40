//! A decoder that takes one token, made into one that takes a token of each of several rows.
//!
//! Decoding is bound by memory: each step reads every weight once. So the products with weights are
//! done for all rows at once, and everything else for each row by itself. Nothing about the model
//! is assumed but that it is an ONNX graph of 32-bit floats whose weights are constants.

use std::collections::HashMap;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::konst::Const;
use tract_onnx::tract_core::ops::source::TypedSource;

use super::cache::CacheProduct;

/// A decluttered `model` for `rows` rows. Its inputs are those of the first row, then those of the second, and so
/// on; outputs likewise. A symbol such as the length of a cache becomes one for each row.
pub(super) fn of(model: &TypedModel, rows: usize) -> TractResult<TypedModel> {
    let mut wiring = Wiring {
        model,
        target: TypedModel { symbols: model.symbols.clone(), ..TypedModel::default() },
        rows: (0..rows).map(|row| Row::new(model, row)).collect::<TractResult<_>>()?,
    };
    for id in model.eval_order()? {
        wiring.node(model.node(id))?;
    }
    let Wiring { mut target, rows, .. } = wiring;
    let all = |outlets: &[OutletId]| -> Vec<OutletId> {
        rows.iter().flat_map(|row| outlets.iter().map(|outlet| row.wires[outlet])).collect()
    };
    target.set_input_outlets(&all(model.input_outlets()?))?;
    let outputs = all(model.output_outlets()?);
    target.select_output_outlets(&outputs)?;
    Ok(target)
}

/// Where the outlets of the model are in the wider one, for one row.
struct Row {
    wires: HashMap<OutletId, OutletId>,
    symbols: HashMap<Symbol, TDim>,
}

impl Row {
    fn new(model: &TypedModel, row: usize) -> TractResult<Self> {
        let mut symbols = HashMap::new();
        for input in model.input_outlets()? {
            for symbol in model.outlet_fact(*input)?.shape.iter().flat_map(|dim| dim.symbols()) {
                let own = model.symbols.sym(&format!("{symbol}_{row}"));
                symbols.insert(symbol, own.to_dim());
            }
        }
        Ok(Self { wires: HashMap::new(), symbols })
    }
}

struct Wiring<'m> {
    model: &'m TypedModel,
    target: TypedModel,
    rows: Vec<Row>,
}

impl Wiring<'_> {
    fn node(&mut self, node: &TypedNode) -> TractResult<()> {
        if node.op_is::<Const>() {
            let wire = self.target.wire_node(&node.name, node.op.clone(), &[])?;
            self.rows.iter_mut().for_each(|row| bind(row, node, &wire));
            return Ok(());
        }
        match node.op_as::<EinSum>() {
            Some(op) if self.rows.len() > 1 && self.has_weights(node)? => self.together(node, op),
            _ => (0..self.rows.len()).try_for_each(|row| self.alone(node, row)),
        }
    }

    /// Whether a node multiplies what depends on the row with a constant.
    fn has_weights(&self, node: &TypedNode) -> TractResult<bool> {
        let [data, weights] = node.inputs[..] else { return Ok(false) };
        let constant =
            |outlet| Ok::<_, TractError>(self.model.outlet_fact(outlet)?.konst.is_some());
        Ok(!constant(data)? && constant(weights)?)
    }

    /// A product of all rows, one above the other, with the same weights.
    fn together(&mut self, node: &TypedNode, op: &EinSum) -> TractResult<()> {
        let (data, weights) = (node.inputs[0], node.inputs[1]);
        let stacked: Vec<OutletId> = self.rows.iter().map(|row| row.wires[&data]).collect();
        let stacked = self.target.wire_node(format!("{}.stack", node.name), Stack, &stacked)?[0];
        let axis = op.axes.available_label();
        let axes = op.axes.clone().with_extra_axis(axis, InOut::In(0), 0)?;
        let axes = axes.with_extra_axis_occurency(axis, InOut::Out(0), 0)?;
        let op = EinSum { axes, ..op.clone() };
        let inputs = [stacked, self.rows[0].wires[&weights]];
        let product = self.target.wire_node(&node.name, op, &inputs)?[0];
        for (index, row) in self.rows.iter_mut().enumerate() {
            let name = format!("{}.{index}", node.name);
            let wire = self.target.wire_node(name, Unstack { row: index }, &[product])?;
            bind(row, node, &wire);
        }
        Ok(())
    }

    /// The node as it is, for one row.
    fn alone(&mut self, node: &TypedNode, index: usize) -> TractResult<()> {
        let name = format!("{}.{index}", node.name);
        let row = &mut self.rows[index];
        let product = match (node.op_as::<EinSum>(), &node.inputs[..]) {
            (Some(op), [_, cache]) if self.model.node(cache.node).op_is::<TypedSource>() => {
                CacheProduct::of(op)
            }
            _ => None,
        };
        let wire = match product {
            Some(product) => {
                let inputs: TVec<OutletId> = node.inputs.iter().map(|i| row.wires[i]).collect();
                self.target.wire_node(name, product, &inputs)?
            }
            None => {
                let named = TypedNode { name, ..node.clone() };
                named.op.set_symbols(
                    self.model,
                    &named,
                    &mut self.target,
                    &row.wires,
                    &row.symbols,
                )?
            }
        };
        bind(row, node, &wire);
        Ok(())
    }
}

fn bind(row: &mut Row, node: &TypedNode, wires: &[OutletId]) {
    for (slot, wire) in wires.iter().enumerate() {
        row.wires.insert(OutletId::new(node.id, slot), *wire);
    }
}

/// Tensors of one shape, one above the other.
///
/// Tract would see through its own operators and take the rows apart again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Stack;

impl Op for Stack {
    fn name(&self) -> StaticName {
        "Stack".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Stack {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut shape = tvec!(inputs.len());
        shape.extend_from_slice(inputs[0].shape());
        let mut all = Vec::with_capacity(shape.iter().product());
        for input in &inputs {
            all.extend_from_slice(input.try_as_plain_ram()?.as_slice::<f32>()?);
        }
        Ok(tvec!(Tensor::from_shape(&shape, &all)?.into_tvalue()))
    }
}

impl TypedOp for Stack {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let mut shape: TVec<TDim> = tvec!(inputs.len().to_dim());
        shape.extend(inputs[0].shape.iter().cloned());
        Ok(tvec!(f32::fact(&*shape)))
    }

    as_op!();
}

/// One of stacked tensors.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Unstack {
    row: usize,
}

impl Op for Unstack {
    fn name(&self) -> StaticName {
        "Unstack".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Unstack {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let input = args_1!(inputs);
        let shape = &input.shape()[1..];
        let size: usize = shape.iter().product();
        let all = input.try_as_plain_ram()?;
        let row = &all.as_slice::<f32>()?[self.row * size..][..size];
        Ok(tvec!(Tensor::from_shape(shape, row)?.into_tvalue()))
    }
}

impl TypedOp for Unstack {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(&inputs[0].shape[1..])))
    }

    as_op!();
}
