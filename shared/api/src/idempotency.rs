use axum::extract::FromRequestParts;
use http::{HeaderMap, StatusCode, request::Parts};
use jiff::Timestamp;
use reverie_domain::ids::AccountId;
use reverie_store::{
    operations::{IDEMPOTENCY_VALIDITY, Idempotency, idempotency_key},
    tables::{Key, Write, WriteError},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{App, Problem, Settings};

/// The `Idempotency-Key` header, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(Option<String>);

const MOST_CHARS: usize = 255;

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.headers)
    }
}

impl IdempotencyKey {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(value) = headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = value.to_str().ok().map(str::trim);
        let visible = |key: &&str| key.bytes().all(|byte| byte.is_ascii_graphic());
        match key.filter(|key| (1..=MOST_CHARS).contains(&key.len())).filter(visible) {
            Some(key) => Ok(Self(Some(key.to_owned()))),
            None => Err(Problem::malformed("Idempotency-Key has 1 to 255 visible characters.")),
        }
    }
}

/// What a remembered key says about a request that carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// It is the first, or the key is forgotten.
    First,
    /// The same request made this before.
    Same(String),
}

impl IdempotencyKey {
    /// The row to write together with what the request makes; `None` without a key. `body` is the
    /// request in one fixed form.
    #[must_use]
    pub fn row(
        &self,
        settings: &Settings,
        now: Timestamp,
        (account, route): (AccountId, &str),
        body: &[u8],
        resource: impl ToString,
    ) -> Option<Idempotency> {
        let key = self.0.as_ref()?;
        Some(Idempotency {
            account,
            route: route.to_owned(),
            key_hash: hex::encode(Sha256::digest(key)),
            request_hash: settings.keyed_hash("request", body),
            resource: resource.to_string(),
            expires_at: now + IDEMPOTENCY_VALIDITY,
            version: 1,
        })
    }

    /// Writes what a request makes, once for this key. `Same` names what an earlier request made.
    ///
    /// # Errors
    /// 422 if the key came with another request, 503.
    pub async fn create(
        &self,
        app: &App,
        scope: (AccountId, &str),
        request: &(impl Serialize + Sync),
        (id, write): (impl ToString + Send, Write),
    ) -> Result<Replay, Problem> {
        let now = app.now();
        let body = serde_json::to_vec(request).map_err(Problem::internal)?;
        let mine = self.row(&app.settings, now, scope, &body, id);
        let mut present = None;
        // Twice: the second time over a row that is past its end.
        for _ in 0..2 {
            let mut writes = vec![write.clone()];
            if let Some(mine) = &mine {
                writes.push(mine.remember(present.as_ref())?);
            }
            let outcomes = match app.tables.write(&writes).await {
                Ok(()) => return Ok(Replay::First),
                Err(WriteError::Store(error)) => return Err(error.into()),
                Err(WriteError::Conflict(outcomes)) => outcomes,
            };
            // An id is new, so its row is ours: an attempt whose answer was lost wrote it.
            let Some(mine) = &mine else { return Ok(Replay::First) };
            present = Idempotency::clashed(outcomes.get(1))?;
            if let Replay::Same(id) = Replay::of(now, mine, present.as_ref())? {
                return Ok(Replay::Same(id));
            }
        }
        Err(Problem::internal("a new row was there before"))
    }

    /// Where the row is, to be read together with other rows.
    #[must_use]
    pub fn key(&self, account: AccountId, route: &str) -> Option<Key> {
        let key = self.0.as_ref()?;
        Some(idempotency_key(account, route, &hex::encode(Sha256::digest(key))))
    }
}

impl Replay {
    /// Compares the row that would be written with the one that is there.
    ///
    /// # Errors
    /// 422 if the key came with another request.
    pub fn of(
        now: Timestamp,
        mine: &Idempotency,
        present: Option<&Idempotency>,
    ) -> Result<Self, Problem> {
        let Some(present) = present.filter(|row| now < row.expires_at) else {
            return Ok(Self::First);
        };
        if present.request_hash != mine.request_hash {
            let detail = "This Idempotency-Key came with another request before.";
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency.mismatch",
                detail,
            ));
        }
        Ok(Self::Same(present.resource.clone()))
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_kept_as_it_is_or_refused() {
        proptest!(ProptestConfig::with_cases(5_000), |(value in any::<Vec<u8>>())| {
            let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
            let headers =
                HeaderMap::from_iter([("idempotency-key".parse().unwrap(), value.clone())]);
            let Ok(IdempotencyKey(key)) = IdempotencyKey::of(&headers) else { return Ok(()) };
            let key = key.expect("there is a header");
            assert!((1..=MOST_CHARS).contains(&key.len()));
            assert_eq!(Some(key.as_str()), value.to_str().ok().map(str::trim));
        });
    }
}
