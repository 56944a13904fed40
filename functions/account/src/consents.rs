use std::collections::{BTreeMap, BTreeSet};

use axum::{Json, extract::State};
use http::{HeaderMap, StatusCode};
use reverie_api::{
    App, Body, Caller, Page, PageQuery, Params, Problem, generation, has_privacy_signal,
};
use reverie_domain::{
    consent::{Consents, Decision, Line, Purpose, Source, TEXT_VERSION, Wish},
    ids::{AccountId, GenerationId},
    request::FieldError,
};
use reverie_store::consents::{self, Position};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many decisions a request may have.
const MOST: usize = 20;

/// What is asked about.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentText {
    purpose: Purpose,
    /// What you agree to.
    text: &'static str,
    /// Whether it is asked for each work.
    of_work: bool,
}

/// What is agreed to.
#[derive(Serialize, ToSchema)]
#[schema(as = Consents)]
pub(crate) struct ConsentsView {
    /// The version of the texts.
    text_version: &'static str,
    texts: Vec<ConsentText>,
    /// Whether this request carries a Global Privacy Control signal.
    signal: bool,
    /// The newest decisions about the account, by purpose. What is missing is refused.
    account: BTreeMap<Purpose, Decision>,
    /// The newest decisions about the work that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    work: Option<BTreeMap<Purpose, Decision>>,
    /// Every decision there ever was, newest first.
    #[serde(flatten)]
    history: Page<Line>,
}

/// Which work, and which page of the history.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConsentsQuery {
    /// The work whose decisions are wanted, too.
    #[param(value_type = Option<String>)]
    generation: Option<GenerationId>,
    /// How many lines of the history: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Decisions to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewConsents {
    /// The version of the texts that were read.
    #[schema(example = "2026-11-01")]
    text_version: String,
    /// All are written, or none.
    #[schema(min_items = 1, max_items = 20)]
    decisions: Vec<NewDecision>,
    /// That a consent is meant although the browser sends a Global Privacy Control signal.
    #[serde(default)]
    despite_signal: bool,
}

/// A decision to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDecision {
    purpose: Purpose,
    /// The work, for the purposes that are asked for each work.
    generation: Option<GenerationId>,
    granted: bool,
}

