//! Ports with something in between: every call to a service passes one place, which may count it,
//! refuse it, or let it go wrong in any other way.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use reverie::local::Ports;
use reverie_store::{
    mailer::{Mailer, Outgoing},
    objects::{ObjectInfo, Objects, Part, Presigned},
    queue::{Message, Queue, Received},
    tables::{Key, Query, Row, Scan, Scanned, StoreError, Tables, Write, WriteError},
};
use serde_json::Value;

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// DynamoDB.
    Tables,
    /// S3.
    Objects,
    /// SQS.
    Queue,
    /// SES.
    Mail,
}

/// A call to a service.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) service: Service,
    /// Whether it leaves everything as it is.
    pub(crate) reads: bool,
    /// What is called with what, for a trace.
    pub(crate) what: String,
}

/// What stands between a caller and the services.
pub(crate) trait Tap: Clone + Send + Sync + 'static {
    /// Makes the call, or does something else about it. `made` does nothing until it is awaited.
    fn pass<V, E>(
        &self,
        call: Call,
        made: impl Future<Output = Result<V, E>> + Send + 'static,
    ) -> impl Future<Output = Result<V, E>> + Send
    where
        V: Send + 'static,
        E: From<StoreError> + Send + 'static;
}

/// These ports behind a tap, but for the mailer.
pub(crate) fn tapped(ports: Ports, tap: &impl Tap) -> Ports {
    Ports {
        tables: Arc::new(Tapped(ports.tables, tap.clone())),
        objects: Arc::new(Tapped(ports.objects, tap.clone())),
        queue: Arc::new(Tapped(ports.queue, tap.clone())),
        dead_letters: Arc::new(Tapped(ports.dead_letters, tap.clone())),
        mailer: ports.mailer,
        clock: ports.clock,
    }
}

/// This mailer behind a tap.
pub(crate) fn tapped_mailer(mailer: Arc<dyn Mailer>, tap: &impl Tap) -> Arc<dyn Mailer> {
    Arc::new(Tapped(mailer, tap.clone()))
}

struct Tapped<T: ?Sized, X>(Arc<T>, X);

fn reads(service: Service, what: String) -> Call {
    Call { service, reads: true, what }
}

fn changes(service: Service, what: String) -> Call {
    Call { service, reads: false, what }
}

/// A row in a trace. Sessions are random also in a simulation.
fn named(key: &Key) -> &str {
    if key.sk.starts_with("session#") { "session" } else { &key.sk }
}

fn described(write: &Write) -> String {
    let status = write.row.as_ref().and_then(|row| row.get("status").or_else(|| row.get("state")));
    let status = status.and_then(Value::as_str).unwrap_or_default();
    match &write.row {
        Some(_) => format!("{}={status}", named(&write.key)),
        None => format!("-{}", named(&write.key)),
    }
}

#[async_trait]
impl<X: Tap> Tables for Tapped<dyn Tables, X> {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        let (tables, keys) = (self.0.clone(), keys.to_vec());
        let what = format!("get {}", keys.iter().map(named).collect::<Vec<_>>().join(" "));
        let made = async move { tables.get(&keys).await };
        self.1.pass(reads(Service::Tables, what), made).await
    }

    async fn write(&self, writes: &[Write]) -> Result<(), WriteError> {
        let (tables, writes) = (self.0.clone(), writes.to_vec());
        let what = format!("write {}", writes.iter().map(described).collect::<Vec<_>>().join(" "));
        let made = async move { tables.write(&writes).await };
        self.1.pass(changes(Service::Tables, what), made).await
    }

    async fn query(&self, query: &Query) -> Result<Vec<Row>, StoreError> {
        let (tables, query) = (self.0.clone(), query.clone());
        let what = format!("query {:?} {}", query.index, query.partition);
        let made = async move { tables.query(&query).await };
        self.1.pass(reads(Service::Tables, what), made).await
    }

    async fn scan(&self, scan: &Scan) -> Result<Scanned, StoreError> {
        let (tables, scan) = (self.0.clone(), scan.clone());
        let what = format!("scan {:?} for {}", scan.table, scan.sk);
        let made = async move { tables.scan(&scan).await };
        self.1.pass(reads(Service::Tables, what), made).await
    }
}

