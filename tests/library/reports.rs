//! Reports made by hand: what renderers are shown, without an audit behind them.

use crate::made::made;
use mailcheck::diagnostic::{Applicability, Confidence, Severity, Tone};
use mailcheck::dns::{Kind, Trouble};
use mailcheck::net::Name;
use mailcheck::protocols::dmarc::{AlignmentMode, DmarcResult, Policy, PolicyTag};
use mailcheck::protocols::spf::SpfResult;
use mailcheck::report::headline::Parts;
use mailcheck::report::*;
use mailcheck::text::{Citation, Phrase, Span, escape, rfc};
use serde_json::json;

pub(crate) fn name(text: &str) -> Name {
    Name::from_unicode(text).expect("a name of a test")
}

pub(crate) fn report(result: Verdict, exit_code: u8, domains: Vec<Domain>) -> Report {
    let mut threshold = Threshold::default();
    threshold.fail_on = Some(Severity::Warn);
    let mut tally = Tally::default();
    domains.iter().for_each(|domain| tally.add(domain));
    made!(Report {
        tool: made!(Tool { name: "mailcheck".into(), version: "0.0.0".into() }),
        run: made!(Run {
            started: Some("2026-11-24T02:00:00Z".into()),
            elapsed_ms: Some(312),
            sources: vec!["198.51.100.53".into()],
            questions: 34,
            notes: Vec::new(),
            files: Vec::new(),
        }),
        result,
        exit_code,
        domains,
        counts: tally.counts(),
        findings: Vec::new(),
        threshold,
    })
}

/// A report of every kind.
pub(crate) fn all() -> [Report; 9] {
    let hostile = hostile(b"\x1b[31m\xff\"\\ \xc2\x9b");
    [good(), failing(), partial(), unknown(), dark(), broken(), linted(), changed(), hostile]
}

// ── a domain that does it right ─────────────────────────────────────────────────────────────────

pub(crate) fn good() -> Report {
    report(Verdict::Ok, 0, vec![good_domain()])
}

fn tag(tag: &'static str, value: &'static str, explicit: bool, validity: Validity) -> TagValue {
    made!(TagValue { tag: tag.into(), value: value.into(), explicit, validity, reason: None })
}

pub(crate) fn good_domain() -> Domain {
    let domain = name("fmsinc.example");
    made!(Domain {
        unicode: domain.to_string(),
        declared: None,
        result: Verdict::Ok,
        faults: Vec::new(),
        headline: Phrase::from("Microsoft 365 and SendGrid are authorized; ")
            .good("DMARC p=reject"),
        parts: Parts::default(),
        notes: Vec::new(),
        authorizations: vec![
            provider("microsoft365", "Microsoft 365", "458,752 IPv4 addresses"),
            provider("sendgrid", "SendGrid", "98,560 IPv4 addresses"),
        ],
        mx: made!(Section {
            status: Status::Good,
            summary: Phrase::from("Microsoft 365   0 ")
                .name("fmsinc-example.mail.protection.outlook.example"),
            details: made!(MxDetails {
                hosts: vec![MxHost {
                    preference: 0,
                    host: name("fmsinc-example.mail.protection.outlook.example"),
                    addresses: vec!["192.0.2.14".parse().expect("an address")],
                }],
                null_mx: false,
                provider: Some("Microsoft 365".into()),
            }),
            steps: Vec::new(),
            ..Section::skipped()
        }),
        spf: spf_section(),
        dkim: made!(Section {
            status: Status::Good,
            summary: Phrase::from("selector1 RSA-2048, selector2 RSA-2048 ")
                .plain("(2 of 24 selectors tried; others cannot be listed)"),
            details: made!(DkimDetails {
                tried: 24,
                selectors: vec![made!(Selector {
                    selector: "selector1".into(),
                    status: Status::Good,
                    key: Some(KeyType::Rsa),
                    bits: Some(2048),
                    revoked: false,
                    testing: false,
                    aliases: vec![name("selector1-fmsinc._domainkey.tenant.example")],
                    provider: Some("Microsoft 365".into()),
                    lookup: Some(2),
                })],
                proved_none: false,
            }),
            steps: Vec::new(),
            ..Section::skipped()
        }),
        dmarc: made!(Section {
            status: Status::Good,
            summary: Phrase::new().code("p=reject").plain(", reports to dmarc@fmsinc.example"),
            details: made!(DmarcDetails {
                record: Some("v=DMARC1; p=reject; rua=mailto:dmarc@fmsinc.example".into()),
                found_at: Some(name("_dmarc.fmsinc.example")),
                policy: Some(Policy::Reject),
                policy_tag: Some(PolicyTag::P),
                org_domain: Some(domain.clone()),
                adkim: Some(AlignmentMode::Relaxed),
                aspf: Some(AlignmentMode::Relaxed),
                reports: vec!["mailto:dmarc@fmsinc.example".into()],
                tags: vec![
                    tag("p", "reject", true, Validity::Valid),
                    tag("sp", "reject", false, Validity::Valid),
                ],
                tree_walk: vec![WalkName { name: name("_dmarc.fmsinc.example"), records: 1 }],
            }),
            steps: vec![step(
                Phrase::new().name("_dmarc.fmsinc.example").plain(" asks to ").good("reject"),
                Tone::Good,
                rfc(9989, "4.7"),
                vec![3],
            )],
            ..Section::skipped()
        }),
        findings: Vec::new(),
        others: Others::default(),
        contract: Vec::new(),
        change: None,
        errors: Vec::new(),
        lookups: lookups(),
        domain,
    })
}

