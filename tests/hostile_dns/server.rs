//! A DNS server that does what a script says, however wrong.
//!
//! It writes messages octet by octet, so that it can send what no library would.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinHandle;

/// How a query came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Udp,
    Tcp,
}

/// A query as it came over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) over: Over,
    pub(crate) id: [u8; 2],
    pub(crate) labels: Vec<Vec<u8>>,
    pub(crate) kind: u16,
    /// The RD bit (RFC 1035 §4.1.1).
    pub(crate) wants_recursion: bool,
    /// The AD bit (RFC 6840 §5.7).
    pub(crate) wants_ad: bool,
    /// True if there is an additional record: the OPT record of EDNS.
    pub(crate) has_edns: bool,
    /// The question section, octet for octet.
    pub(crate) question: Vec<u8>,
}

impl Query {
    fn read(over: Over, bytes: &[u8]) -> Option<Self> {
        let id = *bytes.first_chunk::<2>()?;
        let wants_recursion = bytes.get(2)? & 0x01 != 0;
        let wants_ad = bytes.get(3)? & 0x20 != 0;
        let has_edns = bytes.get(10..12)? != [0, 0];
        let mut labels = Vec::new();
        let mut at = 12;
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            labels.push(bytes.get(at..at + length)?.to_vec());
            at += length;
        }
        let kind = u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]);
        let question = bytes.get(12..at + 4)?.to_vec();
        Some(Self { over, id, labels, kind, wants_recursion, wants_ad, has_edns, question })
    }

    /// The name with dots, for scripts that look at it.
    pub(crate) fn name(&self) -> String {
        String::from_utf8_lossy(&self.labels.join(&b'.')).into_owned()
    }
}

/// What the server does about a query.
pub(crate) enum Act {
    /// Sends a message, behind its length if the query came over TCP.
    Send(Vec<u8>),
    /// Sends a datagram from another port.
    SendFromElsewhere(Vec<u8>),
    /// Writes octets as they are, over TCP.
    Write(Vec<u8>),
    /// Writes a message again and again, over TCP.
    Flood(Vec<u8>),
    /// Closes the connection.
    Close,
}

type Asked = Arc<Mutex<Vec<Query>>>;
type Script = Arc<dyn Fn(&Query) -> Vec<Act> + Send + Sync>;

/// A running server; dropping it ends it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Asked,
    tasks: Vec<JoinHandle<()>>,
}

impl Server {
    /// Serves UDP and TCP on one port of the loopback interface.
    pub(crate) async fn start(script: impl Fn(&Query) -> Vec<Act> + Send + Sync + 'static) -> Self {
        loop {
            let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
            // The same port may be taken for UDP.
            if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()).await {
                return Self::serve(udp, Some(tcp), Arc::new(script));
            }
        }
    }

    /// Serves at an address and a port, over TCP too if `tcp` says so; `None` if the port is taken.
    pub(crate) async fn start_at(
        address: SocketAddr,
        tcp: bool,
        script: impl Fn(&Query) -> Vec<Act> + Send + Sync + 'static,
    ) -> Option<Self> {
        let udp = UdpSocket::bind(address).await.ok()?;
        let address = udp.local_addr().ok()?;
        let tcp = match tcp {
            true => Some(TcpListener::bind(address).await.ok()?),
            false => None,
        };
        Some(Self::serve(udp, tcp, Arc::new(script)))
    }

    /// Serves UDP only; TCP connections are refused.
    pub(crate) async fn start_without_tcp(
        script: impl Fn(&Query) -> Vec<Act> + Send + Sync + 'static,
    ) -> Self {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        Self::serve(udp, None, Arc::new(script))
    }

    fn serve(udp: UdpSocket, tcp: Option<TcpListener>, script: Script) -> Self {
        let address = udp.local_addr().unwrap();
        let asked = Asked::default();
        let mut tasks = vec![tokio::spawn(serve_udp(udp, script.clone(), asked.clone()))];
        tasks.extend(tcp.map(|tcp| tokio::spawn(serve_tcp(tcp, script, asked.clone()))));
        Self { address, asked, tasks }
    }

    /// Every query so far.
    pub(crate) fn asked(&self) -> Vec<Query> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn serve_udp(socket: UdpSocket, script: Script, asked: Asked) {
    let mut buffer = vec![0; 65_536];
    while let Ok((length, client)) = socket.recv_from(&mut buffer).await {
        let Some(query) = Query::read(Over::Udp, &buffer[..length]) else { continue };
        asked.lock().unwrap().push(query.clone());
        for act in script(&query) {
            match act {
                Act::Send(message) => drop(socket.send_to(&message, client).await),
                Act::SendFromElsewhere(message) => {
                    let elsewhere = UdpSocket::bind("127.0.0.1:0").await.unwrap();
                    drop(elsewhere.send_to(&message, client).await);
                }
                Act::Write(_) | Act::Flood(_) | Act::Close => {}
            }
        }
    }
}

