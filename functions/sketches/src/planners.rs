use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

use futures::future::try_join_all;
use reverie_api::Problem;
use reverie_domain::manifest::{Manifest, PackageFile};
use reverie_inference::{Package, PackageError, Planner, load_planner, open_all, plan_files};
use reverie_store::objects::Objects;
use tokio::sync::Mutex;

/// The largest file of a planning half that is loaded, in bytes.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The halves of models that plan, each loaded when it is needed first.
pub struct Planners {
    source: Source,
    /// One of each model.
    loaded: Mutex<Vec<Arc<dyn Planner>>>,
}

enum Source {
    Folders(Vec<PathBuf>),
    Bucket { objects: Arc<dyn Objects>, built_in: Box<Package> },
}

impl fmt::Debug for Planners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Planners").finish_non_exhaustive()
    }
}

impl Planners {
    /// Those of the packages in these folders.
    #[must_use]
    pub fn of_folders(folders: Vec<PathBuf>) -> Self {
        Self { source: Source::Folders(folders), loaded: Mutex::default() }
    }

    /// Those that workers have put into the bucket, and a built-in one.
    #[must_use]
    pub fn of_bucket(
        objects: Arc<dyn Objects>,
        built_in: Manifest,
        files: &[(&str, &[u8])],
    ) -> Self {
        let owned = |(name, bytes): &(&str, &[u8])| ((*name).to_owned(), bytes.to_vec());
        let built_in = Package::of_files(built_in, files.iter().map(owned).collect());
        let source = Source::Bucket { objects, built_in: Box::new(built_in) };
        Self { source, loaded: Mutex::default() }
    }

    /// The planner of this version of a model.
    ///
    /// # Errors
    /// 422 if the model has none, 503 if it is not there or cannot be read.
    pub(crate) async fn get(&self, manifest: &Manifest) -> Result<Arc<dyn Planner>, Problem> {
        if plan_files(manifest).is_empty() {
            return Err(Problem::invalid_field("model", "this model makes no sketches"));
        }
        // Held while it loads, so that nobody loads it a second time.
        let mut loaded = self.loaded.lock().await;
        if let Some(planner) = loaded.iter().find(|planner| planner.manifest() == manifest) {
            return Ok(planner.clone());
        }
        let planner = self.load(manifest).await?;
        // Another version of it is not asked for any more.
        loaded.retain(|other| other.manifest().id != manifest.id);
        loaded.push(planner.clone());
        Ok(planner)
    }

    async fn load(&self, manifest: &Manifest) -> Result<Arc<dyn Planner>, Problem> {
        let manifest = manifest.clone();
        match &self.source {
            Source::Folders(folders) => {
                let folders = folders.clone();
                blocking(move || load_planner(&find(&folders, &manifest)?)).await
            }
            Source::Bucket { built_in, .. } if *built_in.manifest() == manifest => {
                let package = built_in.clone();
                blocking(move || load_planner(&package)).await
            }
            Source::Bucket { objects, .. } => {
                let wanted = plan_files(&manifest).iter().filter_map(|name| manifest.file(name));
                let files = wanted.map(|file| fetch(&**objects, &manifest, file));
                let files = try_join_all(files).await?.into_iter().collect();
                let package = Package::of_files(manifest.clone(), files);
                blocking(move || load_planner(&package)).await
            }
        }
    }
}

fn find(folders: &[PathBuf], manifest: &Manifest) -> Result<Package, PackageError> {
    for folder in folders {
        let packages = open_all(folder)?;
        if let Some(package) = packages.into_iter().find(|found| found.manifest() == manifest) {
            return Ok(package);
        }
    }
    Ok(Package::of_files(manifest.clone(), BTreeMap::new()))
}

async fn fetch(
    objects: &dyn Objects,
    manifest: &Manifest,
    file: &PackageFile,
) -> Result<(String, Vec<u8>), Problem> {
    let key = manifest.object_key(&file.name);
    let bytes = objects.get(&key, file.bytes.min(MOST_BYTES)).await?;
    let bytes = bytes.ok_or_else(|| Problem::unavailable(format!("{key} is not there")))?;
    Ok((file.name.clone(), bytes.to_vec()))
}

async fn blocking(
    load: impl FnOnce() -> Result<Arc<dyn Planner>, PackageError> + Send + 'static,
) -> Result<Arc<dyn Planner>, Problem> {
    let loaded = tokio::task::spawn_blocking(load).await.map_err(Problem::internal)?;
    loaded.map_err(Problem::unavailable)
}
