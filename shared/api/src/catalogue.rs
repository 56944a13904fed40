use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use reverie_domain::manifest::{CATALOGUE_KEY, CATALOGUE_MOST_BYTES, Manifest, ManifestError};
use reverie_store::objects::Objects;

const FRESH: Duration = Duration::from_secs(60);
const BUILT_IN: &str = include_str!("../../inference/models/reverie-score/model.toml");

/// The models there are.
pub struct Catalogue {
    source: Option<Arc<dyn Objects>>,
    cached: Mutex<(Option<Instant>, Arc<[Manifest]>)>,
}

impl Catalogue {
    /// Just these.
    #[must_use]
    pub fn fixed(models: Vec<Manifest>) -> Self {
        Self { source: None, cached: Mutex::new((None, models.into())) }
    }

    /// What the bucket says, and the built-in models where it says nothing.
    ///
    /// # Errors
    /// If a built-in manifest is wrong.
    pub fn of_bucket(objects: Arc<dyn Objects>) -> Result<Self, ManifestError> {
        let built_in = vec![Self::built_in()?];
        Ok(Self { source: Some(objects), ..Self::fixed(built_in) })
    }

    /// The model that ships.
    ///
    /// # Errors
    /// If its manifest is wrong.
    pub fn built_in() -> Result<Manifest, ManifestError> {
        Manifest::parse(BUILT_IN)
    }

    /// The models, at most a minute old. When the bucket does not answer, the last ones known.
    pub async fn models(&self) -> Arc<[Manifest]> {
        let (read_at, known) = self.cached.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(source) = &self.source else { return known };
        if read_at.is_some_and(|at| at.elapsed() < FRESH) {
            return known;
        }
        let models = match read(&**source).await {
            Ok(models) => models.unwrap_or(known),
            Err(error) => {
                tracing::warn!(error, "the catalogue cannot be read");
                known
            }
        };
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        *cached = (Some(Instant::now()), models.clone());
        models
    }
}

async fn read(objects: &dyn Objects) -> Result<Option<Arc<[Manifest]>>, String> {
    let found = objects
        .get(CATALOGUE_KEY, CATALOGUE_MOST_BYTES)
        .await
        .map_err(|error| error.to_string())?;
    let Some(bytes) = found else { return Ok(None) };
    let models: Vec<Manifest> =
        serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    Ok(Some(models.into()))
}
