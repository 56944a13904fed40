//! From frames to files: drawn on every core, encoded in order as they come.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::{Delay, ExtendedColorType, Frame, RgbaImage};
use muxide::api::{AudioCodec, Muxer, MuxerBuilder, VideoCodec};
use openh264::OpenH264API;
use openh264::encoder::{
    Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile, RateControlMode,
    UsageType, VuiConfig,
};
use tiny_skia::Pixmap;

use super::Screen;
use super::draw::Scene;
use super::opus;
use super::yuv::Yuv;
use crate::error::EngineError;
use crate::progress::Progress;

/// Frames per second of the preview.
const PREVIEW_RATE: u32 = 6;
/// About how long the longer side of the preview is, in pixels.
const PREVIEW_SIDE: u32 = 320;

/// What is to be filmed.
pub(crate) struct Reel {
    pub(crate) scene: Scene,
    pub(crate) seconds: f64,
    /// Opus packets of 20 ms; empty for a film without sound.
    pub(crate) sound: Vec<Vec<u8>>,
}

impl Reel {
    fn frames(&self) -> u32 {
        // Lengths are bounded.
        (self.seconds * f64::from(self.rate())).round() as u32
    }

    fn rate(&self) -> u32 {
        self.scene.screen().rate
    }

    /// One of so many frames is in the preview.
    fn preview_step(&self) -> u32 {
        (self.rate() / PREVIEW_RATE).max(1)
    }
}

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
pub(crate) fn shoot(reel: &Reel, progress: &mut Progress<'_, '_>) -> Result<Film, EngineError> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(4) as u32;
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let mut queues = Vec::new();
        for first in 0..threads {
            let (send, receive) = sync_channel(1);
            queues.push(receive);
            let stop = &stop;
            scope.spawn(move || draw_each(reel, (first, threads), stop, &send));
        }
        let film = encode(&queues, reel, progress);
        stop.store(true, Ordering::Relaxed);
        // A thread that waits for its queue goes on when nobody listens.
        drop(queues);
        film
    })
}

/// Draws every `step`-th frame from `first` on.
fn draw_each(reel: &Reel, (first, step): (u32, u32), stop: &AtomicBool, send: &SyncSender<Drawn>) {
    let frames = reel.frames();
    for index in (first..frames).step_by(step as usize) {
        let time = index as f32 / reel.rate() as f32;
        let Some(mut frame) = reel.scene.frame(time).filter(|_| !stop.load(Ordering::Relaxed))
        else {
            return;
        };
        let shown = index.is_multiple_of(reel.preview_step());
        let is_poster = index == frames / 3;
        let yuv = Yuv::of(&mut frame, &reel.scene, time, shown || is_poster);
        let small = shown.then(|| reduced(&frame)).flatten();
        let whole = is_poster.then_some(frame);
        if send.send(Drawn { yuv, whole, small }).is_err() {
            return;
        }
    }
}

fn encode(
    queues: &[Receiver<Drawn>],
    reel: &Reel,
    progress: &mut Progress<'_, '_>,
) -> Result<Film, EngineError> {
    let (frames, rate) = (reel.frames(), reel.rate());
    let mut encoder = encoder(rate).map_err(EngineError::internal("openh264"))?;
    let mut muxer = muxer(reel)?;
    let mut sound = (0u32..).zip(&reel.sound).peekable();
    let (mut preview, mut poster) = (Vec::new(), Vec::new());
    let mut gif = GifEncoder::new_with_speed(&mut preview, 20);
    gif.set_repeat(Repeat::Infinite).map_err(EngineError::internal("preview"))?;
    for (index, queue) in (0..frames).zip(queues.iter().cycle()) {
        progress.at(index as f32 / frames as f32)?;
        let lost = |_| EngineError::internal("draw")("a thread ended too early");
        let drawn = queue.recv().map_err(lost)?;
        let stream = encoder.encode(&drawn.yuv).map_err(EngineError::internal("openh264"))?;
        let key = matches!(stream.frame_type(), FrameType::IDR | FrameType::I);
        let time = f64::from(index) / f64::from(rate);
        muxer.write_video(time, &stream.to_vec(), key).map_err(EngineError::internal("mp4"))?;
        // What is heard lies in the file beside what is seen with it.
        while let Some((at, packet)) =
            sound.next_if(|(at, _)| opus::start(*at) <= time || index + 1 == frames)
        {
            muxer.write_audio(opus::start(at), packet).map_err(EngineError::internal("mp4"))?;
        }
        if let Some(whole) = drawn.whole {
            poster = jpeg(&whole)?;
        }
        if let Some(small) = drawn.small {
            let delay = Delay::from_numer_denom_ms(1000 * reel.preview_step(), rate);
            gif.encode_frame(Frame::from_parts(small, 0, 0, delay))
                .map_err(EngineError::internal("preview"))?;
        }
    }
    drop(gif);
    muxer.finish_in_place().map_err(EngineError::internal("mp4"))?;
    progress.at(1.0)?;
    let seconds = f64::from(frames) / f64::from(rate);
    Ok(Film { seconds, mp4: muxer.into_writer(), poster, preview })
}

fn encoder(rate: u32) -> Result<Encoder, openh264::Error> {
    let config = EncoderConfig::new()
        .profile(Profile::Baseline)
        .usage_type(UsageType::CameraVideoRealTime)
        // The same quality for every frame, however many bytes that takes: what is drawn has no noise.
        .rate_control_mode(RateControlMode::Off)
        .max_frame_rate(FrameRate::from_hz(rate as f32))
        .intra_frame_period(IntraFramePeriod::from_num_frames(2 * rate))
        .skip_frames(false)
        // Slices of several threads would depend on the machine.
        .num_threads(1)
        .vui(VuiConfig::bt709());
    Encoder::with_api_config(OpenH264API::from_source(), config)
}

fn muxer(reel: &Reel) -> Result<Muxer<Vec<u8>>, EngineError> {
    let Screen { size, rate } = reel.scene.screen();
    let builder = MuxerBuilder::new(Vec::new())
        .video(VideoCodec::H264, size.width, size.height, f64::from(rate))
        .with_fast_start(true);
    let builder = match reel.sound.is_empty() {
        true => builder,
        false => builder.audio(AudioCodec::Opus, opus::RATE, 2),
    };
    builder.build().map_err(EngineError::internal("mp4"))
}

/// A small copy, in which each pixel is the mean of some.
fn reduced(frame: &Pixmap) -> Option<RgbaImage> {
    let wide = frame.width() as usize;
    let scale = (frame.width().max(frame.height()) / PREVIEW_SIDE).max(1);
    let step = scale as usize;
    let bands = frame.data().as_chunks::<4>().0.chunks_exact(wide * step);
    let mut small = Vec::with_capacity(frame.data().len() / step.pow(2));
    for band in bands {
        for x in (0..=wide - step).step_by(step) {
            let rows = band.chunks_exact(wide).filter_map(|row| row.get(x..x + step));
            let mut sum = [0; 4];
            for pixel in rows.flatten() {
                for (sum, part) in sum.iter_mut().zip(pixel) {
                    *sum += u32::from(*part);
                }
            }
            small.extend(sum.map(|sum| (sum / scale.pow(2)) as u8));
        }
    }
    RgbaImage::from_raw(frame.width() / scale, frame.height() / scale, small)
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
