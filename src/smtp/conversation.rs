//! One dialogue, stage by stage.

use super::dane::sha256;
use super::live::Live;
use super::wire::{Reply, Trouble, Wire};
use super::{Call, Dialogue, Outcome, Security, Stage, Step, Tls, certificate};
use crate::text::escaped_within;
use rustls::pki_types::ServerName;
use std::net::IpAddr;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The longest text of a stage, in characters.
const LONGEST: usize = 500;

/// That the dialogue is over before its end; why is in its last stage.
struct Over;

pub(super) struct Conversation<'c> {
    live: &'c Live,
    call: &'c Call,
    dialogue: Dialogue,
    /// The stage under way, and since when.
    current: (Step, Instant),
    ehlo: String,
}

impl<'c> Conversation<'c> {
    pub(super) fn new(live: &'c Live, call: &'c Call) -> Self {
        let dialogue = Dialogue::new(call);
        let ehlo = call.ehlo.clone().unwrap_or_default();
        Self { live, call, dialogue, current: (Step::Connect, Instant::now()), ehlo }
    }

    /// Holds it, for as long as there is patience.
    pub(super) async fn hold(mut self) -> Dialogue {
        let deadline = Instant::now() + self.call.patience;
        if timeout_at(deadline, self.carry_out()).await.is_err() {
            let within = self.call.patience.as_secs_f32();
            let (step, since) = self.current;
            let what = match step {
                Step::Connect => "no connection",
                _ => "no reply",
            };
            let text = format!("{what} within {within} s in all");
            self.note(step, since, Outcome::Timeout, None, text);
        }
        self.dialogue
    }

    /// Ends early where a stage says so; the stages say the rest.
    async fn carry_out(&mut self) {
        let _ = self.stages().await;
    }

    async fn stages(&mut self) -> Result<(), Over> {
        let stream = self.connect().await?;
        match self.call.security {
            Security::Implicit => {
                let mut wire = Wire::new(self.handshake(stream).await?);
                self.banner(&mut wire).await?;
                self.ehlo(&mut wire, Step::EhloTls).await?;
                self.within_tls(&mut wire).await
            }
            Security::Starttls => {
                let mut wire = Wire::new(stream);
                self.banner(&mut wire).await?;
                self.ehlo(&mut wire, Step::Ehlo).await?;
                let stream = self.starttls(wire).await?;
                let mut wire = Wire::new(self.handshake(stream).await?);
                self.ehlo(&mut wire, Step::EhloTls).await?;
                self.within_tls(&mut wire).await
            }
        }
    }

    async fn connect(&mut self) -> Result<TcpStream, Over> {
        self.begin(Step::Connect);
        match TcpStream::connect(self.call.address).await {
            Ok(stream) => {
                if self.ehlo.is_empty() {
                    // RFC 5321 §4.1.4: a client without a name uses an address literal.
                    self.ehlo = match stream.local_addr().map(|own| own.ip()) {
                        Ok(IpAddr::V4(ip)) => format!("[{ip}]"),
                        Ok(IpAddr::V6(ip)) => format!("[IPv6:{ip}]"),
                        Err(_) => "[127.0.0.1]".to_owned(),
                    };
                }
                self.done(String::new());
                Ok(stream)
            }
            Err(why) => Err(self.over(Outcome::Closed, why.to_string())),
        }
    }

