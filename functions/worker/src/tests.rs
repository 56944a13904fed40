mod fakes;

use std::{sync::Arc, time::Duration};

use fakes::{FakeEngine, Memory, Mode};
use reverie_domain::{
    clock::{Clock, SystemClock},
    credits::Credits,
    ids::{AccountId, GenerationId, WalletId},
    job::{Job, ModelRef, Status, Submission},
    manifest::Kind,
    plan::Plan,
    request::CanonicalRequest,
};
use reverie_store::{
    generations::{self, Detail},
    ledger,
    queue::{Message, Received},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Worker, WorkerConfig,
    settle::{Verdict, verdict},
};

/// A worker on stores in memory, and one submitted job.
struct Scene {
    memory: Arc<Memory>,
    worker: Worker,
    job: Job,
}

async fn scene(mode: Mode) -> Scene {
    let memory = Arc::new(Memory::default());
    let engine = Arc::new(FakeEngine::new(mode));
    let (account, id, wallet) = (AccountId::new(), GenerationId::new(), WalletId::new());
    let now = SystemClock.now();
    let wallet =
        ledger::open(&*memory, now, wallet, Credits::new(100), "guest", &[]).await.unwrap();
    let submission = Submission {
        id,
        account,
        wallet: wallet.id,
        kind: Kind::Music,
        model: ModelRef { id: "fake".to_owned(), version: "1".to_owned() },
        seed: 1,
        request_hash: String::new(),
        seconds: 5,
        price: Credits::new(10),
        plan: Plan::Free,
        expires_by: None,
    };
    let job = Job::submit(now, submission);
    let request = CanonicalRequest {
        references: Vec::new(),
        sketch: None,
        kind: Kind::Music,
        model: "fake".to_owned(),
        prompt: "calm".to_owned(),
        negative_prompt: None,
        seconds: 5,
        seed: 1,
        style: None,
        soundtrack: false,
        outputs: Vec::new(),
    };
    let detail = Detail {
        generation: id,
        account,
        request,
        labels: Default::default(),
        understood: None,
        uploaded_by: Vec::new(),
        version: 1,
    };
    generations::submit(&*memory, wallet, &job, &detail, &[]).await.unwrap();
    let worker = Worker {
        tables: memory.clone(),
        objects: memory.clone(),
        queue: memory.clone(),
        clock: Arc::new(SystemClock),
        engines: vec![engine],
        config: WorkerConfig {
            jobs: 1,
            run_limit: Duration::from_secs(60),
            ..WorkerConfig::default()
        },
    };
    Scene { memory, worker, job }
}

impl Scene {
    async fn handle(&self, shutdown: &CancellationToken) {
        let message =
            Message::GenerationQueued { account: self.job.account, generation: self.job.id };
        let received = Received { handle: "first".to_owned(), message: Some(message) };
        self.worker.handle(received, shutdown).await;
    }

    async fn row(&self) -> Job {
        let found = generations::find_job(&*self.memory, self.job.account, self.job.id).await;
        found.unwrap().unwrap()
    }

    async fn available(&self) -> u32 {
        let wallet = ledger::wallet(&*self.memory, self.job.wallet).await.unwrap();
        wallet.available(SystemClock.now()).get()
    }

    async fn until_running(&self) {
        while self.row().await.status != Status::Running {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_becomes_files_and_a_charge() {
    let scene = scene(Mode::Make).await;
    scene.handle(&CancellationToken::new()).await;
    let job = scene.row().await;
    assert_eq!((job.status, job.charged), (Status::Succeeded, Credits::new(10)));
    let key = job.result_key(1, "track.flac");
    assert_eq!(scene.memory.keys(), [key]);
    assert_eq!(job.files[0].bytes, 5);
    assert_eq!(scene.memory.deleted(), ["first"]);
    assert_eq!(scene.available().await, 90);

    scene.handle(&CancellationToken::new()).await;
    assert_eq!(scene.row().await, job, "a second delivery changes nothing");
    assert_eq!(scene.memory.deleted(), ["first", "first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_have_their_codes_and_give_credits_back() {
    for (mode, code, retryable) in [
        (Mode::Panic, "model_panicked", true),
        (Mode::Invalid, "model.invalid_request", false),
        (Mode::Fault, "model.failed", true),
    ] {
        let scene = scene(mode).await;
        scene.handle(&CancellationToken::new()).await;
        let job = scene.row().await;
        let failure = job.failure.unwrap();
        assert_eq!((job.status, failure.code.as_str()), (Status::Failed, code));
        assert_eq!(failure.retryable, retryable);
        assert_eq!(scene.available().await, 100);
        assert_eq!(scene.memory.deleted(), ["first"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_model_and_a_hanging_one_fail() {
    let mut scene = scene(Mode::UntilStopped).await;
    scene.worker.config.run_limit = Duration::from_millis(10);
    scene.handle(&CancellationToken::new()).await;
    assert_eq!(scene.row().await.failure.unwrap().code, "run_limit");

    let mut scene = self::scene(Mode::Make).await;
    scene.worker.engines.clear();
    scene.handle(&CancellationToken::new()).await;
    assert_eq!(scene.row().await.failure.unwrap().code, "model.unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canceled_job_stops_within_two_seconds() {
    let scene = scene(Mode::UntilStopped).await;
    let cancel = async {
        scene.until_running().await;
        let (now, job) = (SystemClock.now(), scene.row().await);
        let canceled = job.cancel(now).unwrap();
        generations::apply(&*scene.memory, now, &job, &canceled, None).await.unwrap();
    };
    let token = CancellationToken::new();
    let both = async { tokio::join!(scene.handle(&token), cancel) };
    tokio::time::timeout(Duration::from_secs(2), both).await.expect("stops in time");
    assert_eq!(scene.row().await.status, Status::Canceled);
    assert_eq!(scene.memory.deleted(), ["first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_hands_the_job_back() {
    let scene = scene(Mode::UntilStopped).await;
    let token = CancellationToken::new();
    let stop = async {
        scene.until_running().await;
        token.cancel();
    };
    tokio::join!(scene.handle(&token), stop);
    let job = scene.row().await;
    assert_eq!((job.status, job.lost_leases), (Status::Queued, 0));
    assert_eq!(scene.memory.sent(), 1);
    assert_eq!(scene.memory.deleted(), ["first"]);
}

#[tokio::test]
async fn a_changed_row_says_whether_the_claim_holds() {
    let now = SystemClock.now();
    let claimed = scene(Mode::Make).await.job.claim(now).unwrap();
    let judge = |row: &Job| verdict(row, claimed.epoch, Status::Succeeded);
    assert_eq!(judge(&claimed.heartbeat(now, 1, 0.5).unwrap()), Verdict::Ours);
    assert_eq!(judge(&claimed.succeed(now, 1, Vec::new()).unwrap().job), Verdict::Settled);
    assert_eq!(judge(&claimed.cancel(now).unwrap().job), Verdict::Lost);
    let taken_over = claimed.claim(claimed.takeover_at()).unwrap();
    assert_eq!(judge(&taken_over), Verdict::Lost);
    let elsewhere = taken_over.succeed(now, 2, Vec::new()).unwrap().job;
    assert_eq!(judge(&elsewhere), Verdict::Lost);
}
