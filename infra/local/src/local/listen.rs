//! Listening for people: what a slow client may hold is limited, as API Gateway does on AWS.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{Extension, Router, body::Body, extract::ConnectInfo};
use http::Request;
use http_body_util::BodyExt;
use hyper::{
    body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint},
    server::conn::http1,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, runtime::Handle, task::JoinSet, time::Sleep};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::stack::accept;

/// How long open requests may take once the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `stop`. A connection whose next request does not arrive whole within `slowest` is
/// closed; that also ends idle connections.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    slowest: Duration,
    stop: CancellationToken,
) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    while let Some(stream) = accept(&listener, &stop).await {
        let Ok(address) = stream.peer_addr() else { continue };
        let service = router
            .clone()
            .layer(Extension(ConnectInfo::<SocketAddr>(address)))
            .map_request(move |request: Request<Incoming>| {
                request.map(|body| Body::new(TimedBody::new(body, slowest)))
            });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(slowest)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::debug!("requests under way are cut off");
    }
}

/// How much of a body that nobody wants is read all the same. A client that is still sending when
/// the connection closes would lose the answer that says why.
const UNWANTED: u64 = 1024 * 1024;

/// A request's body that has to be there in time: what dribbles in fails with
/// [`io::ErrorKind::TimedOut`].
struct TimedBody {
    /// Always there until the drop.
    body: Option<Incoming>,
    over: Pin<Box<Sleep>>,
}

impl TimedBody {
    fn new(body: Incoming, time: Duration) -> Self {
        Self { body: Some(body), over: Box::pin(tokio::time::sleep(time)) }
    }
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        let late = self.over.is_elapsed();
        let body = self.body.take().filter(|body| !late && !body.is_end_stream());
        let Some(body) = body.filter(|body| body.size_hint().lower() <= UNWANTED) else { return };
        // There is none while the process ends.
        let Ok(runtime) = Handle::try_current() else { return };
        let until = self.over.deadline();
        runtime.spawn(async move {
            let mut rest = body;
            let mut left = UNWANTED;
            while let Ok(Some(Ok(frame))) = tokio::time::timeout_at(until, rest.frame()).await {
                let length = frame.data_ref().map_or(0, Bytes::len) as u64;
                let Some(less) = left.checked_sub(length) else { return };
                left = less;
            }
        });
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.over.as_mut().poll(context).is_ready() {
            let late = io::Error::new(io::ErrorKind::TimedOut, "the body did not arrive in time");
            return Poll::Ready(Some(Err(late.into())));
        }
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        Pin::new(body).poll_frame(context).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}
