//! Other readers of master files agree with ours: BIND, NSD, and the `domain` crate.
//!
//! `testdata/zones/corpus` has a small zone for each feature of RFC 1035 §5, and for each way to
//! get it wrong; the name of a file says which, and `NAME.example` is the zone in it. Where a reader
//! comes to another verdict than the folder says, that is listed with the reason.

use domain::base::iana::Class;
use domain::base::zonefile_fmt::{DisplayKind, ZonefileFmt};
use domain::zonefile::inplace::{Entry, Zonefile};
use mailcheck::dns::{Answer, Dns, Kind, Live, LiveOptions, Outcome, Question, presentation};
use mailcheck::net::Name;
use mailcheck::zonefile::Zone;
use mailcheck::zonefile::formats::{self, Format};
use mailcheck::zonefile::zone::Verdict;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Reader, file, and why its verdict is not ours.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("bind", "byte-order-mark", "editors write one; no owner begins with it"),
    ("bind", "no-soa", "a file without SOA record speaks for the sets it lists"),
    ("bind", "out-of-zone", "it warns and leaves the record out; such a record never answers"),
    ("bind", "quote-in-a-word", "readers make one, two or no words of it (RFC 1035 §5.1)"),
    ("domain", "at-sign-in-data", "it reads @ as a label; RFC 1035 §5.1: the current origin"),
    ("domain", "byte-order-mark", "editors write one; no owner begins with it"),
    ("domain", "empty-label", "it drops the second dot; RFC 1035 §3.1: only the root is empty"),
    ("domain", "generic-data-of-the-wrong-type", "it does not look; RFC 3597 §5: it must parse"),
    (
        "domain",
        "no-soa-ttl",
        "it has one of its own; RFC 1035 §3.3.13: the MINIMUM of the SOA record",
    ),
    ("domain", "quote-in-a-word", "readers make one, two or no words of it (RFC 1035 §5.1)"),
    ("domain", "retired-spf-type", "it knows no type 99; RFC 7208 §3.1 retires it"),
    ("domain", "text-with-high-octets", "it wants ASCII; RFC 1035 §5.1: any octet but a quote"),
    ("domain", "text-with-tab", "it wants printable characters; RFC 1035 §5.1: any octet"),
    ("domain", "ttl-units", "it reads seconds only, as RFC 1035 §5.1 has them; BIND and NSD more"),
];

/// What `domain` does not look at: it reads records one by one.
const BETWEEN_RECORDS: &[&str] =
    &["cname-at-the-top", "cname-beside-text", "out-of-zone", "second-soa", "two-cnames"];

/// Where `domain` 0.12.3 ends in a panic, for it writes behind the end of the text: it is not asked.
const PANICS: &[&str] = &["parenthesis-left-open"];

/// A zone of the corpus.
struct Case {
    stem: String,
    path: PathBuf,
    is_valid: bool,
    text: Vec<u8>,
}

impl Case {
    fn apex(&self) -> String {
        format!("{}.example", self.stem)
    }

    fn read(&self) -> formats::Files {
        formats::read_as(Format::Zone, &format!("{}.zone", self.apex()), &self.text)
    }

    fn zone_if_valid(&self) -> Option<Zone> {
        self.read().strict().ok()?.zones.pop()
    }

    fn zone(&self) -> Zone {
        self.zone_if_valid().expect("a valid zone")
    }
}

#[allow(clippy::disallowed_methods, reason = "the corpus is in files")]
fn corpus() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/zones/corpus");
    let mut cases = Vec::new();
    for (name, is_valid) in [("valid", true), ("broken", false)] {
        for entry in fs::read_dir(folder.join(name)).expect("the corpus") {
            let path = entry.expect("a file").path();
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = fs::read(&path).expect("a file that can be read");
            cases.push(Case { stem, path, is_valid, text });
        }
    }
    cases.sort_by(|one, other| one.stem.cmp(&other.stem));
    cases
}

/// Owner, time to live, type and data of all records.
fn rows(zone: &Zone) -> BTreeSet<String> {
    let row = |(name, kind, record): (&Name, Kind, &mailcheck::dns::Record)| {
        let ttl = match zone.authority(&Question::new(name.clone(), kind)) {
            Verdict::Answer { ttl, .. } => ttl,
            // A delegation, or what lies below one.
            _ => None,
        };
        format!("{name} {ttl:?} {kind} {}", presentation::write(kind, &record.data))
    };
    zone.records().map(row).collect()
}