const RECORD: &str = "v=spf1 include:spf.protection.outlook.example include:sendgrid.example ~all";

fn spf_section() -> Section<SpfDetails> {
    let networks = ["ip4:192.0.2.0/25", "ip4:198.51.100.0/24", "ip4:203.0.113.0/24"];
    let leaf = |term: &str, ipv4: u64| {
        made!(TreeNode {
            term: term.into(),
            provider: None,
            lookups_so_far: 1,
            voids_so_far: 0,
            ipv4_addresses: ipv4,
            ipv6_networks: 0,
            result: Some(SpfResult::Pass),
            remark: None,
            terms: Vec::new(),
        })
    };
    let include = |term: &str, lookups, ipv4, provider: Option<&str>, terms| {
        made!(TreeNode {
            provider: provider.map(str::to_owned),
            lookups_so_far: lookups,
            terms,
            ..leaf(term, ipv4)
        })
    };
    let tree = vec![
        include(
            "include:spf.protection.outlook.example",
            1,
            458_752,
            Some("Microsoft 365"),
            networks.iter().map(|term| leaf(term, 152_917)).collect(),
        ),
        include(
            "include:sendgrid.example",
            2,
            98_560,
            Some("SendGrid"),
            vec![include("include:ab.sendgrid.example", 3, 256, None, Vec::new())],
        ),
        made!(TreeNode { result: Some(SpfResult::Softfail), ..leaf("~all", 0) }),
    ];
    made!(Section {
        status: Status::Good,
        summary: Phrase::new()
            .code("~all")
            .plain(", ")
            .number("3")
            .plain(" of 10 lookups, ")
            .addr("557,312 IPv4 addresses")
            .plain(" in 9 networks"),
        details: made!(SpfDetails {
            record: Some(RECORD.into()),
            segments: vec![RECORD.len()],
            ttl_s: Some(3600),
            lookups: 3,
            voids: 0,
            default: Some(SpfResult::Softfail),
            ipv4_addresses: 557_312,
            ipv4: vec!["192.0.2.0/25".parse().expect("a network")],
            ipv6: vec!["2001:db8::/48".parse().expect("a network")],
            sender_dependent: Vec::new(),
            providers: vec!["microsoft365".into(), "sendgrid".into()],
            tree,
        }),
        steps: spf_steps(),
        ..Section::skipped()
    })
}

fn provider(id: &str, title: &str, addresses: &str) -> Authorization {
    made!(Authorization {
        sender: id.into(),
        origin: Origin::Spf,
        declared: None,
        kind: SenderKind::Provider,
        answer: Answer::Yes,
        authorized: Authorized::Yes,
        headline: Phrase::from(title)
            .plain(" is authorized: all its addresses pass SPF (")
            .addr(addresses)
            .plain(")"),
        notes: Vec::new(),
        identities: identities("fmsinc.example"),
        spf: verdict(Some(SpfResult::Pass), Vec::new()),
        helo: None,
        dmarc: None,
        covered: vec!["192.0.2.0/25".parse().expect("a network")],
        uncovered: Vec::new(),
        undecided: Vec::new(),
        fixes: Vec::new(),
    })
}

