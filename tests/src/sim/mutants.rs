//! Bugs planted on purpose: the simulation must find each of them.

use reverie_store::tables::{Expect, Row, Table, Write};
use serde_json::{Value, json};

/// A bug of the ledger, the job machine, exports, mail, joins, orders or inactivity, as the tables would see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// Movements of one wallet overwrite each other.
    LostUpdate,
    /// A job ends and its hold stays open.
    ForgottenHold,
    /// A claim has the same fencing number as the one before.
    NoFence,
    /// A queued job is not marked as due: its message is sent once or never.
    NoOutbox,
    /// A deleted job leaves nothing that late writers could find.
    NoTombstone,
    /// Nobody notes down what is to be deleted later.
    NoPurge,
    /// An erasure is not on the agenda.
    NoAgenda,
    /// A job that ends is not counted.
    Uncounted,
    /// What was counted of a job stays after it was added up.
    CountedTwice,
    /// An export is not on the agenda.
    NoExport,
    /// Of two people who ask for an export of one account, neither sees the other.
    TwoExports,
    /// Nobody is told that an export is ready.
    Untold,
    /// A mail is not on the agenda.
    NoMail,
    /// A mail stays in the outbox after it was sent.
    KeptMail,
    /// An account does not know which orders it has.
    ForgottenOrder,
    /// A copy is said to be there before it is made.
    HollowCopy,
    /// The end of an order is not on the agenda.
    NoEnd,
    /// An erasure is not told that the order has ended for which it waits.
    DeafErasure,
    /// A receipt tells of a secret order.
    ToldOrder,
    /// Who was told something may be told again.
    ToldTwice,
    /// A mailing that is stopped goes on.
    Unstoppable,
    /// Mail goes on to an address from which it came back.
    UnheardBounce,
    /// Who complains still agrees to news.
    UnheardComplaint,
    /// An account does not know which guest has become it.
    ForgottenGuest,
    /// A guest that has joined an account is still a guest.
    OpenGuest,
    /// A guest that has joined an account can still spend.
    OpenWallet,
    /// Nobody looks whether an account is used.
    NoLook,
    /// Nobody is told that an account ends.
    NoWarning,
}

fn mail(write: &Write) -> bool {
    write.key.sk.starts_with("mail#")
}

fn on_agenda(write: &Write, id: &str) -> bool {
    write.key.pk == "agenda" && write.key.sk.contains(id)
}

fn has(write: &Write, name: &str, text: &str) -> bool {
    write.row.as_ref().is_some_and(|row| row.get(name).is_some_and(|value| value == text))
}

/// The row of a guest that joins an account.
fn joined(write: &Write) -> bool {
    write.key.sk == "profile" && write.row.as_ref().is_some_and(|row| row.contains_key("joined"))
}

/// The row of an account whose owner is told that it ends.
fn warned(write: &Write) -> bool {
    write.key.sk == "profile"
        && write.row.as_ref().is_some_and(|row| row.contains_key("noticed_at"))
}

