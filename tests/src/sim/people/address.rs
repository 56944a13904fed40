use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::time::sleep;

use super::Person;
use crate::sim::client::Call;

impl Person {
    /// Asks for another address, or follows the link in the mail that came there.
    pub(super) async fn change_address(&mut self, number: u32) -> Result<(), String> {
        let wanted = self.wanted.take();
        if wanted.is_some() {
            // For the mail.
            sleep(Duration::from_secs(90)).await;
        }
        let mailbox = self.client.world.services.mailbox();
        let token = wanted.as_ref().and_then(|to| mailbox.word(to, "/#email="));
        let (method, body) = match token {
            Some(token) => (Method::PUT, json!({"token": token})),
            None => {
                let email = format!("{}-{number}@example.com", self.client.slug());
                self.wanted = Some(email.clone());
                (Method::POST, json!({"email": email}))
            }
        };
        let call = Call::new(method, "/v1/me/email").json(&body);
        let (status, answer) = self.client.insist(&call).await?;
        match status {
            200 | 202 | 404 | 429 | 503 => Ok(()),
            _ => Err(format!("an address heard {status}: {answer}")),
        }
    }
}