/// What you have agreed to, and every decision there ever was. A Global Privacy Control signal
/// (`Sec-GPC: 1`) is written down as a refusal of analytics, unless you have consented despite it.
#[utoipa::path(
    get, path = "/v1/me/consents", tag = "account", security(("bearer" = [])),
    params(ConsentsQuery, ("Sec-GPC" = Option<String>, Header, description = "`1`: do not share.")),
    responses(
        (status = 200, body = ConsentsView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(query): Params<ConsentsQuery>,
) -> Result<Json<ConsentsView>, Problem> {
    let account = caller.account.id;
    if let Some(work) = query.generation {
        generation::find(&*app.tables, &caller.account.owners(), work).await?;
    }
    let signal = has_privacy_signal(&headers);
    if signal {
        decide(&app, account, &BTreeMap::from([(None, vec![Wish::by_signal(Purpose::Analytics)])]))
            .await?;
    }
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    view(&app, account, query.generation, signal, &page).await.map(Json)
}

/// Decides. Each decision that changes something is a new line of the history, and the newest one counts.
#[utoipa::path(
    put, path = "/v1/me/consents", tag = "account", security(("bearer" = [])),
    params(("Sec-GPC" = Option<String>, Header, description = "`1`: do not share.")),
    request_body = NewConsents,
    responses(
        (status = 200, body = ConsentsView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(request): Body<NewConsents>,
) -> Result<Json<ConsentsView>, Problem> {
    let (account, signal) = (caller.account.id, has_privacy_signal(&headers));
    let errors = request.errors();
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    if request.text_version != TEXT_VERSION {
        let detail = "The texts have changed. Please read them again.";
        return Err(Problem::new(StatusCode::CONFLICT, "consent.text_changed", detail));
    }
    let heard = |one: &NewDecision| one.granted && one.purpose.hears_signal();
    if signal && !request.despite_signal && request.decisions.iter().any(heard) {
        let detail = "Your browser asks not to share. Consent despite that with despite_signal.";
        return Err(Problem::new(StatusCode::CONFLICT, "consent.signal", detail));
    }
    for work in request.decisions.iter().filter_map(|one| one.generation).collect::<BTreeSet<_>>() {
        generation::find(&*app.tables, &caller.account.owners(), work).await?;
    }
    decide(&app, account, &request.wishes(signal)).await?;
    let work = request.decisions.iter().find_map(|one| one.generation);
    view(&app, account, work, signal, &PageQuery::default()).await.map(Json)
}

impl NewConsents {
    fn errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut error = |path: String, message: &str| {
            errors.push(FieldError { path, message: message.to_owned() });
        };
        if !(1..=MOST).contains(&self.decisions.len()) {
            error("decisions".to_owned(), "must have 1 to 20 items");
        }
        let mut seen = BTreeSet::new();
        for (index, one) in self.decisions.iter().enumerate().take(MOST) {
            let path = format!("decisions[{index}]");
            if !seen.insert((one.purpose, one.generation)) {
                error(format!("{path}.purpose"), "is decided twice");
            }
            match (one.purpose.is_of_work(), one.generation.is_some()) {
                (true, false) => error(format!("{path}.generation"), "say which work"),
                (false, true) => error(format!("{path}.generation"), "this is not about one work"),
                _ => {}
            }
        }
        errors
    }

    /// By subject. A signal that nobody decides despite refuses, too.
    fn wishes(&self, signal: bool) -> BTreeMap<Option<GenerationId>, Vec<Wish>> {
        let mut wishes = BTreeMap::<_, Vec<Wish>>::new();
        for &NewDecision { purpose, generation, granted } in &self.decisions {
            let despite_signal = signal && self.despite_signal && granted && purpose.hears_signal();
            let wish = Wish { purpose, granted, source: Source::User, despite_signal };
            wishes.entry(generation).or_default().push(wish);
        }
        let own = wishes.entry(None).or_default();
        if signal && !own.iter().any(|wish| wish.purpose.hears_signal()) {
            own.push(Wish::by_signal(Purpose::Analytics));
        }
        wishes
    }
}

/// Writes decisions.
pub(crate) async fn decide(
    app: &App,
    account: AccountId,
    wishes: &BTreeMap<Option<GenerationId>, Vec<Wish>>,
) -> Result<(), Problem> {
    match consents::decide(&*app.tables, app.now(), account, wishes).await? {
        true => Ok(()),
        false => {
            let detail = "Too many decisions at once. Please try again.";
            Err(Problem::too_many("consents.busy", detail, 1))
        }
    }
}

async fn view(
    app: &App,
    account: AccountId,
    work: Option<GenerationId>,
    signal: bool,
    page: &PageQuery,
) -> Result<ConsentsView, Problem> {
    let (limit, after) = (page.limit()?, page.position::<Position>()?);
    let subjects: Vec<_> = [None].into_iter().chain(work.map(Some)).collect();
    let mut found = consents::find(&*app.tables, account, &subjects).await?.into_iter();
    let decisions = |one: Option<Consents>| one.map(|one| one.decisions);
    let (own, of_work) = (decisions(found.next()), decisions(found.next()));
    let lines = consents::history(&*app.tables, account, after.as_ref(), limit).await?;
    let last = lines.last().filter(|_| lines.len() == limit as usize).map(Position::of);
    let text = |purpose: Purpose| ConsentText {
        purpose,
        text: purpose.text(),
        of_work: purpose.is_of_work(),
    };
    Ok(ConsentsView {
        text_version: TEXT_VERSION,
        texts: Purpose::ALL.into_iter().map(text).collect(),
        signal,
        account: own.unwrap_or_default(),
        work: of_work,
        history: Page::new(lines, last),
    })
}
