//! Bugs planted on purpose: the simulation must find each of them.

use reverie_store::tables::{Expect, Table, Write};
use serde_json::{Value, json};

/// A bug of the ledger, the job machine, exports or mail, as the tables would see it.
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
}

fn mail(write: &Write) -> bool {
    write.key.sk.starts_with("mail#")
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 14] = [
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
    ];

    pub(super) fn ignores_condition(self, write: &Write) -> bool {
        let money = write.key.sk == "wallet" || write.key.sk.starts_with("entry#");
        match self {
            Self::LostUpdate => write.key.table == Table::Ledger && money,
            Self::TwoExports => write.key.sk == "profile",
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
        let on_agenda =
            |write: &Write, id: &str| write.key.pk == "agenda" && write.key.sk.contains(id);
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
