//! Dialogues with mail servers that follow a script, good and hostile.

use mailcheck::audit::smtp::judge;
use mailcheck::net::Association;
use mailcheck::net::tls::Roots;
use mailcheck::report::Verdict;
use mailcheck::smtp::{
    Call, Dialogue, Envelope, Live, Login, Match, Outcome, Recorded, Secret, Security, Smtp, Step,
    Trust, Validity, compare, line,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

macro_rules! pem {
    ($name:literal) => {
        include_bytes!(concat!("../../testdata/tls/", $name, ".pem"))
    };
}

const KEY: &[u8] = pem!("key");
const ROOT: &[u8] = pem!("root");
const INTERMEDIATE: &[u8] = pem!("intermediate");
const GOOD: &[u8] = pem!("good");
const OTHER: &[u8] = pem!("other");
const MANY: &[u8] = pem!("many");
const SELF_SIGNED: &[u8] = pem!("self-signed");

fn certificate(pem: &[u8]) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem).unwrap()
}

/// What a server says to a line; to the empty line when the client connects.
type Script = Arc<dyn Fn(&str) -> Vec<u8> + Send + Sync>;

/// A server; dropping it ends it.
struct Peer {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Peer {
    async fn start(
        chain: &[&[u8]],
        security: Security,
        script: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                chain.iter().map(|pem| certificate(pem)).collect(),
                PrivateKeyDer::from_pem_slice(KEY).unwrap(),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (own, script): (_, Script) = (Arc::clone(&heard), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let served = serve(stream, acceptor.clone(), security, &script, &own);
                drop(served.await);
            }
        });
        Self { address, heard, task }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

async fn serve(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    security: Security,
    script: &Script,
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    match security {
        Security::Implicit => {
            let mut stream = acceptor.accept(stream).await?;
            stream.write_all(&script("")).await?;
            answer(&mut stream, script, heard).await.map(drop)
        }
        Security::Starttls => {
            let mut stream = stream;
            stream.write_all(&script("")).await?;
            if answer(&mut stream, script, heard).await? {
                let mut stream = acceptor.accept(stream).await?;
                answer(&mut stream, script, heard).await?;
            }
            Ok(())
        }
    }
}

/// Answers line by line; true if TLS is to begin.
async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    script: &Script,
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<bool> {
    let mut line = Vec::new();
    loop {
        let octet = stream.read_u8().await?;
        if octet != b'\n' {
            line.push(octet);
            continue;
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        heard.lock().unwrap().push(text.clone());
        let said = script(&text);
        stream.write_all(&said).await?;
        stream.flush().await?;
        if text == "STARTTLS" && said.starts_with(b"220") {
            return Ok(true);
        }
    }
}

/// A sound server.
fn sound(line: &str) -> Vec<u8> {
    let word = line.split([' ', ':']).next().unwrap_or_default();
    let said = match word {
        "" => "220 mx.example.com ESMTP\r\n",
        "EHLO" => "250-mx.example.com\r\n250-STARTTLS\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n",
        "STARTTLS" => "220 2.0.0 go ahead\r\n",
        "AUTH" => "235 2.7.0 welcome\r\n",
        "MAIL" | "RCPT" => "250 2.1.0 ok\r\n",
        "QUIT" => "221 2.0.0 bye\r\n",
        _ => "500 5.5.1 what?\r\n",
    };
    said.as_bytes().to_vec()
}

/// A sound server, but for the lines that begin so.
fn but(begin: &'static str, said: &'static str) -> impl Fn(&str) -> Vec<u8> + Send + Sync {
    move |line| {
        let is_it = if begin.is_empty() { line.is_empty() } else { line.starts_with(begin) };
        if is_it { said.as_bytes().to_vec() } else { sound(line) }
    }
}

/// A day on which the certificates of `testdata/tls` are valid: 2026-11-28.
const NOW: u64 = 1_795_867_200;

fn call(peer: &Peer, security: Security) -> Call {
    Call {
        next_hop: None,
        host: "mx.example.com".into(),
        address: peer.address,
        security,
        ehlo: None,
        envelope: None,
        login: None,
        tlsa: Vec::new(),
        now: NOW,
        patience: Duration::from_secs(20),
    }
}

fn login() -> Option<Login> {
    let secret = Secret::new("hunter2".into());
    Some(Login { user: "u@example.com".into(), secret, is_token: false })
}

fn live() -> Live {
    Live::new(&Roots::public().with_pem(ROOT).unwrap()).unwrap()
}

async fn talk(script: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Dialogue {
    let peer = Peer::start(&[GOOD, INTERMEDIATE], Security::Starttls, script).await;
    live().talk(&call(&peer, Security::Starttls)).await
}

async fn shown(chain: &[&[u8]], now: u64) -> Dialogue {
    let peer = Peer::start(chain, Security::Starttls, sound).await;
    live().talk(&Call { now, ..call(&peer, Security::Starttls) }).await
}

fn steps(dialogue: &Dialogue) -> Vec<(Step, Outcome)> {
    dialogue.stages.iter().map(|stage| (stage.step, stage.result)).collect()
}

fn last(dialogue: &Dialogue) -> (Step, Outcome) {
    steps(dialogue).pop().unwrap()
}

fn verdict(dialogue: Dialogue) -> Verdict {
    judge(dialogue, NOW).result
}

#[tokio::test]
async fn a_sound_server_is_met_stage_by_stage() {
    let dialogue = talk(sound).await;
    let expected =
        [Step::Connect, Step::Banner, Step::Ehlo, Step::Starttls, Step::Handshake, Step::EhloTls];
    assert_eq!(steps(&dialogue), expected.map(|step| (step, Outcome::Done)));
    let tls = dialogue.tls.as_ref().unwrap();
    assert_eq!((tls.version.as_str(), tls.is_verified()), ("TLSv1.3", true));
    assert_eq!(dialogue.mechanisms, ["PLAIN", "LOGIN"]);
    assert_eq!(verdict(dialogue), Verdict::Ok);
}

#[tokio::test]
async fn implicit_tls_begins_before_the_banner() {
    let peer = Peer::start(&[GOOD, INTERMEDIATE], Security::Implicit, sound).await;
    let dialogue = live().talk(&call(&peer, Security::Implicit)).await;
    let expected = [Step::Connect, Step::Handshake, Step::Banner, Step::EhloTls];
    assert_eq!(steps(&dialogue), expected.map(|step| (step, Outcome::Done)));
}

#[tokio::test]
async fn without_credentials_neither_auth_nor_mail_is_said() {
    let peer = Peer::start(&[GOOD, INTERMEDIATE], Security::Starttls, sound).await;
    live().talk(&call(&peer, Security::Starttls)).await;
    let heard = peer.heard().join(" ");
    assert!(
        !heard.contains("AUTH") && !heard.contains("MAIL") && !heard.contains("DATA"),
        "{heard}"
    );
}

#[tokio::test]
async fn a_server_without_starttls_is_at_fault() {
    let dialogue = talk(but("EHLO", "250 mx.example.com\r\n")).await;
    assert_eq!(last(&dialogue), (Step::Starttls, Outcome::NotOffered));
    assert_eq!(verdict(dialogue), Verdict::Fail);
}

#[tokio::test]
async fn tls_that_is_not_available_now_is_undetermined() {
    let dialogue = talk(but("STARTTLS", "454 4.7.0 TLS not available\r\n")).await;
    assert_eq!(last(&dialogue), (Step::Starttls, Outcome::Deferred));
    assert_eq!(verdict(dialogue), Verdict::Unknown);
}

#[tokio::test]
async fn octets_behind_the_reply_to_starttls_are_an_injection() {
    let dialogue = talk(but("STARTTLS", "220 go\r\n250 injected\r\n")).await;
    assert_eq!(last(&dialogue), (Step::Starttls, Outcome::Injection));
    assert_eq!((dialogue.tls.is_none(), verdict(dialogue)), (true, Verdict::Fail));
}

#[tokio::test]
async fn a_banner_that_defers_and_one_that_refuses_are_undetermined() {
    let busy = talk(but("", "421 4.7.0 too many connections\r\n")).await;
    let closed = talk(but("", "554 5.7.1 no service\r\n")).await;
    assert_eq!(
        (last(&busy), last(&closed)),
        ((Step::Banner, Outcome::Deferred), (Step::Banner, Outcome::Refused))
    );
    assert_eq!([verdict(busy), verdict(closed)], [Verdict::Unknown; 2]);
}

#[tokio::test]
async fn a_banner_without_end_and_a_line_without_end_are_cut() {
    let endless = talk(|_: &str| b"220-and so on\r\n".repeat(100_000)).await;
    let long = talk(|_: &str| vec![b'2'; 1_000_000]).await;
    assert_eq!([last(&endless), last(&long)], [(Step::Banner, Outcome::Malformed); 2]);
}

#[tokio::test]
async fn a_server_that_says_nothing_ends_with_the_patience() {
    let peer = Peer::start(&[GOOD], Security::Starttls, |_: &str| Vec::new()).await;
    let patience = Duration::from_millis(200);
    let dialogue = live().talk(&Call { patience, ..call(&peer, Security::Starttls) }).await;
    assert_eq!(last(&dialogue), (Step::Banner, Outcome::Timeout));
    assert_eq!(verdict(dialogue), Verdict::Unknown);
}

#[tokio::test]
async fn a_banner_of_one_octet_at_a_time_ends_with_the_patience() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        for octet in b"220-mx.example.com is slow\r\n".iter().cycle() {
            ticks.tick().await;
            if stream.write_all(&[*octet]).await.is_err() {
                break;
            }
        }
    });
    let peer = Peer { address, heard: Arc::default(), task };
    let call = Call { patience: Duration::from_millis(300), ..call(&peer, Security::Starttls) };
    assert_eq!(last(&live().talk(&call).await), (Step::Banner, Outcome::Timeout));
}

