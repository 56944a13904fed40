use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    HttpRequest, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse, TokenUrl,
    basic::BasicClient,
    http::{Method, header},
};
use reqwest::Url;
use secrecy::ExposeSecret;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    attempt::Proofs,
    http::Http,
    oidc::pkce,
    person::Person,
    providers::{Client, SignInError},
};

/// GitHub, or an Enterprise Server of the same shape. It speaks OAuth 2.0 with PKCE, but not OpenID
/// Connect: who somebody is its API says (docs.github.com, "Authorizing OAuth apps").
#[derive(Debug)]
pub(super) struct GitHub {
    client: Client,
    url: String,
    api_url: String,
    http: Http,
}

type Configured =
    BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// `GET /user`.
#[derive(Deserialize)]
struct User {
    id: u64,
    name: Option<String>,
}

/// An item of `GET /user/emails`.
#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl GitHub {
    /// At these addresses, if not at github.com.
    pub(super) fn new(client: Client, url: Option<Url>, api_url: Option<Url>, http: Http) -> Self {
        let base = |url: Option<Url>, usual: &str| {
            url.map_or_else(
                || usual.to_owned(),
                |url| url.as_str().trim_end_matches('/').to_owned(),
            )
        };
        Self {
            url: base(url, "https://github.com"),
            api_url: base(api_url, "https://api.github.com"),
            client,
            http,
        }
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn begin(&self, back: String, proofs: Proofs) -> Result<Url, SignInError> {
        let (challenge, _) = pkce(proofs.verifier);
        let (url, _) = self
            .configured(back)?
            .authorize_url(|| CsrfToken::new(proofs.state))
            .add_scope(Scope::new("read:user".to_owned()))
            .add_scope(Scope::new("user:email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(url)
    }

    pub(super) async fn finish(
        &self,
        back: String,
        proofs: Proofs,
        code: String,
    ) -> Result<Person, SignInError> {
        let tokens = self
            .configured(back)?
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(proofs.verifier))
            .request_async(&self.http)
            .await
            .map_err(SignInError::of)?;
        let token = tokens.access_token().secret();
        let (user, addresses) = tokio::try_join!(
            self.ask::<User>(token, "/user"),
            self.ask::<Vec<Address>>(token, "/user/emails")
        )?;
        let email = addresses.into_iter().find(|one| one.primary && one.verified);
        let email = email.map(|one| one.email);
        Ok(Person::new(&self.client.id, user.id.to_string(), email, user.name))
    }

    fn configured(&self, back: String) -> Result<Configured, SignInError> {
        let Self { url, client, .. } = self;
        let authorize = AuthUrl::new(format!("{url}/login/oauth/authorize"));
        let token = TokenUrl::new(format!("{url}/login/oauth/access_token"));
        let mut asked = BasicClient::new(ClientId::new(client.client_id.clone()))
            .set_auth_uri(authorize.map_err(SignInError::of)?)
            .set_token_uri(token.map_err(SignInError::of)?)
            .set_redirect_uri(RedirectUrl::new(back).map_err(SignInError::of)?);
        if let Some(secret) = &client.client_secret {
            asked = asked.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        // GitHub documents the client's secret in the body.
        Ok(asked.set_auth_type(oauth2::AuthType::RequestBody))
    }

    async fn ask<T: DeserializeOwned>(&self, token: &str, path: &str) -> Result<T, SignInError> {
        let (mut head, body) = HttpRequest::new(Vec::new()).into_parts();
        head.method = Method::GET;
        head.uri = format!("{}{path}", self.api_url).parse().map_err(SignInError::of)?;
        let bearer = format!("Bearer {token}").parse().map_err(SignInError::of)?;
        head.headers.insert(header::AUTHORIZATION, bearer);
        let form = header::HeaderValue::from_static("application/vnd.github+json");
        head.headers.insert(header::ACCEPT, form);
        let answer = self.http.exchange(HttpRequest::from_parts(head, body)).await;
        let answer = answer.map_err(SignInError::of)?;
        if !answer.status().is_success() {
            return Err(SignInError::Provider(format!("{path} answers {}", answer.status())));
        }
        serde_json::from_slice(answer.body()).map_err(SignInError::of)
    }
}
