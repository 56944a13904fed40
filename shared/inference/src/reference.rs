//! What a picture or a video says: to music in figures, to a film the picture itself.

mod figures;
mod picture;
mod video;

use serde::{Deserialize, Serialize};

use figures::Thumbnail;
pub use picture::Picture;

/// A reference of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// How the request names it.
    pub id: String,
    /// What was seen in it; `None` if it could not be read.
    pub look: Option<Look>,
    /// The picture, for a film; `None` for a video.
    #[serde(skip)]
    pub picture: Option<Picture>,
}

/// The figures of a picture, each from 0 to 1 unless it says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Mean luma.
    pub brightness: f32,
    /// Spread of the luma.
    pub contrast: f32,
    /// Colourfulness after Hasler and Süsstrunk (2003); 1 is extremely colourful.
    pub colourfulness: f32,
    /// From −1, blue, to 1, red.
    pub warmth: f32,
    /// How much of the picture is edges.
    pub detail: f32,
    /// Of a video.
    #[serde(default)]
    pub motion: Option<Motion>,
}

/// What a video has beside its pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    /// Of the part that was looked at.
    pub seconds: f64,
    /// When a new shot begins, in seconds, rising.
    pub cuts: Vec<f64>,
    /// How much moves within shots, 0 to 1.
    pub amount: f32,
}

impl Look {
    /// Looks at a picture, or at an MP4 file with H.264; a video takes seconds. `None` if it is
    /// neither, or broken.
    ///
    /// The same file gives the same figures on every machine.
    #[must_use]
    pub fn at_any(file: &[u8]) -> Option<Self> {
        match file {
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => video::look(file),
            _ => Self::at(file),
        }
    }

    /// Looks at a PNG, JPEG or WebP file. `None` if it is none, or broken.
    ///
    /// The same file gives the same figures on every machine.
    #[must_use]
    pub fn at(file: &[u8]) -> Option<Self> {
        picture::decoded(file).map(|picture| Thumbnail::of(&picture).look())
    }
}
