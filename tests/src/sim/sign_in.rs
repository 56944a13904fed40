//! What a first sign-in leaves of a guest: the rows that `reverie_auth` writes, without a provider.

use reverie::local::Ports;
use reverie_domain::{ids::AccountId, inactivity::LOOK};
use reverie_store::{
    Record,
    accounts::{self, Account, AccountKind, Identity},
    agenda::{Task, moved},
    tables::{StoreError, written},
};
use sha2::{Digest, Sha256};

/// Makes the guest the account of somebody with this address. `false` if it changed meanwhile, or is gone.
pub(super) async fn sign_in(
    ports: &Ports,
    guest: AccountId,
    email: &str,
) -> Result<bool, StoreError> {
    let now = ports.clock.now();
    let Some(guest) = accounts::find(&*ports.tables, guest).await? else { return Ok(false) };
    // An earlier try has done it.
    if guest.kind == AccountKind::User {
        return Ok(true);
    }
    let next = Account {
        kind: AccountKind::User,
        email: Some(email.to_owned()),
        check_at: Some(now + LOOK),
        ..guest.next()
    };
    let identity = Identity {
        account: guest.id,
        provider: "simulated".to_owned(),
        subject: email.to_owned(),
        subject_hash: format!("{:x}", Sha256::digest(format!("simulated\0{email}"))),
        email: Some(email.to_owned()),
        email_hash: Some(format!("{:x}", Sha256::digest(email))),
        linked_at: now,
    };
    let mut writes = vec![next.replace(&guest)?];
    writes.extend(identity.link(&[])?);
    writes.extend(moved(Task::Inactive(guest.id), guest.check_at, next.check_at)?);
    written(&*ports.tables, &writes).await
}