async fn serve_tcp(listener: TcpListener, script: Script, asked: Asked) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (script, asked) = (script.clone(), asked.clone());
        connections.spawn(async move { drop(serve_stream(stream, script, asked).await) });
    }
}

async fn serve_stream(mut stream: TcpStream, script: Script, asked: Asked) -> std::io::Result<()> {
    loop {
        let mut bytes = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut bytes).await?;
        let Some(query) = Query::read(Over::Tcp, &bytes) else { return Ok(()) };
        asked.lock().unwrap().push(query.clone());
        for act in script(&query) {
            match act {
                Act::Send(message) => stream.write_all(&framed(&message)).await?,
                Act::Write(octets) => stream.write_all(&octets).await?,
                Act::Flood(message) => loop {
                    stream.write_all(&framed(&message)).await?;
                },
                Act::Close => return Ok(()),
                Act::SendFromElsewhere(_) => {}
            }
        }
    }
}

fn framed(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap();
    [length.to_be_bytes().as_slice(), message].concat()
}

// ------------------------------------------------------------------------------------------------

pub(crate) const A: u16 = 1;
pub(crate) const NS: u16 = 2;
pub(crate) const CNAME: u16 = 5;
pub(crate) const SOA: u16 = 6;
pub(crate) const MX: u16 = 15;
pub(crate) const TXT: u16 = 16;
pub(crate) const DNAME: u16 = 39;

/// A reply under construction.
pub(crate) struct Reply {
    id: [u8; 2],
    flags: u16,
    question: Vec<u8>,
    sections: [(u16, Vec<u8>); 3],
}

impl Reply {
    /// A reply to a query: no error, no records, recursion desired and available.
    pub(crate) fn to(query: &Query) -> Self {
        Self {
            id: query.id,
            flags: 0x8180,
            question: query.question.clone(),
            sections: Default::default(),
        }
    }

    pub(crate) fn rcode(mut self, rcode: u16) -> Self {
        self.flags |= rcode;
        self
    }

    pub(crate) fn truncated(mut self) -> Self {
        self.flags |= 0x0200;
        self
    }

    pub(crate) fn authentic(mut self) -> Self {
        self.flags |= 0x0020;
        self
    }

    /// A query, as if the server echoed it.
    pub(crate) fn echo(mut self) -> Self {
        self.flags &= !0x8000;
        self
    }

    pub(crate) fn without_recursion(mut self) -> Self {
        self.flags &= !0x0080;
        self
    }

    pub(crate) fn authoritative(mut self) -> Self {
        self.flags |= 0x0400;
        self
    }

    /// The header alone, as servers reply that cannot read a query.
    pub(crate) fn without_question(mut self) -> Self {
        self.question.clear();
        self
    }

    /// An additional record.
    pub(crate) fn additional(self, name: &str, kind: u16, rdata: &[u8]) -> Self {
        self.record(2, &wire(name), kind, 60, rdata)
    }

    /// The records that are there, of which the header counts fewer answers.
    pub(crate) fn counting_answers(mut self, count: u16) -> Self {
        self.sections[0].0 = count;
        self
    }

