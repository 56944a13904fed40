//! Where mail goes: to the embedded SES if there is one, and into a box in which people and rules look.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;
use reverie_domain::{
    clock::Clock,
    ids::{AccountId, MailId},
};
use reverie_store::{
    mailer::{Mailer, Outgoing},
    tables::StoreError,
};

use super::time::SimClock;

/// A mail that was handed over.
#[derive(Clone)]
pub(super) struct Sent {
    /// When.
    pub(super) at: Timestamp,
    /// Which, as its `Message-ID` says.
    pub(super) mail: Option<MailId>,
    /// To whose owner.
    pub(super) account: AccountId,
    /// The address.
    pub(super) to: String,
    text: String,
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, mail, account, to, .. } = self;
        write!(f, "{mail:?} of {account} to {to} at {at}")
    }
}

/// What delivers, and keeps what it delivered.
pub(super) struct Mailbox {
    clock: SimClock,
    beyond: Option<Arc<dyn Mailer>>,
    sent: Mutex<Vec<Sent>>,
}

impl Mailbox {
    /// With a mailer that gets every mail before it is kept here.
    pub(super) fn new(clock: SimClock, beyond: Option<Arc<dyn Mailer>>) -> Self {
        Self { clock, beyond, sent: Mutex::default() }
    }

    /// Everything that was handed over.
    pub(super) fn all(&self) -> Vec<Sent> {
        self.sent().clone()
    }

    /// The token in the newest mail to this address that asks whether it is theirs.
    pub(super) fn token(&self, to: &str) -> Option<String> {
        let sent = self.sent();
        let mut tokens = sent.iter().rev().filter(|one| one.to == to).filter_map(|one| {
            let (_, rest) = one.text.split_once("/#email=")?;
            rest.split_whitespace().next().map(str::to_owned)
        });
        tokens.next()
    }

    fn sent(&self) -> MutexGuard<'_, Vec<Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: &Outgoing) -> Result<(), StoreError> {
        if let Some(beyond) = &self.beyond {
            beyond.send(mail).await?;
        }
        // Quoted-printable (RFC 2045, 6.7), as far as it matters here.
        let text = String::from_utf8_lossy(&mail.message);
        let text = text.replace("=\r\n", "").replace("=3D", "=");
        let id = text.split_once("Message-ID: <").and_then(|(_, rest)| rest.split_once('@'));
        let Outgoing { to, account, .. } = mail.clone();
        let (at, mail) = (self.clock.now(), id.and_then(|(id, _)| id.parse().ok()));
        self.sent().push(Sent { at, mail, account, to, text });
        Ok(())
    }
}
