//! From words to what a score needs.

pub(crate) mod rules;
