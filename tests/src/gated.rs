//! A model that waits for a word, so that a test decides when a job ends.

use std::{
    collections::BTreeSet,
    ops::ControlFlow,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use reverie::local::Ports;
use reverie_domain::manifest::Manifest;
use reverie_inference::{Engine, EngineError, MusicRequest, Output, OutputFile, Watch, open_all};
use reverie_worker::{Worker, WorkerConfig};

/// The tiny model as far as the API can tell. It makes nothing before it is told to.
pub struct GatedEngine {
    manifest: Manifest,
    released: Mutex<BTreeSet<String>>,
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
        Arc::new(Self { manifest, released: Mutex::default(), runs: AtomicU32::new(0) })
    }

    /// The job with this prompt may end.
    pub fn release(&self, prompt: &str) {
        let mut released = self.released.lock().unwrap_or_else(PoisonError::into_inner);
        released.insert(prompt.to_owned());
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

    fn may_end(&self, prompt: &str) -> bool {
        self.released.lock().unwrap_or_else(PoisonError::into_inner).contains(prompt)
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
        while !self.may_end(&request.prompt) {
            if let ControlFlow::Break(()) = watch(0.5) {
                return Err(EngineError::Canceled);
            }
            thread::sleep(Duration::from_millis(1));
        }
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
