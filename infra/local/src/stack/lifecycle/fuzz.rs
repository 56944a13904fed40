//! Whatever a file beside the bucket is called, it is no upload's or it is called as `s3s-fs` calls
//! that upload's.

use super::*;

const BUCKET: &str = "media";

/// Checks it of one name, as it is and as the rest of one that begins well.
pub(in crate::stack) fn check(name: &str) {
    let prefix = format!(".bucket-{}.object-", encode(BUCKET));
    for name in [name, &format!("{prefix}{name}.metadata.json")] {
        let Some((key, upload_id)) = upload_of(BUCKET, name) else { continue };
        // Every file with the id in its name goes when the upload is aborted.
        assert_eq!(upload_id.len(), 36);
        let again = format!("{prefix}{}.upload-{upload_id}.metadata.json", encode(&key));
        assert_eq!(again, name);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn any_name_is_no_uploads_or_right() {
        proptest!(ProptestConfig::with_cases(5_000), |(name in "\\PC{0,40}", key in any::<String>())| {
            check(&name);
            check(&format!("{}.upload-{name}", encode(&key)));
        });
    }

    #[test]
    fn an_upload_is_found_by_its_name() {
        let id = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        let stem = format!(".bucket-{}.object-{}", encode(BUCKET), encode("a/b"));
        let name = format!("{stem}.upload-{id}.metadata.json");
        assert_eq!(upload_of(BUCKET, &name), Some(("a/b".to_owned(), id.to_owned())));
        // An empty id would be in the name of every file.
        for wrong in ["", "*", "67E55044-10B1-426F-9247-BB680E5FE0C8"] {
            let name = format!("{stem}.upload-{wrong}.metadata.json");
            assert_eq!(upload_of(BUCKET, &name), None, "{wrong}");
        }
    }
}
