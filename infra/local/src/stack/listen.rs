//! Listening on a port and serving one hyper service there.

use std::{error::Error, net::Ipv4Addr, time::Duration};

use anyhow::Context;
use http::{Request, Response};
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::Service,
};
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use thiserror::Error as ThisError;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// For how long requests under way may go on after the stack is told to stop.
pub(super) const DRAIN: Duration = Duration::from_secs(2);

/// Another program has the port.
#[derive(Debug, ThisError)]
#[error(
    "port {port}, meant for {service}, is in use by another program: stop that program, or choose \
     another port (0 takes a free one)"
)]
pub struct PortInUse {
    /// The service that asked for it.
    pub service: &'static str,
    /// The port, on 127.0.0.1.
    pub port: u16,
}

/// Listens on the port of 127.0.0.1; 0 takes a free one.
pub(super) async fn bind(service: &'static str, port: u16) -> anyhow::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Err(PortInUse { service, port }.into())
        }
        Err(error) => {
            Err(error).with_context(|| format!("{service} cannot listen on 127.0.0.1:{port}"))
        }
    }
}

/// Serves until `stop`, then lets requests under way finish for [`DRAIN`].
pub(super) async fn serve<S, B>(listener: TcpListener, service: S, stop: CancellationToken)
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    while let Some(stream) = accept(&listener, &stop).await {
        let connection = http1::Builder::new()
            // Clients keep idle connections.
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(stream), service.clone());
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    if timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::debug!("requests under way are cut off");
    }
}

/// The next connection, or nothing if it is time to stop.
pub(crate) async fn accept(listener: &TcpListener, stop: &CancellationToken) -> Option<TcpStream> {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return None,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                // Answers are small; waiting to fill a packet would cost 40 ms each.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection keeps Nagle's delay");
                }
                return Some(stream);
            }
            Err(error) => {
                // Out of file descriptors, most likely: wait for some to be closed.
                tracing::warn!(%error, "a connection was not accepted");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
