use axum::extract::{FromRef, FromRequestParts};
use http::{StatusCode, request::Parts};
use reverie_api::{App, Caller, Problem, change_account};
use reverie_domain::{audit::Line, ids::AccountId};
use reverie_store::{
    accounts::{Account, AccountKind},
    audit,
    tables::Write,
};

/// An operator who asks, in a session. First of all extractors: nobody else may learn what is there.
pub(crate) struct Operator(pub(crate) AccountId);

impl<S> FromRequestParts<S> for Operator
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let app = App::from_ref(state);
        let Caller { account, .. } = Caller::from_request_parts(parts, state).await?;
        let named = app.settings.operators.contains(&account.id);
        match named && account.kind == AccountKind::User {
            // Before the first line, so that an erasure knows of it.
            true => {
                let acts = |account: &Account| {
                    (!account.operated).then(|| Account { operated: true, ..account.next() })
                };
                Ok(Self(change_account(&app, account, acts).await?.id))
            }
            false => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "operator_only",
                "Only operators may do this; the deployment's configuration says who is one.",
            )),
        }
    }
}

impl Operator {
    /// What the log says of an act.
    pub(crate) fn line(&self, app: &App, action: &str) -> Line {
        Line::new(app.now(), self.0, action)
    }
}

/// An act's writes together with its line. `false` if one of the writes came too late.
pub(crate) async fn act(app: &App, line: Line, writes: &[Write]) -> Result<bool, Problem> {
    Ok(audit::written(&*app.tables, line, writes).await?)
}

/// Whom a line is about, as a hash that only this deployment can compute.
pub(crate) fn subject(app: &App, account: AccountId) -> String {
    app.settings.keyed_hash("audit subject", account.to_string().as_bytes())
}

/// What an operator writes about something, on one line, without spaces around it.
pub(crate) fn line_of_text(field: &str, text: &str, most: usize) -> Result<String, Problem> {
    let text = text.trim();
    let length = text.chars().count();
    if !(1..=most).contains(&length) || text.chars().any(char::is_control) {
        let message = format!("must have 1 to {most} characters, none of them a control character");
        return Err(Problem::invalid_field(field, message));
    }
    Ok(text.to_owned())
}
