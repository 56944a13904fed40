use reverie_store::{
    Record,
    accounts::{self, Account},
    tables::WriteError,
};

use crate::{App, Problem};

/// How often a change is tried while something else of the account changes.
const ATTEMPTS: u32 = 5;

/// Writes what `next` makes of an account, which is read anew if something else has changed it meanwhile;
/// `None` if it is as it should be. Answers the account as it is then.
///
/// # Errors
/// 401 if it has ended, 429 if others won every time.
pub async fn change_account(
    app: &App,
    mut account: Account,
    next: impl Fn(&Account) -> Option<Account>,
) -> Result<Account, Problem> {
    for _ in 0..ATTEMPTS {
        let Some(next) = next(&account) else { return Ok(account) };
        match app.tables.write(&[next.replace(&account)?]).await {
            Ok(()) => return Ok(next),
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(WriteError::Conflict(_)) => {
                let found = accounts::find(&*app.tables, account.id).await?;
                let open = found.filter(|account| account.erasure.is_none());
                account = open.ok_or_else(Problem::unauthorized)?;
            }
        }
    }
    Err(Problem::too_many("account.busy", "The account keeps changing. Please try again.", 1))
}
