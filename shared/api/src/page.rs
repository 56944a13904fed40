use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Problem;

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

impl PageQuery {
    /// The number of items.
    ///
    /// # Errors
    /// 422 outside 1 to 100.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            limit @ 1..=MAX_LIMIT => Ok(limit),
            _ => Err(Problem::invalid_field("limit", "must be 1 to 100")),
        }
    }

    /// Where the page before ended.
    ///
    /// # Errors
    /// 422 for a text that is no cursor.
    pub fn position<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let position = text.and_then(|text| text.parse().ok());
        position
            .map(Some)
            .ok_or_else(|| Problem::invalid_field("cursor", "is not a cursor of ours"))
    }
}

impl<T> Page<T> {
    /// A page that goes on after `last`, or the last page.
    #[must_use]
    pub fn new(items: Vec<T>, last: Option<impl ToString>) -> Self {
        let next_cursor = last.map(|last| URL_SAFE_NO_PAD.encode(last.to_string()));
        Self { items, next_cursor }
    }

    /// A page of what was found for `limit`: after fewer, there are no more. `place` is where the next one goes on.
    #[must_use]
    pub fn found<F, P: ToString>(
        found: Vec<F>,
        limit: u32,
        place: impl Fn(&F) -> P,
        view: impl Fn(F) -> T,
    ) -> Self {
        let last = found.last().map(place).filter(|_| found.len() >= limit as usize);
        Self::new(found.into_iter().map(view).collect(), last)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reverie_domain::ids::GenerationId;
    use uuid::Uuid;

    use super::*;

    fn after(cursor: impl Into<String>) -> PageQuery {
        PageQuery { limit: None, cursor: Some(cursor.into()) }
    }

    #[test]
    fn any_text_is_a_cursor_of_ours_or_refused() {
        proptest!(ProptestConfig::with_cases(5_000), |(bytes in any::<Vec<u8>>())| {
            for text in [String::from_utf8_lossy(&bytes).into_owned(), URL_SAFE_NO_PAD.encode(&bytes)]
            {
                // Numbers have several spellings, such as `+7` and `007`.
                let _ = after(&text).position::<u64>();
                if let Ok(Some(position)) = after(&text).position::<GenerationId>() {
                    assert_eq!(Page::<u8>::new(vec![], Some(position)).next_cursor, Some(text));
                }
            }
        });
    }

    #[test]
    fn every_position_is_read_back() {
        proptest!(|(number in any::<u64>(), id in any::<[u8; 16]>())| {
            let cursor = Page::<u8>::new(vec![], Some(number)).next_cursor.unwrap();
            assert_eq!(after(cursor).position().ok(), Some(Some(number)));
            let id = GenerationId::from_uuid(Uuid::from_bytes(id));
            let cursor = Page::<u8>::new(vec![], Some(id)).next_cursor.unwrap();
            assert_eq!(after(cursor).position().ok(), Some(Some(id)));
        });
    }
}
