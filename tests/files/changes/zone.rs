//! Zones as people keep them, and what is done to them: shapes, records, edits.

use super::dice::Dice;
use std::fmt::Write as _;

/// The data of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Data {
    A(String),
    Aaaa(String),
    /// Preference and host; the host without its final dot, empty for the root.
    Mx(u16, String),
    Txt(String),
    Cname(String),
    Ns(String),
    Srv(u16, u16, u16, String),
    Caa(String),
}

impl Data {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::A(_) => "A",
            Self::Aaaa(_) => "AAAA",
            Self::Mx(..) => "MX",
            Self::Txt(_) => "TXT",
            Self::Cname(_) => "CNAME",
            Self::Ns(_) => "NS",
            Self::Srv(..) => "SRV",
            Self::Caa(_) => "CAA",
        }
    }

    /// As master files have it.
    pub(super) fn written(&self) -> String {
        match self {
            Self::A(address) | Self::Aaaa(address) => address.clone(),
            Self::Mx(preference, host) => format!("{preference} {host}."),
            Self::Txt(text) => quoted(text),
            Self::Cname(target) | Self::Ns(target) => format!("{target}."),
            Self::Srv(priority, weight, port, target) => {
                format!("{priority} {weight} {port} {target}.")
            }
            Self::Caa(value) => format!("0 issue \"{value}\""),
        }
    }
}

/// A text in strings of at most 255 octets.
pub(super) fn quoted(text: &str) -> String {
    let strings = text.as_bytes().chunks(255).map(|it| String::from_utf8_lossy(it).into_owned());
    strings.map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(" ")
}

/// A record: its name below the zone, empty at the top, and its time to live in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) ttl: u32,
    pub(super) data: Data,
}

/// A zone, as whatever tool keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Zone {
    pub(super) apex: String,
    pub(super) serial: u32,
    pub(super) records: Vec<Record>,
}

impl Zone {
    /// A name of the zone in full, without its final dot.
    pub(super) fn full(&self, name: &str) -> String {
        if name.is_empty() { self.apex.clone() } else { format!("{name}.{}", self.apex) }
    }

    fn add(&mut self, name: &str, data: Data) {
        self.records.push(Record { name: name.to_owned(), ttl: 3600, data });
    }

    fn texts(&mut self, begin: &str) -> Option<&mut String> {
        self.records.iter_mut().find_map(|it| match &mut it.data {
            Data::Txt(text) if text.starts_with(begin) => Some(text),
            _ => None,
        })
    }

    /// The records of each set, in the order of the first of each.
    pub(super) fn sets(&self) -> Vec<Vec<&Record>> {
        let mut sets: Vec<Vec<&Record>> = Vec::new();
        for record in &self.records {
            let is_its = |set: &&mut Vec<&Record>| {
                set[0].name == record.name && set[0].data.kind() == record.data.kind()
            };
            match sets.iter_mut().find(is_its) {
                Some(set) => set.push(record),
                None => sets.push(vec![record]),
            }
        }
        sets
    }

    /// The plainest master file, by which the zone is judged where its own file is not looked at.
    pub(super) fn master_file(&self) -> String {
        let mut text = format!("{}. 3600 IN SOA {}\n", self.apex, self.authority());
        for record in &self.records {
            let Record { name, ttl, data } = record;
            let (name, kind) = (self.full(name), data.kind());
            writeln!(text, "{name}. {ttl} IN {kind} {}", data.written()).expect("a string");
        }
        text
    }

    pub(super) fn authority(&self) -> String {
        let Self { apex, serial, .. } = self;
        format!("ns1.hosting.test. hostmaster.{apex}. {serial} 7200 3600 1209600 300")
    }
}

const KEY: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";

fn txt(text: &str) -> Data {
    Data::Txt(text.to_owned())
}

/// How many shapes there are.
pub(super) const SHAPES: usize = 6;