fn identities(domain: &str) -> Identities {
    Identities {
        mail_from: format!("anybody@{domain}"),
        helo: None,
        header_from: name(domain),
        dkim_domains: Vec::new(),
    }
}

fn verdict(result: Option<SpfResult>, steps: Vec<Step>) -> SpfVerdict {
    made!(SpfVerdict {
        domain: "fmsinc.example".into(),
        result,
        lookups: 3,
        voids: 0,
        explanation: None,
        matched: None,
        problem: None,
        portions: Vec::new(),
        steps,
    })
}

// ── steps and lookups ───────────────────────────────────────────────────────────────────────────

pub(crate) fn step(headline: Phrase, tone: Tone, cite: Citation, lookups: Vec<LookupId>) -> Step {
    let event = json!({"event": "term"});
    made!(Step { headline, tone, cite: Some(cite.into()), event, lookups, steps: Vec::new() })
}

fn term(text: &str, says: &str, tone: Tone, section: &'static str, lookups: Vec<usize>) -> Step {
    step(Phrase::new().code(text).plain(says), tone, rfc(7208, section), lookups)
}

fn publishes(domain: &str, record: &str, lookup: usize, steps: Vec<Step>) -> Step {
    made!(Step {
        event: json!({"event": "check_host"}),
        steps,
        ..step(
            Phrase::new().name(domain).plain(" publishes ").code(record),
            Tone::Plain,
            rfc(7208, "4.6"),
            vec![lookup],
        )
    })
}

fn spf_steps() -> Vec<Step> {
    let networks = (0..11)
        .map(|n| {
            term(&format!("ip4:192.0.2.{n}"), " does not match", Tone::Plain, "5.6", Vec::new())
        })
        .collect();
    let mut microsoft = term(
        "include:spf.protection.outlook.example",
        " does not pass: no match, lookup 1/10",
        Tone::Plain,
        "5.2",
        Vec::new(),
    );
    microsoft.steps = vec![publishes(
        "spf.protection.outlook.example",
        "v=spf1 ip4:192.0.2.0 … -all",
        1,
        networks,
    )];
    let mut all = term("~all", " matches everything: ", Tone::Bad, "5.1", Vec::new());
    all.headline = all.headline.bad("softfail");
    vec![publishes("fmsinc.example", RECORD, 0, vec![microsoft, all])]
}

pub(crate) fn lookup(id: usize, owner: &str, kind: Kind, outcome: &str) -> Lookup {
    made!(Lookup {
        id,
        name: name(owner),
        kind,
        outcome: LookupOutcome::from_word(outcome).expect("an outcome"),
        detail: String::new(),
        ttl_s: Some(3600),
        records: Vec::new(),
        aliases: Vec::new(),
        source: "live via 9.9.9.9:53/udp".into(),
        authentic: Some(false),
        size: Some(180),
        elapsed_ms: Some(12),
    })
}

fn lookups() -> Vec<Lookup> {
    vec![
        made!(Lookup {
            records: vec![format!("\"{RECORD}\"")],
            ..lookup(0, "fmsinc.example", Kind::Txt, "records")
        }),
        made!(Lookup {
            records: vec!["\"v=spf1 ip4:192.0.2.0 -all\"".into()],
            aliases: vec![name("spf.outlook.example")],
            ..lookup(1, "spf.protection.outlook.example", Kind::Txt, "records")
        }),
        lookup(2, "selector1._domainkey.fmsinc.example", Kind::Txt, "nxdomain"),
        made!(Lookup {
            ttl_s: None,
            detail: "no reply after 2 tries".into(),
            ..lookup(3, "_dmarc.fmsinc.example", Kind::Txt, "timeout")
        }),
    ]
}

// ── senders ─────────────────────────────────────────────────────────────────────────────────────

