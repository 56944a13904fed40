//! Sound and scores as files.

mod archive;
mod flac;
pub(crate) mod midi;
#[cfg(feature = "mp3")]
mod mp3;
mod peaks;

pub(crate) use archive::Archive;
pub(crate) use flac::flac;
pub(crate) use midi::midi;
#[cfg(feature = "mp3")]
pub(crate) use mp3::mp3;
pub(crate) use peaks::peaks;
