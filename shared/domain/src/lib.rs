#![doc = include_str!("../README.md")]

pub mod clock;
pub mod credits;
pub mod download;
pub mod erasure;
pub mod ids;
pub mod job;
pub mod manifest;
pub mod personal;
pub mod plan;
pub mod random;
pub mod rate;
pub mod request;
pub mod scope;
pub mod sketch;
pub mod upload;
pub mod wallet;
