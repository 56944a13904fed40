//! Whatever a `model.toml` holds, it is refused or it is consistent.

use super::*;

/// Checks it of one document.
pub(super) fn check(document: &str) {
    let Ok(manifest) = Manifest::parse(document) else { return };
    let Ok(printed) = toml::to_string(&manifest) else { panic!("cannot be printed") };
    assert_eq!(Manifest::parse(&printed), Ok(manifest.clone()));
    let SecondsLimit { min, max, default } = manifest.limits.seconds;
    assert!(min > 0.0 && min <= default && default <= max && max.is_finite());
    for seconds in [f64::NAN, f64::NEG_INFINITY, 0.0, min, max, f64::INFINITY] {
        assert!(manifest.price_for(seconds) >= manifest.price.credits);
    }
    for file in &manifest.files {
        // Two dots within a name are just dots.
        let mut parts = file.name.split(['/', '\\']);
        assert!(Path::new(&file.name).is_relative() && parts.all(|part| part != ".."));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::tests::EXAMPLE, *};

    #[test]
    fn any_text_is_refused_or_consistent() {
        proptest!(ProptestConfig::with_cases(2_000), |(bytes in any::<Vec<u8>>())| {
            check(&String::from_utf8_lossy(&bytes));
        });
    }

    #[test]
    fn any_change_of_a_good_one_is_refused_or_consistent() {
        let put = prop_oneof![
            any::<Vec<u8>>(),
            "[-0-9a-z.\"=\\[\\]{},\n]{0,8}".prop_map(String::into_bytes)
        ];
        let change = (0..EXAMPLE.len(), 0..16_usize, put);
        proptest!(ProptestConfig::with_cases(5_000), |((at, cut, put) in change)| {
            let mut document = EXAMPLE.as_bytes().to_vec();
            document.splice(at..(at + cut).min(EXAMPLE.len()), put);
            check(&String::from_utf8_lossy(&document));
        });
    }

    #[test]
    fn every_period_is_read_back() {
        proptest!(|(seconds in 1..=u32::MAX)| {
            let period = Period::new(seconds).unwrap();
            assert_eq!(Period::try_from(period.to_string()), Ok(period));
        });
    }
}
