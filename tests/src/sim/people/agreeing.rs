use http::Method;
use reverie_domain::{
    consent::{Purpose, TEXT_VERSION},
    random,
};
use serde_json::json;

use super::Person;
use crate::sim::client::{Call, Client};

impl Person {
    /// Agrees to news, or not any more, or follows the link in such a mail.
    pub(super) async fn decide_about_news(&mut self) -> Result<(), String> {
        let granted = !random::number().is_multiple_of(3);
        let mailbox = self.client.world.services.mailbox();
        let token = match random::number() % 2 {
            0 => mailbox.word(&self.client.slug(), "/#unsubscribe="),
            _ => None,
        };
        self.agreed = None;
        let (granted, status, answer) = match token {
            Some(token) => {
                let path = format!("/v1/unsubscribe/{token}");
                let click = Call::new(Method::POST, path).form("List-Unsubscribe=One-Click");
                // Mail programs have no session.
                let (world, name) = (self.client.world.clone(), self.client.name.clone());
                let (status, answer) = Client::new(world, name).insist(&click).await?;
                (false, status, answer)
            }
            None => {
                let decisions = [json!({"purpose": Purpose::MarketingEmail, "granted": granted})];
                let body = json!({"text_version": TEXT_VERSION, "decisions": decisions});
                let call = Call::new(Method::PUT, "/v1/me/consents").json(&body);
                let (status, answer) = self.client.insist(&call).await?;
                (granted, status, answer)
            }
        };
        match status {
            200 | 204 => self.agreed = Some(granted),
            429 | 503 => {}
            _ => return Err(format!("a decision heard {status}: {answer}")),
        }
        Ok(())
    }

    /// What they decided last counts, unless they have complained since.
    pub(super) async fn news_at_rest(&mut self) -> Result<(), String> {
        let Some(agreed) = self.agreed.filter(|_| self.signed_in) else { return Ok(()) };
        let (status, shown) = self.client.get("/v1/me/consents").await?;
        let decision = &shown["account"]["marketing_email"];
        let granted = decision["granted"] == true;
        match granted == agreed || !granted && decision["source"] == "complaint" {
            true if status == 200 => Ok(()),
            _ => Err(format!("decided {agreed}, and at the end: {status} {decision}")),
        }
    }
}
