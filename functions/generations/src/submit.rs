use axum::{Json, extract::State};
use http::{HeaderName, StatusCode, header};
use jiff::Timestamp;
use reverie_api::{
    App, Body, Caller, GenerationsWrite, IdempotencyKey, JOB_MAY_WAIT, Prefer, Problem, Replay,
    generation::{self, GenerationView},
    references,
};
use reverie_domain::{
    credits::Credits,
    ids::{AccountId, GenerationId},
    job::{Job, ModelRef, Submission},
    manifest::Manifest,
    request::{CanonicalRequest, FieldError, GenerationRequest, composer},
    upload::Upload,
};
use reverie_store::{
    cache::cache_key,
    generations::{self, Detail, Prepared},
    ledger::LedgerError,
    operations::Idempotency,
    queue::Message,
    quotes::Quote,
};

use crate::{
    Generations, cached,
    quotes::{manifest_of, price},
    wait::until_changed,
};

const ROUTE: &str = "POST /v1/generations";

/// Submits a generation. Its price is held now, captured on success, and released on any other
/// end. `{"quote": "quo_…"}` alone submits what was quoted.
#[utoipa::path(
    post, path = "/v1/generations", tag = "generations", security(("bearer" = ["generations:write"])),
    params(
        (
            "Idempotency-Key" = Option<String>, Header, description = "Kept for 24 hours.",
            min_length = 1, max_length = 255, pattern = "^[!-~]+$"
        ),
        ("Prefer" = Option<String>, Header, description = "`wait=25` waits for a change."),
    ),
    request_body = GenerationRequest,
    responses(
        (status = 202, body = GenerationView, headers(("location" = String))),
        (status = 402, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(state): State<Generations>,
    GenerationsWrite(caller): GenerationsWrite,
    key: IdempotencyKey,
    prefer: Prefer,
    Body(request): Body<GenerationRequest>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<GenerationView>), Problem> {
    let view = match submit(&state, &caller, &key, request).await? {
        Submitted::Now(job, detail) => {
            let owner = caller.account.id;
            let shown = generation::view(&state.app, &*state.objects, owner, &job, Some(*detail));
            match prefer.wait {
                None => shown.await?,
                wait => match until_changed(&state, &[owner], &job, wait).await {
                    Ok(view) => view,
                    // It is submitted, whatever became of the wait: an error would have it sent again.
                    Err(error) => {
                        tracing::warn!(generation = %job.id, status = %error.status(), "not waited for");
                        shown.await?
                    }
                },
            }
        }
        Submitted::Before(id) => {
            generation::load(&state.app, &*state.objects, &[caller.account.id], id).await?
        }
    };
    let location = [(header::LOCATION, format!("/v1/generations/{}", view.id))];
    Ok((StatusCode::ACCEPTED, location, Json(view)))
}

enum Submitted {
    Now(Box<Job>, Box<Detail>),
    Before(GenerationId),
}

async fn submit(
    state: &Generations,
    caller: &Caller,
    key: &IdempotencyKey,
    request: GenerationRequest,
) -> Result<Submitted, Problem> {
    let (app, now, account) = (&state.app, state.app.now(), &caller.account);
    let caches = request.cache != Some(false);
    let models = state.catalogue.models().await?;
    let described = described(&models, &request);
    let hint = match &described {
        Some(Ok(content)) if caches => Some(cache_key(account.id, &content.hash)),
        _ => None,
    };
    // What was quoted is not known yet.
    let is_read = hint.is_some();
    let keys = (key.key(account.id, ROUTE), request.quote, hint);
    let Prepared { wallet, idempotency, quote, cached } =
        generations::prepare(&*app.tables, account.id, account.wallet, keys).await?;
    let id = GenerationId::new();
    let body = serde_json::to_vec(&request).map_err(Problem::internal)?;
    let mine = key.row(&app.settings, now, (account.id, ROUTE), &body, id);
    if let Some(mine) = &mine
        && let Replay::Same(first) = Replay::of(now, mine, idempotency.as_ref())?
    {
        return Ok(Submitted::Before(first.parse().map_err(Problem::internal)?));
    }
    // What was right when it was first sent may be late now: so a repetition is answered before.
    let errors = request.check_submission(now);
    if !errors.is_empty() {
        let content = content_errors(&models, &request);
        return Err(Problem::invalid(errors.into_iter().chain(content).collect()));
    }
    let agreed = agree(&models, now, described, request.quote.is_some(), quote)?;
    let source = match caches {
        true => {
            let unread = (!is_read).then(|| cache_key(account.id, &agreed.content.hash));
            cached::source(state, now, cached, unread).await
        }
        false => None,
    };
    let mut uploaded_by = Vec::new();
    if source.is_none() {
        let wanted = &agreed.content.request.references;
        let used = references(app, &account.owners(), wanted, JOB_MAY_WAIT).await?;
        uploaded_by = guests(account.id, &used);
    }
    if source.is_none() && request.max_credits.is_some_and(|most| agreed.price > most) {
        let message = format!("this costs {} credits", agreed.price);
        return Err(Problem::invalid_field("max_credits", message));
    }
    let (job, detail) = rows(now, caller, id, agreed, request, source.is_some());
    let detail = Detail { uploaded_by, ..detail };
    let others: Vec<_> =
        mine.iter().map(|mine| mine.remember(idempotency.as_ref())).collect::<Result<_, _>>()?;
    match generations::submit(&*app.tables, wallet, &job, &detail, &others).await {
        Ok(_) => {}
        Err(LedgerError::Conflict(outcomes)) => {
            return lost_race(now, mine.as_ref(), &outcomes);
        }
        // The transaction may have been written although no answer came: then all of it is.
        Err(LedgerError::Store(error)) if is_written(state, &job).await => {
            tracing::warn!(%error, generation = %job.id, "submitted, but the answer was lost");
        }
        Err(error @ LedgerError::Wallet(_)) => {
            let meanwhile = written_meanwhile(app, now, mine.as_ref()).await?;
            return meanwhile.ok_or_else(|| error.into());
        }
        Err(error) => return Err(error.into()),
    }
    if let Some(source) = source {
        let job = cached::fill(state, &job, &source).await?;
        let detail = Detail { understood: source.1.understood, ..detail };
        return Ok(Submitted::Now(Box::new(job), Box::new(detail)));
    }
    announce(state, &job).await;
    Ok(Submitted::Now(Box::new(job), Box::new(detail)))
}

/// Tells the workers of a queued job.
pub(crate) async fn announce(state: &Generations, job: &Job) {
    let message = Message::GenerationQueued { account: job.account, generation: job.id };
    if let Err(error) = state.queue.send(&message).await {
        // The job is written, and its outbox mark lets the sweep send the message.
        tracing::warn!(%error, generation = %job.id, "the message was not sent");
    }
}

async fn is_written(state: &Generations, job: &Job) -> bool {
    let found = generations::find_job(&*state.app.tables, job.account, job.id).await;
    found.is_ok_and(|found| found.is_some())
}

/// The same request may have been written after its key was read and before the wallet was: then it is what took
/// the credits.
async fn written_meanwhile(
    app: &App,
    now: Timestamp,
    mine: Option<&Idempotency>,
) -> Result<Option<Submitted>, Problem> {
    let Some(mine) = mine else { return Ok(None) };
    match Replay::of(now, mine, mine.present(&*app.tables).await?.as_ref())? {
        Replay::Same(first) => {
            Ok(Some(Submitted::Before(first.parse().map_err(Problem::internal)?)))
        }
        Replay::First => Ok(None),
    }
}

/// The same request ran at the same time and was first.
fn lost_race(
    now: Timestamp,
    mine: Option<&Idempotency>,
    outcomes: &[reverie_store::tables::Outcome],
) -> Result<Submitted, Problem> {
    let present = Idempotency::clashed(outcomes.first())?;
    let Some(mine) = mine else {
        return Err(Problem::internal("a new generation's row was there before"));
    };
    match Replay::of(now, mine, present.as_ref())? {
        Replay::Same(first) => Ok(Submitted::Before(first.parse().map_err(Problem::internal)?)),
        Replay::First => Err(Problem::unavailable("an idempotency row changed meanwhile")),
    }
}

/// What is to be made, and with which version.
struct Content {
    request: CanonicalRequest,
    model_version: String,
    /// Over both.
    hash: String,
}

impl Content {
    fn new(request: CanonicalRequest, model: &Manifest, models: &[Manifest]) -> Self {
        let composer = composer(models).filter(|_| request.soundtrack);
        let hash = match composer {
            // Another version of it would make other music.
            Some(other) => {
                request.hash(&format!("{} {} {}", model.version, other.id, other.version))
            }
            None => request.hash(&model.version),
        };
        Self { request, model_version: model.version.clone(), hash }
    }
}

/// What is to be made, and for how much.
struct Agreed {
    content: Content,
    price: Credits,
}

/// What a request says is to be made; `None` if it only names a quote.
fn described(models: &[Manifest], request: &GenerationRequest) -> Option<Result<Content, Problem>> {
    if request.quote.is_some() && !request.describes_content() {
        return None;
    }
    let content = || {
        let canonical = request.canonical(models).map_err(Problem::invalid)?;
        let model = manifest_of(models, &canonical)?;
        Ok(Content::new(canonical, model, models))
    };
    Some(content())
}

fn agree(
    models: &[Manifest],
    now: Timestamp,
    described: Option<Result<Content, Problem>>,
    names_quote: bool,
    quote: Option<Quote>,
) -> Result<Agreed, Problem> {
    let described = described.transpose()?;
    if !names_quote {
        let content = described.ok_or_else(|| Problem::internal("neither quote nor request"))?;
        let price = price(manifest_of(models, &content.request)?, &content.request)?;
        return Ok(Agreed { content, price });
    }
    let quote = quote.ok_or_else(|| Problem::invalid_field("quote", "there is no such quote"))?;
    let current = manifest_of(models, &quote.request)?;
    let silent = quote.request.soundtrack && composer(models).is_none();
    if quote.expires_at <= now || current.version != quote.model_version || silent {
        let detail = "The quote has expired. Ask for a new one.";
        return Err(Problem::new(StatusCode::CONFLICT, "quote.expired", detail));
    }
    if described.is_some_and(|content| content.request != quote.request) {
        let detail = "The request is not the one that was quoted.";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "quote.mismatch", detail));
    }
    Ok(Agreed { content: Content::new(quote.request, current, models), price: quote.credits })
}

