use http::Method;
use reverie_domain::random;
use serde_json::Value;

use super::Person;
use crate::sim::client::{Call, Client};

impl Person {
    /// Asks for an archive of all that is held, or looks at it. Of two tabs at once one may get it.
    pub(super) async fn export(&mut self, number: u32) -> Result<(), String> {
        if let Some(id) =
            self.exports.last().cloned().filter(|_| !random::number().is_multiple_of(3))
        {
            return self.look_at_export(&id).await.map(drop);
        }
        let mut twin = self.client.twin();
        let (one, other) = match random::number() % 2 {
            0 => (ask(&mut self.client, number).await?, None),
            _ => {
                let other = ask(&mut twin, number + 1_000);
                let (one, other) = tokio::join!(ask(&mut self.client, number), other);
                (one?, other?)
            }
        };
        if let (Some(one), Some(other)) = (&one, &other) {
            return Err(format!("two exports of one moment: {one} and {other}"));
        }
        self.exports.extend(one.or(other));
        Ok(())
    }

    async fn look_at_export(&mut self, id: &str) -> Result<Value, String> {
        let path = format!("/v1/me/exports/{id}");
        let (status, answer) = self.client.get(&path).await?;
        match status {
            200 | 503 => Ok(answer),
            _ => Err(format!("{path} heard {status}: {answer}")),
        }
    }

    /// Every archive is there, or could not be made.
    pub(super) async fn exports_at_rest(&mut self) -> Result<(), String> {
        for id in self.exports.clone() {
            let shown = self.look_at_export(&id).await?;
            let ended = match shown["status"].as_str() {
                Some("ready") => shown["download"].is_object(),
                status => status == Some("failed"),
            };
            if !ended {
                return Err(format!("{id} at the end: {shown}"));
            }
        }
        Ok(())
    }
}

async fn ask(client: &mut Client, number: u32) -> Result<Option<String>, String> {
    let key = format!("{}-export-{number}", client.slug());
    let (status, answer) =
        client.insist(&Call::new(Method::POST, "/v1/me/exports").key(key)).await?;
    match status {
        202 => Ok(answer["id"].as_str().map(str::to_owned)),
        429 | 503 => Ok(None),
        _ => Err(format!("who wanted an export heard {status}: {answer}")),
    }
}
