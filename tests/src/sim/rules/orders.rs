//! An order has its copy before anything is deleted, and an erasure is over when the last order and its copy
//! are. Of a secret order nobody reads.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use jiff::Timestamp;
use reverie_domain::{
    erasure::{Erasure, ErasureStatus, Step},
    export::{Export, ExportStatus},
    ids::{AccountId, LegalHoldId},
    legal_hold::{AccountHolds, HOLDS, HoldState, LegalHold},
};
use reverie_store::tables::{Key, Row, Table, Write};
use sha2::{Digest, Sha256};

use super::{Rows, ensure, erasures, parse};

/// What is known of orders by their writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Orders {
    known: BTreeMap<LegalHoldId, Known>,
    /// Orders whose own copy was there.
    copied: BTreeSet<LegalHoldId>,
}

#[derive(Debug, Clone)]
struct Known {
    account: Option<AccountId>,
    /// Whether it was secret all the time.
    secret: bool,
}

impl Orders {
    /// Checks the rules after a write.
    pub(super) fn note(
        &mut self,
        rows: &Rows,
        writes: &[Write],
        before: &[Option<Row>],
    ) -> Result<(), String> {
        let mut listed = false;
        for (write, before) in writes.iter().zip(before) {
            match (write.key.pk.as_str(), write.key.sk.as_str()) {
                ("legal_hold", _) => {
                    let Some(row) = &write.row else { continue };
                    let before = before.as_ref().map(parse).transpose()?;
                    self.order(rows, &parse(row)?, before.as_ref())?;
                    listed = true;
                }
                ("legal_hold_copy", _) => {
                    let (after, before) = (write.row.as_ref(), before.as_ref());
                    self.copy(rows, after.map(parse).transpose()?, before.map(parse).transpose()?)?;
                }
                (pk, "holds") => listed |= pk.starts_with("held#"),
                _ => {}
            }
        }
        if listed { lists(rows) } else { Ok(()) }
    }

    fn order(
        &mut self,
        rows: &Rows,
        order: &LegalHold,
        before: Option<&LegalHold>,
    ) -> Result<(), String> {
        use HoldState::{Confirmed, Proposed, Released, Releasing};
        let id = order.id;
        let (after, was) = (order.state, before.map(|before| before.state));
        let moves = matches!(
            (was, after),
            (None | Some(Proposed), Proposed)
                | (Some(Proposed), Confirmed)
                | (Some(Proposed | Confirmed | Releasing), Releasing)
                | (Some(Releasing), Released)
        );
        let version = before.map_or(1, |before| before.version + 1);
        ensure(moves && order.version == version, || format!("{id} was {was:?}, is {after:?}"))?;
        let two = order.confirmed_by.is_none_or(|operator| operator != order.proposed_by);
        ensure(two, || format!("{id} was confirmed by who proposed it"))?;
        let due = matches!(after, Proposed | Releasing);
        ensure(order.due_at.is_some() == due, || format!("{id} is due at the wrong time"))?;
        let known = self.known.entry(id);
        let known = known.or_insert(Known { account: order.account, secret: true });
        known.secret &= order.order.secret;
        if after == Released {
            let shared = in_force(rows)?.iter().any(|other| other.source == order.source);
            let copy = rows.contains_key(&copy_key(order.source));
            ensure(shared || !copy, || format!("{id} has ended, and its copy has not"))?;
            let told = order.sha256.is_some() || !self.copied.contains(&order.source);
            ensure(told, || format!("{id} does not know which copy there was"))?;
        }
        Ok(())
    }