#[tokio::test]
async fn what_does_not_speak_smtp_is_malformed() {
    let dialogue = talk(but("", "HTTP/1.1 400 Bad Request\r\n")).await;
    assert_eq!(last(&dialogue), (Step::Banner, Outcome::Malformed));
}

#[tokio::test]
async fn escapes_of_a_banner_and_of_a_certificate_do_not_get_through() {
    let banner = talk(but("", "220 a\x1b[31mb\r\n")).await;
    let subject = shown(&[MANY, INTERMEDIATE], NOW).await;
    let written = format!("{}{}", line(&banner), line(&subject));
    assert!(!written.contains('\u{1b}') && !written.contains("\\u001b"), "{written}");
}

#[tokio::test]
async fn of_many_names_some_are_kept_and_all_are_counted() {
    let dialogue = shown(&[MANY, INTERMEDIATE], NOW).await;
    let tls = dialogue.tls.unwrap();
    assert_eq!(
        (tls.chain[0].names.len(), tls.chain[0].name_count, tls.name_matches),
        (50, 301, true)
    );
}

#[tokio::test]
async fn each_fault_of_a_certificate_has_its_name_and_hides_no_other() {
    const LATER: u64 = 6_000_000_000;
    let seen = [
        shown(&[GOOD], NOW).await,
        shown(&[SELF_SIGNED], NOW).await,
        shown(&[OTHER, INTERMEDIATE], NOW).await,
        shown(&[OTHER, INTERMEDIATE], LATER).await,
        shown(&[GOOD, INTERMEDIATE], 1_000_000_000).await,
    ];
    let seen = seen.map(|dialogue| {
        let tls = dialogue.tls.unwrap();
        (tls.trust, tls.name_matches, tls.validity)
    });
    assert_eq!(
        seen,
        [
            (Trust::MissingIntermediate, true, Validity::Valid),
            (Trust::SelfSigned, true, Validity::Valid),
            (Trust::Known, false, Validity::Valid),
            (Trust::Known, false, Validity::Expired),
            (Trust::Known, true, Validity::NotYet),
        ]
    );
}

