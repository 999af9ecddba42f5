//! Many queries at a time over one plain connection.
//!
//! RFC 7766 §6.2.1.1: "clients SHOULD pipeline their queries", and replies come in whatever order. Each
//! message goes out behind its length in one piece, at once: in two pieces it would wait for the
//! receiver to confirm the first.

use super::waiting::Waiting;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::op::DnsResponse;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// A connection, and the task that writes and reads it as long as it is used.
pub(super) struct Stream {
    queries: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Arc<Waiting>,
    next: AtomicU16,
    tasks: [AbortHandle; 2],
}

impl Stream {
    /// Connects to a server.
    ///
    /// # Errors
    /// There is no connection to it.
    pub(super) async fn connect(server: SocketAddr) -> Result<Self, NetError> {
        let tcp = TcpStream::connect(server).await?;
        tcp.set_nodelay(true)?;
        let (from, to) = tcp.into_split();
        let waiting = Arc::new(Waiting::default());
        let (queries, written) = mpsc::unbounded_channel();
        let writer = tokio::spawn(write(to, written, Arc::clone(&waiting)));
        let reader = tokio::spawn(read_all(from, Arc::clone(&waiting)));
        let tasks = [writer.abort_handle(), reader.abort_handle()];
        Ok(Self { queries, waiting, next: AtomicU16::new(0), tasks })
    }

    /// Sends a query, and waits for the reply to it without end.
    ///
    /// # Errors
    /// The connection broke, or the reply cannot be read.
    pub(super) async fn exchange(&self, query: &[u8]) -> Result<DnsResponse, NetError> {
        let length = u16::try_from(query.len()).map_err(|_| NetError::NoConnections)?;
        // The bound on queries under way is far below the number of ids.
        let ids = || self.next.fetch_add(1, Ordering::Relaxed);
        let place = self.waiting.place(ids, None, None)?;
        let mut framed = length.to_be_bytes().to_vec();
        framed.extend(query);
        if let Some(message) = framed.get_mut(2..) {
            place.mark(message);
        }
        self.queries.send(framed).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        let octets = place.reply().await.map_err(io::Error::from)?;
        Ok(DnsResponse::from_buffer(octets)?)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// Writes queries, all that there are at a time.
async fn write(
    mut to: OwnedWriteHalf,
    mut queries: mpsc::UnboundedReceiver<Vec<u8>>,
    waiting: Arc<Waiting>,
) {
    while let Some(mut octets) = queries.recv().await {
        while let Ok(more) = queries.try_recv() {
            octets.extend(more);
        }
        if let Err(why) = to.write_all(&octets).await {
            waiting.end(why.kind());
            return;
        }
    }
}

async fn read_all(from: OwnedReadHalf, waiting: Arc<Waiting>) {
    if let Err(why) = read(from, &waiting).await {
        waiting.end(why.kind());
    }
}

/// Hands each reply to the query that waits for it, until the connection ends.
async fn read(from: OwnedReadHalf, waiting: &Waiting) -> io::Result<()> {
    let mut from = BufReader::new(from);
    loop {
        let mut message = vec![0; from.read_u16().await?.into()];
        from.read_exact(&mut message).await?;
        waiting.hand_over(&message);
    }
}