    async fn banner<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
    ) -> Result<(), Over> {
        self.begin(Step::Banner);
        let reply = wire.reply().await;
        self.expect(reply, 220).map(|_| ())
    }

    async fn ehlo<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        step: Step,
    ) -> Result<(), Over> {
        self.begin(step);
        let reply = wire.ask(&format!("EHLO {}", self.ehlo)).await;
        let reply = self.expect(reply, 250)?;
        let extensions =
            reply.lines.iter().skip(1).map(|line| escaped_within(line, LONGEST)).collect();
        let mechanisms = mechanisms(&reply);
        if step == Step::Ehlo {
            self.dialogue.clear_mechanisms.clone_from(&mechanisms);
        }
        (self.dialogue.extensions, self.dialogue.mechanisms) = (extensions, mechanisms);
        Ok(())
    }

    async fn starttls(&mut self, mut wire: Wire<TcpStream>) -> Result<TcpStream, Over> {
        self.begin(Step::Starttls);
        let is_it = |line: &String| line.trim().eq_ignore_ascii_case("STARTTLS");
        if !self.dialogue.extensions.iter().any(is_it) {
            let text = "the server does not offer STARTTLS".to_owned();
            self.over(Outcome::NotOffered, text);
            let _ = wire.send("QUIT").await;
            return Err(Over);
        }
        let reply = wire.ask("STARTTLS").await;
        self.expect(reply, 220)?;
        // RFC 3207 §6 wants all knowledge discarded that was obtained before TLS. What comes together with
        // the reply would be taken for a reply within TLS by a client that keeps its buffer.
        if wire.rest() > 0 {
            self.dialogue.stages.pop();
            let text = format!("{} octets behind the reply to STARTTLS, before TLS", wire.rest());
            return Err(self.over(Outcome::Injection, text));
        }
        Ok(wire.stream)
    }

    async fn handshake(&mut self, stream: TcpStream) -> Result<TlsStream<TcpStream>, Over> {
        self.begin(Step::Handshake);
        let host = ServerName::try_from(self.call.host.trim_end_matches('.').to_owned());
        let (Ok(host), Ok((config, recorder))) = (host, self.live.client()) else {
            let text = "the host has no name that a certificate could have".to_owned();
            return Err(self.over(Outcome::Malformed, text));
        };
        let connecting = TlsConnector::from(config).connect(host.clone(), stream);
        let stream = match connecting.await {
            Ok(stream) => stream,
            Err(why) => {
                let (outcome, text) = of_tls(&why);
                return Err(self.over(outcome, text));
            }
        };
        let (_, connection) = stream.get_ref();
        let chain = recorder.chain();
        let kept = chain.iter().take(certificate::MOST_CERTIFICATES);
        let mut read: Vec<_> = kept.map(certificate::read).collect();
        let first = read.first().cloned().unwrap_or_default();
        let now = self.call.now;
        // The first one cannot be the anchor of itself.
        for at in 1..read.len() {
            let anchors = certificate::anchors(&self.live.provider, &chain, &read, at, &host, now);
            if let Some(one) = read.get_mut(at) {
                one.anchors = anchors;
            }
        }
        let absent_anchors =
            self.call.tlsa.iter().filter(|it| {
                certificate::is_below(&self.live.provider, &chain, &read, it, &host, now)
            });
        let absent_anchors = absent_anchors.map(sha256).collect();
        let next_hop = self.call.next_hop.clone().and_then(|name| ServerName::try_from(name).ok());
        let version = connection.protocol_version().map(|it| format!("{it:?}"));
        let cipher = connection.negotiated_cipher_suite().map(|it| format!("{:?}", it.suite()));
        self.dialogue.tls = Some(Tls {
            version: version.unwrap_or_default().replace('_', "."),
            cipher: cipher.unwrap_or_default(),
            trust: certificate::trust(&self.live.verifier, &chain, &read, &host, now),
            name_matches: certificate::has_name(&chain, &host),
            next_hop_matches: next_hop.is_some_and(|name| certificate::has_name(&chain, &name)),
            validity: certificate::validity(&first, now),
            chain: read,
            absent_anchors,
        });
        self.done(String::new());
        Ok(stream)
    }

    async fn within_tls<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
    ) -> Result<(), Over> {
        self.login(wire).await?;
        self.envelope(wire).await?;
        let _ = wire.send("QUIT").await;
        Ok(())
    }

    async fn login<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
    ) -> Result<(), Over> {
        let Some(login) = &self.call.login else { return Ok(()) };
        self.begin(Step::Login);
        if !self.dialogue.tls.as_ref().is_some_and(Tls::is_verified) {
            let text = "credentials not sent: the certificate cannot be trusted".to_owned();
            return Err(self.over(Outcome::Withheld, text));
        }
        let Some(exchange) = login.exchange(&self.dialogue.mechanisms) else {
            let wanted = if login.is_token { "XOAUTH2" } else { "PLAIN or LOGIN" };
            let text = format!("the server does not offer AUTH {wanted}");
            return Err(self.over(Outcome::NotOffered, text));
        };
        let mut reply = None;
        for line in &exchange.lines {
            let next = match wire.ask(line).await {
                Ok(next) => next,
                Err(why) => return Err(self.trouble(why)),
            };
            let is_asking = next.code == 334;
            reply = Some(next);
            if !is_asking {
                break;
            }
        }
        let reply = reply.ok_or(Trouble::Malformed("nothing was said".into()));
        self.expect(reply, 235).map(|_| ())
    }

    async fn envelope<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
    ) -> Result<(), Over> {
        let Some(envelope) = &self.call.envelope else { return Ok(()) };
        for (step, line) in [
            (Step::MailFrom, format!("MAIL FROM:<{}>", envelope.from)),
            (Step::RcptTo, format!("RCPT TO:<{}>", envelope.to)),
        ] {
            self.begin(step);
            let reply = wire.ask(&line).await;
            self.expect(reply, 250)?;
        }
        Ok(())
    }

    fn begin(&mut self, step: Step) {
        self.current = (step, Instant::now());
    }

    fn done(&mut self, text: String) {
        let (step, since) = self.current;
        self.note(step, since, Outcome::Done, None, text);
    }

    /// Notes what ended the dialogue.
    fn over(&mut self, outcome: Outcome, text: String) -> Over {
        let (step, since) = self.current;
        self.note(step, since, outcome, None, text);
        Over
    }

    fn trouble(&mut self, why: Trouble) -> Over {
        match why {
            Trouble::Closed(text) => self.over(Outcome::Closed, text),
            Trouble::Malformed(text) => self.over(Outcome::Malformed, text),
        }
    }

    /// Notes a reply; anything but a code of the hundred that is wanted ends the dialogue.
    fn expect(&mut self, reply: Result<Reply, Trouble>, code: u16) -> Result<Reply, Over> {
        let reply = match reply {
            Ok(reply) => reply,
            Err(why) => return Err(self.trouble(why)),
        };
        let outcome = match reply.code {
            own if own / 100 == code / 100 => Outcome::Done,
            400..=499 => Outcome::Deferred,
            500..=599 => Outcome::Refused,
            _ => Outcome::Malformed,
        };
        let text = reply.lines.iter().map(|line| String::from_utf8_lossy(line));
        let text = match self.current.0 {
            // Its further lines are the extensions.
            Step::Ehlo | Step::EhloTls => text.take(1).collect::<Vec<_>>(),
            _ => text.collect(),
        };
        let (step, since) = self.current;
        self.note(step, since, outcome, Some(reply.code), text.join(" "));
        if outcome == Outcome::Done { Ok(reply) } else { Err(Over) }
    }

    fn note(
        &mut self,
        step: Step,
        since: Instant,
        result: Outcome,
        code: Option<u16>,
        text: String,
    ) {
        let text = match &self.call.login {
            Some(login) => login.scrub(&text),
            None => text,
        };
        let elapsed_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let status = code.and_then(|_| status(&text));
        let text = escaped_within(text.as_bytes(), LONGEST);
        self.dialogue.stages.push(Stage { step, result, code, status, text, elapsed_ms });
    }
}