    fn copy(
        &mut self,
        rows: &Rows,
        copy: Option<Export>,
        before: Option<Export>,
    ) -> Result<(), String> {
        let Some(id) = copy.as_ref().or(before.as_ref()).and_then(|copy| copy.hold) else {
            return Err("a copy of no order".to_owned());
        };
        let users = orders(rows)?;
        let mut users = users.into_iter().filter(|order| order.source == id);
        let Some(copy) = copy else {
            let kept = users.find(|order| !order.has_ended());
            return ensure(kept.is_none(), || format!("{kept:?} has lost its copy"));
        };
        match before {
            None => {
                let new = copy.version == 1 && copy.status == ExportStatus::Queued;
                ensure(new && users.any(|order| !order.has_ended()), || format!("{copy:?} is new"))
            }
            Some(before) => {
                let next = copy.version == before.version + 1;
                ensure(next && before.status != ExportStatus::Ready, || {
                    format!("{copy:?} changes")
                })?;
                if copy.status == ExportStatus::Ready {
                    self.copied.insert(id);
                }
                Ok(())
            }
        }
    }

    /// The rules at rest; how many orders there were.
    pub(super) fn at_rest(
        &self,
        rows: &Rows,
        now: Timestamp,
        archives: &[(String, Bytes)],
    ) -> Result<usize, String> {
        let orders = orders(rows)?;
        let copies = copies_of(rows)?;
        for order in &orders {
            let id = order.id;
            let lapsed = order.state == HoldState::Proposed && order.lapses_at() < now;
            ensure(!lapsed, || format!("{id} should have lapsed"))?;
            let copied = copies.iter().any(|copy| copy.hold == Some(order.source));
            ensure(order.state != HoldState::Confirmed || copied, || format!("{id}: no copy"))?;
        }
        for copy in &copies {
            let key = copy.archive_key();
            let found = archives.iter().find(|(found, _)| *found == key);
            let (_, bytes) = found.ok_or_else(|| format!("{key} is missing"))?;
            let sha256 = format!("{:x}", Sha256::digest(bytes));
            ensure(copy.sha256 == Some(sha256), || format!("{key} is another archive"))?;
            let used = orders.iter().any(|one| Some(one.source) == copy.hold && !one.has_ended());
            ensure(used, || format!("{key} is left of no order"))?;
        }
        let keys: Vec<String> = copies.iter().map(Export::archive_key).collect();
        let left = archives.iter().find(|(key, _)| !keys.contains(key));
        ensure(left.is_none(), || format!("{:?} is left of no copy", left.map(|one| &one.0)))?;
        for erasure in erasures(rows)? {
            self.receipt(rows, &erasure)?;
        }
        Ok(orders.len())
    }

    /// A receipt tells of orders that are not secret, and of no other.
    fn receipt(&self, rows: &Rows, erasure: &Erasure) -> Result<(), String> {
        let (id, accounts) = (erasure.id, erasure.accounts());
        let present: Vec<LegalHold> = in_force(rows)?
            .into_iter()
            .filter(|order| order.account.is_some_and(|account| accounts.contains(&account)))
            .collect();
        let waits = erasure.step == Step::Held;
        ensure(waits != present.is_empty() || accounts.is_empty(), || {
            format!("{id} is at {:?}, with {} orders", erasure.step, present.len())
        })?;
        let mut of_it = self
            .known
            .values()
            .filter(|known| known.account.is_some_and(|account| accounts.contains(&account)));
        if of_it.all(|known| known.secret) && !accounts.is_empty() {
            let silent = erasure.status() == ErasureStatus::Completed
                && erasure.over_at() == erasure.completed_at
                && !erasure.deleted.contains_key(&format!("bucket.{HOLDS}"));
            ensure(silent, || format!("a secret is told of: {erasure:?}"))?;
        }
        let open = present.iter().any(|order| order.source == order.id && !order.order.secret);
        ensure(!open || erasure.status() == ErasureStatus::Held, || {
            format!("nobody is told of an order: {erasure:?}")
        })
    }
}