#[async_trait]
impl<X: Tap> Objects for Tapped<dyn Objects, X> {
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
        let (objects, key) = (self.0.clone(), key.to_owned());
        let call = reads(Service::Objects, format!("head {key}"));
        self.1.pass(call, async move { objects.head(&key).await }).await
    }

    async fn get(&self, key: &str, most: u64) -> Result<Option<Bytes>, StoreError> {
        let (objects, key) = (self.0.clone(), key.to_owned());
        let call = reads(Service::Objects, format!("get {key}"));
        self.1.pass(call, async move { objects.get(&key, most).await }).await
    }

    async fn get_range(
        &self,
        key: &str,
        start: u64,
        most: u64,
    ) -> Result<Option<Bytes>, StoreError> {
        let (objects, key) = (self.0.clone(), key.to_owned());
        let call = reads(Service::Objects, format!("get {key} from {start}"));
        self.1.pass(call, async move { objects.get_range(&key, start, most).await }).await
    }

    async fn put(&self, key: &str, content_type: &str, bytes: Bytes) -> Result<(), StoreError> {
        let (objects, key, media) = (self.0.clone(), key.to_owned(), content_type.to_owned());
        let call = changes(Service::Objects, format!("put {key}"));
        self.1.pass(call, async move { objects.put(&key, &media, bytes).await }).await
    }

    async fn copy(&self, from: &str, to: &str) -> Result<bool, StoreError> {
        let (objects, from, to) = (self.0.clone(), from.to_owned(), to.to_owned());
        let call = changes(Service::Objects, format!("copy {from} {to}"));
        self.1.pass(call, async move { objects.copy(&from, &to).await }).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let (objects, prefix) = (self.0.clone(), prefix.to_owned());
        let call = reads(Service::Objects, format!("list {prefix}"));
        self.1.pass(call, async move { objects.list(&prefix).await }).await
    }

    async fn list_after(&self, prefix: &str, after: &str) -> Result<Vec<String>, StoreError> {
        let (objects, prefix, after) = (self.0.clone(), prefix.to_owned(), after.to_owned());
        let call = reads(Service::Objects, format!("list {prefix} after {after}"));
        self.1.pass(call, async move { objects.list_after(&prefix, &after).await }).await
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        let (objects, keys) = (self.0.clone(), keys.to_vec());
        let call = changes(Service::Objects, format!("delete {}", keys.join(" ")));
        self.1.pass(call, async move { objects.delete(&keys).await }).await
    }

    async fn begin_parts(&self, key: &str, content_type: &str) -> Result<String, StoreError> {
        let (objects, key, media) = (self.0.clone(), key.to_owned(), content_type.to_owned());
        let call = changes(Service::Objects, format!("begin {key}"));
        self.1.pass(call, async move { objects.begin_parts(&key, &media).await }).await
    }

    async fn put_part(&self, part: Part<'_>, bytes: Bytes) -> Result<String, StoreError> {
        let Part { key, upload, number } = part;
        let (objects, key, upload) = (self.0.clone(), key.to_owned(), upload.to_owned());
        let call = changes(Service::Objects, format!("part {number} of {key}"));
        let put = async move {
            objects.put_part(Part { key: &key, upload: &upload, number }, bytes).await
        };
        self.1.pass(call, put).await
    }

    async fn end_parts(&self, key: &str, upload: &str, tags: &[String]) -> Result<(), StoreError> {
        let (objects, key, upload) = (self.0.clone(), key.to_owned(), upload.to_owned());
        let (call, tags) = (changes(Service::Objects, format!("end {key}")), tags.to_vec());
        self.1.pass(call, async move { objects.end_parts(&key, &upload, &tags).await }).await
    }

    async fn drop_parts(&self, prefix: &str) -> Result<usize, StoreError> {
        let (objects, prefix) = (self.0.clone(), prefix.to_owned());
        let call = changes(Service::Objects, format!("drop {prefix}"));
        self.1.pass(call, async move { objects.drop_parts(&prefix).await }).await
    }
}

#[async_trait]
impl<X: Tap> Queue for Tapped<dyn Queue, X> {
    async fn send(&self, message: &Message) -> Result<(), StoreError> {
        let (queue, message) = (self.0.clone(), message.clone());
        let call = changes(Service::Queue, "send".to_owned());
        self.1.pass(call, async move { queue.send(&message).await }).await
    }

    async fn receive(
        &self,
        most: u32,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Received>, StoreError> {
        let queue = self.0.clone();
        let call = reads(Service::Queue, "receive".to_owned());
        self.1.pass(call, async move { queue.receive(most, wait, visibility).await }).await
    }

    async fn extend(&self, handle: &str, visibility: Duration) -> Result<(), StoreError> {
        let (queue, handle) = (self.0.clone(), handle.to_owned());
        let call = changes(Service::Queue, "extend".to_owned());
        self.1.pass(call, async move { queue.extend(&handle, visibility).await }).await
    }

    async fn delete(&self, handle: &str) -> Result<(), StoreError> {
        let (queue, handle) = (self.0.clone(), handle.to_owned());
        let call = changes(Service::Queue, "delete message".to_owned());
        self.1.pass(call, async move { queue.delete(&handle).await }).await
    }
}

#[async_trait]
impl<X: Tap> Mailer for Tapped<dyn Mailer, X> {
    async fn send(&self, mail: &Outgoing) -> Result<(), StoreError> {
        let (mailer, mail) = (self.0.clone(), mail.clone());
        let call = changes(Service::Mail, "send a mail".to_owned());
        self.1.pass(call, async move { mailer.send(&mail).await }).await
    }
}
