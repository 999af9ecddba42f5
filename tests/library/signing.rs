//! Signatures made here: any change of what is signed breaks them, and what canonicalization absorbs
//! does not (RFC 6376 §3.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mailcheck::audit::message::{Found, MessageInquiry, message};
use mailcheck::dns::Replay;
use mailcheck::mail::Piece;
use proptest::prelude::*;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use std::sync::OnceLock;

/// A key that was made for these tests.
const RSA: &[u8] = include_bytes!("../../testdata/keys/rsa-2048.pk8");
/// The seed of another.
const SEED: [u8; 32] = [7; 32];

fn rsa() -> &'static RsaKeyPair {
    static KEY: OnceLock<RsaKeyPair> = OnceLock::new();
    KEY.get_or_init(|| RsaKeyPair::from_pkcs8(RSA).expect("a key"))
}

fn ed25519() -> &'static Ed25519KeyPair {
    static KEY: OnceLock<Ed25519KeyPair> = OnceLock::new();
    KEY.get_or_init(|| Ed25519KeyPair::from_seed_unchecked(&SEED).expect("a key"))
}

/// The key records, by their names.
pub(crate) fn key_records() -> [(&'static str, String); 2] {
    let rsa = STANDARD.encode(rsa().public_key().as_ref());
    let edwards = STANDARD.encode(ed25519().public_key().as_ref());
    [
        ("rsa._domainkey.example.com", format!("v=DKIM1; k=rsa; p={rsa}")),
        ("ed._domainkey.example.com", format!("v=DKIM1; k=ed25519; p={edwards}")),
    ]
}

/// Both keys, as the DNS publishes them.
fn world() -> &'static Replay {
    static WORLD: OnceLock<Replay> = OnceLock::new();
    WORLD.get_or_init(|| {
        let line = |name: &str, text: &str| {
            let strings: Vec<String> = text
                .as_bytes()
                .chunks(250)
                .map(|string| format!("\"{}\"", String::from_utf8_lossy(string)))
                .collect();
            serde_json::json!({"name": name, "type": "TXT", "records": [strings.join(" ")]})
                .to_string()
        };
        let keys = key_records().map(|(name, text)| line(name, &text));
        let head = "{\"cassette\":1,\"absent\":\"nxdomain\"}";
        Replay::read("keys", [head, &keys.join("\n")].join("\n").into_bytes()).expect("a recording")
    })
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    Rsa,
    Ed25519,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Form {
    Simple,
    Relaxed,
}

impl Form {
    fn word(self) -> &'static str {
        if self == Self::Simple { "simple" } else { "relaxed" }
    }
}

/// A message: fields as name and value, and lines of a body.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<String>,
}

impl Letter {
    pub(crate) fn text(&self, signature: &str) -> String {
        let fields: String =
            self.fields.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
        let body: String = self.body.iter().map(|line| format!("{line}\r\n")).collect();
        format!("{signature}{fields}\r\n{body}")
    }
}

/// RFC 6376 §3.4.2, written a second time.
fn canonical_field(form: Form, name: &str, value: &str) -> String {
    match form {
        Form::Simple => format!("{name}:{value}"),
        Form::Relaxed => {
            let words: Vec<&str> =
                value.split([' ', '\t', '\r', '\n']).filter(|it| !it.is_empty()).collect();
            format!("{}:{}", name.trim().to_lowercase(), words.join(" "))
        }
    }
}

/// RFC 6376 §3.4.3 and §3.4.4, written a second time.
fn canonical_body(form: Form, lines: &[String]) -> String {
    let mut lines: Vec<String> = lines
        .iter()
        .map(|line| match form {
            Form::Simple => line.clone(),
            Form::Relaxed => {
                let mut out = String::new();
                for c in line.chars() {
                    match c {
                        ' ' | '\t' if out.ends_with(' ') => {}
                        ' ' | '\t' => out.push(' '),
                        c => out.push(c),
                    }
                }
                out.trim_end_matches(' ').to_owned()
            }
        })
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    if text.is_empty() && form == Form::Simple { "\r\n".to_owned() } else { text }
}

/// The DKIM-Signature field over all fields of a letter.
pub(crate) fn sign(letter: &Letter, key: Key, header: Form, body: Form) -> String {
    let hash = STANDARD.encode(digest(&SHA256, canonical_body(body, &letter.body).as_bytes()));
    let (algorithm, selector) = match key {
        Key::Rsa => ("rsa-sha256", "rsa"),
        Key::Ed25519 => ("ed25519-sha256", "ed"),
    };
    let names: Vec<&str> = letter.fields.iter().map(|(name, _)| name.trim()).collect();
    let value = format!(
        " v=1; a={algorithm}; c={}/{}; d=example.com; s={selector};\r\n h={}; bh={hash}; b=",
        header.word(),
        body.word(),
        names.join(":")
    );
    let mut input: String = letter
        .fields
        .iter()
        .map(|(name, text)| canonical_field(header, name, text) + "\r\n")
        .collect();
    input.push_str(&canonical_field(header, "DKIM-Signature", &value));
    let made = match key {
        Key::Ed25519 => {
            ed25519().sign(digest(&SHA256, input.as_bytes()).as_ref()).as_ref().to_vec()
        }
        Key::Rsa => {
            let mut made = vec![0; rsa().public().modulus_len()];
            let random = SystemRandom::new();
            rsa().sign(&RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut made).expect("it signs");
            made
        }
    };
    format!("DKIM-Signature:{value}{}\r\n", STANDARD.encode(made))
}

/// The result of the only signature of a message.
fn result(text: &str) -> String {
    let piece = Piece::new(text.as_bytes().to_vec()).expect("a message");
    results(&piece).into_iter().next().unwrap_or_default()
}