/// An erasure moves on only with the copies that orders ask for, and past them only when they are over.
pub(super) fn erasure_moves(
    rows: &Rows,
    erasure: &Erasure,
    before: &Erasure,
) -> Result<(), String> {
    let id = erasure.id;
    let moves = |from, to| before.step == from && erasure.step == to;
    let accounts = erasure.accounts();
    let orders = in_force(rows)?;
    let mut orders =
        orders.iter().filter(|one| one.account.is_some_and(|account| accounts.contains(&account)));
    if moves(Step::Copy, Step::Jobs) {
        let copies = copies_of(rows)?;
        let copied = |order: &LegalHold| {
            let its = copies.iter().find(|copy| copy.hold == Some(order.source));
            its.is_some_and(|copy| copy.status == ExportStatus::Ready)
        };
        let missing = orders.find(|order| !order.has_ended() && !copied(order));
        return ensure(missing.is_none(), || {
            format!("{id} deletes, and a copy is not there: {missing:?}")
        });
    }
    let over = matches!(erasure.step, Step::Remember) && before.step != Step::Remember;
    let left = orders.next();
    ensure(!over || left.is_none(), || format!("{id} is over, and there is {left:?}"))
}

/// The lists of the accounts are those of the orders.
fn lists(rows: &Rows) -> Result<(), String> {
    let mut listed = BTreeMap::<AccountId, BTreeSet<LegalHoldId>>::new();
    for (key, row) in rows.iter().filter(|(key, _)| key.pk.starts_with("held#")) {
        let holds: AccountHolds = parse(row)?;
        ensure(!holds.holds.is_empty(), || format!("{} is empty", key.pk))?;
        listed.insert(holds.account, holds.holds.into_iter().collect());
    }
    let mut present = BTreeMap::<AccountId, BTreeSet<LegalHoldId>>::new();
    for order in in_force(rows)? {
        let Some(account) = order.account else { continue };
        present.entry(account).or_default().insert(order.id);
    }
    ensure(listed == present, || format!("orders {present:?} are listed as {listed:?}"))
}

fn orders(rows: &Rows) -> Result<Vec<LegalHold>, String> {
    let orders = rows.iter().filter(|(key, _)| key.pk == "legal_hold");
    orders.map(|(_, row)| parse(row)).collect()
}

/// All orders that are about somebody: those that are being released among them.
fn in_force(rows: &Rows) -> Result<Vec<LegalHold>, String> {
    let mut orders = orders(rows)?;
    orders.retain(|order| order.account.is_some());
    Ok(orders)
}

fn copies_of(rows: &Rows) -> Result<Vec<Export>, String> {
    let copies = rows.iter().filter(|(key, _)| key.pk == "legal_hold_copy");
    copies.map(|(_, row)| parse(row)).collect()
}

fn copy_key(order: LegalHoldId) -> Key {
    Key::new(Table::Operations, "legal_hold_copy", order)
}

/// Why orders are not at rest.
pub(super) fn unrest(rows: &Rows) -> Result<Option<String>, String> {
    let orders = in_force(rows)?;
    let ending = orders.iter().find(|order| order.state == HoldState::Releasing);
    let copying = copies_of(rows)?.into_iter().find(|copy| copy.status != ExportStatus::Ready);
    let waiting = erasures(rows)?.into_iter().find(|erasure| {
        let its = |order: &LegalHold| {
            order.account.is_some_and(|account| erasure.accounts().contains(&account))
        };
        erasure.step == Step::Held && !orders.iter().any(its)
    });
    Ok(ending
        .map(|order| format!("{} is being released", order.id))
        .or(copying.map(|copy| format!("{copy:?} is being made")))
        .or(waiting.map(|erasure| format!("{} waits for nothing", erasure.id))))
}

/// Whether a row or an object may stay after an erasure because an order keeps it.
pub(super) fn keeps(key: &Key, row: &Row) -> Result<bool, String> {
    Ok(match key.pk.as_str() {
        "legal_hold" => parse::<LegalHold>(row)?.state != HoldState::Released,
        // Lists and copies of orders that have ended are found by other rules.
        pk => pk == "legal_hold_copy" || pk.starts_with("held#"),
    })
}
