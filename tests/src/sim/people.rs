//! People who use the API as one should: with an idempotency key, and again when no answer came.

mod address;
mod agreeing;
mod exports;
mod leaving;
mod signing_in;
mod submitting;

use std::time::Duration;

use http::Method;
use reverie_domain::{ids::AccountId, random};
use tokio::time::sleep;

use self::{leaving::Receipt, signing_in::Joining, submitting::Submitted};
use super::{
    client::{Call, Client},
    machines::World,
};

/// A person, and what they know.
pub(super) struct Person {
    client: Client,
    /// The guest's account with which they began.
    account: Option<AccountId>,
    /// What was submitted: the key, the body, and the id if it is known.
    submitted: Vec<Submitted>,
    /// Exports that were asked for.
    exports: Vec<String>,
    /// Whether they have signed in, and so have an address.
    signed_in: bool,
    /// A sign-in without an answer: whatever the token stands for is known at the end.
    in_doubt: Option<Joining>,
    /// Whether they have agreed to news; `None` if they do not know.
    agreed: Option<bool>,
    /// An address that they want to have in its place.
    wanted: Option<String>,
    /// Whether they have asked for their erasure. Without an answer they do not know.
    leaves: bool,
    /// The receipt of the erasure, if there was an answer.
    receipt: Option<Receipt>,
}

impl Person {
    pub(super) fn new(world: World, name: String) -> Self {
        Self {
            client: Client::new(world, name),
            account: None,
            submitted: Vec::new(),
            exports: Vec::new(),
            signed_in: false,
            in_doubt: None,
            agreed: Some(false),
            wanted: None,
            leaves: false,
            receipt: None,
        }
    }

    /// Does a number of things, with pauses.
    ///
    /// # Errors
    /// What a person must never see.
    pub(super) async fn live(mut self, deeds: u32) -> Result<Self, String> {
        if !self.begin().await? {
            return Ok(self);
        }
        match random::number() % 4 {
            0 => self.sign_in().await?,
            1 => self.sign_in_twice_at_once().await?,
            _ => {}
        }
        for number in 0..deeds {
            if self.in_doubt.is_some() {
                return Ok(self);
            }
            sleep(Duration::from_millis(random::number() % 40_000)).await;
            match random::number() % 17 {
                0..4 => self.submit(number).await?,
                4 => self.submit_two_at_once(number).await?,
                5 => self.submit_twice_at_once(number).await?,
                6 => self.change(Call::new(Method::POST, "/cancel")).await?,
                7 => self.delete().await?,
                8 => self.shorten().await?,
                9 | 10 => self.export(number).await?,
                11 if self.signed_in => self.change_address(number).await?,
                12 | 13 if self.signed_in => self.decide_about_news().await?,
                14 if self.signed_in => self.come_elsewhere(number).await?,
                _ => self.look().await?,
            }
        }
        if self.in_doubt.is_none() && random::number().is_multiple_of(3) {
            self.leave(deeds).await?;
        }
        Ok(self)
    }

    /// Begins as a guest. `false` if there was no answer: a guest is not made twice by a key, so a lost
    /// answer costs an unused account.
    async fn begin(&mut self) -> Result<bool, String> {
        let (status, guest) = self.client.insist(&Call::new(Method::POST, "/v1/guests")).await?;
        if status != 201 {
            return Ok(false);
        }
        self.client.token = guest["token"].as_str().unwrap_or_default().to_owned();
        self.account = guest["account"]["id"].as_str().and_then(|id| id.parse().ok());
        self.account.into_iter().for_each(|account| self.client.world.desk.has_come(account));
        Ok(true)
    }

    /// When all is at rest: every key has made one thing, and everything adds up.
    ///
    /// # Errors
    /// What does not.
    pub(super) async fn settle(&mut self) -> Result<(), String> {
        if self.client.token.is_empty() {
            return Ok(());
        }
        if let Some(joining) = self.in_doubt.take() {
            self.end_doubt(joining).await?;
        }
        if self.leaves {
            self.look_at_receipt().await?;
            let (status, answer) = self.client.get("/v1/credits").await?;
            match status {
                401 => return Ok(()),
                // No request of theirs has arrived.
                200 => {}
                _ => return Err(format!("after an erasure: {status} {answer}")),
            }
        }
        self.works_at_rest().await?;
        self.exports_at_rest().await?;
        self.news_at_rest().await?;
        let (_, credits) = self.client.get("/v1/credits").await?;
        match credits["held"].as_u64() {
            Some(0) => Ok(()),
            _ => Err(format!("at the end of it all: {credits}")),
        }
    }
}
