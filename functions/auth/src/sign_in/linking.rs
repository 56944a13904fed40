use http::StatusCode;
use reverie_api::{ATTEMPTS, App, Problem, account_busy, fresh_account};
use reverie_store::{
    Record,
    accounts::{self, Account, IDENTITIES, Identity},
    tables::{Write, WriteError},
};

use super::{
    admission::{identity, subject_hash},
    person::Person,
};

/// A change of an account's identities.
pub(super) enum Change<'a> {
    /// Add this one. Done already, it is done.
    Link(&'a Person),
    /// Remove that of this provider.
    Unlink(&'a str),
}

impl Change<'_> {
    /// Makes it. Every one is a change of the account's row as well, so that of two at once one is
    /// computed again.
    pub(super) async fn make(&self, app: &App, mut account: Account) -> Result<(), Problem> {
        for _ in 0..ATTEMPTS {
            let own = accounts::identities(&*app.tables, account.id).await?;
            let writes = match self {
                Self::Link(person) => link(app, &account, &own, person).await?,
                Self::Unlink(provider) => unlink(app, &account, &own, provider).await?,
            };
            match if writes.is_empty() { Ok(()) } else { app.tables.write(&writes).await } {
                Ok(()) => return Ok(()),
                Err(WriteError::Store(error)) => return Err(error.into()),
                Err(WriteError::Conflict(_)) => {
                    account = fresh_account(app, account.id).await?;
                }
            }
        }
        Err(account_busy())
    }
}

async fn link(
    app: &App,
    account: &Account,
    own: &[Identity],
    person: &Person,
) -> Result<Vec<Write>, Problem> {
    if let Some(holder) = accounts::logged_in_by(&*app.tables, &subject_hash(person)).await? {
        return match holder.id == account.id {
            true => Ok(Vec::new()),
            false => Err(taken()),
        };
    }
    if own.iter().any(|one| one.provider == person.provider) {
        return Err(conflict("identity.provider", "The account has one of this provider."));
    }
    if own.len() >= IDENTITIES {
        return Err(conflict("identity.limit", "The account has as many as it may have."));
    }
    let next = Account {
        // A person who had none may have them now.
        email: account.email.clone().or_else(|| person.email.clone()),
        name: account.name.clone().or_else(|| person.name.clone()),
        ..account.next()
    };
    let mut writes = vec![next.replace(account)?];
    writes.extend(identity(app.now(), &next, person).link(own)?);
    Ok(writes)
}

async fn unlink(
    app: &App,
    account: &Account,
    own: &[Identity],
    provider: &str,
) -> Result<Vec<Write>, Problem> {
    let (gone, kept): (Vec<_>, Vec<_>) =
        own.iter().cloned().partition(|one| one.provider == provider);
    if gone.is_empty() {
        return Err(Problem::not_found());
    }
    if kept.is_empty() {
        let detail = "It is the only way into the account. Add another one first.";
        return Err(conflict("identity.last", detail));
    }
    let mut writes = vec![account.next().replace(account)?];
    writes.extend(accounts::unlink(&*app.tables, &gone, &kept).await?);
    Ok(writes)
}

/// The identity is somebody's already.
pub(super) fn taken() -> Problem {
    conflict("identity.taken", "It belongs to another account.")
}

fn conflict(code: &str, detail: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, detail)
}
