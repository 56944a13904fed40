//! A guest who becomes an account is read with it, and spends no more.

use std::collections::BTreeMap;

use reverie_domain::{
    credits::Credits,
    wallet::{Entry, EntryKind, Wallet, WalletState},
};
use reverie_store::{
    accounts::{Account, AccountKind},
    tables::{Key, Row, Table},
};

use super::{Rows, all, ensure, parse, partition};

/// When a guest has joined: with the account that it names, and without a wallet that could be spent.
pub(super) fn after_write(
    rows: &Rows,
    account: &Account,
    before: Option<&Row>,
) -> Result<(), String> {
    let id = account.id;
    let before: Option<Account> = before.map(parse).transpose()?;
    if let Some(before) = &before {
        let stays = before.joined.is_none() || before.joined == account.joined;
        let keeps = before.aliases.iter().all(|alias| account.aliases.contains(alias));
        ensure(stays && keeps, || format!("{id} is not what it had become"))?;
    }
    let new = |one: &&_| !before.as_ref().is_some_and(|before| before.aliases.contains(one));
    for alias in account.aliases.iter().filter(new) {
        let guest: Option<Account> = profile(rows, *alias).map(parse).transpose()?;
        ensure(guest.is_some_and(|guest| guest.joined == Some(id)), || {
            format!("{alias} does not know that it has become {id}")
        })?;
    }
    let Some(target) = account.joined else { return Ok(()) };
    let closed: Wallet = wallet(rows, account)?;
    ensure(closed.state == WalletState::Closed && available(&closed) == Credits::ZERO, || {
        format!("{id} has joined {target} and can spend")
    })?;
    let known: Option<Account> = profile(rows, target).map(parse).transpose()?;
    // Its rows go one after the other.
    let known = known.filter(|known| known.erasure.is_none());
    let fits = known.is_none_or(|known| {
        known.aliases.contains(&id) && known.kind == AccountKind::User && known.joined.is_none()
    });
    let guest = account.kind == AccountKind::Guest && account.check_at.is_none();
    ensure(fits && guest, || format!("{id} has joined {target}, which does not know it"))
}

/// Every guest that joined is known by one account; and nobody was ever given credits twice.
pub(super) fn at_rest(rows: &Rows) -> Result<usize, String> {
    let accounts = all::<Account>(rows, Table::Accounts, "profile")?;
    let mut owners = BTreeMap::new();
    for account in &accounts {
        for alias in &account.aliases {
            let other = owners.insert(*alias, account.id);
            ensure(other.is_none(), || format!("{alias} has become two accounts"))?;
        }
    }
    for account in &accounts {
        let owner = owners.get(&account.id).copied();
        ensure(account.joined == owner, || {
            format!("{} has joined {:?} and is known by {owner:?}", account.id, account.joined)
        })?;
    }
    for wallet in all::<Wallet>(rows, Table::Ledger, "wallet")? {
        let entries: Vec<Entry> = partition(rows, Table::Ledger, &wallet.id.to_string(), "entry#")?;
        let given = entries.iter().filter(|entry| entry.kind == EntryKind::Grant).count();
        ensure(given == 1, || format!("{given} allowances in {}", wallet.id))?;
    }
    Ok(owners.len())
}

fn profile(rows: &Rows, account: reverie_domain::ids::AccountId) -> Option<&Row> {
    rows.get(&Key::new(Table::Accounts, account, "profile"))
}

fn wallet(rows: &Rows, account: &Account) -> Result<Wallet, String> {
    let row = rows.get(&Key::new(Table::Ledger, account.wallet, "wallet"));
    parse(row.ok_or_else(|| format!("{} has no wallet", account.id))?)
}

fn available(wallet: &Wallet) -> Credits {
    wallet.plan.plus(wallet.bought).unwrap_or(Credits::ZERO)
}
