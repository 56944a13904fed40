//! Ports that count the calls that go through them: each is one round trip.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use reverie::local::{Between, Part};
use reverie_store::{
    objects::{ObjectInfo, Objects, Presigned},
    queue::{Message, Queue, Received},
    tables::{Key, Query, Row, StoreError, Tables, Write, WriteError},
};

/// How many calls the functions made.
#[derive(Clone, Default)]
pub struct Calls(Arc<AtomicU32>);

impl Calls {
    /// The calls since the last time this was asked.
    pub fn taken(&self) -> u32 {
        self.0.swap(0, Ordering::SeqCst)
    }

    /// Counts the calls of the functions, not those of the worker and the housekeeper.
    #[must_use]
    pub fn of_functions(&self) -> Between {
        let calls = self.clone();
        Between(Arc::new(move |part, mut ports| {
            if part == Part::Functions {
                ports.tables = Arc::new(Counted(ports.tables, calls.clone()));
                ports.objects = Arc::new(Counted(ports.objects, calls.clone()));
                ports.queue = Arc::new(Counted(ports.queue, calls.clone()));
            }
            ports
        }))
    }

    fn one_more(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

struct Counted<T: ?Sized>(Arc<T>, Calls);

impl<T: ?Sized> Counted<T> {
    fn called(&self) -> &T {
        self.1.one_more();
        &self.0
    }
}

#[async_trait]
impl Tables for Counted<dyn Tables> {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.called().get(keys).await
    }

    async fn write(&self, writes: &[Write]) -> Result<(), WriteError> {
        self.called().write(writes).await
    }

    async fn query(&self, query: &Query) -> Result<Vec<Row>, StoreError> {
        self.called().query(query).await
    }
}

#[async_trait]
impl Objects for Counted<dyn Objects> {
    // Signing is arithmetic: nothing is sent.
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
        self.called().head(key).await
    }

    async fn get(&self, key: &str, most: u64) -> Result<Option<Bytes>, StoreError> {
        self.called().get(key, most).await
    }

    async fn put(&self, key: &str, content_type: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.called().put(key, content_type, bytes).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.called().list(prefix).await
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        self.called().delete(keys).await
    }
}

#[async_trait]
impl Queue for Counted<dyn Queue> {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        self.called().send(message).await
    }

    async fn receive(
        &self,
        most: u32,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Received>, StoreError> {
        self.called().receive(most, wait, visibility).await
    }

    async fn extend(&self, handle: &str, visibility: Duration) -> Result<(), StoreError> {
        self.called().extend(handle, visibility).await
    }

    async fn delete(&self, handle: &str) -> Result<(), StoreError> {
        self.called().delete(handle).await
    }
}
