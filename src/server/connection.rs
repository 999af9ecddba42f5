//! Connections: how many, and for how long.

use super::Bounds;
use super::routes::{App, Client};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Most octets of a head.
const MOST_HEAD: usize = 32 * 1024;

/// How long nothing is accepted where the system has no descriptor left.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections until `stop` is done.
pub(super) async fn accept(
    listener: TcpListener,
    router: Router,
    app: &Arc<App>,
    stop: impl Future<Output = ()>,
) {
    let bounds = app.settings.bounds;
    let permits = Arc::new(Semaphore::new(bounds.connections));
    let (stopping, stopped) = watch::channel(false);
    let mut open = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let permit = tokio::select! {
            () = &mut stop => break,
            permit = Arc::clone(&permits).acquire_owned() => permit,
        };
        // It is never closed.
        let Ok(permit) = permit else { break };
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        while open.try_join_next().is_some() {}
        let Ok((stream, peer)) = accepted else {
            sleep(PAUSE).await;
            continue;
        };
        let (router, app, stopped) = (router.clone(), Arc::clone(app), stopped.clone());
        open.spawn(async move {
            app.metrics.opened();
            one(stream, peer.ip(), router, bounds, stopped).await;
            app.metrics.closed();
            drop(permit);
        });
    }
    drop(listener);
    // Without receivers nothing is open.
    let _ = stopping.send(true);
    let rest = async { while open.join_next().await.is_some() {} };
    // What is not done by then ends with the runtime.
    let _ = timeout(bounds.grace, rest).await;
}

/// Serves one connection to its end.
async fn one(
    stream: TcpStream,
    peer: IpAddr,
    router: Router,
    bounds: Bounds,
    mut stopped: watch::Receiver<bool>,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Client(peer.to_canonical()));
        let answer = router.call(request);
        async move {
            match timeout(bounds.request_time, answer).await {
                Ok(answer) => answer,
                Err(_) => Ok(too_slow()),
            }
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head_time)
        .max_buf_size(MOST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // What goes wrong with a connection concerns its client, who has gone.
        _ = connection.as_mut() => return,
        () = sleep(bounds.life) => {}
        _ = stopped.wait_for(|is_stopped| *is_stopped) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(bounds.grace, connection).await;
}

fn too_slow() -> Response<Body> {
    let mut response = Response::new(Body::from("not finished in time\n"));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}
