//! A guest who takes operations, and remembers which.

use std::collections::BTreeSet;

use reqwest::Method;
use reverie_tests::{Client, send};
use serde_json::Value;

/// A guest whose operations are remembered.
pub(super) struct Player {
    pub(super) guest: Client,
    pub(super) taken: BTreeSet<(String, String)>,
}

impl Player {
    /// Takes an operation; `path` as in the API's description, with its variables' values.
    pub(super) async fn take(
        &mut self,
        method: Method,
        path: &str,
        values: &[&str],
        body: Value,
    ) -> Value {
        let mut filled = path.to_owned();
        for value in values {
            let (before, rest) = filled.split_once('{').expect("a variable");
            let (_, after) = rest.split_once('}').expect("a variable");
            filled = format!("{before}{value}{after}");
        }
        self.took(method.clone(), path);
        // A key is shown once, and a session ends once.
        let once = matches!(path, "/v1/api-keys" | "/v1/auth/logout");
        let keyed = method == Method::POST && !once;
        let mut request = self.guest.request(method.clone(), &filled);
        if keyed {
            let key = format!("{path}-{}", self.taken.len());
            request = request.header("idempotency-key", key);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        // What costs or creates is sent twice, as by a client that lost the answer.
        let again = request.try_clone().filter(|_| keyed);
        let answer = send(request).await;
        assert!(answer.status.as_u16() < 400, "{method} {filled}: {:#}", answer.json);
        if let Some(again) = again {
            assert_eq!(send(again).await.status.is_success(), answer.status.is_success());
        }
        answer.json
    }

    /// Somebody has taken this operation.
    pub(super) fn took(&mut self, method: Method, path: &str) {
        self.taken.insert((method.as_str().to_lowercase(), path.to_owned()));
    }

    pub(super) async fn get(&mut self, path: &str, values: &[&str]) -> Value {
        self.take(Method::GET, path, values, Value::Null).await
    }
}