/// A zone of one of the shapes that real repositories have: hosted mail, an own server, a parked domain,
/// a sender's subdomain, many subdomains, a wildcard.
pub(super) fn shaped(shape: usize, apex: &str) -> Zone {
    let mut zone = Zone { apex: apex.to_owned(), serial: 2026010101, records: Vec::new() };
    zone.add("", Data::Ns("ns1.hosting.test".to_owned()));
    zone.add("", Data::Ns("ns2.hosting.test".to_owned()));
    let mail = |zone: &mut Zone, spf: &str, policy: &str| {
        zone.add("", txt(spf));
        zone.add("_dmarc", txt(policy));
    };
    match shape % SHAPES {
        0 => {
            zone.add("", Data::Mx(0, "example-com.mail.outlook.test".to_owned()));
            let policy = "v=DMARC1; p=quarantine; rua=mailto:dmarc@reports.test";
            mail(&mut zone, "v=spf1 include:spf.outlook.test -all", policy);
            zone.add("", txt("MS=ms12345678"));
            zone.add("autodiscover", Data::Cname("autodiscover.outlook.test".to_owned()));
            let key = |n: u8| Data::Cname(format!("selector{n}-key.outlook.test"));
            zone.add("selector1._domainkey", key(1));
            zone.add("selector2._domainkey", key(2));
            zone.add("_sip._tls", Data::Srv(100, 1, 443, "sipdir.outlook.test".to_owned()));
            zone.add("www", Data::A("192.0.2.80".to_owned()));
        }
        1 => {
            zone.add("", Data::Mx(10, zone.full("mail")));
            zone.add("", Data::Mx(20, "backup.hosting.test".to_owned()));
            mail(&mut zone, "v=spf1 mx ip4:198.51.100.0/24 -all", "v=DMARC1; p=reject");
            zone.add("mail", Data::A("192.0.2.25".to_owned()));
            zone.add("mail", Data::Aaaa("2001:db8::25".to_owned()));
            zone.add("2024._domainkey", txt(&format!("v=DKIM1; k=rsa; p={KEY}")));
            zone.add("www", Data::A("192.0.2.80".to_owned()));
            zone.add("", Data::Caa("letsencrypt.org".to_owned()));
        }
        2 => {
            zone.add("", Data::Mx(0, String::new()));
            mail(&mut zone, "v=spf1 -all", "v=DMARC1; p=reject; adkim=s; aspf=s");
            zone.add("www", Data::Cname("parking.hosting.test".to_owned()));
        }
        3 => {
            zone.add("", Data::Mx(1, "aspmx.google.test".to_owned()));
            zone.add("", Data::Mx(5, "alt1.aspmx.google.test".to_owned()));
            let spf = "v=spf1 include:_spf.google.test include:news.sender.test ~all";
            mail(&mut zone, spf, "v=DMARC1; p=none; rua=mailto:d@reports.test");
            zone.add("google._domainkey", txt(&format!("v=DKIM1; k=rsa; p={KEY}")));
            zone.add("bounce", Data::Mx(10, "feedback.sender.test".to_owned()));
            zone.add("bounce", txt("v=spf1 include:news.sender.test ~all"));
            zone.add("s1._domainkey", Data::Cname("s1.sender.test".to_owned()));
            zone.add(
                "",
                txt("google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ"),
            );
        }
        4 => {
            zone.add("", Data::Mx(10, "mx.hosting.test".to_owned()));
            mail(&mut zone, "v=spf1 a mx include:spf.hosting.test ?all", "v=DMARC1; p=none");
            zone.add("", Data::A("192.0.2.80".to_owned()));
            for (index, name) in ["shop", "blog", "lists"].iter().enumerate() {
                zone.add(name, Data::A(format!("192.0.2.{}", 100 + index)));
                zone.add(name, Data::Mx(10, "mx.hosting.test".to_owned()));
                zone.add(name, txt(&format!("v=spf1 a ip4:203.0.113.{} -all", index + 1)));
            }
            zone.add("k1._domainkey", txt(&format!("v=DKIM1; k=rsa; p={KEY}")));
        }
        _ => {
            zone.add("", Data::Mx(10, zone.full("mx1")));
            mail(
                &mut zone,
                "v=spf1 ip4:192.0.2.0/25 ip6:2001:db8::/64 ~all",
                "v=DMARC1; p=quarantine",
            );
            zone.add("mx1", Data::A("192.0.2.26".to_owned()));
            zone.add("*", Data::A("192.0.2.90".to_owned()));
            zone.add("k._domainkey", txt(&format!("v=DKIM1; k=rsa; p={KEY}")));
            zone.add("", txt("apple-domain-verification=abcDEF123456"));
        }
    }
    zone
}

/// How many kinds of edits touch mail.
pub(super) const ABOUT_MAIL: usize = 16;