/// The enhanced status code that a text begins with (RFC 2034 §4).
fn status(text: &str) -> Option<String> {
    let word = text.split_ascii_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_digit())
    };
    (parts.len() == 3 && parts.iter().all(is_number)).then(|| word.to_owned())
}

/// The mechanisms that EHLO listed; old servers write `AUTH=` too.
fn mechanisms(reply: &Reply) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in reply.lines.iter().skip(1) {
        let text = String::from_utf8_lossy(line).to_uppercase();
        let Some(rest) = text.strip_prefix("AUTH") else { continue };
        for word in rest.trim_start_matches(['=', ' ']).split_ascii_whitespace() {
            let word = escaped_within(word.as_bytes(), LONGEST);
            if !all.contains(&word) {
                all.push(word);
            }
        }
    }
    all
}

/// Why a handshake failed, in words.
fn of_tls(why: &std::io::Error) -> (Outcome, String) {
    use rustls::{AlertDescription, Error};
    let Some(inner) = why.get_ref().and_then(|it| it.downcast_ref::<Error>()) else {
        return (Outcome::Closed, why.to_string());
    };
    let text = match inner {
        Error::InvalidMessage(_) => "the server does not speak TLS here".to_owned(),
        Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            "the server has no TLS 1.2 or newer".to_owned()
        }
        Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            "the server does not know the name of the host".to_owned()
        }
        Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            "the server has no cipher suite that is still secure".to_owned()
        }
        other => other.to_string(),
    };
    (Outcome::Malformed, text)
}
