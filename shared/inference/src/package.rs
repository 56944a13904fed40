//! A model package: a folder with `model.toml` and the files that it lists.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use reverie_domain::manifest::{Manifest, PackageFile};
use sha2::{Digest, Sha256};

use crate::error::PackageError;

/// A folder whose files have been compared with their checksums.
#[derive(Debug, Clone)]
pub struct Package {
    source: Source,
    manifest: Manifest,
}

#[derive(Debug, Clone)]
enum Source {
    Folder(PathBuf),
    /// By name.
    Memory(BTreeMap<String, Bytes>),
}

impl Package {
    /// Reads `dir/model.toml` and verifies every file that it lists.
    ///
    /// # Errors
    /// A file that is missing or differs, or a `model.toml` that is wrong.
    pub fn open(dir: &Path) -> Result<Self, PackageError> {
        let path = dir.join("model.toml");
        let document = fs::read_to_string(&path).map_err(unreadable(&path))?;
        let manifest =
            Manifest::parse(&document).map_err(|source| PackageError::Manifest { path, source })?;
        for file in &manifest.files {
            verify(&dir.join(&file.name), file)?;
        }
        Ok(Self { source: Source::Folder(dir.to_owned()), manifest })
    }

    /// A package of which only these files are there, by name. Each is verified when it is used.
    #[must_use]
    pub fn of_files(manifest: Manifest, files: BTreeMap<String, Bytes>) -> Self {
        Self { source: Source::Memory(files), manifest }
    }

    /// What the package says about itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The content of a listed file.
    ///
    /// # Errors
    /// The file is not listed, and so was not verified, or has changed or gone since.
    pub fn read(&self, name: &str) -> Result<Bytes, PackageError> {
        let file = self
            .manifest
            .file(name)
            .ok_or_else(|| self.content(name, "is not listed in model.toml"))?;
        let (path, bytes) = match &self.source {
            Source::Folder(dir) => {
                let path = dir.join(name);
                let bytes = fs::read(&path).map_err(unreadable(&path))?;
                (path, bytes.into())
            }
            Source::Memory(files) => {
                let bytes = files.get(name).ok_or_else(|| self.content(name, "is not there"))?;
                (PathBuf::from(name), bytes.clone())
            }
        };
        same(&path, &file.sha256, Sha256::digest(&bytes).as_slice())?;
        Ok(bytes)
    }

    /// An error about the content of the file `name`.
    pub(crate) fn content(&self, name: &str, message: impl ToString) -> PackageError {
        PackageError::Content {
            package: self.manifest.id.clone(),
            file: name.to_owned(),
            message: message.to_string(),
        }
    }
}

fn verify(path: &Path, file: &PackageFile) -> Result<(), PackageError> {
    let mut content = fs::File::open(path).map_err(unreadable(path))?;
    let mut hasher = Sha256::new();
    let found = io::copy(&mut content, &mut hasher).map_err(unreadable(path))?;
    same(path, &file.sha256, hasher.finalize().as_slice())?;
    // Whoever fetches the file reads so many bytes and no more.
    match found == file.bytes {
        true => Ok(()),
        false => Err(PackageError::Length { path: path.to_owned(), expected: file.bytes, found }),
    }
}

/// Opens each subfolder of `dir` that has a `model.toml`, in order of name.
///
/// # Errors
/// The first package that cannot be opened.
pub fn open_all(dir: &Path) -> Result<Vec<Package>, PackageError> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable(dir))? {
        let path = entry.map_err(unreadable(dir))?.path();
        if path.join("model.toml").is_file() {
            folders.push(path);
        }
    }
    folders.sort();
    folders.iter().map(|folder| Package::open(folder)).collect()
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> PackageError {
    move |source| PackageError::Read { path: path.to_owned(), source }
}

fn same(path: &Path, expected: &str, digest: &[u8]) -> Result<(), PackageError> {
    let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if found == expected {
        return Ok(());
    }
    Err(PackageError::Checksum { path: path.to_owned(), expected: expected.to_owned(), found })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(content: &[u8], sha256: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("folder");
        let manifest = format!(
            r#"
            id = "one"
            version = "1"
            kind = "music"
            engine = "score"
            description = "d"
            licence = "MIT"
            outputs = [{{ name = "track.flac", content_type = "audio/flac" }}]
            inputs = {{ prompt = true, seconds = true, seed = true }}
            limits = {{ prompt_chars = 10, seconds = {{ min = 1, max = 2, default = 1 }} }}
            price = {{ credits = 1, per = "30s" }}
            files = [{{ name = "a.bin", sha256 = "{sha256}", bytes = 3 }}]
            "#
        );
        fs::create_dir(dir.path().join("one")).expect("subfolder");
        fs::create_dir(dir.path().join("no-package")).expect("subfolder");
        fs::write(dir.path().join("one/model.toml"), manifest).expect("write");
        fs::write(dir.path().join("one/a.bin"), content).expect("write");
        dir
    }

    /// SHA-256 of `abc`, FIPS 180-2 appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn opens_what_matches() {
        let dir = package(b"abc", ABC);
        let packages = open_all(dir.path()).expect("packages");
        assert_eq!(packages.len(), 1);
        assert_eq!(packages[0].read("a.bin").expect("file"), &b"abc"[..]);
        assert!(packages[0].read("model.toml").is_err(), "is not listed");
    }

    #[test]
    fn refuses_a_length_that_differs() {
        let dir = package(b"abc", ABC);
        let path = dir.path().join("one/model.toml");
        let manifest = fs::read_to_string(&path).expect("read").replace("bytes = 3", "bytes = 2");
        fs::write(&path, manifest).expect("write");
        let error = open_all(dir.path()).expect_err("another length");
        assert!(matches!(error, PackageError::Length { expected: 2, found: 3, .. }), "{error}");
    }

    #[test]
    fn refuses_what_differs() {
        let dir = package(b"abd", ABC);
        let error = Package::open(&dir.path().join("one")).expect_err("differs");
        let PackageError::Checksum { path, expected, found } = error else { panic!("{error}") };
        assert!(path.ends_with("one/a.bin"));
        assert_eq!(expected, ABC);
        assert_ne!(found, ABC);
    }
}
