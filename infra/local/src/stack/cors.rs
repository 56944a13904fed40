//! The bucket's CORS rule as a layer in front of S3.

use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, bail};
use http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::template::CorsRule;

/// The origins whose pages may use the bucket. They are known for good only once the server's own
/// port is.
#[derive(Debug, Clone, Default)]
pub(super) struct Origins(Arc<RwLock<Vec<HeaderValue>>>);

impl Origins {
    /// Takes the origins of the bucket's rule.
    pub(super) fn set(&self, rules: &[CorsRule]) -> anyhow::Result<()> {
        let origins = match one(rules)? {
            Some(rule) => parse::<HeaderValue>(&rule.origins)?,
            None => Vec::new(),
        };
        if origins.iter().any(|origin| origin.as_bytes().contains(&b'*')) {
            bail!("a CORS origin with * would let any page in");
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = origins;
        Ok(())
    }

    fn contain(&self, origin: &HeaderValue) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(origin)
    }
}

/// The layer for the bucket's rules, of which there may be one.
pub(super) fn layer(rules: &[CorsRule], origins: &Origins) -> anyhow::Result<CorsLayer> {
    let Some(rule) = one(rules)? else { return Ok(CorsLayer::new()) };
    origins.set(rules)?;
    let origins = origins.clone();
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| origins.contain(origin)))
        .allow_methods(parse::<Method>(&rule.methods)?)
        .allow_headers(allowed_headers(&rule.allowed_headers)?)
        .expose_headers(parse::<HeaderName>(&rule.exposed_headers)?);
    Ok(match rule.max_age {
        Some(age) => layer.max_age(age),
        None => layer,
    })
}

fn one(rules: &[CorsRule]) -> anyhow::Result<Option<&CorsRule>> {
    match rules {
        [] => Ok(None),
        [rule] => Ok(Some(rule)),
        _ => bail!("the bucket has {} CORS rules; one is understood", rules.len()),
    }
}

fn allowed_headers(headers: &[String]) -> anyhow::Result<AllowHeaders> {
    if headers == ["*"] {
        return Ok(AllowHeaders::mirror_request());
    }
    Ok(AllowHeaders::list(parse::<HeaderName>(headers)?))
}

fn parse<T: std::str::FromStr>(texts: &[String]) -> anyhow::Result<Vec<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    texts
        .iter()
        .map(|text| text.parse().with_context(|| format!("{text:?} in the bucket's CORS rule")))
        .collect()
}