/// One address that no term lists.
pub(crate) fn failing() -> Report {
    let mut domain = good_domain();
    let headline = Phrase::new()
        .addr("198.51.100.25")
        .plain(" is ")
        .bad("NOT authorized")
        .plain(": SPF ")
        .bad("softfail")
        .plain(", by ")
        .code("~all");
    domain.result = Verdict::Fail;
    domain.headline = headline.clone();
    domain.authorizations = vec![made!(Authorization {
        sender: "198.51.100.25".into(),
        origin: Origin::Asked,
        declared: None,
        kind: SenderKind::Address,
        answer: Answer::No,
        authorized: Authorized::No,
        headline,
        notes: vec![Phrase::from("its name is relay7.example.net")],
        identities: Identities {
            mail_from: "bounce@fmsinc.example".into(),
            helo: Some("relay7.example.net".into()),
            ..identities("fmsinc.example")
        },
        spf: made!(SpfVerdict {
            explanation: Some("See https://fmsinc.example/why".into()),
            matched: Some(Matched {
                term: "~all".into(),
                domain: name("fmsinc.example"),
                path: Vec::new(),
            }),
            ..verdict(Some(SpfResult::Softfail), spf_steps())
        }),
        helo: Some(made!(SpfVerdict {
            domain: "relay7.example.net".into(),
            ..verdict(Some(SpfResult::None), Vec::new())
        })),
        dmarc: Some(made!(DmarcVerdict {
            result: DmarcResult::Fail,
            disposition: Some(Policy::Reject),
            policy: Some(Policy::Reject),
            policy_tag: Some(PolicyTag::P),
            policy_domain: Some(name("fmsinc.example")),
            org_domain: Some(name("fmsinc.example")),
            spf_aligned: false,
            dkim_aligned: false,
            headline: Phrase::from("DMARC ")
                .bad("fail")
                .plain(
                    " unless a valid DKIM signature aligns with fmsinc.example; the policy asks ",
                )
                .plain("receivers to reject this mail"),
            steps: Vec::new(),
        })),
        covered: Vec::new(),
        uncovered: vec!["198.51.100.25".parse().expect("an address")],
        undecided: Vec::new(),
        fixes: Vec::new(),
    })];
    report(Verdict::Fail, 1, vec![domain])
}

/// A network of which half may send.
pub(crate) fn partial() -> Report {
    let mut domain = good_domain();
    let headline = Phrase::new()
        .addr("198.18.0.0/16")
        .plain(" is ")
        .weak("only partly authorized")
        .plain(": SPF passes ")
        .addr("32,768 of 65,536 IPv4 addresses");
    let matched = |term: &str| {
        Some(Matched { term: term.into(), domain: name("fmsinc.example"), path: Vec::new() })
    };
    let portion = |result: SpfResult, network: &str, term| Portion {
        result: result.into(),
        networks: vec![network.parse().expect("a network")],
        addresses: "32768".into(),
        matched: matched(term),
        lookups: 2,
        voids: 0,
    };
    domain.result = Verdict::Fail;
    domain.headline = headline.clone();
    domain.authorizations = vec![made!(Authorization {
        sender: "198.18.0.0/16".into(),
        kind: SenderKind::Network,
        answer: Answer::Partly,
        authorized: Authorized::Partial,
        headline,
        spf: made!(SpfVerdict {
            portions: vec![
                portion(SpfResult::Pass, "198.18.0.0/17", "include:sendgrid.example"),
                portion(SpfResult::Softfail, "198.18.128.0/17", "~all"),
            ],
            ..verdict(None, spf_steps())
        }),
        covered: vec!["198.18.0.0/17".parse().expect("a network")],
        uncovered: vec!["198.18.128.0/17".parse().expect("a network")],
        ..provider("198.18.0.0/16", "", "")
    })];
    report(Verdict::Fail, 1, vec![domain])
}

/// One address, and a part of the policy that did not come.
pub(crate) fn unknown() -> Report {
    let mut report = failing();
    report.result = Verdict::Unknown;
    report.exit_code = 3;
    let [domain] = report.domains.as_mut_slice() else { unreachable!("one domain") };
    let why = "spf.protection.outlook.example TXT timed out";
    domain.result = Verdict::Unknown;
    domain.headline = Phrase::new().unknown("undetermined").plain(format!(" for 192.0.2.8: {why}"));
    domain.spf.status = Status::Unknown;
    domain.spf.summary =
        Phrase::new().unknown("authorized senders undetermined").plain(format!(": {why}"));
    domain.errors = vec![error(Phrase::from(why))];
    let [one] = domain.authorizations.as_mut_slice() else { unreachable!("one sender") };
    one.authorized = Authorized::Unknown;
    one.answer = Answer::Unknown;
    one.sender = "192.0.2.8".into();
    one.headline = domain.headline.clone();
    one.spf.result = Some(SpfResult::Temperror);
    one.spf.explanation = None;
    one.helo = None;
    one.identities.helo = None;
    one.dmarc = None;
    one.notes = vec![Phrase::from("a receiver would answer temperror and defer the mail")];
    report
}