#[tokio::test]
async fn without_the_root_no_one_vouches_for_the_chain() {
    let peer = Peer::start(&[GOOD, INTERMEDIATE], Security::Starttls, sound).await;
    let dialogue =
        Live::new(&Roots::public()).unwrap().talk(&call(&peer, Security::Starttls)).await;
    assert_eq!(dialogue.tls.map(|tls| tls.trust), Some(Trust::UnknownIssuer));
}

#[tokio::test]
async fn a_login_that_is_accepted_and_a_secret_that_is_repeated_leave_no_trace_of_it() {
    let echo = |line: &str| match line.strip_prefix("AUTH PLAIN ") {
        Some(blob) => format!("535 5.7.8 bad password hunter2 in {blob}\r\n").into_bytes(),
        None => sound(line),
    };
    for script in [Arc::new(sound) as Script, Arc::new(echo) as Script] {
        let peer =
            Peer::start(&[GOOD, INTERMEDIATE], Security::Starttls, move |it: &str| script(it))
                .await;
        let call = Call { login: login(), ..call(&peer, Security::Starttls) };
        let dialogue = live().talk(&call).await;
        let written = format!("{}{:?}", line(&dialogue), judge(dialogue, 0));
        assert!(!written.contains("hunter2") && !written.contains("aHVudGVyMg"), "{written}");
        assert!(!written.contains("AHVAZXhhbXBsZS5jb20AaHVudGVyMg"), "{written}");
    }
}

