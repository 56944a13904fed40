use http::Method;
use reverie_domain::random;
use serde_json::json;

use super::{Operator, some};
use crate::sim::client::Call;

const MAILINGS: &str = "/v1/operator/mailings";

impl Operator {
    /// Sends news, sometimes from two tabs at once.
    pub(super) async fn write_news(&mut self) -> Result<(), String> {
        let call = Call::new(Method::POST, MAILINGS).key(self.key());
        let call = call.json(&json!({"subject": "News", "text": "There is something new."}));
        let mut twin = self.client.twin();
        let twice = async {
            match random::number() % 3 {
                0 => twin.insist(&call).await.map(Some),
                _ => Ok(None),
            }
        };
        let (one, other) = tokio::join!(self.client.insist(&call), twice);
        let mut ids = Vec::new();
        for (status, answer) in [Some(one?), other?].into_iter().flatten() {
            match (status, answer["id"].as_str()) {
                (201, Some(id)) => ids.push(id.to_owned()),
                (429 | 503, _) => {}
                _ => return Err(format!("who wrote news heard {status}: {answer}")),
            }
        }
        ids.dedup();
        if ids.len() > 1 {
            return Err(format!("one key sent {ids:?}"));
        }
        ids.into_iter().for_each(|id| self.client.world.desk.mailed(id));
        Ok(())
    }

    pub(super) async fn stop_news(&mut self) -> Result<(), String> {
        let Some(id) = some(&self.client.world.desk.mailings()) else { return Ok(()) };
        let call = Call::new(Method::POST, format!("{MAILINGS}/{id}/stop"));
        let (status, answer) = self.client.insist(&call).await?;
        match status {
            200 => self.stopped.push(id),
            429 | 503 => {}
            _ => return Err(format!("who stopped {id} heard {status}: {answer}")),
        }
        Ok(())
    }

    /// What was stopped stays stopped.
    pub(super) async fn news_at_rest(&mut self) -> Result<(), String> {
        let listed = self.listed(MAILINGS).await?;
        for id in &self.stopped {
            let found = listed.iter().find(|one| one["id"] == **id);
            if !found.is_some_and(|one| one["stopped"] == true) {
                return Err(format!("{id} was stopped, and at the end: {found:?}"));
            }
        }
        Ok(())
    }
}