/// What another reader made of a zone, written one record a line.
fn rows_of_dump(case: &Case, dump: &[u8]) -> BTreeSet<String> {
    let reading = Zone::read("dump", None, dump);
    assert_eq!(reading.errors, [], "{}: {}", case.stem, String::from_utf8_lossy(dump));
    rows(&reading.zone)
}

/// How the verdict or the records of another reader differ from ours.
fn difference(case: &Case, dump: Option<&[u8]>) -> Option<String> {
    if dump.is_some() != case.is_valid {
        return Some(format!("{}: another verdict", case.stem));
    }
    let (ours, theirs) = (rows(&case.zone_if_valid()?), rows_of_dump(case, dump?));
    (ours != theirs).then(|| format!("{}: {ours:#?}, and not {theirs:#?}", case.stem))
}

/// Compares verdicts and records; `read` gives the records of a zone, or nothing if it is broken.
/// A file that is expected to differ has to.
fn compare(
    reader: &str,
    is_expected: impl Fn(&Case) -> bool,
    read: impl Fn(&Case) -> Option<Vec<u8>>,
) {
    let mut trouble = Vec::new();
    let mut listed: BTreeSet<&str> =
        DIFFERENCES.iter().filter(|row| row.0 == reader).map(|row| row.1).collect();
    for case in corpus() {
        let difference = difference(&case, read(&case).as_deref());
        let is_expected = listed.remove(case.stem.as_str()) || is_expected(&case);
        match difference {
            Some(difference) if !is_expected => trouble.push(difference),
            None if is_expected => trouble.push(format!("{}: listed, and agrees", case.stem)),
            _ => {}
        }
    }
    trouble.extend(listed.iter().map(|stem| format!("{stem} is not in the corpus")));
    assert!(trouble.is_empty(), "{reader}: {}", trouble.join("\n"));
}

/// True if a program is there; else says that the test is skipped.
#[allow(clippy::disallowed_macros, clippy::print_stdout, reason = "a skipped test says so")]
fn has(program: &str, argument: &str) -> bool {
    let mut run = Command::new(program);
    let run = run.arg(argument).stdout(Stdio::null()).stderr(Stdio::null());
    let is_there = run.status().is_ok();
    if !is_there {
        println!("skipped: {program} is not installed");
    }
    is_there
}

/// Where Debian keeps the programs of administrators.
fn program(name: &str) -> String {
    let full = format!("/usr/sbin/{name}");
    if Path::new(&full).exists() { full } else { name.to_owned() }
}

