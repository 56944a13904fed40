use std::{fmt, sync::Arc};

use reverie_domain::clock::{Clock, SystemClock};
use reverie_store::{
    aws::{DynamoTables, S3Objects, SesMailer, SqsQueue, TableNames},
    mailer::Mailer,
    objects::Objects,
    queue::Queue,
    tables::Tables,
};

use crate::stack::Stack;

/// What the template calls it in a stack of the name that is used here.
const CONFIGURATION_SET: &str = "reverie-mail";

/// The ports to the embedded services, as every function gets them.
#[derive(Clone)]
pub struct Ports {
    /// DynamoDB.
    pub tables: Arc<dyn Tables>,
    /// S3.
    pub objects: Arc<dyn Objects>,
    /// SQS: the jobs.
    pub queue: Arc<dyn Queue>,
    /// SQS: the dead letters.
    pub dead_letters: Arc<dyn Queue>,
    /// SES.
    pub mailer: Arc<dyn Mailer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A part of the deployment that has ports of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The HTTP functions.
    Functions,
    /// The worker.
    Worker,
    /// The housekeeper.
    Housekeeper,
}

/// Something between a part and the services: a test that counts calls, or lets them fail.
#[derive(Clone)]
pub struct Between(pub Arc<dyn Fn(Part, Ports) -> Ports + Send + Sync>);

impl fmt::Debug for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Between(…)")
    }
}

impl Ports {
    /// The ports to a stack.
    #[must_use]
    pub fn of(stack: &Stack) -> Self {
        let resources = stack.resources();
        let names = TableNames {
            accounts: resources.tables.accounts.clone(),
            ledger: resources.tables.ledger.clone(),
            generations: resources.tables.generations.clone(),
            operations: resources.tables.operations.clone(),
        };
        let sqs = |url: &str| Arc::new(SqsQueue::new(stack.sqs(), url.to_owned()));
        Self {
            tables: Arc::new(DynamoTables::new(stack.dynamodb(), names)),
            objects: Arc::new(S3Objects::new(stack.s3(), resources.bucket.clone())),
            queue: sqs(&resources.jobs_queue_url),
            dead_letters: sqs(&resources.dead_letter_queue_url),
            mailer: Arc::new(SesMailer::new(stack.ses(), CONFIGURATION_SET.to_owned())),
            clock: Arc::new(SystemClock),
        }
    }

    /// These ports as `part` gets them.
    pub(super) fn given_to(&self, part: Part, between: Option<&Between>) -> Self {
        match between {
            Some(Between(wrap)) => wrap(part, self.clone()),
            None => self.clone(),
        }
    }
}