    /// The RCODE of 12 bits: its upper eight stand in the OPT record (RFC 6891 §6.1.3).
    pub(crate) fn extended_rcode(mut self, rcode: u16) -> Self {
        let [upper, _] = (rcode << 4).to_be_bytes();
        self.sections[2].0 += 1;
        self.sections[2].1.extend([0, 0, 41, 4, 208, upper, 0, 0, 0, 0, 0]);
        self.rcode(rcode & 0xf)
    }

    pub(crate) fn wrong_id(mut self) -> Self {
        self.id[0] ^= 0xff;
        self
    }

    pub(crate) fn question(mut self, name: &str, kind: u16) -> Self {
        self.question = [&wire(name), &kind.to_be_bytes()[..], &[0, 1]].concat();
        self
    }

    pub(crate) fn answer(self, name: &str, kind: u16, ttl: u32, rdata: &[u8]) -> Self {
        self.record(0, &wire(name), kind, ttl, rdata)
    }

    /// An answer of the class CHAOS.
    pub(crate) fn answer_in_chaos(mut self, name: &str, kind: u16, rdata: &[u8]) -> Self {
        let class_at = self.sections[0].1.len() + wire(name).len() + 3;
        self = self.answer(name, kind, 60, rdata);
        self.sections[0].1[class_at] = 3;
        self
    }

    /// An answer whose owner is written as given.
    pub(crate) fn answer_at(self, owner: &[u8], kind: u16, rdata: &[u8]) -> Self {
        self.record(0, owner, kind, 300, rdata)
    }

    pub(crate) fn authority(self, name: &str, kind: u16, ttl: u32, rdata: &[u8]) -> Self {
        self.record(1, &wire(name), kind, ttl, rdata)
    }

    /// The SOA record with which a server shows that it speaks for a zone.
    pub(crate) fn soa(self, zone: &str) -> Self {
        self.authority(zone, SOA, 900, &soa(600))
    }

    /// An extended error (RFC 8914).
    pub(crate) fn extended_error(mut self, code: u16, text: &str) -> Self {
        let option = [&code.to_be_bytes()[..], text.as_bytes()].concat();
        let length = u16::try_from(option.len()).unwrap();
        let option = [&[0, 15], &length.to_be_bytes()[..], &option].concat();
        let length = u16::try_from(option.len()).unwrap();
        let record = [&[0, 0, 41, 4, 208, 0, 0, 0, 0], &length.to_be_bytes()[..], &option].concat();
        self.sections[2].0 += 1;
        self.sections[2].1.extend(record);
        self
    }

    fn record(mut self, section: usize, owner: &[u8], kind: u16, ttl: u32, rdata: &[u8]) -> Self {
        let (count, octets) = &mut self.sections[section];
        *count += 1;
        octets.extend_from_slice(owner);
        octets.extend(kind.to_be_bytes());
        octets.extend([0, 1]);
        octets.extend(ttl.to_be_bytes());
        octets.extend(u16::try_from(rdata.len()).unwrap().to_be_bytes());
        octets.extend_from_slice(rdata);
        self
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        let mut bytes = self.id.to_vec();
        bytes.extend(self.flags.to_be_bytes());
        bytes.extend(u16::from(!self.question.is_empty()).to_be_bytes());
        self.sections.iter().for_each(|(count, _)| bytes.extend(count.to_be_bytes()));
        bytes.extend(self.question);
        self.sections.into_iter().for_each(|(_, octets)| bytes.extend(octets));
        bytes
    }

    /// The only thing to do about the query.
    pub(crate) fn send(self) -> Vec<Act> {
        vec![Act::Send(self.bytes())]
    }
}

/// A name on the wire; the empty text is the root.
pub(crate) fn wire(name: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        octets.push(u8::try_from(label.len()).unwrap());
        octets.extend(label.as_bytes());
    }
    octets.push(0);
    octets
}

/// The data of a TXT record with one string.
pub(crate) fn txt(text: impl AsRef<[u8]>) -> Vec<u8> {
    let text = text.as_ref();
    [&[u8::try_from(text.len()).unwrap()], text].concat()
}

/// The data of an SOA record.
pub(crate) fn soa(minimum: u32) -> Vec<u8> {
    [wire("ns.test"), wire("admin.test"), vec![0; 16], minimum.to_be_bytes().to_vec()].concat()
}