#[tokio::test]
async fn credentials_are_not_sent_to_a_server_that_cannot_be_trusted() {
    let peer = Peer::start(&[SELF_SIGNED], Security::Starttls, sound).await;
    let call = Call { login: login(), ..call(&peer, Security::Starttls) };
    let dialogue = live().talk(&call).await;
    assert_eq!(last(&dialogue), (Step::Login, Outcome::Withheld));
    assert!(!peer.heard().join(" ").contains("AUTH"));
}

/// What becomes of a login to which a server says this.
async fn refused(said: &'static str) -> (Verdict, String) {
    let peer = Peer::start(&[GOOD, INTERMEDIATE], Security::Starttls, but("AUTH", said)).await;
    let call = Call { login: login(), ..call(&peer, Security::Starttls) };
    let probe = judge(live().talk(&call).await, 0);
    (probe.result, probe.faults[0].reason.to_string())
}

#[tokio::test]
async fn a_refused_login_is_explained_by_its_words_and_an_outage_is_not_the_accounts() {
    let tenant = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled\r\n";
    let outage = "451 4.7.0 Temporary server error. Please try again later.\r\n";
    let seen = [refused(tenant).await, refused(outage).await];
    let expected = [
        (Verdict::Fail, "SMTP AUTH is switched off for the tenant (535 5.7.139)"),
        (Verdict::Unknown, "the authentication of the server fails for the moment (451 4.7.0)"),
    ];
    assert_eq!(seen, expected.map(|(verdict, text)| (verdict, text.to_owned())));
}

#[tokio::test]
async fn a_greylisted_recipient_is_undetermined_and_no_message_is_sent() {
    let script =
        but("RCPT", "450 4.2.0 <b@example.net>: Recipient address rejected: Greylisted\r\n");
    let peer = Peer::start(&[GOOD, INTERMEDIATE], Security::Starttls, script).await;
    let envelope = Envelope { from: String::new(), to: "b@example.net".into() };
    let call = Call { envelope: Some(envelope), ..call(&peer, Security::Starttls) };
    let dialogue = live().talk(&call).await;
    assert_eq!(last(&dialogue), (Step::RcptTo, Outcome::Deferred));
    assert!(!peer.heard().iter().any(|line| line.starts_with("DATA")));
    assert_eq!(verdict(dialogue), Verdict::Unknown);
}

#[tokio::test]
async fn nobody_who_listens_is_undetermined() {
    let peer = Peer::start(&[GOOD], Security::Starttls, sound).await;
    let mut call = call(&peer, Security::Starttls);
    call.address.set_port(1);
    let dialogue = live().talk(&call).await;
    assert_eq!(last(&dialogue), (Step::Connect, Outcome::Closed));
    assert_eq!(verdict(dialogue), Verdict::Unknown);
}

