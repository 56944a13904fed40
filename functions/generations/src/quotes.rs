use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use reverie_api::{
    Body, Caller, GenerationsWrite, IdempotencyKey, JOB_MAY_WAIT, Problem, Replay, references,
};
use reverie_domain::{
    credits::Credits,
    ids::QuoteId,
    manifest::Manifest,
    request::{CanonicalRequest, GenerationRequest},
    wallet::{Wallet, WalletError},
};
use reverie_store::{
    Record, ledger,
    quotes::{self, QUOTE_VALIDITY, Quote},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Generations;

const ROUTE: &str = "POST /v1/quotes";

/// A binding price.
#[derive(Serialize, ToSchema)]
#[schema(as = Quote)]
pub(crate) struct QuoteView {
    id: QuoteId,
    /// The price.
    credits: Credits,
    /// Until when it binds.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// What it is the price of, with every default filled in.
    request: CanonicalRequest,
    /// Which limit of the account's own it passes now, as the code of the problem that a submission would
    /// get: `limit.job` or `limit.month`.
    #[serde(skip_serializing_if = "Option::is_none")]
    over_limit: Option<&'static str>,
}

impl QuoteView {
    fn new(quote: Quote, now: Timestamp, wallet: &Wallet) -> Self {
        let over_limit = match wallet.check_caps(now, quote.credits) {
            Err(WalletError::OverJobCap { .. }) => Some("limit.job"),
            Err(WalletError::OverMonthCap { .. }) => Some("limit.month"),
            _ => None,
        };
        let Quote { id, credits, expires_at, request, .. } = quote;
        Self { id, credits, expires_at, request, over_limit }
    }
}

/// A binding price for a request. Submit `{"quote": "quo_…"}` to get just that.
#[utoipa::path(
    post, path = "/v1/quotes", tag = "generations", security(("bearer" = ["generations:write"])),
    params((
            "Idempotency-Key" = Option<String>, Header, description = "Kept for 24 hours.",
            min_length = 1, max_length = 255, pattern = "^[!-~]+$"
        )),
    request_body = GenerationRequest,
    responses(
        (status = 201, body = QuoteView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(state): State<Generations>,
    GenerationsWrite(caller): GenerationsWrite,
    key: IdempotencyKey,
    Body(request): Body<GenerationRequest>,
) -> Result<(StatusCode, Json<QuoteView>), Problem> {
    let quote = quoted(&state, &caller, &request).await?;
    let wallet = ledger::wallet(&*state.app.tables, caller.account.wallet);
    let (quote, wallet) = tokio::join!(remember(&state, quote, &key, &request), wallet);
    let (quote, wallet) = (quote?, wallet?);
    Ok((StatusCode::CREATED, Json(QuoteView::new(quote, state.app.now(), &wallet))))
}

async fn quoted(
    state: &Generations,
    caller: &Caller,
    request: &GenerationRequest,
) -> Result<Quote, Problem> {
    let now = state.app.now();
    let mut errors = request.check_submission(now);
    if request.quote.is_some() {
        errors.push(super::submit::field("quote", "a quote cannot be quoted"));
    }
    let models = state.catalogue.models().await?;
    let canonical = match request.canonical(&models) {
        Ok(canonical) if errors.is_empty() => canonical,
        Ok(_) => return Err(Problem::invalid(errors)),
        Err(more) => {
            errors.extend(more);
            return Err(Problem::invalid(errors));
        }
    };
    let manifest = manifest_of(&models, &canonical)?;
    references(&state.app, &caller.account.owners(), &canonical.references, JOB_MAY_WAIT).await?;
    Ok(Quote {
        id: QuoteId::new(),
        account: caller.account.id,
        credits: price(manifest, &canonical)?,
        model_version: manifest.version.clone(),
        request: canonical,
        expires_at: now + QUOTE_VALIDITY,
    })
}

/// Stores the quote; a repetition gets the quote that the first one made.
async fn remember(
    state: &Generations,
    quote: Quote,
    key: &IdempotencyKey,
    request: &GenerationRequest,
) -> Result<Quote, Problem> {
    let (scope, row) = ((quote.account, ROUTE), (quote.id, quote.create()?));
    match key.create(&state.app, scope, request, row).await? {
        Replay::First => Ok(quote),
        Replay::Same(id) => {
            let id = id.parse().map_err(Problem::internal)?;
            let first = quotes::find(&*state.app.tables, quote.account, id).await?;
            first.ok_or_else(Problem::not_found)
        }
    }
}

/// The manifest that a canonical request names.
pub(crate) fn manifest_of<'a>(
    models: &'a [Manifest],
    request: &CanonicalRequest,
) -> Result<&'a Manifest, Problem> {
    let found = models.iter().find(|manifest| manifest.id == request.model);
    found.ok_or_else(|| Problem::invalid_field("model", "there is no such model any more"))
}

/// The one place where a price is computed.
pub(crate) fn price(manifest: &Manifest, request: &CanonicalRequest) -> Result<Credits, Problem> {
    let credits = manifest.price_for(f64::from(request.seconds));
    u32::try_from(credits).map(Credits::new).map_err(Problem::internal)
}
