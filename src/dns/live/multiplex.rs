//! Many queries at a time over a few sockets.
//!
//! A socket for each query takes seven system calls, a shared one takes two. What a forger has to guess
//! stays the same in kind (RFC 5452 §9.2): which of the ports, each chosen by the system, and which
//! id. Each query draws both, and a socket is replaced once it has sent so many of them. The sockets
//! are connected, so that the system drops what comes from elsewhere; what is left is matched by id
//! and question as in [`datagram`](super::datagram), and whatever fits no query is no reply.

use super::waiting::Waiting;
use super::wire;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::op::DnsResponse;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{self, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::UdpSocket;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, yield_now};

/// Sockets in use.
const SOCKETS: usize = 16;
/// Queries that a socket sends before another takes its place.
const LIFE: u64 = 8192;
/// Queries under way at a time, far fewer than there are ids.
const AT_ONCE: usize = 4096;
/// The largest reply that is read, far beyond what a query allows.
const LARGEST: usize = 4096;
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
    pub(super) async fn exchange(&self, mut query: Vec<u8>) -> Result<DnsResponse, NetError> {
        let _slot = self.slots.acquire().await.map_err(|_| NetError::NoConnections)?;
        let question = wire::question_of(&query).map(Box::from);
        let socket = self.socket(self.dice.roll() as usize % SOCKETS)?;
        let (place, reply) = socket.waiting.place(|| self.dice.roll() as u16, question)?;
        place.mark(&mut query);
        socket.send(&query).await?;
        reply.await.map_err(|_| NetError::NoConnections)?
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
        self.sent.fetch_add(1, Ordering::Relaxed);
        match self.udp.send(octets).await {
            // What ICMP said of an earlier query; it is forgotten now.
            Err(why) if why.kind() == io::ErrorKind::ConnectionRefused => {
                self.udp.send(octets).await.map(|_| ())
            }
            sent => sent.map(|_| ()),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// Hands each reply to the query that waits for it.
async fn read(udp: Arc<UdpSocket>, waiting: Arc<Waiting>) {
    let mut octets = vec![0; LARGEST];
    let mut errors = 0;
    let last = loop {
        match udp.recv(&mut octets).await {
            Ok(length) => {
                errors = 0;
                waiting.hand_over(octets.get(..length).unwrap_or_default());
            }
            Err(why) if errors == MOST_ERRORS => break why,
            // What ICMP says may be forged, and is silence.
            Err(_) => {
                errors += 1;
                yield_now().await;
            }
        }
    };
    waiting.end(last.kind());
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