/// No server ever replied.
pub(crate) fn dark() -> Report {
    let mut report = unknown();
    let [domain] = report.domains.as_mut_slice() else { unreachable!("one domain") };
    for lookup in &mut domain.lookups {
        lookup.outcome = LookupOutcome::Failed(Trouble::Network);
        lookup.detail = "no DNS server replied".into();
        lookup.records.clear();
    }
    report
}

// ── findings ────────────────────────────────────────────────────────────────────────────────────

fn finding(id: &'static str, severity: Severity, message: Phrase, subject: Subject) -> Finding {
    let cite = rfc(7208, "4.6.4");
    made!(Finding {
        rule: id.into(),
        severity,
        confidence: Confidence::Certain,
        summary: "what the rule claims".into(),
        message,
        why: "Receivers stop at the tenth lookup and return permerror: neither authorized nor refused.".into(),
        owner: Owner { party: Party::You, name: subject.name.to_string() },
        subject,
        span: None,
        excerpt: None,
        location: None,
        fix: None,
        advice: None,
        reference: Reference { cite: cite.into(), url: cite.url() },
        fingerprint: "v1:00000000000000af".into(),
        state: None,
        suppressed: None,
    })
}

fn txt(owner: &str, value: Option<&str>) -> Subject {
    Subject { name: name(owner), kind: Kind::Txt, value: value.map(str::to_owned) }
}

/// A record with too many lookups, one with a fault, and advice without a record.
pub(crate) fn broken() -> Report {
    let includes: String = (1..=11).map(|n| format!("include:spf{n}.example ")).collect();
    let record = format!("v=spf1 {includes}-all");
    let eleventh = record.find("include:spf11").expect("the eleventh");
    let mark = Span::new(eleventh, eleventh + "include:spf11.example".len());
    let monitoring = "v=DMARC1; p=none; rua=mailto:x@fmsinc.example";
    let mut domain = good_domain();
    domain.result = Verdict::Fail;
    domain.headline = Phrase::new().bad("its SPF policy is broken");
    domain.authorizations.clear();
    domain.spf.status = Status::Broken;
    domain.spf.summary = Phrase::new().bad("11 of 10 lookups");
    domain.findings = vec![
        made!(Finding {
            span: Some(mark),
            excerpt: Some(Excerpt::new(record.as_bytes(), mark)),
            location: Some(FileLocation {
                file: "zones/new.zone".into(),
                line: 14,
                column: 92,
                end_line: 14,
                end_column: 114,
            }),
            fix: Some(ProposedFix {
                summary: Phrase::from("drop ")
                    .code("include:spf1.example")
                    .plain(", which lists nothing"),
                applicability: Applicability::Safe,
                records: vec![FixRecord {
                    remove: Some(format!("fmsinc.example. 3600 IN TXT \"{record}\"")),
                    add: Some(format!(
                        "fmsinc.example. 3600 IN TXT \"{}\"",
                        record.replace("include:spf1.example ", "")
                    )),
                }],
            }),
            ..finding(
                "spf/too-many-lookups",
                Severity::Error,
                Phrase::from("the record takes ").number("11").plain(
                    " lookups, the limit is 10: senders that no earlier term lists get permerror",
                ),
                txt("fmsinc.example", Some(&record)),
            )
        }),
        made!(Finding {
            span: Some(Span::new(10, 16)),
            excerpt: Some(Excerpt::new(monitoring.as_bytes(), Span::new(10, 16))),
            ..finding(
                "dmarc/monitoring-only",
                Severity::Warn,
                Phrase::from("DMARC is in monitoring mode"),
                txt("_dmarc.fmsinc.example", Some(monitoring)),
            )
        }),
        made!(Finding {
            fix: Some(ProposedFix {
                summary: Phrase::from("keep one of the records"),
                applicability: Applicability::Review,
                records: vec![FixRecord {
                    remove: Some("fmsinc.example. 3600 IN TXT \"v=spf1 -all\"".into()),
                    add: None,
                }],
            }),
            ..finding(
                "spf/several-records",
                Severity::Note,
                Phrase::from("there are two records"),
                txt("fmsinc.example", None),
            )
        }),
    ];
    report(Verdict::Fail, 1, vec![domain])
}

