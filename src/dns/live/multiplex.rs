//! Many queries at a time over a few sockets.
//!
//! A socket for each query takes seven system calls, a shared one takes two. What a forger has to guess
//! stays the same in kind (RFC 5452 §9.2): which of the ports, each chosen by the system, and which
//! id. Each query draws both, and a socket is replaced once it has sent so many of them. The sockets
//! are connected, so that the system drops what comes from elsewhere; what is left is matched by id
//! and question as in [`datagram`](super::datagram), and whatever fits no query is no reply.
//!
//! One task reads a socket and tells the time to all that wait on it, so a query has neither a task nor
//! a timer of its own.

pub(super) use super::waiting::News;
use super::waiting::{Place, Received, Waiting};
use super::wire;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{self, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::{AbortHandle, yield_now};
use tokio::time::{Instant, MissedTickBehavior, interval};

/// Sockets in use.
const SOCKETS: usize = 16;
/// Queries that a socket sends before another takes its place.
const LIFE: u64 = 8192;
/// Queries under way at a time, far fewer than there are ids.
const AT_ONCE: usize = 4096;
/// The largest reply that is read, far beyond what a query allows.
const LARGEST: usize = 4096;
/// Replies that are read before others have their turn.
const IN_A_ROW: usize = 64;
/// How exactly those who wait are told the time.
const TICK: Duration = Duration::from_millis(50);
/// Errors in a row after which a socket is given up.
const MOST_ERRORS: u32 = 64;

/// The sockets of a server, bound when they are first used, to the runtime in which that happens.
pub(super) struct Multiplex {
    server: SocketAddr,
    sockets: Mutex<[Option<Arc<Socket>>; SOCKETS]>,
    dice: Dice,
    slots: Semaphore,
}

impl Multiplex {
    /// Sockets for a server; none is bound yet.
    pub(super) fn new(server: SocketAddr) -> Self {
        let (sockets, dice) = (Mutex::default(), Dice::default());
        Self { server, sockets, dice, slots: Semaphore::new(AT_ONCE) }
    }

    /// Sends a query, and waits for the reply to it without end.
    // RFC 5452 §9.1: "A resolver implementation MUST match responses to all of the following attributes
    // of the query": addresses, ports, ID, and the question.
    pub(super) async fn exchange(&self, query: Vec<u8>) -> io::Result<Vec<u8>> {
        let slot = self.slots.acquire().await.map_err(io::Error::other)?;
        let (underway, query) = self.place(slot, query, None)?;
        underway.socket.send(&query).await?;
        Ok(underway.reply().await?)
    }

    /// Sends a query at once, which is told when no reply came for so long; `None` if too much is under
    /// way for that.
    pub(super) fn send(&self, query: Vec<u8>, patience: Duration) -> Option<Underway<'_>> {
        let slot = self.slots.try_acquire().ok()?;
        let late = Instant::now() + patience;
        let (underway, query) = self.place(slot, query, Some(late)).ok()?;
        underway.socket.try_send(&query).ok()?;
        Some(underway)
    }

    /// Draws a socket and an id for a query.
    fn place<'m>(
        &'m self,
        slot: SemaphorePermit<'m>,
        mut query: Vec<u8>,
        late: Option<Instant>,
    ) -> io::Result<(Underway<'m>, Vec<u8>)> {
        let question = wire::question_of(&query).map(Box::from);
        let socket = self.socket(self.dice.roll() as usize % SOCKETS)?;
        let place = socket.waiting.place(|| self.dice.roll() as u16, question, late)?;
        place.mark(&mut query);
        Ok((Underway { place, socket, _slot: slot }, query))
    }

    /// The socket at an index, another one if that has sent its share.
    fn socket(&self, index: usize) -> io::Result<Arc<Socket>> {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let place = sockets.get_mut(index).ok_or(io::ErrorKind::AddrNotAvailable)?;
        if let Some(socket) = place
            && socket.is_fit()
        {
            return Ok(Arc::clone(socket));
        }
        let socket = Arc::new(Socket::bind(self.server)?);
        *place = Some(Arc::clone(&socket));
        Ok(socket)
    }
}

/// A query that was sent. As a future it is what the query is told next.
pub(super) struct Underway<'m> {
    place: Place,
    /// Read as long as somebody waits.
    socket: Arc<Socket>,
    _slot: SemaphorePermit<'m>,
}

impl Underway<'_> {
    /// The reply, however long it takes.
    pub(super) async fn reply(self) -> Received {
        // With all of it: the socket is read no more when nobody has it.
        let Self { place, socket: _socket, _slot } = self;
        place.reply().await
    }
}

