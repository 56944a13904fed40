//! What operators know in common.

use std::sync::{Mutex, MutexGuard, PoisonError};

use reverie_domain::ids::AccountId;

/// Who has come, and what operators have begun.
#[derive(Debug, Default)]
pub(super) struct Desk(Mutex<Papers>);

#[derive(Debug, Default)]
struct Papers {
    people: Vec<AccountId>,
    /// Those of them who have asked for their erasure, or are about to.
    leaving: Vec<AccountId>,
    orders: Vec<(String, AccountId)>,
    mailings: Vec<String>,
}

impl Desk {
    pub(super) fn has_come(&self, account: AccountId) {
        self.papers().people.push(account);
    }

    pub(super) fn people(&self) -> Vec<AccountId> {
        self.papers().people.clone()
    }

    pub(super) fn leaves(&self, account: AccountId) {
        self.papers().leaving.push(account);
    }

    pub(super) fn leaving(&self) -> Vec<AccountId> {
        self.papers().leaving.clone()
    }

    pub(super) fn ordered(&self, id: String, account: AccountId) {
        self.papers().orders.push((id, account));
    }

    pub(super) fn orders(&self) -> Vec<(String, AccountId)> {
        self.papers().orders.clone()
    }

    pub(super) fn mailed(&self, id: String) {
        self.papers().mailings.push(id);
    }

    pub(super) fn mailings(&self) -> Vec<String> {
        self.papers().mailings.clone()
    }

    fn papers(&self) -> MutexGuard<'_, Papers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
