//! `auth` on Lambda.

use reverie_api::lambda::{self, Deployment};
use reverie_auth::{Auth, Providers};
use secrecy::ExposeSecret;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let deployment = Deployment::load("auth").await;
    let (app, providers) = tokio::try_join!(deployment.app(), providers(&deployment))?;
    lambda::run(reverie_auth::router(Auth { app, providers }).into()).await
}

/// None where the operator names no secret: then there are guests only.
async fn providers(deployment: &Deployment) -> anyhow::Result<Providers> {
    const SECRET: &str = "REVERIE_PROVIDERS_SECRET_ARN";
    if std::env::var(SECRET).unwrap_or_default().is_empty() {
        return Ok(Providers::none());
    }
    let json = deployment.secret(SECRET).await?;
    Ok(Providers::parse(json.expose_secret())?)
}
