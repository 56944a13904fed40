//! Addresses that people type.

/// The longest address (RFC 5321, 4.5.3.1.3).
pub const LONGEST: usize = 254;

/// Whether mail could be sent there: what forms in HTML take, which leaves out what no mail system uses,
/// with the lengths of RFC 5321 and a dot in the domain.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let of_local =
        |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let labels = || domain.split('.');
    text.len() <= LONGEST
        && (1..=64).contains(&local.len())
        && local.bytes().all(of_local)
        && labels().count() > 1
        && labels().all(is_label)
}

fn is_label(label: &str) -> bool {
    let inside = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (1..=63).contains(&label.len()) && inside && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_text() {
        for good in ["ada@example.com", "a.b+c@mail.example.co.uk", "o'neil@x-y.example"] {
            assert!(is_address(good), "{good}");
        }
        let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(63));
        assert!(is_address(&long));
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "ada@-a.example",
            "ada@a..example",
            "ada@example.com.",
            "ada@ex ample.com",
            "ada@b@example.com",
            "<ada@example.com>",
            "ada@example.com\r\nBcc: all@example.com",
            "ädä@example.com",
            &format!("a{long}"),
            &format!("ada@{}example.com", "a.".repeat(130)),
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
