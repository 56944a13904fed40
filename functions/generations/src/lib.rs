//! Models, quotes and generations
