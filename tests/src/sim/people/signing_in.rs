//! Sign-ins behind the provider: what it says of a person is in a cookie that the deployment has signed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use reverie_domain::random;
use serde_json::json;

use super::{Person, submitting::Submitted};
use crate::sim::client::{Call, Client};

/// For how long the cookie is good, in seconds: longer than anybody tries.
const VALIDITY: i64 = 3_600;

/// A sign-in without an answer, and what its guest has made.
pub(super) struct Joining {
    client: Client,
    made: Vec<Submitted>,
}

impl Person {
    /// The guest becomes the account of this person.
    pub(super) async fn sign_in(&mut self) -> Result<(), String> {
        let call = self.admission();
        match admitted(&mut self.client, &call).await? {
            Some(token) => {
                self.client.token = token;
                self.signed_in = true;
            }
            None => self.in_doubt = Some(Joining { client: self.client.twin(), made: Vec::new() }),
        }
        Ok(())
    }

    /// Signs in for the first time on two devices at once: one of the two guests becomes the account, and the
    /// other one joins it.
    pub(super) async fn sign_in_twice_at_once(&mut self) -> Result<(), String> {
        let Some(guest) = self.guest_elsewhere(4_000).await? else { return Ok(()) };
        let call = self.admission();
        let here = Joining { client: self.client.twin(), made: Vec::new() };
        let (here, there) = tokio::join!(here.join(&call, None), guest.join(&call, None));
        let (here, there) = (here?, there?);
        self.signed_in = here.token.is_some();
        self.joined(here);
        // Without an answer, what it has made may still be a guest's.
        if there.token.is_some() {
            self.submitted.extend(there.joining.made);
        }
        Ok(())
    }

    /// Begins elsewhere as a guest, makes something, and signs in there: the guest joins the account. The
    /// guest's other tab may still be at it, and another guest may join at the same time.
    pub(super) async fn come_elsewhere(&mut self, number: u32) -> Result<(), String> {
        let Some(guest) = self.guest_elsewhere(number).await? else { return Ok(()) };
        match random::number() % 3 {
            0 => {
                let other = self.guest_elsewhere(number + 2_000).await?;
                let call = self.admission();
                let one = guest.join(&call, None);
                let other = async {
                    match other {
                        Some(other) => other.join(&call, None).await.map(Some),
                        None => Ok(None),
                    }
                };
                let (one, other) = tokio::join!(one, other);
                self.joined(one?);
                if let Some(other) = other? {
                    self.joined(other);
                }
            }
            beside => {
                let late = (beside == 1).then(|| number + 1_000);
                let call = self.admission();
                self.joined(guest.join(&call, late).await?);
            }
        }
        Ok(())
    }

    fn joined(&mut self, Joined { joining, token }: Joined) {
        match token {
            Some(token) => {
                self.submitted.extend(joining.made);
                self.client.token = token;
            }
            None => self.in_doubt = Some(joining),
        }
    }

    pub(super) async fn guest_elsewhere(&self, number: u32) -> Result<Option<Joining>, String> {
        let name = format!("{} elsewhere {number}", self.client.name);
        let mut guest = Self::new(self.client.world.clone(), name);
        if !guest.begin().await? {
            return Ok(None);
        }
        for wish in 0..random::number() % 3 {
            // Fewer than three.
            guest.submit(wish as u32).await?;
        }
        Ok(Some(Joining { client: guest.client, made: guest.submitted }))
    }

    /// A sign-in that had no answer is done again: then the guest is the account, or is joined to it.
    pub(super) async fn end_doubt(&mut self, joining: Joining) -> Result<(), String> {
        let Joining { mut client, made } = joining;
        match admitted(&mut client, &self.admission()).await? {
            Some(token) => self.client.token = token,
            None => return Err("nobody lets them in at the end".to_owned()),
        }
        self.submitted.extend(made);
        self.signed_in = true;
        Ok(())
    }

    /// Whether they can sign in to what they have.
    pub(in crate::sim) fn can_come(&self) -> bool {
        self.signed_in && !self.leaves && self.in_doubt.is_none()
    }

    /// Comes again after long. `false` if there was no answer.
    ///
    /// # Errors
    /// What a person must never see.
    pub(in crate::sim) async fn visit(&mut self) -> Result<bool, String> {
        // The session from before may have ended.
        let call = self.admission();
        let token = admitted(&mut self.client, &call).await?;
        let came = token.is_some();
        self.client.token = token.unwrap_or_default();
        Ok(came)
    }

    /// Whoever comes now and then still has everything.
    ///
    /// # Errors
    /// What is missing.
    pub(in crate::sim) async fn find_all(&mut self) -> Result<(), String> {
        match self.visit().await? {
            true => self.works_at_rest().await,
            false => Err("nobody lets them in after years".to_owned()),
        }
    }

    /// The request that signs in who the provider says they are.
    pub(super) fn admission(&self) -> Call {
        let world = &self.client.world;
        let (name, now) = (self.client.slug(), world.now());
        let person = json!({
            "provider": "simulated", "subject": name, "email": format!("{name}@example.com"), "name": null,
        });
        let pending = json!({"person": person, "until": now.as_second() + VALIDITY});
        let text = URL_SAFE_NO_PAD.encode(pending.to_string());
        let hash = world.settings.keyed_hash("pending identity", text.as_bytes());
        Call::new(Method::POST, "/v1/auth/pending")
            .header("cookie", format!("__Host-reverie-pending={text}.{hash}"))
            .header("sec-fetch-site", "same-origin")
            .json(&json!({"action": "separate"}))
    }
}

/// A sign-in, and its token if there was an answer.
pub(super) struct Joined {
    joining: Joining,
    token: Option<String>,
}

impl Joining {
    /// Signs in. `late` is the number of what the guest's other tab submits meanwhile.
    pub(super) async fn join(mut self, call: &Call, late: Option<u32>) -> Result<Joined, String> {
        let Some(number) = late else {
            let token = admitted(&mut self.client, call).await?;
            return Ok(Joined { joining: self, token });
        };
        let mut twin = self.client.twin();
        let wish = Submitted::wish(&twin, number);
        let submission = wish.call();
        let sent = twin.insist(&submission);
        let (token, sent) = tokio::join!(admitted(&mut self.client, call), sent);
        let (status, answer) = sent?;
        match (status, answer["id"].as_str()) {
            (202, Some(id)) => self.made.push(wish.known(id)),
            // The guest may be somebody else by now.
            (401 | 402 | 403 | 404 | 429 | 503, _) => {}
            _ => return Err(format!("a submission beside a join heard {status}: {answer}")),
        }
        Ok(Joined { joining: self, token: token? })
    }
}

/// The token of the session that it led to; `None` if there was no answer.
async fn admitted(client: &mut Client, call: &Call) -> Result<Option<String>, String> {
    let (status, answer) = client.insist(call).await?;
    match (status, answer["token"].as_str()) {
        (200, Some(token)) => Ok(Some(token.to_owned())),
        (503, _) => Ok(None),
        _ => Err(format!("a sign-in heard {status}: {answer}")),
    }
}
