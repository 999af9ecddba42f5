//! How fast zone files are judged by themselves.

#[expect(dead_code, reason = "a bench needs a part of the world")]
#[path = "../tests/support/world.rs"]
mod world;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use mailcheck::audit;
use mailcheck::zone::Facts;
use mailcheck::zonefile::formats;
use world::at_once;

fn main() {
    divan::main();
}

/// What a domain with two providers and ten subdomains with mail publishes, and hosts up to so many
/// records.
fn zone(records: usize) -> String {
    let mut lines: Vec<String> = [
        "@ 3600 SOA ns1 hostmaster 1 7200 3600 1209600 3600",
        "@ 3600 NS ns1",
        "ns1 3600 A 192.0.2.1",
        "@ 3600 MX 10 mx1",
        "mx1 3600 A 192.0.2.10",
        "mx1 3600 AAAA 2001:db8::10",
        "@ 3600 TXT \"v=spf1 mx include:_spf.a.test include:_spf.b.test ip4:198.51.100.0/24 ~all\"",
        "_dmarc 3600 TXT \"v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com\"",
        "s1._domainkey 3600 CNAME s1.keys.test.",
        "s2._domainkey 3600 CNAME s2.keys.test.",
    ]
    .map(str::to_owned)
    .into();
    for number in 0..10 {
        lines.push(format!("sub{number} 3600 MX 10 mx1"));
        lines.push(format!("sub{number} 3600 TXT \"v=spf1 mx -all\""));
    }
    let hosts = lines.len()..records;
    lines.extend(hosts.map(|number| format!("host{number} 3600 A 10.0.0.{}", number % 256)));
    lines.join("\n")
}

/// A file from its octets to its findings.
#[divan::bench(args = [200, 20_000])]
fn files_linted(bencher: Bencher<'_, '_>, records: usize) {
    let text = zone(records);
    bencher.counter(ItemsCount::new(records)).counter(BytesCount::of_str(&text)).bench(|| {
        let text = black_box(text.as_bytes());
        let facts = Facts::new(formats::read("example.com.zone", text), text.into());
        at_once(audit::lint(&facts)).findings.len()
    });
}
