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
