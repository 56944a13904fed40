//! From frames to files: drawn on every core, encoded in order as they come.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::{Delay, ExtendedColorType, Frame, RgbaImage, imageops};
use muxide::api::{Muxer, MuxerBuilder, VideoCodec};
use openh264::OpenH264API;
use openh264::encoder::{
    Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile, RateControlMode,
    UsageType, VuiConfig,
};
use reverie_domain::storyboard::Storyboard;
use tiny_skia::Pixmap;

use super::draw::{Scene, Size};
use super::yuv::Yuv;
use crate::error::EngineError;
use crate::progress::Progress;

/// Frames per second.
pub(crate) const RATE: u32 = 24;
/// One of so many frames is in the preview.
const PREVIEW_STEP: u32 = 4;
/// The longer side of the preview, in pixels.
const PREVIEW_SIDE: u32 = 320;

/// What a storyboard became.
pub(crate) struct Film {
    pub(crate) seconds: f64,
    pub(crate) mp4: Vec<u8>,
    /// A JPEG.
    pub(crate) poster: Vec<u8>,
    /// An animated GIF.
    pub(crate) preview: Vec<u8>,
}

/// A frame on its way to the encoder.
struct Drawn {
    yuv: Yuv,
    /// The poster's frame.
    whole: Option<Pixmap>,
    small: Option<RgbaImage>,
}

/// Draws and encodes a storyboard. At most a few frames are in memory at a time.
pub(crate) fn shoot(
    storyboard: &Storyboard,
    size: Size,
    seed: u64,
    progress: &mut Progress<'_, '_>,
) -> Result<Film, EngineError> {
    let scene = Scene::new(storyboard, size, seed);
    // Lengths are bounded.
    let frames = (storyboard.seconds() * f64::from(RATE)).round() as u32;
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(4) as u32;
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let mut queues = Vec::new();
        for first in 0..threads {
            let (send, receive) = sync_channel(1);
            queues.push(receive);
            let (scene, stop) = (&scene, &stop);
            scope.spawn(move || draw_each(scene, (first, threads, frames), stop, &send));
        }
        let film = encode(&queues, size, frames, progress);
        stop.store(true, Ordering::Relaxed);
        // A thread that waits for its queue goes on when nobody listens.
        drop(queues);
        film
    })
}

/// Draws every `step`-th frame from `first` on.
fn draw_each(
    scene: &Scene,
    (first, step, frames): (u32, u32, u32),
    stop: &AtomicBool,
    send: &SyncSender<Drawn>,
) {
    for index in (first..frames).step_by(step as usize) {
        let time = index as f32 / RATE as f32;
        let Some(frame) = scene.frame(time).filter(|_| !stop.load(Ordering::Relaxed)) else {
            return;
        };
        let small = index.is_multiple_of(PREVIEW_STEP).then(|| reduced(&frame)).flatten();
        let yuv = Yuv::of(&frame);
        let whole = (index == frames / 3).then_some(frame);
        if send.send(Drawn { yuv, whole, small }).is_err() {
            return;
        }
    }
}

fn encode(
    queues: &[Receiver<Drawn>],
    size: Size,
    frames: u32,
    progress: &mut Progress<'_, '_>,
) -> Result<Film, EngineError> {
    let mut encoder = encoder().map_err(EngineError::internal("openh264"))?;
    let mut muxer = muxer(size)?;
    let mut preview = Vec::new();
    let mut poster = Vec::new();
    let mut gif = GifEncoder::new_with_speed(&mut preview, 20);
    gif.set_repeat(Repeat::Infinite).map_err(EngineError::internal("preview"))?;
    for (index, queue) in (0..frames).zip(queues.iter().cycle()) {
        progress.at(index as f32 / frames as f32)?;
        let lost = |_| EngineError::internal("draw")("a thread ended too early");
        let drawn = queue.recv().map_err(lost)?;
        let stream = encoder.encode(&drawn.yuv).map_err(EngineError::internal("openh264"))?;
        let key = matches!(stream.frame_type(), FrameType::IDR | FrameType::I);
        let time = f64::from(index) / f64::from(RATE);
        muxer.write_video(time, &stream.to_vec(), key).map_err(EngineError::internal("mp4"))?;
        if let Some(whole) = drawn.whole {
            poster = jpeg(&whole)?;
        }
        if let Some(small) = drawn.small {
            let delay = Delay::from_numer_denom_ms(1000 * PREVIEW_STEP, RATE);
            gif.encode_frame(Frame::from_parts(small, 0, 0, delay))
                .map_err(EngineError::internal("preview"))?;
        }
    }
    drop(gif);
    muxer.finish_in_place().map_err(EngineError::internal("mp4"))?;
    progress.at(1.0)?;
    let seconds = f64::from(frames) / f64::from(RATE);
    Ok(Film { seconds, mp4: muxer.into_writer(), poster, preview })
}

fn encoder() -> Result<Encoder, openh264::Error> {
    let config = EncoderConfig::new()
        .profile(Profile::Baseline)
        .usage_type(UsageType::CameraVideoRealTime)
        // The same quality for every frame, however many bytes that takes: what is drawn has no noise.
        .rate_control_mode(RateControlMode::Off)
        .max_frame_rate(FrameRate::from_hz(RATE as f32))
        .intra_frame_period(IntraFramePeriod::from_num_frames(2 * RATE))
        .skip_frames(false)
        // Slices of several threads would depend on the machine.
        .num_threads(1)
        .vui(VuiConfig::bt709());
    Encoder::with_api_config(OpenH264API::from_source(), config)
}

fn muxer(size: Size) -> Result<Muxer<Vec<u8>>, EngineError> {
    MuxerBuilder::new(Vec::new())
        .video(VideoCodec::H264, size.width, size.height, f64::from(RATE))
        .with_fast_start(true)
        .build()
        .map_err(EngineError::internal("mp4"))
}

fn reduced(frame: &Pixmap) -> Option<RgbaImage> {
    let (width, height) = (frame.width(), frame.height());
    let longer = width.max(height);
    let whole = RgbaImage::from_raw(width, height, frame.data().to_vec())?;
    let of = |side: u32| (side * PREVIEW_SIDE / longer).max(1);
    Some(imageops::thumbnail(&whole, of(width), of(height)))
}

fn jpeg(frame: &Pixmap) -> Result<Vec<u8>, EngineError> {
    let rgb: Vec<u8> =
        frame.data().chunks_exact(4).flat_map(|p| p.iter().take(3)).copied().collect();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 88)
        .encode(&rgb, frame.width(), frame.height(), ExtendedColorType::Rgb8)
        .map_err(EngineError::internal("poster"))?;
    Ok(bytes)
}