/// Changes something that mail depends on, most of the time: the oracle says whether it does.
pub(super) fn edit_mail(zone: &mut Zone, kind: usize, dice: &mut Dice) {
    let octet = dice.below(200) + 1;
    zone.serial += 1;
    match kind % ABOUT_MAIL {
        0 => {
            on_spf(zone, |spf| spf.replacen("v=spf1", &format!("v=spf1 ip4:203.0.113.{octet}"), 1));
        }
        1 => on_spf(zone, |spf| match spf.split_once(" include:") {
            Some((before, rest)) => {
                let rest = rest.split_once(' ').map_or("", |it| it.1);
                format!("{before} {rest}")
            }
            None => {
                spf.replace("-all", "~all").replace("v=spf1 ~all", "v=spf1 a:mx.hosting.test ~all")
            }
        }),
        2 => on_spf(zone, |spf| {
            let end = spf.rfind(' ').unwrap_or(spf.len());
            format!("{} +all", &spf[..end])
        }),
        3 => on_spf(zone, |spf| {
            let other = if spf.ends_with("-all") { "~all" } else { "-all" };
            format!("{}{other}", &spf[..spf.len() - 4])
        }),
        4 => zone
            .records
            .retain(|it| !matches!(&it.data, Data::Txt(text) if text.starts_with("v=spf1"))),
        5 => {
            let is_null = |it: &Record| matches!(&it.data, Data::Mx(_, host) if host.is_empty());
            zone.records.retain(|it| !is_null(it));
            let data = Data::Mx(dice.below(20) as u16 + 30, "mx2.hosting.test".to_owned());
            zone.add("", data);
        }
        6 => zone.records.retain(|it| !matches!(it.data, Data::Mx(..))),
        7 => {
            for record in &mut zone.records {
                if let Data::Mx(_, host) = &mut record.data {
                    *host = "mx.other-hosting.test".to_owned();
                    break;
                }
            }
        }
        8 => {
            if let Some(text) = zone.texts("v=DMARC1") {
                *text = match text.contains("p=none") {
                    true => text.replace("p=none", "p=reject"),
                    false => text.replace("p=quarantine", "p=none").replace("p=reject", "p=none"),
                };
            }
        }
        9 => zone.records.retain(|it| it.name != "_dmarc"),
        10 => {
            if let Some(text) = zone.texts("v=DMARC1") {
                text.push_str("; adkim=s; aspf=s; sp=none");
            }
        }
        11 => zone.records.retain(|it| !it.name.ends_with("_domainkey")),
        12 => {
            let key = format!("v=DKIM1; k=rsa; p={}", KEY.replacen("DwIRP", "DwIRQ", 1));
            match zone.texts("v=DKIM1") {
                Some(text) => *text = key,
                None => zone.add("new._domainkey", Data::Txt(key)),
            }
        }
        13 => {
            let name = format!("mail{octet}");
            zone.add(&name, Data::Mx(10, "mx.hosting.test".to_owned()));
            zone.add(&name, txt("v=spf1 ip4:203.0.113.0/24 -all"));
        }
        14 => on_spf(zone, |spf| spf.replacen("v=spf1", "v=spf1 include:typo.nowhere.test", 1)),
        _ => {
            // What a host of its own has for an address, an SPF record may name.
            let spf = zone.texts("v=spf1").map(|it| it.clone()).unwrap_or_default();
            if spf.contains(" mx ") || spf.contains(" a ") {
                for record in &mut zone.records {
                    if let Data::A(address) = &mut record.data {
                        *address = format!("192.0.2.{octet}");
                    }
                }
            } else {
                on_spf(zone, |spf| spf.replacen("v=spf1", "v=spf1 a:mx.hosting.test/28", 1));
            }
        }
    }
}

fn on_spf(zone: &mut Zone, change: impl Fn(&str) -> String) {
    if let Some(text) = zone.texts("v=spf1") {
        *text = change(text);
    }
}

/// How many kinds of edits do not.
pub(super) const OTHER: usize = 10;

/// Changes something that no mail depends on.
pub(super) fn edit_other(zone: &mut Zone, kind: usize, dice: &mut Dice) {
    let octet = dice.below(200) + 1;
    zone.serial += 1;
    match kind % OTHER {
        0 => zone.add(&format!("host{octet}"), Data::A(format!("198.51.100.{octet}"))),
        1 => zone.add("", txt(&format!("site-verification={octet}"))),
        2 => zone.add(
            &format!("_svc{octet}._tcp"),
            Data::Srv(1, 1, 5222, "xmpp.hosting.test".to_owned()),
        ),
        3 => zone.add("", Data::Caa(format!("ca{octet}.test"))),
        4 => {
            let count = zone.records.len();
            zone.records.rotate_left(dice.below(count));
        }
        5 => zone.add(&format!("alias{octet}"), Data::Cname("parking.hosting.test".to_owned())),
        6 => zone.add(&format!("host{octet}"), Data::Aaaa(format!("2001:db8:1::{octet:x}"))),
        7 => zone.records.retain(|it| it.name != "www"),
        8 => zone.serial += 100,
        _ => zone.add(&format!("_acme-challenge.host{octet}"), txt("gfj9Xq7Rg85nM0nWqbGqv5b3kzUZ")),
    }
}
