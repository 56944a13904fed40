//! Balance and transactions
