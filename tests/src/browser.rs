//! Somebody at a browser: it keeps cookies, and says where a request comes from.

use std::collections::BTreeMap;

use reqwest::{
    Method, RequestBuilder, StatusCode, Url,
    header::{LOCATION, SET_COOKIE},
};
use serde_json::Value;

use crate::{Answer, send};

/// A browser with a jar of its own. Redirects are followed by whoever looks through it.
#[derive(Debug, Clone)]
pub struct Browser {
    /// The HTTP client.
    pub http: reqwest::Client,
    /// Where the service is.
    pub base: String,
    /// Cookies by host and name.
    pub jar: BTreeMap<(String, String), String>,
}

impl Browser {
    /// One with an empty jar.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.build().expect("a client");
        Self { http, base: base.to_owned(), jar: BTreeMap::new() }
    }

    /// The cookie's text, if there is one of the service.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let host = host(&Url::parse(&self.base).expect("a URL"));
        self.jar.get(&(host, name.to_owned())).map(String::as_str)
    }

    /// Puts a cookie of the service into the jar.
    pub fn keep(&mut self, name: &str, text: String) {
        let host = host(&Url::parse(&self.base).expect("a URL"));
        self.jar.insert((host, name.to_owned()), text);
    }

    /// Goes to an address, whole or of the service.
    pub async fn get(&mut self, url: &str) -> Answer {
        self.ask(Method::GET, url, |request| request).await
    }

    /// Sends JSON from the service's own pages.
    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, |request| {
            request.header("sec-fetch-site", "same-origin").json(&body)
        })
        .await
    }

    /// Sends a form.
    pub async fn submit(&mut self, url: &str, form: &[(&str, &str)]) -> Answer {
        let body = Url::parse_with_params("form:", form).expect("a form");
        let body = body.query().unwrap_or_default().to_owned();
        self.ask(Method::POST, url, |request| {
            let kind = "application/x-www-form-urlencoded";
            request.header("content-type", kind).body(body)
        })
        .await
    }

    /// A request with the browser's cookies, whose answer's cookies it keeps.
    pub async fn ask(
        &mut self,
        method: Method,
        url: &str,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answer {
        let base = Url::parse(&self.base).expect("a URL");
        let url = base.join(url).expect("a URL");
        let host = host(&url);
        let of_host = self.jar.iter().filter(|((at, _), _)| *at == host);
        let cookies: Vec<_> = of_host.map(|((_, name), text)| format!("{name}={text}")).collect();
        let mut request = self.http.request(method, url);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let answer = send(with(request)).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("a text");
            let (name, text) =
                cookie.split(';').next().and_then(|p| p.split_once('=')).expect("a pair");
            let key = (host.clone(), name.to_owned());
            match cookie.contains("Max-Age=0") || text.is_empty() {
                true => self.jar.remove(&key),
                false => self.jar.insert(key, text.to_owned()),
            };
        }
        answer
    }

    /// Signs in at the embedded provider, and returns what came back as `sign_in`.
    pub async fn sign_in(&mut self, email: &str, name: &str) -> String {
        self.sign_in_at("/v1/auth/local/login", email, name).await
    }

    /// The same from another beginning.
    pub async fn sign_in_at(&mut self, login: &str, email: &str, name: &str) -> String {
        let page = redirect(&self.get(login).await);
        self.get(&page).await;
        let back = redirect(&self.submit(&page, &[("email", email), ("name", name)]).await);
        self.come_back(&back).await
    }

    /// Comes back from a provider, and returns what is then in the address as `sign_in`.
    pub async fn come_back(&mut self, callback: &str) -> String {
        let end = redirect(&self.get(callback).await);
        assert!(end.starts_with(&self.base), "{end}");
        let end = Url::parse(&end).expect("a URL");
        let found = end.query_pairs().find(|(name, _)| name == "sign_in");
        found.expect("an outcome").1.into_owned()
    }
}

/// Where an answer sends the browser.
#[track_caller]
#[must_use]
pub fn redirect(answer: &Answer) -> String {
    let to = answer.headers.get(LOCATION).and_then(|to| to.to_str().ok());
    assert!(answer.status.is_redirection(), "{} {:#}", answer.status, answer.json);
    assert_ne!(answer.status, StatusCode::FOUND, "303 says that GET comes next");
    to.expect("an address").to_owned()
}

fn host(url: &Url) -> String {
    // Browsers tell ports apart no more than schemes; tests that run side by side have to.
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port().unwrap_or_default())
}
