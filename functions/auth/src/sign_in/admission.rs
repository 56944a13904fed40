use http::StatusCode;
use jiff::Timestamp;
use reverie_api::{App, Caller, ClientAddress, Problem, token::PlainToken};
use reverie_domain::{inactivity::LOOK, wallet::WalletError};
use reverie_store::{
    Record,
    accounts::{self, Account, AccountKind, Credential, CredentialKind, Device, Identity, Session},
    agenda::{Task, moved},
    ledger::{self, LedgerError},
    tables::{Write, WriteError},
};

use sha2::{Digest, Sha256};

use super::{linking::taken, person::Person};
use crate::guests;

/// How often a sign-in is tried while something else changes the same rows.
const ATTEMPTS: u32 = 5;
/// How many guests may become one account. Further ones are refused: without their session nobody could reach
/// what they have made.
const MOST_ALIASES: usize = 20;
/// The code of that refusal.
pub(super) const FULL: &str = "account.guests";

/// Lets people in who are known by an identity.
pub(super) struct Admission<'a> {
    pub(super) app: &'a App,
    pub(super) address: &'a ClientAddress,
    pub(super) device: Device,
    /// Whether the person wants to add the identity to the account that asks.
    pub(super) link: bool,
}

/// A try that did not end it.
enum Try {
    Again,
    Failed(Problem),
}

impl From<Problem> for Try {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl Admission<'_> {
    /// The token of a new session; `None` if the person has to say what they want first: the identity
    /// is new, and there is an account already that it may belong to. `separately` they have said that
    /// it is to have an account of its own, which the guest who asks becomes.
    pub(super) async fn admit(
        &self,
        person: &Person,
        caller: Option<Caller>,
        separately: bool,
    ) -> Result<Option<PlainToken>, Problem> {
        for _ in 0..ATTEMPTS {
            match self.try_admit(person, caller.as_ref(), separately).await {
                Ok(done) => return Ok(done),
                Err(Try::Failed(problem)) => return Err(problem),
                Err(Try::Again) => {}
            }
        }
        Err(busy())
    }

    async fn try_admit(
        &self,
        person: &Person,
        caller: Option<&Caller>,
        separately: bool,
    ) -> Result<Option<PlainToken>, Try> {
        let tables = &*self.app.tables;
        let hash = subject_hash(person);
        // As it is now: an earlier try may have failed because it changed.
        let present = match caller {
            Some(caller) => {
                accounts::find(tables, caller.account.id).await.map_err(Problem::from)?
            }
            None => None,
        };
        // The address before the identity: whoever has signed in meanwhile is then found by the latter.
        let is_held = self.is_held(person).await?;
        let known = accounts::logged_in_by(tables, &hash).await.map_err(Problem::from)?;
        let is_user = present.as_ref().is_some_and(|one| one.kind == AccountKind::User);
        if let Some(account) = known {
            // It is being erased; the identity is free in a moment.
            if !account.is_open() {
                return Err(busy().into());
            }
            // Who wants to add an identity is not to find themselves in another account.
            let other = present.as_ref().is_some_and(|present| present.id != account.id);
            if self.link && is_user && other {
                return Err(taken().into());
            }
            let guest = present.filter(|present| present.kind == AccountKind::Guest);
            return self.enter(&account, guest, caller).await.map(Some);
        }
        if !separately && (self.link || is_user || is_held) {
            return Ok(None);
        }
        match present.filter(|present| present.kind == AccountKind::Guest) {
            Some(guest) => self.upgrade(&guest, person, caller).await.map(Some),
            None => self.open(person).await.map(Some),
        }
    }

    /// Whether there is an account with this address.
    async fn is_held(&self, person: &Person) -> Result<bool, Problem> {
        match email_hash(person.email.as_deref()) {
            Some(hash) => Ok(!accounts::email_holders(&*self.app.tables, &hash).await?.is_empty()),
            None => Ok(false),
        }
    }

    /// Into an account that there is. A guest who asks becomes it: its history is read with the
    /// account's, what is left of its free allowance is not transferred, and it can spend no more.
    async fn enter(
        &self,
        account: &Account,
        guest: Option<Account>,
        caller: Option<&Caller>,
    ) -> Result<PlainToken, Try> {
        let now = self.app.now();
        let (token, session) = self.session(now, account)?;
        // The session may be gone before anybody looks whether the account is used.
        let mut next = Account { used_at: Some(now), ..account.next() };
        if guest.is_some() && account.aliases.len() >= MOST_ALIASES {
            return Err(full().into());
        }
        next.aliases.extend(guest.iter().map(|guest| guest.id));
        let mut writes = vec![
            next.replace(account).map_err(Problem::from)?,
            session.create().map_err(Problem::from)?,
        ];
        let Some(guest) = guest else {
            self.write(&writes).await?;
            self.end(caller).await;
            return Ok(token);
        };
        let joined = Account { joined: Some(account.id), check_at: None, ..guest.next() };
        writes.push(joined.replace(&guest).map_err(Problem::from)?);
        let task = Task::Inactive(guest.id);
        writes.extend(moved(task, guest.check_at, None).map_err(Problem::from)?);
        self.close(now, &guest, &writes).await?;
        // Nobody is let into a guest that joined, so these are only tidied away.
        self.tidy(&guest).await;
        Ok(token)
    }