/// What a change of a zone does: who loses, what is new, what was there before, what is mended.
pub(crate) fn changed() -> Report {
    let mut report = broken();
    let [domain] = report.domains.as_mut_slice() else { unreachable!("one domain") };
    let place = |file: &str, line| FileLocation {
        file: file.into(),
        line,
        column: 1,
        end_line: line,
        end_column: 2,
    };
    domain.declared = Some(place("mailcheck.toml", 6));
    let states = [State::Introduced, State::Unchanged, State::Resolved];
    for (finding, state) in domain.findings.iter_mut().zip(states) {
        finding.state = Some(state);
    }
    let ignored = made!(Finding {
        state: Some(State::Introduced),
        suppressed: Some(Suppression {
            reason: "the vendor fixes it".into(),
            source: "mailcheck.toml:12".into(),
        }),
        fingerprint: "v1:00000000000000b0".into(),
        ..domain.findings[1].clone()
    });
    domain.findings.push(ignored);
    let sender = |effect, provider: Option<&str>, before, after, networks: &[&str]| {
        made!(ChangedSender {
            effect,
            provider: provider.map(str::to_owned),
            before: SpfResult::into(before),
            after: SpfResult::into(after),
            term_before: (before == SpfResult::Pass)
                .then(|| "include:spf.protection.outlook.example".into()),
            term_after: (after == SpfResult::Pass).then(|| "include:_spf.google.example".into()),
            path_before: Vec::new(),
            path_after: Vec::new(),
            who: "458,752 IPv4 addresses".into(),
            is_rest: effect == Effect::Altered,
            networks: networks.iter().map(|it| it.parse().expect("a network")).collect(),
            problem: (after == SpfResult::Permerror)
                .then(|| Phrase::from("11 lookups, receivers stop at 10")),
        })
    };
    domain.change = Some(made!(Change {
        before: vec!["198.51.100.53".into()],
        headline_before: Phrase::from("Microsoft 365 is authorized"),
        records: vec![ChangedRecords {
            name: name("fmsinc.example"),
            kind: Kind::Txt,
            removed: vec![format!("\"{RECORD}\"")],
            added: vec!["\"v=spf1 include:_spf.google.example -all\"".into()],
            ttl_before_s: Some(3600),
            ttl_s: Some(300),
            location: Some(place("zones/new.zone", 14)),
        }],
        senders: vec![
            sender(
                Effect::Lost,
                Some("Microsoft 365"),
                SpfResult::Pass,
                SpfResult::Permerror,
                &["192.0.2.0/25"],
            ),
            sender(
                Effect::Gained,
                None,
                SpfResult::Softfail,
                SpfResult::Pass,
                &["192.0.2.128/28", "198.51.100.0/24", "203.0.113.0/25", "2001:db8::/48"],
            ),
            sender(Effect::Altered, None, SpfResult::Softfail, SpfResult::Permerror, &[]),
        ],
        kept: vec![KeptSender { provider: None, term: "mx".into(), who: "198.51.100.25".into() }],
        cost: Some(ChangedCost { lookups: [3, 11], voids: [0, 0], octets: [75, 230] }),
        policy: Some(ChangedPolicy { before: None, after: Some(Policy::Reject) }),
        in_effect_within_s: Some(3600),
        unknown: vec![Phrase::from("include:spf.hr.example TXT timed out")],
    }));
    let expected = |words: &str, met, line| Expected {
        expectation: Phrase::from(words),
        met,
        location: place("mailcheck.toml", line),
    };
    domain.contract = vec![
        expected("SendGrid is authorized", Some(true), 7),
        expected("Microsoft 365 is authorized", Some(false), 8),
        expected("at most 8 lookups", None, 9),
    ];
    domain.findings.push(made!(Finding {
        location: Some(place("mailcheck.toml", 8)),
        state: Some(State::Introduced),
        fingerprint: "v1:00000000000000b1".into(),
        ..finding(
            "contract/sender-refused",
            Severity::Error,
            Phrase::from("declared sender: Microsoft 365 is NOT authorized"),
            txt("fmsinc.example", None),
        )
    }));
    report.findings = vec![made!(Finding {
        location: Some(place("./mailcheck.toml", 12)),
        ..finding(
            "config/unused-ignore",
            Severity::Warn,
            Phrase::from("nothing is ignored here"),
            txt("fmsinc.example", None),
        )
    })];
    report.counts = Tally::of(&report).counts();
    report
}

