use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use reverie_domain::manifest::{CATALOGUE_KEY, CATALOGUE_MOST_BYTES, Manifest, ManifestError};
use reverie_store::objects::Objects;
use tokio::time::timeout;

use crate::Problem;

/// How long what was read counts.
const FRESH: Duration = Duration::from_secs(60);
/// How long nothing is read after it could not be.
const PAUSE: Duration = Duration::from_secs(2);
/// How long reading may take: the request that waits for it has little time itself.
const PATIENCE: Duration = Duration::from_secs(3);
const MUSIC: &str = include_str!("../../inference/models/reverie-score/model.toml");
const FILMS: &str = include_str!("../../inference/models/reverie-scene/model.toml");

/// The models there are.
pub struct Catalogue {
    source: Option<Arc<dyn Objects>>,
    known: Mutex<Known>,
}

#[derive(Clone)]
struct Known {
    models: Arc<[Manifest]>,
    /// Whether the source ever answered: until then nobody knows what workers have.
    is_read: bool,
    until: Option<Instant>,
}

impl Known {
    fn answer(self) -> Result<Arc<[Manifest]>, Problem> {
        match self.is_read {
            true => Ok(self.models),
            false => Err(Problem::unavailable("the catalogue cannot be read")),
        }
    }
}

impl Catalogue {
    /// Just these.
    #[must_use]
    pub fn fixed(models: Vec<Manifest>) -> Self {
        let known = Known { models: models.into(), is_read: true, until: None };
        Self { source: None, known: Mutex::new(known) }
    }

    /// What the bucket says, and the built-in models where it says nothing.
    ///
    /// # Errors
    /// If a built-in manifest is wrong.
    pub fn of_bucket(objects: Arc<dyn Objects>) -> Result<Self, ManifestError> {
        let models = [Self::built_in()?, Manifest::parse(FILMS)?];
        let known = Known { models: models.into(), is_read: false, until: None };
        Ok(Self { source: Some(objects), known: Mutex::new(known) })
    }

    /// The model of music that ships.
    ///
    /// # Errors
    /// If its manifest is wrong.
    pub fn built_in() -> Result<Manifest, ManifestError> {
        Manifest::parse(MUSIC)
    }

    /// The models, at most a minute old. When the bucket does not answer, the last ones known.
    ///
    /// # Errors
    /// 503 if it never answered: a price that is not the workers' must not become binding.
    pub async fn models(&self) -> Result<Arc<[Manifest]>, Problem> {
        let known = self.lock().clone();
        let Some(source) = &self.source else { return known.answer() };
        if known.until.is_some_and(|until| Instant::now() < until) {
            return known.answer();
        }
        let found = timeout(PATIENCE, read(&**source)).await;
        let known = match found.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
            Ok(found) => {
                let models = found.unwrap_or(known.models);
                Known { models, is_read: true, until: Some(Instant::now() + FRESH) }
            }
            Err(error) => {
                tracing::warn!(error, "the catalogue cannot be read");
                Known { until: Some(Instant::now() + PAUSE), ..known }
            }
        };
        *self.lock() = known.clone();
        known.answer()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
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
