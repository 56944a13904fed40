use std::path::{Path, PathBuf};

use anyhow::anyhow;
use serde_json::Value;

use crate::{cli::CreateArgs, failure::Failure};

/// Where the result is to be, which is known to be possible before anything is paid.
pub(super) struct Target {
    pub(super) path: PathBuf,
    /// The format's, in lower case.
    pub(super) extension: String,
}

impl Target {
    pub(super) fn of(args: &CreateArgs) -> Result<Self, Failure> {
        let usual = if args.kind == "video" { "mp4" } else { "flac" };
        let usual_path = || PathBuf::from(format!("reverie.{usual}"));
        let path = args.output.clone().unwrap_or_else(usual_path);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if path.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
            return Err(Failure::Other(anyhow!("{} cannot be a file", path.display())));
        }
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or(usual).to_lowercase();
        Ok(Self { path, extension })
    }

    /// Whether a file of this name has the wanted format.
    pub(super) fn fits(&self, name: &Value) -> bool {
        let extension = Path::new(name.as_str().unwrap_or_default()).extension();
        extension.is_some_and(|e| e.eq_ignore_ascii_case(&self.extension))
    }

    /// Whether the model makes such a file without being asked for it.
    pub(super) fn check_format(&self, models: &Value, id: &Value) -> Result<(), Failure> {
        let model = models.as_array().into_iter().flatten().find(|model| model["id"] == *id);
        let files = model.and_then(|model| model["files"].as_array()).into_iter().flatten();
        let files: Vec<_> = files.filter(|file| file["on_request"].is_null()).collect();
        if model.is_none() || files.iter().any(|file| self.fits(&file["name"])) {
            return Ok(());
        }
        let names: Vec<_> = files.iter().filter_map(|file| file["name"].as_str()).collect();
        let message = format!("there is no .{}; there is {}", self.extension, names.join(", "));
        Err(Failure::Refused(message))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;

    use super::*;
    use crate::cli::{Cli, Command};

    fn target(more: &[&str]) -> Result<Target, Failure> {
        let words = ["reverie", "create", "calm piano"].iter().chain(more);
        match Cli::parse_from(words).command {
            Some(Command::Create(args)) => Target::of(&args),
            _ => unreachable!("`create` is a command"),
        }
    }

    #[test]
    fn the_kind_says_what_is_usual() {
        let music = target(&[]).unwrap();
        assert_eq!(music.path, Path::new("reverie.flac"));
        let film = target(&["--kind", "video", "-o", "film"]).unwrap();
        assert!(film.fits(&json!("film.mp4")) && !film.fits(&json!("track.flac")));
    }

    #[test]
    fn what_cannot_be_saved_is_known_before_it_is_paid() {
        for place in ["no-such-folder/x.flac", "/"] {
            assert!(matches!(target(&["-o", place]), Err(Failure::Other(_))), "{place}");
        }
        let files = json!([{"name": "track.flac"}, {"name": "stems.zip", "on_request": "stems"}]);
        let models = json!([{"id": "a", "files": files}]);
        let check = |name: &str| {
            let found = target(&["-o", name]).unwrap().check_format(&models, &json!("a"));
            found.map_err(|failure| failure.to_string())
        };
        assert_eq!(check("x.FLAC"), Ok(()));
        for name in ["x.wav", "x.zip"] {
            assert!(check(name).unwrap_err().contains("there is track.flac"), "{name}");
        }
    }
}