/// The rows that such writes leave.
fn rows(writes: &mut [Write], such: impl Fn(&Write) -> bool) -> impl Iterator<Item = &mut Row> {
    writes.iter_mut().filter(move |write| such(write)).filter_map(|write| write.row.as_mut())
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 28] = [
        Self::LostUpdate,
        Self::ForgottenHold,
        Self::NoFence,
        Self::NoOutbox,
        Self::NoTombstone,
        Self::NoPurge,
        Self::NoAgenda,
        Self::Uncounted,
        Self::CountedTwice,
        Self::NoExport,
        Self::TwoExports,
        Self::Untold,
        Self::NoMail,
        Self::KeptMail,
        Self::ForgottenOrder,
        Self::HollowCopy,
        Self::NoEnd,
        Self::DeafErasure,
        Self::ToldOrder,
        Self::ToldTwice,
        Self::Unstoppable,
        Self::UnheardBounce,
        Self::UnheardComplaint,
        Self::ForgottenGuest,
        Self::OpenGuest,
        Self::OpenWallet,
        Self::NoLook,
        Self::NoWarning,
    ];

    pub(super) fn ignores_condition(self, write: &Write) -> bool {
        let money = write.key.sk == "wallet" || write.key.sk.starts_with("entry#");
        match self {
            Self::LostUpdate => write.key.table == Table::Ledger && money,
            Self::TwoExports => write.key.sk == "profile",
            Self::ToldTwice => write.key.sk.starts_with("notice#"),
            _ => false,
        }
    }

    pub(super) fn change(self, writes: &mut Vec<Write>) {
        if self == Self::ForgottenHold {
            let resolves = |write: &Write| {
                write.key.sk.starts_with("hold#") && matches!(write.expect, Expect::Version(_))
            };
            writes.retain(|write| !resolves(write));
        }
        match self {
            Self::NoAgenda => writes.retain(|write| !on_agenda(write, "#era_")),
            Self::NoExport => writes.retain(|write| !on_agenda(write, "#exp_")),
            Self::NoMail => writes.retain(|write| !on_agenda(write, "#eml_")),
            Self::Untold if writes.iter().any(|write| write.key.sk.starts_with("export#")) => {
                writes.retain(|write| !mail(write) && !on_agenda(write, "#eml_"));
            }
            Self::KeptMail => writes.retain(|write| !mail(write) || write.row.is_some()),
            _ => {}
        }
        self.change_orders(writes);
        self.change_accounts(writes);
        let sample = |write: &Write| write.key.pk == "usage";
        match self {
            Self::Uncounted => writes.retain(|write| !sample(write) || write.row.is_none()),
            Self::CountedTwice => writes.retain(|write| !sample(write) || write.row.is_some()),
            _ => {}
        }
        for write in writes.iter_mut().filter(|write| write.key.sk.starts_with("job#")) {
            self.change_job(write);
        }
    }

    fn change_orders(self, writes: &mut Vec<Write>) {
        let ends = |write: &Write| write.key.pk == "legal_hold" && has(write, "state", "released");
        match self {
            Self::ForgottenOrder => writes.retain(|write| !write.key.pk.starts_with("held#")),
            Self::NoEnd => writes.retain(|write| !on_agenda(write, "#lgh_")),
            Self::DeafErasure if writes.iter().any(ends) => {
                writes.retain(|write| write.key.sk != "receipt" && !on_agenda(write, "#era_"));
            }
            Self::HollowCopy => {
                for row in rows(writes, |write| write.key.pk == "legal_hold_copy") {
                    row.insert("status".to_owned(), json!("ready"));
                }
            }
            Self::ToldOrder => {
                for row in rows(writes, |write| write.key.sk == "receipt") {
                    if let Some(held) = row.get_mut("held") {
                        held["told"] = json!(true);
                    }
                }
            }
            _ => {}
        }
    }

    fn change_accounts(self, writes: &mut Vec<Write>) {
        let (joins, warns) = (writes.iter().any(joined), writes.iter().any(warned));
        match self {
            Self::Unstoppable => {
                for row in rows(writes, |write| write.key.pk == "mailing") {
                    row.insert("stopped".to_owned(), json!(false));
                }
            }
            Self::UnheardBounce => {
                for row in rows(writes, |write| write.key.sk == "profile") {
                    row.remove("mail_stopped_at");
                }
            }
            Self::UnheardComplaint if writes.iter().any(|one| has(one, "source", "complaint")) => {
                writes.clear();
            }
            Self::ForgottenGuest => {
                for row in rows(writes, |write| write.key.sk == "profile") {
                    row.remove("aliases");
                }
            }
            Self::OpenGuest => writes.retain(|write| !joined(write)),
            Self::OpenWallet if joins => {
                writes.retain(|write| write.key.table != Table::Ledger);
            }
            Self::NoLook => writes.retain(|write| !on_agenda(write, "#usr_")),
            Self::NoWarning if warns => {
                writes.retain(|write| !mail(write) && !on_agenda(write, "#eml_"));
            }
            _ => {}
        }
    }

    fn change_job(self, write: &mut Write) {
        let Some(row) = &mut write.row else { return };
        match self {
            Self::NoFence if row["status"] == "running" => {
                row.insert("epoch".to_owned(), json!(1));
            }
            Self::NoOutbox if row["status"] == "queued" => {
                row.remove("due_shard");
                row.remove("due_at");
            }
            Self::NoTombstone if row.get("deleted_at").is_some_and(Value::is_string) => {
                write.row = None;
            }
            Self::NoPurge => {
                row.insert("purges".to_owned(), json!([]));
            }
            _ => {}
        }
    }
}
