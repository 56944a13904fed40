//! MP3 by LAME (LGPL-3.0, hence the cargo feature `mp3`).

use mp3lame_encoder::{Bitrate, Builder, DualPcm, Encoder, FlushNoGap, Mode, Quality};

use crate::error::EngineError;
use crate::progress::Progress;
use crate::render::{SAMPLE_RATE, Sound};

const STAGE: &str = "mp3";
/// Frames handed to the encoder at once.
const CHUNK: usize = 1 << 16;

/// An MP3 file of 192 kb/s with a LAME header, from which players learn the exact length.
pub(crate) fn mp3(sound: &Sound, progress: &mut Progress<'_, '_>) -> Result<Vec<u8>, EngineError> {
    let mut encoder = encoder()?;
    let mut bytes = Vec::with_capacity(mp3lame_encoder::max_required_buffer_size(sound.frames()));
    let chunks = sound.left.chunks(CHUNK).zip(sound.right.chunks(CHUNK));
    for (index, (left, right)) in chunks.enumerate() {
        progress.at((index * CHUNK) as f32 / sound.frames() as f32)?;
        bytes.reserve(mp3lame_encoder::max_required_buffer_size(left.len()));
        encoder
            .encode_to_vec(DualPcm { left, right }, &mut bytes)
            .map_err(|error| EngineError::internal(STAGE)(error.to_string()))?;
    }
    bytes.reserve(mp3lame_encoder::max_required_buffer_size(0));
    encoder
        .flush_to_vec::<FlushNoGap>(&mut bytes)
        .map_err(|error| EngineError::internal(STAGE)(error.to_string()))?;
    write_header(&encoder, &mut bytes);
    Ok(bytes)
}

fn encoder() -> Result<Encoder, EngineError> {
    let failed =
        |error: mp3lame_encoder::BuildError| EngineError::internal(STAGE)(error.to_string());
    let builder = Builder::new().ok_or_else(|| EngineError::internal(STAGE)("out of memory"))?;
    builder
        .with_num_channels(2)
        .and_then(|builder| builder.with_sample_rate(SAMPLE_RATE))
        .and_then(|builder| builder.with_brate(Bitrate::Kbps192))
        .and_then(|builder| builder.with_mode(Mode::JointStereo))
        .and_then(|builder| builder.with_quality(Quality::Good))
        .and_then(|builder| builder.with_to_write_vbr_tag(true))
        .and_then(Builder::build)
        .map_err(failed)
}

/// Replaces the empty first frame, which LAME leaves for its header.
fn write_header(encoder: &Encoder, bytes: &mut [u8]) {
    let mut header = Vec::with_capacity(encoder.lame_tag_size());
    if encoder.lame_tag_encode_to_vec(&mut header).is_some()
        && let Some(space) = bytes.get_mut(..header.len())
    {
        space.copy_from_slice(&header);
    }
}