#[tokio::test]
async fn a_recorded_dialogue_is_repeated_to_the_letter() {
    let peer = Peer::start(&[GOOD, INTERMEDIATE], Security::Starttls, sound).await;
    let call = call(&peer, Security::Starttls);
    let first = live().talk(&call).await;
    let recorded = Recorded::read([line(&first).as_str()]).unwrap();
    assert_eq!(recorded.talk(&call).await, first);
}

#[tokio::test]
async fn an_issuer_that_was_sent_anchors_the_certificate_and_the_certificate_does_not_anchor_itself()
 {
    let dialogue = shown(&[GOOD, INTERMEDIATE], NOW).await;
    let chain = dialogue.tls.unwrap().chain;
    assert_eq!(chain.iter().map(|it| it.anchors).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test]
async fn a_certificate_that_did_not_issue_it_anchors_nothing() {
    let dialogue = shown(&[GOOD, SELF_SIGNED], NOW).await;
    let chain = dialogue.tls.unwrap().chain;
    assert_eq!(chain.iter().map(|it| it.anchors).collect::<Vec<_>>(), [false, false]);
}

/// Whether a TLSA record with these numbers and this data matches, and the server sends no root.
async fn anchored(numbers: [u8; 3], data: &[u8]) -> Match {
    let rdata: Vec<u8> = numbers.into_iter().chain(data.iter().copied()).collect();
    let tlsa = vec![Association::read(&rdata).unwrap()];
    let peer = Peer::start(&[GOOD, INTERMEDIATE], Security::Starttls, sound).await;
    let call = Call { tlsa: tlsa.clone(), ..call(&peer, Security::Starttls) };
    compare(&tlsa, &live().talk(&call).await.tls.unwrap())
}

/// The key of a certificate, as TLSA records hold it.
fn key(pem: &[u8]) -> Vec<u8> {
    use x509_cert::der::{Decode as _, Encode as _};
    let read = x509_cert::Certificate::from_der(&certificate(pem)).unwrap();
    read.tbs_certificate.subject_public_key_info.to_der().unwrap()
}

#[tokio::test]
async fn a_root_that_was_not_sent_is_an_anchor_if_the_record_holds_all_of_it() {
    let (root, other) = (certificate(ROOT), certificate(SELF_SIGNED));
    let seen = [
        anchored([2, 0, 0], &root).await,
        anchored([2, 1, 0], &key(ROOT)).await,
        anchored([2, 0, 0], &other).await,
        anchored([2, 1, 0], b"no key").await,
        anchored([2, 0, 0], &certificate(GOOD)).await,
    ];
    let [yes, no] = [Match::TrustAnchor, Match::Nothing];
    assert_eq!(seen, [yes, yes, no, no, no]);
}

#[tokio::test]
async fn an_issuer_younger_than_most_of_an_expired_certificate_vouched_for_its_end() {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
    let own_key = KeyPair::from_pem(std::str::from_utf8(KEY).unwrap()).unwrap();
    let mut above = CertificateParams::new(Vec::new()).unwrap();
    above.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    above.not_before = date_time_ymd(2026, 10, 1);
    let root_key = KeyPair::generate().unwrap();
    let root = above.self_signed(&root_key).unwrap().pem();
    let mut params = CertificateParams::new(vec!["mx.example.com".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(2024, 1, 1), date_time_ymd(2026, 11, 1));
    let leaf = params.signed_by(&own_key, &Issuer::new(above, root_key)).unwrap().pem();
    let peer = Peer::start(&[leaf.as_bytes()], Security::Starttls, sound).await;
    let live = Live::new(&Roots::public().with_pem(root.as_bytes()).unwrap()).unwrap();
    let tls = live.talk(&call(&peer, Security::Starttls)).await.tls.unwrap();
    assert_eq!((tls.trust, tls.validity), (Trust::Known, Validity::Expired));
}
