//! Where mail goes: to the embedded SES if there is one, and into a box in which people and rules look.
//! Some of it comes back, and about some of it people complain.

mod returned;

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use reverie_domain::{
    ids::{AccountId, MailId},
    random,
};
use reverie_store::{
    mailer::{Mailer, Outgoing},
    tables::StoreError,
};
use tokio::{sync::Notify, time::Instant};

pub(super) use self::returned::{Fate, Returned};

/// A mail that was handed over.
#[derive(Clone)]
pub(super) struct Sent {
    /// When.
    pub(super) at: Instant,
    /// Which, as its `Message-ID` says.
    pub(super) mail: Option<MailId>,
    /// To whose owner.
    pub(super) account: AccountId,
    /// The address.
    pub(super) to: String,
    /// What became of it.
    pub(super) fate: Fate,
    text: String,
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mail, account, to, fate, .. } = self;
        write!(f, "{mail:?} of {account} to {to}, {fate:?}")
    }
}

/// What delivers, and keeps what it delivered.
pub(super) struct Mailbox {
    beyond: Option<Arc<dyn Mailer>>,
    held: Mutex<Held>,
    comes_back: Notify,
}

#[derive(Default)]
struct Held {
    sent: Vec<Sent>,
    returned: VecDeque<Returned>,
    /// How many of those that came back nobody was told of yet.
    untold: usize,
}

impl Mailbox {
    /// With a mailer that gets every mail before it is kept here.
    pub(super) fn new(beyond: Option<Arc<dyn Mailer>>) -> Self {
        Self { beyond, held: Mutex::default(), comes_back: Notify::new() }
    }

    /// Everything that was handed over.
    pub(super) fn all(&self) -> Vec<Sent> {
        self.held().sent.clone()
    }

    /// The word behind `mark` in the newest mail to an address that begins with `to`.
    pub(super) fn word(&self, to: &str, mark: &str) -> Option<String> {
        let held = self.held();
        let arrived = |one: &&Sent| one.to.starts_with(to) && one.fate.arrives();
        let mut words = held.sent.iter().rev().filter(arrived).filter_map(|one| {
            let (_, rest) = one.text.split_once(mark)?;
            rest.split_whitespace().next().map(str::to_owned)
        });
        words.next()
    }

    /// The next mail that comes back.
    pub(super) async fn returned(&self) -> Returned {
        loop {
            let next = self.held().returned.pop_front();
            match next {
                Some(returned) => return returned,
                None => self.comes_back.notified().await,
            }
        }
    }

    /// That the housekeeper was told of one, or is told no more.
    pub(super) fn told(&self) {
        self.held().untold -= 1;
    }

    /// How many of those that came back are to be told of.
    pub(super) fn untold(&self) -> usize {
        self.held().untold
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
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
        let mail = id.and_then(|(id, _)| id.parse().ok());
        let fate = Fate::drawn(random::number());
        let mut held = self.held();
        if fate.is_told() {
            held.returned.push_back(Returned { account, to: to.clone(), fate });
            held.untold += 1;
            self.comes_back.notify_one();
        }
        held.sent.push(Sent { at: Instant::now(), mail, account, to, fate, text });
        Ok(())
    }
}
