use http::Method;
use reverie_domain::random;

use super::{Person, submitting::Submitted};
use crate::sim::client::{Call, Client};

/// What opens the receipt of an erasure.
pub(super) struct Receipt {
    path: String,
    token: String,
}

impl Person {
    /// Erases the account while another tab still submits something, and a guest elsewhere may be joining it.
    pub(super) async fn leave(&mut self, number: u32) -> Result<(), String> {
        let beside = match self.signed_in && random::number().is_multiple_of(2) {
            true => self.guest_elsewhere(number + 3_000).await?,
            false => None,
        };
        self.leaves = true;
        self.account.into_iter().for_each(|account| self.client.world.desk.leaves(account));
        let admission = self.admission();
        let mut twin = self.client.twin();
        let (submission, erasure) = (
            Submitted::wish(&self.client, number).call(),
            Call::new(Method::DELETE, "/v1/me?confirm=erase"),
        );
        let joins = async {
            match beside {
                // It may also become an account of its own.
                Some(guest) => guest.join(&admission, None).await.map(drop),
                None => Ok(()),
            }
        };
        let last = twin.insist(&submission);
        let (last, left, joined) = tokio::join!(last, self.client.insist(&erasure), joins);
        let ((last, submitted), (left, erased)) = (last?, left?);
        joined?;
        // 401: an earlier try has begun it.
        if !matches!(left, 202 | 401 | 429 | 503) {
            return Err(format!("an erasure heard {left}: {erased}"));
        }
        if let (Some(id), Some(token)) = (erased["id"].as_str(), erased["receipt_token"].as_str()) {
            let path = format!("/v1/erasures/{id}");
            self.receipt = Some(Receipt { path, token: token.to_owned() });
        }
        match last {
            202 | 401 | 402 | 403 | 404 | 429 | 503 => Ok(()),
            _ => Err(format!("a submission beside an erasure heard {last}: {submitted}")),
        }
    }

    /// Whoever has a receipt reads that all is deleted, but for what an order keeps.
    ///
    /// # Errors
    /// If it says something else.
    pub(in crate::sim) async fn look_at_receipt(&self) -> Result<(), String> {
        let Some(Receipt { path, token }) = &self.receipt else { return Ok(()) };
        let mut reader = Client::new(self.client.world.clone(), self.client.name.clone());
        reader.token.clone_from(token);
        let (status, receipt) = reader.get(path).await?;
        match receipt["status"].as_str() {
            Some("completed") if receipt["completed_at"].is_string() => Ok(()),
            Some("held") if receipt["completed_at"].is_null() => Ok(()),
            _ => Err(format!("{path} at the end: {status} {receipt}")),
        }
    }
}
