use http::Method;
use jiff::SignedDuration;
use reverie_domain::random;
use serde_json::{Value, json};

use super::Person;
use crate::sim::client::{Call, Client};

#[derive(Clone)]
pub(super) struct Submitted {
    key: String,
    body: Value,
    id: Option<String>,
    /// Whether its owner may have deleted it.
    deleted: bool,
}

impl Submitted {
    pub(super) fn wish(client: &Client, number: u32) -> Self {
        let prompt = if random::number().is_multiple_of(8) { "fail" } else { "make" };
        // Some wishes are had twice.
        let seconds = match random::number() % 4 {
            0 => 5,
            _ => 6 + random::number() % 90,
        };
        let body = json!({"kind": "music", "prompt": prompt, "seconds": seconds});
        Self { key: format!("{}-{number}", client.slug()), body, id: None, deleted: false }
    }

    pub(super) fn call(&self) -> Call {
        Call::new(Method::POST, "/v1/generations").key(&self.key).json(&self.body)
    }

    /// The same when its id is known.
    pub(super) fn known(self, id: &str) -> Self {
        Self { id: Some(id.to_owned()), ..self }
    }

    /// The same once it was sent.
    pub(super) async fn sent(self, client: &mut Client) -> Result<Self, String> {
        let (status, answer) = client.insist(&self.call()).await?;
        let id = match status {
            202 => answer["id"].as_str().map(str::to_owned),
            402 | 429 | 503 => None,
            _ => return Err(format!("a submission heard {status}: {answer}")),
        };
        Ok(Self { id, ..self })
    }
}

impl Person {
    pub(super) async fn submit(&mut self, number: u32) -> Result<(), String> {
        let wish = Submitted::wish(&self.client, number);
        self.submitted.push(wish.sent(&mut self.client).await?);
        Ok(())
    }

    /// Two tabs, one wallet: of different wishes both count.
    pub(super) async fn submit_two_at_once(&mut self, number: u32) -> Result<(), String> {
        let wishes = [number, number + 1_000].map(|number| Submitted::wish(&self.client, number));
        let [one, other] = wishes;
        let mut twin = self.client.twin();
        let (one, other) = tokio::join!(one.sent(&mut self.client), other.sent(&mut twin));
        self.submitted.extend([one?, other?]);
        Ok(())
    }

    /// Two tabs, one key. Whichever is first, both show the same generation.
    pub(super) async fn submit_twice_at_once(&mut self, number: u32) -> Result<(), String> {
        let wish = Submitted::wish(&self.client, number);
        let mut twin = self.client.twin();
        let twice = tokio::join!(wish.clone().sent(&mut self.client), wish.sent(&mut twin));
        let (one, other) = (twice.0?, twice.1?);
        if one.id.is_some() && other.id.is_some() && one.id != other.id {
            return Err(format!("one key made {:?} and {:?}", one.id, other.id));
        }
        self.submitted.push(if one.id.is_some() { one } else { other });
        Ok(())
    }

    /// Deletes a work, if there is one.
    pub(super) async fn delete(&mut self) -> Result<(), String> {
        let Some(at) = self.some_work() else { return Ok(()) };
        self.submitted[at].deleted = true;
        self.change_that(at, Call::new(Method::DELETE, "")).await
    }

    /// Lets a work end early.
    pub(super) async fn shorten(&mut self) -> Result<(), String> {
        let now = self.client.world.process("a calendar").1.clock.now();
        let hours = i64::try_from(1 + random::number() % 100).unwrap_or(1);
        let end = now + SignedDuration::from_hours(hours);
        let body = json!({"expires_at": end.to_string()});
        self.change(Call::new(Method::PATCH, "").json(&body)).await
    }

    /// Changes a work, if there is one. The call's path is what comes behind the work's own.
    pub(super) async fn change(&mut self, call: Call) -> Result<(), String> {
        match self.some_work() {
            Some(at) => self.change_that(at, call).await,
            None => Ok(()),
        }
    }

    async fn change_that(&mut self, at: usize, call: Call) -> Result<(), String> {
        let Some(id) = self.submitted[at].id.clone() else { return Ok(()) };
        let (status, answer) = self.client.insist(&call.under(&path(&id))).await?;
        match status {
            200 | 202 | 204 | 404 | 409 | 422 | 429 | 503 => Ok(()),
            _ => Err(format!("a change of {id} heard {status}: {answer}")),
        }
    }

    fn some_work(&self) -> Option<usize> {
        let known = self.submitted.iter().enumerate().filter(|(_, one)| one.id.is_some());
        let known: Vec<usize> = known.map(|(at, _)| at).collect();
        let at = random::number() as usize % known.len().max(1);
        known.get(at).copied()
    }

    pub(super) async fn look(&mut self) -> Result<(), String> {
        let (status, answer) = self.client.get("/v1/generations?limit=5").await?;
        match status {
            200 | 503 => Ok(()),
            _ => Err(format!("the history heard {status}: {answer}")),
        }
    }

    /// Every work has ended and its price adds up, and the history has all of them: also those of guests
    /// who became the account.
    pub(super) async fn works_at_rest(&mut self) -> Result<(), String> {
        let (status, history) = self.client.get("/v1/generations?limit=100").await?;
        let listed = history["items"].as_array().ok_or_else(|| format!("history: {status}"))?;
        let listed: Vec<String> =
            listed.iter().filter_map(|one| one["id"].as_str()).map(str::to_owned).collect();
        for submitted in self.submitted.clone() {
            let Some(id) = submitted.id else { continue };
            let (status, shown) = self.client.get(path(&id)).await?;
            let (cost, state) = (&shown["cost"], shown["status"].as_str().unwrap_or_default());
            let sum = cost["charged"].as_u64().zip(cost["refunded"].as_u64()).map(|(c, r)| c + r);
            match (status, state) {
                (404, _) if submitted.deleted => {}
                (200, "succeeded" | "failed" | "canceled") if sum == cost["quoted"].as_u64() => {
                    if !listed.contains(&id) {
                        return Err(format!("{id} is not in the history"));
                    }
                }
                _ => return Err(format!("{id} at the end: {status} {shown}")),
            }
        }
        Ok(())
    }
}

fn path(id: &str) -> String {
    format!("/v1/generations/{id}")
}
