//! One query and its reply, a datagram each.
//!
//! The library has this too, but takes a reply without a question section for forged, and a server
//! that cannot read the OPT record may reply with its header alone (RFC 1035 §4.1.1, RFC 6891 §7).
//! Retransmission and limits of time are the business of the query.

use super::{waiting, wire};
use hickory_resolver::net::NetError;
use hickory_resolver::proto::op::DnsResponse;
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::UdpSocket;

/// The largest reply that is read, far beyond what a query allows.
const LARGEST: usize = 4096;

/// Sends a query from a port of its own, and waits for the reply to it without end.
// RFC 5452 §9.1: "A resolver implementation MUST match responses to all of the following attributes
// of the query": addresses, ports, ID, and the question.
pub(super) async fn exchange(
    server: SocketAddr,
    mut query: Vec<u8>,
) -> Result<DnsResponse, NetError> {
    let own: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(own).await?;
    // The keys of the hash are the system's.
    let [.., first, second] = RandomState::new().hash_one(()).to_be_bytes();
    let id = [first, second];
    wire::mark(&mut query, id);
    socket.send_to(&query, server).await?;
    let question = wire::question_of(&query);
    let mut octets = vec![0; LARGEST];
    loop {
        let (length, from) = socket.recv_from(&mut octets).await?;
        let message = octets.get(..length).unwrap_or_default();
        if !is_from(server, from) || message.first_chunk() != Some(&id) {
            continue;
        }
        if let Some(reply) = waiting::reply_to(question, message) {
            return reply;
        }
    }
}

/// True if a datagram comes from the server, whatever link it came over.
fn is_from(server: SocketAddr, from: SocketAddr) -> bool {
    from.ip().to_canonical() == server.ip().to_canonical() && from.port() == server.port()
}