/// Every text of a report made of octets that would hurt a terminal.
pub(crate) fn hostile(octets: &[u8]) -> Report {
    let text = String::from_utf8_lossy(octets).into_owned();
    let phrase = Phrase::new().code(octets);
    let mut report = failing();
    let mut broken = broken();
    report.run.sources = vec![text.clone()];
    let [domain] = report.domains.as_mut_slice() else { unreachable!("one domain") };
    domain.findings = broken.domains.remove(0).findings;
    domain.domain = Name::from_labels([octets.get(..63.min(octets.len())).unwrap_or_default()])
        .unwrap_or_else(|_| name("fmsinc.example"));
    domain.unicode = text.clone();
    domain.headline = phrase.clone();
    domain.notes = vec![phrase.clone()];
    domain.errors = vec![error(phrase.clone())];
    for summary in [
        &mut domain.mx.summary,
        &mut domain.spf.summary,
        &mut domain.dkim.summary,
        &mut domain.dmarc.summary,
    ] {
        *summary = phrase.clone();
    }
    domain.spf.details.record = Some(text.clone());
    for node in &mut domain.spf.details.tree {
        node.term = text.clone();
        node.provider = Some(text.clone());
        node.remark = Some(text.clone());
    }
    for finding in &mut domain.findings {
        finding.message = phrase.clone();
        finding.subject.value = Some(escape(octets));
        finding.span = Some(Span::new(3, 9));
        finding.excerpt = Some(Excerpt::new(octets, Span::new(3, 9)));
        finding.location = Some(FileLocation {
            file: text.clone(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 2,
        });
        for fixed in finding.fix.iter_mut().flat_map(|fix| &mut fix.records) {
            *fixed = FixRecord { remove: Some(text.clone()), add: Some(text.clone()) };
        }
    }
    for lookup in &mut domain.lookups {
        lookup.detail = text.clone();
        lookup.source = text.clone();
        lookup.records = vec![text.clone()];
    }
    for one in &mut domain.authorizations {
        one.sender = text.clone();
        one.notes = vec![phrase.clone()];
        one.identities.mail_from = text.clone();
        one.identities.helo = Some(text.clone());
        one.spf.domain = text.clone();
        one.spf.explanation = Some(text.clone());
        one.spf.problem = Some(phrase.clone());
        for step in &mut one.spf.steps {
            step.headline = phrase.clone();
            step.event = json!({"event": text, "text": text});
        }
    }
    report
}

// ── files by themselves ─────────────────────────────────────────────────────────────────────────

/// What two files say by themselves; the second is in order.
pub(crate) fn linted() -> Report {
    let file = |file: &str, records| ReadFile {
        file: file.into(),
        zones: vec![name("fmsinc.example")],
        records,
    };
    let mut report = report(Verdict::Fail, 1, Vec::new());
    report.run = made!(Run {
        files: vec![file("zones/fmsinc.example.zone", 214), file("other.zone", 1)],
        ..Run::default()
    });
    let mut findings: Vec<Finding> = broken().domains.remove(0).findings;
    for (line, finding) in (7..).zip(&mut findings) {
        finding.location = Some(FileLocation {
            file: "zones/fmsinc.example.zone".into(),
            line,
            column: 24,
            end_line: line,
            end_column: 30,
        });
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    report.findings = findings;
    report
}

/// A failed query with this message.
fn error(message: Phrase) -> Error {
    let asked = (name("_dmarc.fmsinc.example"), Kind::Txt);
    Error::of_query(Trouble::Timeout, name("fmsinc.example"), asked, message)
}