impl Future for Underway<'_> {
    type Output = News;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<News> {
        Pin::new(&mut self.place).poll(context)
    }
}

/// Numbers that cannot be foreseen without the keys, which the system drew.
// SipHash is a pseudorandom function: of a counter it makes the numbers of a generator.
#[derive(Default)]
struct Dice {
    keys: RandomState,
    rolled: AtomicU64,
}

impl Dice {
    fn roll(&self) -> u64 {
        self.keys.hash_one(self.rolled.fetch_add(1, Ordering::Relaxed))
    }
}

// ------------------------------------------------------------------------------------------------

/// One socket, and the task that reads it as long as a query may wait for a reply.
struct Socket {
    udp: Arc<UdpSocket>,
    waiting: Arc<Waiting>,
    reader: AbortHandle,
    sent: AtomicU64,
}

impl Socket {
    fn bind(server: SocketAddr) -> io::Result<Self> {
        let own: SocketAddr = match server {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let udp = net::UdpSocket::bind(own)?;
        udp.connect(server)?;
        udp.set_nonblocking(true)?;
        let udp = Arc::new(UdpSocket::from_std(udp)?);
        let waiting = Arc::new(Waiting::default());
        let reader = tokio::spawn(read(Arc::clone(&udp), Arc::clone(&waiting))).abort_handle();
        Ok(Self { udp, waiting, reader, sent: AtomicU64::new(0) })
    }

    /// False if it has sent its share, or is read no more.
    fn is_fit(&self) -> bool {
        self.sent.load(Ordering::Relaxed) < LIFE && !self.waiting.has_ended()
    }

    async fn send(&self, octets: &[u8]) -> io::Result<()> {
        loop {
            match self.try_send(octets) {
                Err(why) if why.kind() == io::ErrorKind::WouldBlock => self.udp.writable().await?,
                sent => return sent,
            }
        }
    }

    fn try_send(&self, octets: &[u8]) -> io::Result<()> {
        let sent = match self.udp.try_send(octets) {
            // What ICMP said of an earlier query; it is forgotten now.
            Err(why) if why.kind() == io::ErrorKind::ConnectionRefused => self.udp.try_send(octets),
            sent => sent,
        };
        self.sent.fetch_add(1, Ordering::Relaxed);
        sent.map(|_| ())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// Hands each reply to the query that waits for it, and tells those that wait for long.
async fn read(udp: Arc<UdpSocket>, waiting: Arc<Waiting>) {
    let mut octets = vec![0; LARGEST];
    let mut errors = 0;
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let last = loop {
        let ready = tokio::select! {
            ready = udp.readable() => ready,
            now = tick.tick() => {
                waiting.tell_late(now);
                continue;
            }
        };
        match ready.and_then(|()| read_some(&udp, &mut octets, &waiting)) {
            Ok(()) => errors = 0,
            Err(why) if errors == MOST_ERRORS => break why,
            // What ICMP says may be forged, and is silence.
            Err(_) => errors += 1,
        }
        yield_now().await;
    };
    waiting.end(last.kind());
}

/// Hands over what is there, up to so many replies.
fn read_some(udp: &UdpSocket, octets: &mut [u8], waiting: &Waiting) -> io::Result<()> {
    for _ in 0..IN_A_ROW {
        match udp.try_recv(octets) {
            Ok(length) => waiting.hand_over(octets.get(..length).unwrap_or_default()),
            Err(why) if why.kind() == io::ErrorKind::WouldBlock => break,
            Err(why) => return Err(why),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_that_has_sent_its_share_is_replaced() {
        let multiplex = Multiplex::new(([127, 0, 0, 1], 9).into());
        let [first, again] = [3, 3].map(|index| multiplex.socket(index).expect("a port is free"));
        first.sent.store(LIFE, Ordering::Relaxed);
        let second = multiplex.socket(3).expect("a port is free");
        assert_eq!([&again, &second].map(|other| Arc::ptr_eq(&first, other)), [true, false]);
    }

    #[test]
    fn what_is_drawn_is_spread_over_the_sockets_and_the_ids() {
        let dice = Dice::default();
        let drawn: Vec<u64> = (0..10_000).map(|_| dice.roll()).collect();
        let most = |of: fn(u64) -> u64, many: u64| {
            let count = |value| drawn.iter().filter(|it| of(**it) == value).count();
            (0..many).map(count).max()
        };
        // Expected are 625 for each of 16; a fair draw exceeds 775 once in a hundred million runs.
        assert!(most(|it| it % 16, 16) < Some(775) && most(|it| (it >> 12) % 16, 16) < Some(775));
    }
}