    async fn tidy(&self, guest: &Account) {
        let tables = &*self.app.tables;
        let sessions = accounts::end_sessions(tables, guest.id, None).await;
        let keys = accounts::revoke_api_keys(tables, guest.id, None).await;
        if let Some(error) = sessions.err().or(keys.err()) {
            tracing::warn!(%error, "the sessions of a guest who joined an account stay until they end");
        }
    }

    /// The session that asks ends: signing in gives a new one (OWASP, Session Management).
    async fn end(&self, caller: Option<&Caller>) {
        let Some(Caller { account, credential: Credential::Session(session) }) = caller else {
            return;
        };
        let ended = accounts::end_sessions(&*self.app.tables, account.id, Some(session.id)).await;
        if let Err(error) = ended {
            tracing::warn!(%error, "the session from before a sign-in stays until it ends");
        }
    }

    /// The guest becomes the account of a person, with all it has.
    async fn upgrade(
        &self,
        guest: &Account,
        person: &Person,
        caller: Option<&Caller>,
    ) -> Result<PlainToken, Try> {
        let now = self.app.now();
        let next = Account {
            kind: AccountKind::User,
            name: person.name.clone(),
            email: person.email.clone(),
            check_at: Some(first_check(now)),
            ..guest.next()
        };
        let (token, session) = self.session(now, &next)?;
        let mut writes = vec![
            next.replace(guest).map_err(Problem::from)?,
            session.create().map_err(Problem::from)?,
        ];
        let identity = identity(now, &next, person);
        writes.extend(identity.link(&[]).map_err(Problem::from)?);
        let task = Task::Inactive(guest.id);
        writes.extend(moved(task, guest.check_at, next.check_at).map_err(Problem::from)?);
        self.write(&writes).await?;
        self.end(caller).await;
        Ok(token)
    }

    /// A new account, limited for each network address as guests are.
    async fn open(&self, person: &Person) -> Result<PlainToken, Try> {
        let now = self.app.now();
        let account = Account {
            name: person.name.clone(),
            email: person.email.clone(),
            ..Account::open(now, AccountKind::User, first_check(now))
        };
        let identity = identity(now, &account, person);
        let others = identity.link(&[]).map_err(Problem::from)?;
        let opened = guests::open(self.app, self.address, self.device.clone(), &account, others);
        match opened.await {
            Ok(token) => Ok(token),
            // The same person signs in twice at once.
            Err(problem) if problem.status() == StatusCode::TOO_MANY_REQUESTS => {
                let hash = subject_hash(person);
                let known = accounts::logged_in_by(&*self.app.tables, &hash).await;
                match known.map_err(Problem::from)? {
                    Some(_) => Err(Try::Again),
                    None => Err(problem.into()),
                }
            }
            Err(problem) => Err(problem.into()),
        }
    }

    fn session(&self, now: Timestamp, account: &Account) -> Result<(PlainToken, Session), Problem> {
        let token =
            PlainToken::new(CredentialKind::Session, account.id).map_err(Problem::internal)?;
        let session = Session::begin(now, account.id, token.secret_hash(), self.device.clone());
        Ok((token, session))
    }

    async fn write(&self, writes: &[Write]) -> Result<(), Try> {
        match self.app.tables.write(writes).await {
            Ok(()) => Ok(()),
            Err(WriteError::Conflict(_)) => Err(Try::Again),
            Err(WriteError::Store(error)) => Err(Problem::from(error).into()),
        }
    }

    async fn close(&self, now: Timestamp, guest: &Account, others: &[Write]) -> Result<(), Try> {
        let tables = &*self.app.tables;
        let closed = match ledger::wallet(tables, guest.wallet).await {
            Ok(wallet) => ledger::close(tables, now, wallet, others).await,
            Err(error) => Err(error),
        };
        match closed {
            Ok(_) => Ok(()),
            Err(LedgerError::Conflict(_)) => Err(Try::Again),
            // An earlier try has closed it, and then the guest is not as it was; or a restore has brought back
            // one table of two.
            Err(LedgerError::Missing | LedgerError::Wallet(WalletError::Closed)) => {
                self.write(others).await
            }
            Err(error) => Err(Problem::from(error).into()),
        }
    }
}

/// The identity as a row of the account.
pub(super) fn identity(now: Timestamp, account: &Account, person: &Person) -> Identity {
    Identity {
        account: account.id,
        provider: person.provider.clone(),
        subject: person.subject.clone(),
        subject_hash: subject_hash(person),
        email: person.email.clone(),
        email_hash: email_hash(person.email.as_deref()),
        linked_at: now,
    }
}

/// Without a key: one that is rotated would lock everybody out. What is hashed is beside it in the
/// same table.
pub(super) fn subject_hash(person: &Person) -> String {
    hex::encode(Sha256::digest(format!("{}\0{}", person.provider, person.subject)))
}

pub(super) fn email_hash(email: Option<&str>) -> Option<String> {
    // Mail systems that tell cases apart are not met any more.
    Some(hex::encode(Sha256::digest(email?.to_lowercase())))
}

fn first_check(now: Timestamp) -> Timestamp {
    now + LOOK
}

fn full() -> Problem {
    let detail = "As many guests as may have become this account. Sign in where nobody is a guest.";
    Problem::new(StatusCode::CONFLICT, FULL, detail)
}

fn busy() -> Problem {
    Problem::too_many("account.busy", "The account keeps changing. Please try again.", 60)
}
