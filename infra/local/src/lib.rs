#![doc = include_str!("../README.md")]

pub mod cli;
pub mod create;
pub mod doctor;
pub mod failure;
pub mod local;
pub mod models;
pub mod private_file;
pub mod serve;
pub mod stack;
pub mod template;

/// The C library's allocator keeps what a busy hour took, also when its clients have gone; this one
/// gives most of it back. `cargo bench --workspace --bench load` prints what stays.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
