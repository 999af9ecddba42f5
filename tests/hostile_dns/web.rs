//! Web servers that mean harm, and those that are set up wrongly: bounded, and named.

use super::site::{Certificate, Says, Site};
use mailcheck::net::Name;
use mailcheck::web::{Live, Outcome, Request, Trouble, Web as _};

const HOST: &str = "mta-sts.example.com";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
const MOST: usize = 65_536;

fn request(site: &Site) -> Request {
    let host = Name::from_octets(HOST.as_bytes()).expect("a name");
    Request::new(host, "/.well-known/mta-sts.txt", MOST).at(site.addresses())
}

async fn site(says: Says) -> Site {
    Site::open(&Certificate::of(&[HOST]), says).await
}

async fn asked(site: &Site, client: Live) -> Outcome {
    client.get(&request(site)).await
}

/// What comes of a request to a server that says this.
async fn trouble(says: Says) -> Option<Trouble> {
    let site = site(says).await;
    asked(&site, site.client()).await.err().map(|failure| failure.trouble)
}

fn once(text: &str) -> Says {
    Says::Once(text.as_bytes().to_vec())
}

#[tokio::test]
async fn a_file_is_read_whole() {
    let site = site(once(&format!("{OK}Content-Length: 5\r\n\r\nhello"))).await;
    let body = asked(&site, site.client()).await.map(|response| response.body);
    assert_eq!(body, Ok(b"hello".to_vec()));
}

#[tokio::test]
async fn a_file_without_length_ends_with_the_connection() {
    let site = site(once(&format!("{OK}\r\nhello"))).await;
    let body = asked(&site, site.client()).await.map(|response| response.body);
    assert_eq!(body, Ok(b"hello".to_vec()));
}

#[tokio::test]
async fn a_file_that_is_cut_is_no_file() {
    let said = trouble(once(&format!("{OK}Content-Length: 500\r\n\r\nhello"))).await;
    assert_eq!(said, Some(Trouble::Unreachable));
}

#[tokio::test]
async fn a_redirect_to_loopback_is_a_response_and_followed_by_nobody() {
    let text = "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n";
    let site = site(once(text)).await;
    let response = asked(&site, site.client()).await.expect("a response");
    let location = response.location.as_deref();
    assert_eq!((response.status, location), (302, Some(&b"https://127.0.0.1/"[..])));
}

#[tokio::test]
async fn two_gigabytes_are_refused_by_their_length() {
    let said = trouble(once(&format!("{OK}Content-Length: 2147483648\r\n\r\nhello"))).await;
    assert_eq!(said, Some(Trouble::TooLarge));
}

#[tokio::test]
async fn a_body_without_end_is_read_up_to_the_limit() {
    let says = Says::Endlessly(format!("{OK}\r\n").into_bytes(), vec![b'x'; 4096]);
    assert_eq!(trouble(says).await, Some(Trouble::TooLarge));
}

#[tokio::test]
async fn chunks_without_end_are_read_up_to_the_limit() {
    let begin = format!("{OK}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    let chunk = [b"1000\r\n", &[b'x'; 4096][..], b"\r\n"].concat();
    assert_eq!(trouble(Says::Endlessly(begin, chunk)).await, Some(Trouble::TooLarge));
}

#[tokio::test]
async fn a_header_without_end_is_read_up_to_the_limit() {
    let says = Says::Endlessly(OK.as_bytes().to_vec(), vec![b'x'; 4096]);
    assert_eq!(trouble(says).await, Some(Trouble::TooLarge));
}

#[tokio::test]
async fn fields_without_end_are_read_up_to_the_limit() {
    let says = Says::Endlessly(OK.as_bytes().to_vec(), b"X-A: b\r\n".to_vec());
    assert_eq!(trouble(says).await, Some(Trouble::TooLarge));
}

#[tokio::test]
async fn one_octet_after_the_other_ends_in_time() {
    let site = site(Says::Slowly(format!("{OK}\r\n{}", "x".repeat(1000)).into_bytes())).await;
    let said = asked(&site, site.hasty_client()).await.err().map(|failure| failure.trouble);
    assert_eq!(said, Some(Trouble::Timeout));
}

#[tokio::test]
async fn silence_ends_in_time() {
    let site = site(Says::Nothing).await;
    let said = asked(&site, site.hasty_client()).await.err().map(|failure| failure.trouble);
    assert_eq!(said, Some(Trouble::Timeout));
}

#[tokio::test]
async fn a_gzip_bomb_is_not_unpacked() {
    let gzip = [&[0x1f, 0x8b, 8, 0][..], &[0; 60]].concat();
    let head = format!("{OK}Content-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", gzip.len());
    let site = site(Says::Once([head.as_bytes(), &gzip].concat())).await;
    let body = asked(&site, site.client()).await.map(|response| response.body);
    assert_eq!(body, Ok(gzip));
}

#[tokio::test]
async fn what_is_not_http_is_named() {
    assert_eq!(trouble(once("220 mail.example.com ESMTP\r\n")).await, Some(Trouble::Http));
}

// ── certificates ────────────────────────────────────────────────────────────────────────────────

async fn shown(certificate: Certificate) -> (Trouble, String) {
    let site = Site::open(&certificate, once(&format!("{OK}\r\nhello"))).await;
    let failure = asked(&site, site.client()).await.expect_err("the certificate is wrong");
    (failure.trouble, failure.detail)
}

#[tokio::test]
async fn a_certificate_for_another_name_is_named_with_that_name() {
    let expected = (Trouble::WrongName, "www.example.com".to_owned());
    assert_eq!(shown(Certificate::of(&["www.example.com"])).await, expected);
}

#[tokio::test]
async fn a_certificate_with_a_thousand_names_is_named_by_three() {
    let names: Vec<String> = (0..1000).map(|it| format!("h{it}.example.net")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (_, detail) = shown(Certificate::of(&names)).await;
    assert_eq!(detail, "h0.example.net, h1.example.net, h2.example.net and 997 more");
}

#[tokio::test]
async fn an_expired_certificate_is_named() {
    assert_eq!(shown(Certificate::expired(&[HOST])).await.0, Trouble::Expired);
}

#[tokio::test]
async fn a_self_signed_certificate_is_of_no_known_authority() {
    let (trouble, detail) = shown(Certificate::self_signed(&[HOST])).await;
    assert_eq!(trouble, Trouble::Untrusted, "{detail}");
}

#[tokio::test]
async fn a_server_without_tls_is_named() {
    let site = Site::open_plain(once(OK)).await;
    let said = asked(&site, site.client()).await.err().map(|failure| failure.trouble);
    assert_eq!(said, Some(Trouble::NoTls));
}

// ── addresses ───────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_loopback_address_is_not_connected_to_unless_that_is_allowed() {
    let site = site(once(&format!("{OK}\r\nhello"))).await;
    let client = site.client_with(|options| options.allows_local = false);
    let said = asked(&site, client).await.err().map(|failure| failure.trouble);
    assert_eq!(said, Some(Trouble::LocalAddress));
}
