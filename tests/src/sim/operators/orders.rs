use http::Method;
use reverie_domain::{ids::AccountId, random};
use serde_json::{Value, json};

use super::{Operator, some};
use crate::sim::client::Call;

const ORDERS: &str = "/v1/operator/legal-holds";

impl Operator {
    /// Proposes an order about somebody, sometimes in two tabs at once, or for a copy that there is.
    pub(super) async fn propose(&mut self) -> Result<(), String> {
        let desk = self.client.world.desk.clone();
        let known = some(&desk.orders()).filter(|_| random::number().is_multiple_of(4));
        let (copy_of, account) = match known {
            Some((order, account)) => (Some(order), account),
            None => match self.somebody() {
                Some(account) => (None, account),
                None => return Ok(()),
            },
        };
        let call = Call::new(Method::POST, ORDERS).key(self.key());
        let call = call.json(&order(account, copy_of.as_deref()));
        let one = match random::number() % 4 {
            0 => {
                let mut twin = self.client.twin();
                let (one, other) = tokio::join!(self.client.insist(&call), twin.insist(&call));
                let (one, other) = (proposed(one?)?, proposed(other?)?);
                if one.is_some() && other.is_some() && one != other {
                    return Err(format!("one key proposed {one:?} and {other:?}"));
                }
                one.or(other)
            }
            _ => proposed(self.client.insist(&call).await?)?,
        };
        if let Some(id) = one {
            desk.ordered(id, account);
        }
        Ok(())
    }

    /// Rather somebody who leaves: an order that comes late is the harder one.
    fn somebody(&self) -> Option<AccountId> {
        let desk = &self.client.world.desk;
        let leaving = some(&desk.leaving()).filter(|_| !random::number().is_multiple_of(3));
        leaving.or_else(|| some(&desk.people()))
    }

    /// Confirms an order, which the one who proposed it cannot.
    pub(super) async fn confirm(&mut self) -> Result<(), String> {
        let Some((id, _)) = some(&self.client.world.desk.orders()) else { return Ok(()) };
        let call = Call::new(Method::POST, format!("{ORDERS}/{id}/confirm"));
        let (status, answer) = self.client.insist(&call).await?;
        match status {
            200 if answer["proposed_by"] != answer["confirmed_by"] => Ok(()),
            403 if answer["code"] == "legal_hold.second_operator" => Ok(()),
            409 if answer["code"] == "legal_hold.over" => Ok(()),
            429 | 503 => Ok(()),
            _ => Err(format!("who confirmed {id} heard {status}: {answer}")),
        }
    }

    pub(super) async fn release_one(&mut self) -> Result<(), String> {
        match some(&self.client.world.desk.orders()) {
            Some((id, _)) => self.release(&id).await.map(drop),
            None => Ok(()),
        }
    }

    /// Whether it is known to have ended.
    async fn release(&mut self, id: &str) -> Result<bool, String> {
        let call = Call::new(Method::POST, format!("{ORDERS}/{id}/release"));
        let body = json!({"secret": random::number().is_multiple_of(2)});
        let (status, answer) = self.client.insist(&call.json(&body)).await?;
        match (status, answer["state"].as_str()) {
            (200, Some("releasing" | "released")) => Ok(true),
            (429 | 503, _) => Ok(false),
            _ => Err(format!("who released {id} heard {status}: {answer}")),
        }
    }

    /// When all is at rest: what is in force has its copy.
    pub(super) async fn orders_at_rest(&mut self) -> Result<(), String> {
        for order in self.listed(ORDERS).await? {
            let id = order["id"].as_str().unwrap_or_default();
            let (status, shown) = self.client.get(format!("{ORDERS}/{id}")).await?;
            let (copy, ready) = (&shown["copy"], shown["copy"]["status"] == "ready");
            let fits = match shown["state"].as_str() {
                Some("proposed") => copy.is_null() || ready,
                Some("confirmed") => {
                    ready && copy["download"].is_object() == (shown["kind"] == "export")
                }
                state => state == Some("released") && copy.is_null(),
            };
            if status != 200 || !fits {
                return Err(format!("{id} at the end: {status} {shown}"));
            }
        }
        Ok(())
    }

    /// Ends every order that is in force, and all that are proposed, too, unless they are to lapse. `false` if
    /// there was no answer.
    ///
    /// # Errors
    /// What an operator must never see.
    pub(in crate::sim) async fn end_orders(&mut self, lapse: bool) -> Result<bool, String> {
        let (status, page) = self.client.get(format!("{ORDERS}?limit=100")).await?;
        let mut ended = status == 200;
        for order in page["items"].as_array().into_iter().flatten() {
            let id = order["id"].as_str().unwrap_or_default();
            let ends = match order["state"].as_str() {
                Some("proposed") => !lapse,
                state => state == Some("confirmed"),
            };
            if ends {
                ended &= self.release(id).await?;
            }
        }
        Ok(ended)
    }

    pub(super) async fn listed(&mut self, path: &str) -> Result<Vec<Value>, String> {
        let (status, page) = self.client.get(format!("{path}?limit=100")).await?;
        page["items"].as_array().cloned().ok_or_else(|| format!("{path}: {status} {page}"))
    }
}

fn order(account: AccountId, copy_of: Option<&str>) -> Value {
    let mut order = json!({
        "account": account,
        "kind": if random::number().is_multiple_of(2) { "freeze" } else { "export" },
        "reference": "1 Js 2/26",
        "reason": "a court",
        "secret": random::number().is_multiple_of(2),
    });
    if let Some(id) = copy_of {
        order["copy_of"] = json!(id);
    }
    order
}

fn proposed((status, answer): (u16, Value)) -> Result<Option<String>, String> {
    match status {
        201 => Ok(answer["id"].as_str().map(str::to_owned)),
        // It is being erased, or has become another; or that copy is not to be had any more.
        409 | 422 | 429 | 503 => Ok(None),
        _ => Err(format!("who proposed an order heard {status}: {answer}")),
    }
}
