//! The name under which a result is saved.

use crate::ids::GenerationId;

/// `track.flac` of a generation → `reverie-1a2b3c4d.flac`: ASCII, readable, and different for each
/// generation. The end of the id is taken because the beginning is the time.
#[must_use]
pub fn download_name(id: GenerationId, file: &str) -> String {
    let hex = id.uuid().simple().to_string();
    let short = &hex[hex.len() - 8..];
    match file.strip_prefix("track.") {
        Some(extension) => format!("reverie-{short}.{extension}"),
        None => format!("reverie-{short}-{file}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_keep_the_extension() {
        let id: GenerationId = "gen_01900000000070008000000012345678".parse().unwrap();
        assert_eq!(download_name(id, "track.flac"), "reverie-12345678.flac");
        assert_eq!(download_name(id, "peaks.json"), "reverie-12345678-peaks.json");
    }
}
