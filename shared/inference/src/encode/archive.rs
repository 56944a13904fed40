//! Files in one ZIP archive.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::error::EngineError;

/// An archive that is being written. Its files are stored as they are: what is put here is compressed.
pub(crate) struct Archive(ZipWriter<Cursor<Vec<u8>>>);

impl Archive {
    pub(crate) fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }

    /// Adds a file. It carries no time of today and no rights of this machine, so the same files give the same
    /// archive.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), EngineError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.0.start_file(name, options).map_err(EngineError::internal("zip"))?;
        self.0.write_all(bytes).map_err(EngineError::internal("zip"))
    }

    pub(crate) fn finish(self) -> Result<Vec<u8>, EngineError> {
        Ok(self.0.finish().map_err(EngineError::internal("zip"))?.into_inner())
    }
}
