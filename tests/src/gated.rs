//! A model that waits for a word, so that a test decides when a job ends.

use std::{
    collections::BTreeSet,
    ops::ControlFlow,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use reverie::local::Ports;
use reverie_domain::manifest::Manifest;
use reverie_inference::{Engine, EngineError, MusicRequest, Output, OutputFile, Watch, open_all};
use reverie_worker::{Worker, WorkerConfig};

/// How often a waiting job asks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(20);

/// The tiny model as far as the API can tell. It makes nothing before it is told to.
pub struct GatedEngine {
    manifest: Manifest,
    released: Mutex<BTreeSet<String>>,
    told: Condvar,
    runs: AtomicU32,
}

impl GatedEngine {
    /// The model.
    ///
    /// # Panics
    /// If the tiny package cannot be read.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let packages = open_all(&crate::tiny_packages()).expect("the tiny package");
        let manifest = packages[0].manifest().clone();
        let (released, told) = (Mutex::default(), Condvar::new());
        Arc::new(Self { manifest, released, told, runs: AtomicU32::new(0) })
    }

    /// The job with this prompt may end.
    pub fn release(&self, prompt: &str) {
        self.released().insert(prompt.to_owned());
        self.told.notify_all();
    }

    /// How often it was run.
    #[must_use]
    pub fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }

    /// A worker with this model that takes `jobs` at once.
    #[must_use]
    pub fn worker(self: &Arc<Self>, ports: &Ports, jobs: usize) -> Worker {
        Worker {
            tables: ports.tables.clone(),
            objects: ports.objects.clone(),
            queue: ports.queue.clone(),
            clock: ports.clock.clone(),
            engines: vec![self.clone()],
            config: WorkerConfig { jobs, ..WorkerConfig::default() },
        }
    }

    fn released(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.released.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine for GatedEngine {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn warm_up(&self) -> Result<(), EngineError> {
        Ok(())
    }

    fn generate(
        &self,
        request: &MusicRequest,
        watch: &mut Watch<'_>,
    ) -> Result<Output, EngineError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let mut released = self.released();
        while !released.contains(&request.prompt) {
            if let ControlFlow::Break(()) = watch(0.5) {
                return Err(EngineError::Canceled);
            }
            let waited = self.told.wait_timeout(released, LOOK);
            released = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(released);
        let file = OutputFile {
            name: "track.flac",
            content_type: "audio/flac",
            bytes: request.prompt.clone().into_bytes(),
            seconds: Some(request.seconds),
        };
        Ok(Output {
            understood: serde_json::json!({}),
            seconds: request.seconds,
            files: vec![file],
            stages: Vec::new(),
        })
    }
}
