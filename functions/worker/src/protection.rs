//! Asks ECS not to stop this task for a scale-in while it works. See "Amazon ECS task scale-in
//! protection endpoint" in the ECS developer guide.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

/// How long the agent, which is on the same machine, may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// After how long a protection ends by itself, in minutes: a worker that hangs is not kept forever.
const EXPIRES_MINUTES: u32 = 30;
/// How often the protection of a worker that stays busy is renewed.
const RENEW: Duration = Duration::from_secs(10 * 60);
/// When a refused request is sent again. ECS refuses while a deployment replaces the task.
const AGAIN: Duration = Duration::from_secs(15);

/// How many jobs a worker has, for whoever tells ECS.
#[derive(Clone)]
pub(crate) struct Busy(Arc<watch::Sender<usize>>);

/// A job that a worker has. It ends when this is dropped.
pub(crate) struct Working(Busy);

impl Busy {
    /// Starts telling the agent at this URI, if there is one. It ends with the returned set.
    pub(crate) fn told_to(agent: Option<&str>) -> (Self, JoinSet<()>) {
        let jobs = watch::Sender::new(0);
        let mut telling = JoinSet::new();
        if let Some(agent) = agent {
            telling.spawn(tell(agent.to_owned(), jobs.subscribe()));
        }
        (Self(Arc::new(jobs)), telling)
    }

    pub(crate) fn begin(&self) -> Working {
        self.0.send_modify(|jobs| *jobs += 1);
        Working(self.clone())
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.0.send_modify(|jobs| *jobs -= 1);
    }
}

/// A stop that comes anyway only costs time: the job is handed back.
async fn tell(agent: String, mut jobs: watch::Receiver<usize>) {
    let url = format!("{}/task-protection/v1/state", agent.trim_end_matches('/'));
    let client = match reqwest::Client::builder().timeout(PATIENCE).no_proxy().build() {
        Ok(client) => client,
        Err(error) => {
            tracing::error!(%error, "no task protection: there is no HTTP client");
            return;
        }
    };
    let mut protected: Option<Instant> = None;
    loop {
        let working = *jobs.borrow_and_update() > 0;
        let due = match protected {
            Some(since) => !working || since.elapsed() >= RENEW,
            None => working,
        };
        let mut pause = protected.map(|since| RENEW.saturating_sub(since.elapsed()));
        if due {
            match put(&client, &url, working).await {
                Ok(()) => {
                    protected = working.then(Instant::now);
                    pause = working.then_some(RENEW);
                }
                Err(reason) => {
                    tracing::warn!(working, reason, "the task's protection is not changed");
                    pause = Some(AGAIN);
                }
            }
        }
        let paused = async {
            match pause {
                Some(pause) => sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = jobs.changed() => if changed.is_err() { return },
            () = paused => {}
        }
    }
}

async fn put(client: &reqwest::Client, url: &str, protect: bool) -> Result<(), String> {
    let body = match protect {
        true => json!({"ProtectionEnabled": true, "ExpiresInMinutes": EXPIRES_MINUTES}),
        false => json!({"ProtectionEnabled": false}),
    };
    let sent = client.put(url).json(&body).send().await.map_err(|error| error.to_string())?;
    let status = sent.status();
    let answer: serde_json::Value = sent.json().await.map_err(|error| error.to_string())?;
    // The agent answers 200 also with what ECS refused.
    match status.is_success() && answer["protection"]["ProtectionEnabled"] == protect {
        true => Ok(()),
        false => Err(format!("{status}: {}", answer["failure"]["Reason"])),
    }
}

#[cfg(test)]
mod tests {
    use axum::{Json, Router, extract::State, routing::put};
    use serde_json::Value;
    use tokio::{net::TcpListener, sync::mpsc};

    use super::*;

    type Requests = mpsc::UnboundedSender<Value>;

    /// The agent's endpoint, which passes on what it is asked for.
    async fn agent() -> (String, mpsc::UnboundedReceiver<Value>, JoinSet<()>) {
        async fn state(State(requests): State<Requests>, Json(body): Json<Value>) -> Json<Value> {
            requests.send(body.clone()).unwrap();
            Json(json!({"protection": {"ProtectionEnabled": body["ProtectionEnabled"]}}))
        }
        let (requests, received) = mpsc::unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/api/0a1b", listener.local_addr().unwrap());
        let router = Router::new().route("/api/0a1b/task-protection/v1/state", put(state));
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            axum::serve(listener, router.with_state(requests)).await.unwrap();
        });
        (uri, received, serving)
    }

    #[tokio::test]
    async fn a_task_is_protected_from_its_first_job_to_the_end_of_its_last() {
        let (uri, mut requests, _serving) = agent().await;
        let (busy, _telling) = Busy::told_to(Some(&uri));
        let first = busy.begin();
        let on = json!({"ProtectionEnabled": true, "ExpiresInMinutes": 30});
        assert_eq!(requests.recv().await.unwrap(), on);
        let second = busy.begin();
        drop(first);
        drop(second);
        // Nothing was said in between.
        assert_eq!(requests.recv().await.unwrap(), json!({"ProtectionEnabled": false}));
        let _third = busy.begin();
        assert_eq!(requests.recv().await.unwrap(), on);
    }

    #[tokio::test]
    async fn an_agent_that_is_not_there_stops_nothing() {
        let (busy, mut telling) = Busy::told_to(Some("http://127.0.0.1:1"));
        drop(busy.begin());
        drop(busy);
        telling.join_next().await.unwrap().unwrap();
        let (_, none) = Busy::told_to(None);
        assert!(none.is_empty());
    }
}
