//! Services that fail when told to, in front of the embedded ones.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use reverie::local::{Between, Part};
use reverie_domain::clock::Clock;
use reverie_store::{
    objects::{ObjectInfo, Objects, Presigned},
    queue::{Message, Queue, Received},
    tables::{Key, Query, Row, StoreError, Tables, Write, WriteError},
};

/// How a service fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It does not.
    None,
    /// Calls that change something are refused, and nothing happens.
    Refuses,
    /// Calls that change something happen, and their answers are lost.
    LosesAnswers,
}

/// The switches of a deployment's services.
#[derive(Clone, Default)]
pub struct Switches(Arc<[AtomicU8; 3]>);

/// A service.
#[derive(Debug, Clone, Copy)]
pub enum Service {
    /// DynamoDB.
    Tables,
    /// S3.
    Objects,
    /// SQS.
    Queue,
}

impl Switches {
    /// From now on this service fails so.
    pub fn set(&self, service: Service, trouble: Trouble) {
        self.0[service as usize].store(trouble as u8, Ordering::SeqCst);
    }

    /// Puts the switches before functions and worker. The housekeeper's clock is ten minutes ahead,
    /// so that it finds at once what it is to find.
    #[must_use]
    pub fn between(&self) -> Between {
        let switches = self.clone();
        Between(Arc::new(move |part, mut ports| {
            if part == Part::Housekeeper {
                ports.clock = Arc::new(Ahead(ports.clock));
                return ports;
            }
            ports.tables = Arc::new(Switched(ports.tables, switches.clone(), Service::Tables));
            ports.objects = Arc::new(Switched(ports.objects, switches.clone(), Service::Objects));
            ports.queue = Arc::new(Switched(ports.queue, switches.clone(), Service::Queue));
            ports
        }))
    }
}

struct Ahead(Arc<dyn Clock>);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        self.0.now() + SignedDuration::from_mins(10)
    }
}

struct Switched<T: ?Sized>(Arc<T>, Switches, Service);

impl<T: ?Sized> Switched<T> {
    /// A call that changes something.
    async fn change<V, E: From<StoreError>>(
        &self,
        call: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E> {
        let trouble = self.1.0[self.2 as usize].load(Ordering::SeqCst);
        if trouble == Trouble::None as u8 {
            return call.await;
        }
        if trouble == Trouble::LosesAnswers as u8 {
            call.await?;
        }
        let reason = "told to fail".to_owned();
        Err(StoreError::Unavailable { service: "test", reason }.into())
    }
}

#[async_trait]
impl Tables for Switched<dyn Tables> {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.0.get(keys).await
    }

    async fn write(&self, writes: &[Write]) -> Result<(), WriteError> {
        self.change(self.0.write(writes)).await
    }

    async fn query(&self, query: &Query) -> Result<Vec<Row>, StoreError> {
        self.0.query(query).await
    }
}

#[async_trait]
impl Objects for Switched<dyn Objects> {
    async fn presign_get(
        &self,
        key: &str,
        file_name: &str,
        content_type: &str,
        validity: Duration,
    ) -> Result<Presigned, StoreError> {
        self.0.presign_get(key, file_name, content_type, validity).await
    }

    async fn presign_put(
        &self,
        key: &str,
        content_type: &str,
        bytes: u64,
        validity: Duration,
    ) -> Result<Presigned, StoreError> {
        self.0.presign_put(key, content_type, bytes, validity).await
    }

    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.change(self.0.head(key)).await
    }

    async fn get(&self, key: &str, most: u64) -> Result<Option<Bytes>, StoreError> {
        self.change(self.0.get(key, most)).await
    }

    async fn put(&self, key: &str, content_type: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.change(self.0.put(key, content_type, bytes)).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.change(self.0.list(prefix)).await
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        self.change(self.0.delete(keys)).await
    }
}

#[async_trait]
impl Queue for Switched<dyn Queue> {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        self.change(self.0.send(message)).await
    }

    async fn receive(
        &self,
        most: u32,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Received>, StoreError> {
        self.0.receive(most, wait, visibility).await
    }

    async fn extend(&self, handle: &str, visibility: Duration) -> Result<(), StoreError> {
        self.change(self.0.extend(handle, visibility)).await
    }

    async fn delete(&self, handle: &str) -> Result<(), StoreError> {
        self.change(self.0.delete(handle)).await
    }
}