fn rows(
    now: Timestamp,
    caller: &Caller,
    id: GenerationId,
    agreed: Agreed,
    request: GenerationRequest,
    cached: bool,
) -> (Job, Detail) {
    let account = &caller.account;
    let Agreed { content: Content { request: content, model_version, hash }, price } = agreed;
    let submission = Submission {
        id,
        account: account.id,
        wallet: account.wallet,
        kind: content.kind,
        request_hash: hash,
        model: ModelRef { id: content.model.clone(), version: model_version },
        seed: content.seed,
        seconds: content.seconds,
        price,
        plan: account.plan,
        expires_by: request.expires_at,
    };
    let job = match cached {
        true => Job::submit_cached(now, submission),
        false => Job::submit(now, submission),
    };
    let detail = Detail {
        generation: id,
        account: account.id,
        request: content,
        labels: request.labels.unwrap_or_default(),
        understood: None,
        uploaded_by: Vec::new(),
        version: 1,
    };
    (job, detail)
}

/// The guests that became the account and whose uploads are used: the worker looks for these there, too.
fn guests(account: AccountId, used: &[Upload]) -> Vec<AccountId> {
    let mut guests: Vec<_> =
        used.iter().map(|upload| upload.account).filter(|owner| *owner != account).collect();
    guests.sort_unstable();
    guests.dedup();
    guests
}

/// So that a request with several mistakes hears of all of them at once.
fn content_errors(models: &[Manifest], request: &GenerationRequest) -> Vec<FieldError> {
    if request.quote.is_some() && !request.describes_content() {
        return Vec::new();
    }
    request.canonical(models).err().unwrap_or_default()
}

/// A field's error.
pub(crate) fn field(path: &str, message: &str) -> FieldError {
    FieldError { path: path.to_owned(), message: message.to_owned() }
}