#[test]
fn our_reader_comes_to_the_verdict_that_the_folder_says() {
    let wrong: Vec<String> = corpus()
        .iter()
        .filter(|case| case.read().errors.is_empty() != case.is_valid)
        .map(|case| format!("{}: {:?}", case.stem, case.read().errors))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_corpus_has_at_least_sixty_zones() {
    assert!(corpus().len() >= 60);
}

#[test]
fn bind_comes_to_the_same_verdicts_and_records() {
    if !has("named-compilezone", "-v") {
        return;
    }
    compare(
        "bind",
        |_| false,
        |case| {
            // Only what is read is compared: checks of sense are another matter.
            let off =
                ["-i", "none", "-k", "ignore", "-m", "ignore", "-n", "ignore", "-r", "ignore"];
            let off_too = ["-S", "ignore", "-M", "ignore", "-T", "ignore", "-W", "ignore"];
            let output = Command::new("named-compilezone")
                .args(off.iter().chain(&off_too))
                .args(["-q", "-s", "full", "-o", "-", &case.apex()])
                .arg(&case.path)
                .output()
                .expect("named-compilezone runs");
            output.status.success().then_some(output.stdout)
        },
    );
}

#[test]
fn the_domain_crate_comes_to_the_same_verdicts_and_records() {
    let is_expected = |case: &Case| {
        // It knows no $GENERATE, be it right or wrong.
        BETWEEN_RECORDS.contains(&case.stem.as_str())
            || (case.is_valid && case.stem.starts_with("generate"))
    };
    compare("domain", is_expected, |case| {
        if PANICS.contains(&case.stem.as_str()) {
            return None;
        }
        let mut file = Zonefile::new();
        file.extend_from_slice(&case.text);
        file.extend_from_slice(b"\n");
        file.set_default_class(Class::IN);
        file.set_origin(case.apex().parse().expect("a name"));
        let mut dump = String::new();
        loop {
            match file.next_entry() {
                Ok(Some(Entry::Record(record))) => {
                    let (owner, ttl) = (record.owner(), record.ttl().as_secs());
                    let data = record.data().display_zonefile(DisplayKind::Simple);
                    dump += &format!("{owner}. {ttl} IN {} {data}\n", record.rtype());
                }
                // Files are not opened; we refuse to ask for it.
                Ok(Some(Entry::Include { .. })) | Err(_) => return None,
                Ok(None) => return Some(dump.into_bytes()),
            }
        }
    });
}

/// NSD, serving zones on loopback until it is dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[allow(clippy::disallowed_methods, reason = "a server is told in a file what to serve")]
fn serve(cases: &[Case]) -> Server {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("zone_readers");
    fs::create_dir_all(&folder).expect("a folder");
    let free = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = free.local_addr().expect("its address");
    drop(free);
    let at = |name: &str| folder.join(name).display().to_string();
    let mut text = format!(
        "server:\n ip-address: 127.0.0.1@{}\n username: \"\"\n zonesdir: \"/\"\n database: \"\"\n \
         pidfile: \"{}\"\n xfrdfile: \"\"\n zonelistfile: \"{}\"\n xfrdir: \"{}\"\n server-count: 1\n \
         rrl-ratelimit: 0\n rrl-whitelist-ratelimit: 0\nremote-control:\n control-enable: no\n",
        address.port(),
        at("nsd.pid"),
        at("zone.list"),
        folder.display(),
    );
    for case in cases {
        text += &format!("zone:\n name: {}\n zonefile: \"{}\"\n", case.apex(), case.path.display());
    }
    fs::write(at("nsd.conf"), text).expect("a configuration");
    let child = Command::new(program("nsd"))
        .args(["-d", "-c", &at("nsd.conf")])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("nsd runs");
    let mut server = Server { child, address };
    // It says when it has read all zones and listens.
    let log = server.child.stderr.take().expect("its log");
    let mut said = Vec::new();
    for line in BufReader::new(log).lines().map_while(Result::ok) {
        let is_ready = line.contains("nsd started");
        said.push(line);
        if is_ready {
            return server;
        }
    }
    panic!("nsd ended: {said:#?}");
}

/// Names of a zone and some that are not there.
fn names(zone: &Zone, apex: &str) -> BTreeSet<Name> {
    let listed = zone.records().map(|row| row.0.clone());
    let made_up = ["no", "a", "b.a", "x.sub", "www.old", "deep.x.y", "c"]
        .map(|label| Name::from_octets(format!("{label}.{apex}").as_bytes()).expect("a name"));
    listed.chain(made_up).collect()
}

/// What an answer says: the outcome, its data in order, and the aliases that led there.
fn said(answer: &Answer) -> (String, BTreeSet<String>, Vec<Name>) {
    let kind = answer.question.kind;
    let data = answer.records().iter().map(|record| presentation::write(kind, &record.data));
    (answer.outcome.word().to_owned(), data.collect(), answer.aliases.clone())
}

#[tokio::test]
async fn nsd_answers_from_the_same_zones_as_we_do() {
    if !has(&program("nsd"), "-v") {
        return;
    }
    // What NSD does not read: a byte order mark, $GENERATE, a relative $ORIGIN, no SOA record.
    let unread = ["byte-order-mark", "generate", "generate-nibbles", "origin-changes", "no-soa"];
    let mut cases = corpus();
    cases.retain(|case| case.is_valid && !unread.contains(&case.stem.as_str()));
    let server = serve(&cases);
    let options = LiveOptions::new(vec![server.address.into()], Duration::from_secs(10));
    let live = Live::new(options).expect("a resolver");
    let kinds =
        [Kind::A, Kind::Aaaa, Kind::Txt, Kind::Mx, Kind::Ns, Kind::Cname, Kind::Soa, Kind::Ptr];
    let kinds = kinds.into_iter().chain([Kind::Tlsa, Kind::Spf, Kind::Srv, Kind::Other(257)]);
    let kinds: Vec<Kind> = kinds.collect();
    let (mut asked, mut trouble) = (0, Vec::new());
    for case in &cases {
        let zone = case.zone();
        for name in names(&zone, &case.apex()) {
            for kind in &kinds {
                let question = Question::new(name.clone(), *kind);
                let ours = zone.lookup(&question).await;
                // What lies below a delegation or outside is not in the file.
                if matches!(ours.outcome, Outcome::Failed(_)) {
                    continue;
                }
                let theirs = live.lookup(&question).await;
                asked += 1;
                if said(&ours) != said(&theirs) {
                    trouble.push(format!(
                        "{question}: {:?}, nsd: {:?}",
                        said(&ours),
                        said(&theirs)
                    ));
                }
            }
        }
    }
    trouble.truncate(20);
    assert!(trouble.is_empty(), "{}", trouble.join("\n"));
    assert!(asked >= 2000, "only {asked} questions were asked");
}
