use reverie_domain::ids::AccountId;
use reverie_store::{
    Record,
    accounts::{self, Account},
    tables::written,
};

use crate::{App, Problem};

/// How often a change is tried while something else of the account changes.
pub const ATTEMPTS: u32 = 5;

/// Writes what `next` makes of an account, which is read anew if something else has changed it meanwhile;
/// `None` if it is as it should be. Answers the account as it is then.
///
/// # Errors
/// 401 if it is being erased, or became another; 429 if others won every time.
pub async fn change_account(
    app: &App,
    mut account: Account,
    next: impl Fn(&Account) -> Option<Account>,
) -> Result<Account, Problem> {
    for _ in 0..ATTEMPTS {
        let Some(next) = next(&account) else { return Ok(account) };
        if written(&*app.tables, &[next.replace(&account)?]).await? {
            return Ok(next);
        }
        account = fresh_account(app, account.id).await?;
    }
    Err(account_busy())
}

/// The account as it is now: something has changed it since the caller was let in.
///
/// # Errors
/// 401 if it is being erased, or became another.
pub async fn fresh_account(app: &App, id: AccountId) -> Result<Account, Problem> {
    let found = accounts::find(&*app.tables, id).await?;
    found.ok_or_else(Problem::unauthorized)
}

/// 429: others won [`ATTEMPTS`] times.
#[must_use]
pub fn account_busy() -> Problem {
    Problem::too_many("account.busy", "The account keeps changing. Please try again.", 1)
}
