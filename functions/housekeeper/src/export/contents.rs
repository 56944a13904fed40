//! What is in an archive, in order: a page that explains it, the rows of every kind that the list of
//! personal data has, the files, and a list of all with their checksums.

use reverie_domain::{
    erasure::prefixes,
    export::EXPORTS,
    ids::AccountId,
    personal::{PersonalData, Place, REGISTER},
};
use serde_json::{Value, json};

/// One kind of thing in an archive.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Readme,
    /// Of the account with this number: 0, or from 1 that of a guest that became it.
    Rows(usize, &'static PersonalData, &'static Place),
    Files(String),
    Manifest,
}

impl Part {
    /// What names it for the next process.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Readme => "readme".to_owned(),
            Self::Rows(0, _, place) => format!("{}.{}", place.store, place.kind),
            Self::Rows(alias, _, place) => format!("{alias}:{}.{}", place.store, place.kind),
            Self::Files(prefix) => prefix.clone(),
            Self::Manifest => "manifest".to_owned(),
        }
    }
}

/// All parts of an archive of these accounts.
pub(super) fn parts(owners: &[AccountId]) -> Vec<Part> {
    let of = |owner| rows().map(move |(data, place)| Part::Rows(owner, data, place));
    let rows = (0..owners.len()).flat_map(of);
    let files = owners.iter().flat_map(|owner| prefixes(*owner));
    let files = files.filter(|prefix| !prefix.starts_with(EXPORTS)).map(Part::Files);
    [Part::Readme].into_iter().chain(rows).chain(files).chain([Part::Manifest]).collect()
}

fn rows() -> impl Iterator<Item = (&'static PersonalData, &'static Place)> {
    let all =
        REGISTER.iter().flat_map(|data| data.stored_in.iter().map(move |place| (data, place)));
    all.filter(|(_, place)| place.store != "bucket" && place.not_exported.is_none())
}

/// The name of a kind's file of rows, by its number from 1.
pub(super) fn rows_name(owner: usize, data: &PersonalData, place: &Place, number: u32) -> String {
    let folder = match owner {
        0 => "data".to_owned(),
        alias => format!("data/guest-{alias}"),
    };
    format!("{folder}/{}/{}-{number:05}.json", data.category.replace(' ', "-"), place.kind)
}

/// The name of a file: its key without the account.
pub(super) fn file_name(key: &str, owners: &[AccountId]) -> String {
    let owner = owners.iter().map(|owner| format!("{owner}/")).find(|owner| key.contains(owner));
    format!("files/{}", key.replacen(&owner.unwrap_or_default(), "", 1))
}

/// What a file of rows says.
pub(super) fn document(data: &PersonalData, place: &Place, rows: Vec<Value>) -> Value {
    json!({
        "category": data.category,
        "kind": place.kind,
        "purpose": data.purpose,
        "kept": data.kept,
        "rows": rows,
    })
}

/// The page that explains the archive.
pub(super) fn readme(account: AccountId) -> String {
    let mut text = format!(
        "All that is held about the account {account}.\n\n\
         data/        what is stored, as JSON in UTF-8: one folder for each category, one file for up to\n\
         \x20            500 rows of a kind; times are RFC 3339 in UTC, amounts are credits\n\
         data/guest-1/  the same of a guest that became this account by signing in, if there is one\n\
         files/       every file that is still kept: results and uploads\n\
         manifest.json  the name, size and SHA-256 of every file in this archive\n\n\
         A generation is a `job` and, by the same id, a `detail` with the request and what was understood.\n\
         A hold is a reservation of credits for a generation, an entry a line of the ledger.\n"
    );
    for data in REGISTER {
        text.push_str(&format!("\n{}\n  {}; kept: {}\n", data.category, data.purpose, data.kept));
        for place in data.stored_in {
            text.push_str(&format!("  - {}\n", told(data, place)));
        }
    }
    text
}

/// Where a kind is in the archive, or why it is not.
fn told(data: &PersonalData, place: &Place) -> String {
    if let Some(reason) = place.not_exported {
        return format!("{}: not in this archive, because {reason}", place.kind);
    }
    if place.store == "bucket" {
        return format!("files/{}", place.kind);
    }
    let mut text = rows_name(0, data, place, 1);
    for one in place.withheld {
        text.push_str(&format!("; without {}: {}", one.field, one.reason));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_tells_of_every_kind_there_is() {
        let page = readme(AccountId::new());
        let names: Vec<_> = parts(&[AccountId::new()]).iter().map(Part::name).collect();
        for (data, place) in
            REGISTER.iter().flat_map(|data| data.stored_in.iter().map(move |place| (data, place)))
        {
            assert!(page.contains(&told(data, place)), "{place:?}");
            let has = names.iter().any(|name| match place.store {
                "bucket" => name.starts_with(place.kind),
                _ => *name == format!("{}.{}", place.store, place.kind),
            });
            assert_eq!(has, place.not_exported.is_none(), "{place:?}");
        }
    }

    #[test]
    fn a_files_name_has_no_account() {
        let account = AccountId::new();
        let key = format!("results/free/{account}/gen_1/1/track.flac");
        assert_eq!(
            file_name(&key, &[AccountId::new(), account]),
            "files/results/free/gen_1/1/track.flac"
        );
    }
}
