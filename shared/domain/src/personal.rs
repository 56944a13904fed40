//! The one list of personal data: which fields of which rows and which objects hold it, why, until
//! when, how a person sees it and how it goes.
//!
//! `GET /v1/policies` shows this list, exports are made from it, and a test fails when a stored
//! attribute is not in it. What it says is what this version does, not what is planned.

mod register;

use serde::Serialize;
use utoipa::ToSchema;

pub use register::REGISTER;

/// One category of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonalData {
    /// What it is.
    pub category: &'static str,
    /// Where it is stored.
    pub stored_in: &'static [Place],
    /// Why.
    pub purpose: &'static str,
    /// Until when.
    pub kept: &'static str,
    /// How its owner gets to see it.
    pub shown: &'static str,
    /// What deletes it.
    pub erased: &'static str,
}

/// A kind of row, or the objects under a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Place {
    /// A table's name, or `bucket`.
    pub store: &'static str,
    /// The kind of row: what its key begins with. Of objects: the prefix.
    pub kind: &'static str,
    /// The row's attributes. Keys, version and time to live are not among them.
    pub fields: &'static [&'static str],
    /// Attributes that are in no export.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub withheld: &'static [Withheld],
    /// Why nothing of it is in an export; missing if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_exported: Option<&'static str>,
}

/// An attribute that is in no export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Withheld {
    /// Its name.
    pub field: &'static str,
    /// Why.
    pub reason: &'static str,
}

impl Place {
    const fn without(self, withheld: &'static [Withheld]) -> Self {
        Self { withheld, ..self }
    }

    const fn not_exported(self, reason: &'static str) -> Self {
        Self { not_exported: Some(reason), ..self }
    }

    /// The attributes that an export has.
    pub fn exported(&self) -> impl Iterator<Item = &'static str> {
        let withheld = |field: &str| self.withheld.iter().any(|one| one.field == field);
        self.fields.iter().copied().filter(move |field| !withheld(field))
    }
}

/// The attributes that every row may have: its key, which repeats ids that are fields, its version,
/// and when it ends.
pub const EVERY_ROW: [&str; 4] = ["pk", "sk", "version", "ttl"];

/// The place of a row with this key, if it is in the list. The kind is the first part of the sort
/// key; in `operations`, of the partition key.
#[must_use]
pub fn place_of(store: &str, pk: &str, sk: &str) -> Option<&'static Place> {
    let key = if store == "operations" { pk } else { sk };
    let kind = key.split('#').next().unwrap_or(key);
    let places = REGISTER.iter().flat_map(|data| data.stored_in);
    places.into_iter().find(|place| place.store == store && place.kind == kind)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        erasure::{BACKUP_DAYS, RECEIPT_DAYS},
        export::{EXPORT_DAYS, ROW_DAYS},
        legal_hold::LAPSE,
        plan::{GUEST_DAYS, Plan, UPLOAD_DAYS, USER_DAYS},
    };

    #[test]
    fn nothing_is_declared_twice() {
        let mut places = BTreeSet::new();
        for place in REGISTER.iter().flat_map(|data| data.stored_in) {
            assert!(places.insert((place.store, place.kind)), "{place:?}");
            let fields: BTreeSet<_> = place.fields.iter().collect();
            assert_eq!(fields.len(), place.fields.len(), "{place:?}");
        }
    }

    #[test]
    fn the_times_are_those_of_the_plans() {
        let kept = |category| REGISTER.iter().find(|data| data.category == category).unwrap().kept;
        let [free, plus, premium] = Plan::ALL.map(Plan::retention_days);
        let results = format!("{free} days on the free plan, {plus} on plus, {premium} on premium");
        assert_eq!(kept("results"), results);
        assert!(kept("account").contains(&format!("{GUEST_DAYS} days")));
        assert!(kept("account").contains(&format!("{} years", USER_DAYS / 365)));
        assert!(kept("erasures").contains(&format!("{BACKUP_DAYS} days")));
        assert!(kept("erasures").contains(&format!("{} years", RECEIPT_DAYS / 365)));
        let figures = (crate::usage::USAGE_DAYS * 12 / 365, crate::usage::FLOOR);
        assert!(kept("usage figures").starts_with(&format!("{} months", figures.0)));
        let shown = REGISTER.iter().find(|data| data.category == "usage figures").unwrap().shown;
        assert!(shown.ends_with(&format!("fewer than {} works", figures.1)));
        assert_eq!(kept("uploads"), format!("{UPLOAD_DAYS} day, the row {} days", UPLOAD_DAYS + 1));
        assert!(
            kept("legal holds").contains(&format!("a proposal {} days", LAPSE.as_hours() / 24))
        );
        let exports = format!("the archive {EXPORT_DAYS} days, the row {ROW_DAYS} days more");
        assert_eq!(kept("exports"), exports);
    }

    #[test]
    fn no_hash_of_a_secret_is_exported_and_what_is_withheld_is_a_field() {
        for place in REGISTER.iter().flat_map(|data| data.stored_in) {
            for Withheld { field, .. } in place.withheld {
                assert!(place.fields.contains(field), "{field} of {place:?}");
            }
            let secret = |field: &str| field.contains("hash") || field.contains("secret");
            let out = place.exported().filter(|field| secret(field)).count();
            assert!(place.not_exported.is_some() || out == 0, "{place:?}");
        }
    }
}
