//! Reverie in one process on embedded AWS services
