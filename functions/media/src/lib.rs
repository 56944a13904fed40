//! Presigned uploads and downloads
