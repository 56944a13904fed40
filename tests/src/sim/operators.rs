//! Two operators, who have orders of courts and news to send.

mod news;
mod orders;

use std::time::Duration;

use reverie_domain::{ids::AccountId, random};
use tokio::time::sleep;

use super::{client::Client, machines::World};
use crate::operator;

/// Whom the configuration names.
pub(super) const OPERATORS: [AccountId; 2] = [operator::id(), operator::second_id()];

/// An operator, and what they know.
pub(super) struct Operator {
    client: Client,
    /// How many keys were used.
    keys: u32,
    /// Mailings that they have stopped.
    stopped: Vec<String>,
}

impl Operator {
    /// The operators, signed in before the trouble begins.
    pub(super) async fn all(world: &World) -> Vec<Self> {
        let mut all = Vec::new();
        for (number, id) in OPERATORS.into_iter().enumerate() {
            let mut client = Client::new(world.clone(), format!("operator {number}"));
            let ports = world.untroubled();
            client.token = operator::sign_in(&*ports.tables, ports.clock.now(), id).await;
            all.push(Self { client, keys: 0, stopped: Vec::new() });
        }
        all
    }

    /// Does a number of things, with pauses.
    ///
    /// # Errors
    /// What an operator must never see.
    pub(super) async fn live(mut self, deeds: u32) -> Result<Self, String> {
        for _ in 0..deeds {
            sleep(Duration::from_millis(random::number() % 60_000)).await;
            match random::number() % 10 {
                0..3 => self.propose().await?,
                3..6 => self.confirm().await?,
                6 => self.release_one().await?,
                7 | 8 => self.write_news().await?,
                _ => self.stop_news().await?,
            }
        }
        Ok(self)
    }

    /// When all is at rest: what they have begun is there, and what they have stopped is stopped.
    ///
    /// # Errors
    /// What is not.
    pub(super) async fn settle(&mut self) -> Result<(), String> {
        self.orders_at_rest().await?;
        self.news_at_rest().await
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("{}-{}", self.client.slug(), self.keys)
    }
}

fn some<T: Clone>(all: &[T]) -> Option<T> {
    all.get(random::number() as usize % all.len().max(1)).cloned()
}
