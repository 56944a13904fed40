//! Sends mail, and hears when it does not arrive.

mod letters;
mod returned;

use std::{fmt, sync::Arc};

use reverie_domain::mail::Mail;
use reverie_store::{
    accounts,
    mailer::{Mailer, Outgoing},
    mails,
};

pub(crate) use self::returned::Returned;
use crate::{Housekeeper, HousekeeperError};

/// What sends mail, and as whom.
#[derive(Clone)]
pub struct Post {
    /// What delivers.
    pub mailer: Arc<dyn Mailer>,
    /// The address that sends, such as `reverie@reverie.example`.
    pub sender: String,
    /// The origin that people see, without a slash at its end.
    pub origin: String,
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("sender", &self.sender).finish_non_exhaustive()
    }
}

impl Housekeeper {
    /// Sends a mail that is due, and forgets it. To nobody whose account is being erased, and to no
    /// address from which mail came back.
    pub(crate) async fn send_mail(&self, mail: Mail) -> Result<(), HousekeeperError> {
        let account = accounts::find(&*self.tables, mail.account).await?;
        let address = account.as_ref().and_then(|account| account.mail_address());
        let Some((post, address)) = self.post.as_ref().zip(address) else {
            return self.forget(&mail).await;
        };
        let now = self.clock.now();
        let Some(claimed) = mail.claimed(now) else {
            tracing::error!(id = %mail.id, "a mail was tried too often, and is given up");
            return self.forget(&mail).await;
        };
        if !mails::claim(&*self.tables, &mail, &claimed).await? {
            return Err(HousekeeperError::Contended);
        }
        let outgoing = Outgoing {
            from: post.sender.clone(),
            to: address.to_owned(),
            account: mail.account,
            message: post.message(now, &mail, address)?,
        };
        post.mailer.send(&outgoing).await?;
        self.forget(&claimed).await
    }

    async fn forget(&self, mail: &Mail) -> Result<(), HousekeeperError> {
        match mails::forget(&*self.tables, mail).await? {
            true => Ok(()),
            false => Err(HousekeeperError::Contended),
        }
    }
}
