use std::time::{Duration, Instant};

use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims},
};
use reqwest::Url;
use secrecy::ExposeSecret;
use tokio::sync::Mutex;

use super::{
    attempt::Proofs,
    http::Http,
    person::Person,
    providers::{Client, SignInError},
};

/// How long a provider's description and keys are used before they are fetched again.
const FRESH: Duration = Duration::from_secs(600);

/// A provider of OpenID Connect.
#[derive(Debug)]
pub(super) struct OpenId {
    client: Client,
    issuer: Url,
    http: Http,
    known: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

impl OpenId {
    pub(super) fn new(client: Client, issuer: Url, http: Http) -> Self {
        Self { client, issuer, http, known: Mutex::default() }
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    pub(super) async fn begin(&self, back: String, proofs: Proofs) -> Result<Url, SignInError> {
        let (challenge, _) = pkce(proofs.verifier);
        let (id, secret) = self.credentials();
        let asked = CoreClient::from_provider_metadata(self.metadata().await?, id, secret)
            .set_redirect_uri(RedirectUrl::new(back).map_err(SignInError::of)?);
        let (url, ..) = asked
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(proofs.state),
                || Nonce::new(proofs.nonce),
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(url)
    }

    pub(super) async fn finish(
        &self,
        back: String,
        proofs: Proofs,
        code: String,
        issuer: Option<String>,
    ) -> Result<Person, SignInError> {
        let metadata = self.metadata().await?;
        if issuer.is_some_and(|issuer| issuer != metadata.issuer().as_str()) {
            return Err(SignInError::Issuer);
        }
        let (id, secret) = self.credentials();
        let asked = CoreClient::from_provider_metadata(metadata, id, secret)
            .set_redirect_uri(RedirectUrl::new(back).map_err(SignInError::of)?);
        let tokens = asked
            .exchange_code(AuthorizationCode::new(code))
            .map_err(SignInError::of)?
            .set_pkce_verifier(PkceCodeVerifier::new(proofs.verifier))
            .request_async(&self.http)
            .await
            .map_err(SignInError::of)?;
        let token = tokens.extra_fields().id_token().ok_or(SignInError::NoIdentity)?;
        let claims = token
            .claims(&asked.id_token_verifier(), &Nonce::new(proofs.nonce))
            .map_err(SignInError::of)?;
        // An address that the provider has not confirmed could be anybody's.
        let confirmed = claims.email_verified() == Some(true);
        let mut email = claims.email().filter(|_| confirmed).map(|email| email.to_string());
        let mut name = claims.name().and_then(|name| name.get(None)).map(|name| name.to_string());
        // Some providers put them into the token, others have to be asked for them.
        let subject = claims.subject().clone();
        let more = asked.user_info(tokens.access_token().clone(), Some(subject));
        if let (true, Ok(more)) = (email.is_none() || name.is_none(), more) {
            let more: CoreUserInfoClaims =
                more.request_async(&self.http).await.map_err(SignInError::of)?;
            let confirmed = more.email_verified() == Some(true);
            let address = more.email().filter(|_| confirmed).map(|email| email.to_string());
            email = email.or(address);
            name = name.or_else(|| Some(more.name()?.get(None)?.to_string()));
        }
        Ok(Person::new(&self.client.id, claims.subject().to_string(), email, name))
    }

    /// What the provider says of itself. A key that is not among the known ones is rare enough to be
    /// found ten minutes later.
    async fn metadata(&self) -> Result<CoreProviderMetadata, SignInError> {
        let mut known = self.known.lock().await;
        if let Some((at, metadata)) = &*known
            && at.elapsed() < FRESH
        {
            return Ok(metadata.clone());
        }
        // The issuer's text has to be the very one that it uses: a `/` makes another.
        let text = self.issuer.as_str();
        let text = if self.issuer.path() == "/" { text.trim_end_matches('/') } else { text };
        let issuer = IssuerUrl::new(text.to_owned()).map_err(SignInError::of)?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http);
        let metadata = metadata.await.map_err(SignInError::of)?;
        *known = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }

    fn credentials(&self) -> (ClientId, Option<ClientSecret>) {
        let secret = self.client.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        (ClientId::new(self.client.client_id.clone()), secret)
    }
}

/// The verifier's hash, which goes through the browser (RFC 7636, S256).
pub(super) fn pkce(verifier: String) -> (PkceCodeChallenge, PkceCodeVerifier) {
    let verifier = PkceCodeVerifier::new(verifier);
    (PkceCodeChallenge::from_code_verifier_sha256(&verifier), verifier)
}