/// The results of the signatures of a message.
pub(crate) fn results(piece: &Piece) -> Vec<String> {
    let place = Found { file: "-".into(), number: 1, is_one_of_many: false };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let inquiry = MessageInquiry::default();
    let work = message(world(), piece, &place, &inquiry, None, false);
    let report = serde_json::to_value(runtime.block_on(work)).expect("it is JSON");
    let signatures = report["dkim"]["signatures"].as_array().cloned().unwrap_or_default();
    let word = |it: &serde_json::Value| it["result"].as_str().unwrap_or_default().to_owned();
    signatures.iter().map(word).collect()
}

fn keys() -> impl Strategy<Value = Key> {
    prop_oneof![Just(Key::Rsa), Just(Key::Ed25519)]
}

fn forms() -> impl Strategy<Value = Form> {
    prop_oneof![Just(Form::Simple), Just(Form::Relaxed)]
}

/// Letters with blanks, tabs, folded lines and empty lines where they may be.
fn letters() -> impl Strategy<Value = Letter> {
    let word = "[!-9;-~]{1,12}";
    let subject = proptest::collection::vec(
        (word, prop_oneof!["[ \t]{1,3}", Just("\r\n ".to_owned())]),
        1..6,
    );
    let body = proptest::collection::vec("[ \t]{0,2}([!-~]{1,8}[ \t]{0,3}){0,5}", 0..8);
    (subject, body).prop_map(|(words, body)| {
        let subject: String = words.iter().map(|(word, blank)| format!("{blank}{word}")).collect();
        let fields = [
            ("From", " Alice <alice@example.com>".to_owned()),
            ("To", " bob@example.net".to_owned()),
            ("Subject", subject),
        ];
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Letter { fields, body }
    })
}

/// The octets of a message that are signed and no blanks: places in its text.
fn signed_places(text: &str) -> Vec<usize> {
    let begin = text.find("\r\nFrom:").map_or(0, |at| at + 2);
    text.bytes()
        .enumerate()
        .skip(begin)
        .filter(|(_, octet)| octet.is_ascii_graphic() && *octet != b':')
        .map(|(at, _)| at)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_signature_over_an_unchanged_message_passes(
        letter in letters(), key in keys(), header in forms(), body in forms(),
    ) {
        prop_assert_eq!(result(&letter.text(&sign(&letter, key, header, body))), "pass");
    }

    #[test]
    fn any_single_change_of_a_signed_octet_fails(
        letter in letters(), key in keys(), header in forms(), body in forms(),
        place in any::<prop::sample::Index>(), other in b'!'..b'~',
    ) {
        let text = letter.text(&sign(&letter, key, header, body));
        let places = signed_places(&text);
        let at = *place.get(&places);
        let mut changed = text.clone().into_bytes();
        // In a name the case of a letter counts for `simple` alone.
        prop_assume!(!changed[at].eq_ignore_ascii_case(&other) && other != b':');
        changed[at] = other;
        let changed = String::from_utf8(changed).expect("it is ASCII");
        prop_assert_ne!(result(&changed), "pass", "{}", changed);
    }

    #[test]
    fn an_octet_more_or_less_fails(
        letter in letters(), key in keys(), header in forms(), body in forms(),
        place in any::<prop::sample::Index>(), is_more in any::<bool>(),
    ) {
        let text = letter.text(&sign(&letter, key, header, body));
        let places = signed_places(&text);
        let at = *place.get(&places);
        let mut changed = text.clone();
        if is_more { changed.insert(at, 'x') } else { changed.remove(at); }
        prop_assert_ne!(result(&changed), "pass", "{}", changed);
    }

    #[test]
    fn what_relaxed_absorbs_passes(
        letter in letters(), key in keys(), blanks in "[ \t]{1,4}", lines in 0_usize..4,
    ) {
        let signature = sign(&letter, key, Form::Relaxed, Form::Relaxed);
        let mut changed = letter.clone();
        for (name, value) in &mut changed.fields {
            *name = name.to_uppercase();
            let words: Vec<&str> = value.split_ascii_whitespace().collect();
            *value = format!("{blanks}{}{blanks}", words.join(&format!("\r\n{blanks}")));
        }
        for line in &mut changed.body {
            let run = |c: char| c == ' ' || c == '\t';
            let begins = line.starts_with(run);
            let words: Vec<&str> = line.split(run).filter(|it| !it.is_empty()).collect();
            let lead = if begins && !words.is_empty() { blanks.as_str() } else { "" };
            *line = format!("{lead}{}{blanks}", words.join(&blanks));
        }
        changed.body.extend(std::iter::repeat_n(blanks.clone(), lines));
        changed.fields.insert(0, ("X-Unsigned".into(), " anything".into()));
        prop_assert_eq!(result(&changed.text(&signature)), "pass");
    }

    #[test]
    fn what_simple_absorbs_passes(letter in letters(), key in keys(), lines in 0_usize..4) {
        let signature = sign(&letter, key, Form::Simple, Form::Simple);
        let mut changed = letter.clone();
        changed.body.extend(std::iter::repeat_n(String::new(), lines));
        changed.fields.push(("X-Unsigned".into(), " anything".into()));
        prop_assert_eq!(result(&changed.text(&signature)), "pass");
    }

    #[test]
    fn a_blank_that_simple_signs_is_not_absorbed(letter in letters(), key in keys()) {
        let signature = sign(&letter, key, Form::Simple, Form::Simple);
        let mut changed = letter.clone();
        changed.fields[2].1.push(' ');
        prop_assert_ne!(result(&changed.text(&signature)), "pass");
    }
}
