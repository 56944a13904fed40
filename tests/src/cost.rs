//! What a deployment costs: calls and bytes are counted on one generation with the real code, and
//! multiplied by a dated price list; a simulation says how many worker hours a month takes.

mod bill;
mod count;
pub mod fleet;
mod prices;

pub use bill::{Bill, bill};
pub use count::{Counted, count};
pub use prices::Prices;
