//! Every fix that is offered mends what it says, brings nothing as bad, and loses nobody.

use crate::cases::config;
use crate::world::{self, DOMAIN, World, at_once, name};
use mailcheck::audit::{self, Asked, Clock, Inquiry, Selection, Sender};
use mailcheck::diagnostic::Applicability;
use mailcheck::dns::Dns;
use mailcheck::net::{Family, IpSet};
use mailcheck::report::{Domain, Finding, Patch};
use mailcheck::zonefile::{Overlay, Zone};
use proptest::collection::vec;
use proptest::prelude::*;

fn inquiry() -> Inquiry {
    Inquiry::about(name(DOMAIN))
}

fn audited(dns: &dyn Dns) -> Domain {
    at_once(audit::domain(dns, &inquiry(), Clock::default()))
}

fn asked(dns: &dyn Dns, text: &str, sender: Sender) -> Domain {
    let mut inquiry = inquiry();
    inquiry.senders = vec![Asked { text: text.to_owned(), sender }];
    at_once(audit::domain(dns, &inquiry, Clock::default()))
}

fn about_address(lines: &str, ip: &str) -> Domain {
    asked(&World::new(lines), ip, Sender::Address(world::ip(ip)))
}

/// The finding of a rule.
fn finding<'d>(domain: &'d Domain, rule: &str) -> &'d Finding {
    let ids: Vec<&str> = domain.findings.iter().map(|finding| &*finding.rule).collect();
    domain.findings.iter().find(|it| it.rule == rule).unwrap_or_else(|| panic!("{rule}: {ids:?}"))
}

/// The records that the fix of a rule adds, without owner, time to live and type.
fn fix(lines: &str, rule: &str) -> Option<(Applicability, Vec<String>)> {
    let domain = audited(&World::new(lines));
    let fix = finding(&domain, rule).fix.clone()?;
    let added = fix.records.iter().filter_map(|record| record.add.as_deref());
    let bare = |line: &str| {
        let data = line.splitn(5, ' ').nth(4).unwrap_or_default();
        data.trim_matches('"').replace("\" \"", "")
    };
    Some((fix.applicability, added.map(bare).collect()))
}

/// The world with a patch applied.
fn patched<'w>(world: &'w dyn Dns, patch: &Patch) -> Overlay<&'w dyn Dns> {
    let sets = patch.sets.iter().map(|set| (&set.name, set.kind, set.ttl, set.after.as_slice()));
    let overlay = Overlay::new([Zone::fragment("patch", sets)], world);
    let emptied = patch.sets.iter().filter(|set| set.after.is_empty());
    emptied.fold(overlay, |overlay, set| overlay.without(set.name.clone(), Some(set.kind)))
}

#[test]
fn a_sender_behind_all_is_let_in_by_moving_all_and_not_by_a_second_term() {
    let world = World::new(
        "example.com TXT v=spf1 ~all include:esp.test -all\nesp.test TXT v=spf1 ip4:192.0.2.7 -all",
    );
    let domain = asked(&world, "esp.test", Sender::Policy(name("esp.test")));
    let fixes = domain.authorizations.iter().flat_map(|one| &one.fixes);
    let added: Vec<_> =
        fixes.flat_map(|it| &it.fix.records).filter_map(|it| it.add.clone()).collect();
    assert_eq!(added, ["example.com. 3600 IN TXT \"v=spf1 include:esp.test -all\""]);
}

#[test]
fn a_prefix_that_opens_everything_goes_and_its_host_stays() {
    let zone = "example.com A 192.0.2.80\nexample.com MX 0 mx.test\nmx.test A 192.0.2.9\n";
    let fix = |record: &str| fix(&format!("{zone}example.com TXT {record}"), "spf/pass-all");
    let meant = |text: &str| Some((Review, vec![text.to_owned()]));
    assert_eq!(fix("v=spf1 a/0 -all"), meant("v=spf1 a -all"));
    assert_eq!(fix("v=spf1 mx ip4:192.0.2.7/0 -all"), meant("v=spf1 mx ip4:192.0.2.7 -all"));
    assert_eq!(fix("v=spf1 mx ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"), meant("v=spf1 mx -all"));
    assert_eq!(fix("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"), None);
}

// ── a zone for each proposal ────────────────────────────────────────────────────────────────────

use Applicability::{Review, Safe, Template};

/// A domain whose mailboxes Microsoft 365 keeps, and the policy of Microsoft 365.
const MAILBOXES: &str = "example.com MX 0 example-com.mail.protection.outlook.com\n\
    example-com.mail.protection.outlook.com A 192.0.2.9\n\
    spf.protection.outlook.com TXT v=spf1 ip4:198.51.100.0/24 -all\n";

/// Includes that each list one address.
fn many(count: usize) -> String {
    (0..count).map(|n| format!("i{n}.test TXT v=spf1 ip4:198.51.100.{n} -all\n")).collect()
}

fn includes(count: usize) -> String {
    (0..count).map(|n| format!("include:i{n}.test ")).collect()
}

#[test]
fn each_rule_has_its_fix() {
    // DMARC gets no stricter where SPF does not work.
    let dmarc = |lines: &str| {
        format!(
            "example.com TXT v=spf1 ip4:192.0.2.1 -all\nexample.com MX 0 mx.example.com\n\
             mx.example.com A 192.0.2.1\n{lines}"
        )
    };
    let rows: Vec<(&str, String, Applicability, &str)> = vec![
        (
            "spf/several-records",
            "example.com TXT v=spf1 ip4:192.0.2.1 -all\nexample.com TXT v=spf1 ip4:192.0.2.2 ~all"
                .into(),
            Review,
            "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ~all",
        ),
        (
            "spf/syntax",
            "example.com TXT v=spf1 ipv4:192.0.2.1 ip4: 192.0.2.2; -al".into(),
            Safe,
            "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all",
        ),
        (
            "spf/suspicious-modifier",
            "example.com TXT v=spf1 ip4=192.0.2.1 -all".into(),
            Safe,
            "v=spf1 ip4:192.0.2.1 -all",
        ),
        (
            "spf/duplicate-term",
            "example.com TXT v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.1 IP4:192.0.2.2 -all"
                .into(),
            Safe,
            "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all",
        ),
        (
            "spf/joined-strings",
            "example.com TXT v=spf1 exists:%{i}.ho.testinclude:provider.test -all\n\
             provider.test TXT v=spf1 ip4:192.0.2.1 -all"
                .into(),
            Safe,
            "v=spf1 exists:%{i}.ho.test include:provider.test -all",
        ),
        (
            "spf/unusual-case",
            "example.com TXT V=SPF1 IP4:192.0.2.1 INCLUDE:Host.TEST X=Y -All\nhost.test TXT v=spf1 -all".into(),
            Safe,
            "v=spf1 ip4:192.0.2.1 include:Host.TEST X=Y -all",
        ),
        (
            "spf/unusual-case",
            "example.com TXT v=spf1 EXISTS:%{I}.Host.TEST -all".into(),
            Safe,
            "v=spf1 exists:%{I}.Host.TEST -all",
        ),
        (
            "spf/unused-explanation",
            "example.com TXT v=spf1 ip4:192.0.2.1 ~all exp=why.example.com".into(),
            Safe,
            "v=spf1 ip4:192.0.2.1 ~all",
        ),
        (
            "spf/dead-term",
            "example.com TXT v=spf1 ip4:192.0.2.0/24 a -all\nexample.com A 192.0.2.7".into(),
            Review,
            "v=spf1 ip4:192.0.2.0/24 -all",
        ),
        (
            "spf/host-bits",
            "example.com TXT v=spf1 ip4:192.0.2.7/24 ~ip6:2001:db8::7/64 -all".into(),
            Safe,
            "v=spf1 ip4:192.0.2.0/24 ~ip6:2001:db8::/64 -all",
        ),
        (
            "spf/terms-after-all",
            "example.com TXT v=spf1 ip4:192.0.2.1 -all a exp=why.example.com\n\
             example.com A 192.0.2.1"
                .into(),
            Safe,
            "v=spf1 ip4:192.0.2.1 a -all exp=why.example.com",
        ),
        (
            "spf/terms-after-all",
            "example.com TXT v=spf1 ip4:192.0.2.1 -all a ip4:192.0.2.3 ~all exp=why.example.com\n\
             example.com A 192.0.2.2"
                .into(),
            Safe,
            "v=spf1 ip4:192.0.2.1 a ip4:192.0.2.3 -all exp=why.example.com",
        ),
        (
            "spf/redirect-ignored",
            "example.com TXT v=spf1 ip4:192.0.2.1 -all redirect=other.test\n\
             other.test TXT v=spf1 ip4:192.0.2.1 -all"
                .into(),
            Safe,
            "v=spf1 ip4:192.0.2.1 -all",
        ),
        (
            "dmarc/testing",
            "example.com TXT v=spf1 -all\n_dmarc.example.com TXT v=DMARC1; p=reject; t=y".into(),
            Review,
            "v=DMARC1; p=reject",
        ),
        // Behind the other terms, so that they are tested.
        (
            "spf/pass-all",
            "example.com TXT v=spf1 +all include:p.test ip4:192.0.2.1\n\
             p.test TXT v=spf1 ip4:198.51.100.0/24 -all"
                .into(),
            Review,
            "v=spf1 include:p.test ip4:192.0.2.1 ~all",
        ),
        (
            "spf/pass-all",
            "example.com TXT v=spf1 ip4:192.0.2.1 +all".into(),
            Review,
            "v=spf1 ip4:192.0.2.1 ~all",
        ),
        (
            "spf/pass-all",
            "example.com TXT v=spf1 ip4:0.0.0.0/0 ip6:2001:db8::/32 -all".into(),
            Review,
            "v=spf1 ip6:2001:db8::/32 -all",
        ),
        (
            "spf/neutral-all",
            "example.com TXT v=spf1 ip4:192.0.2.1 ?all".into(),
            Review,
            "v=spf1 ip4:192.0.2.1 ~all",
        ),
        (
            "spf/no-all",
            "example.com TXT v=spf1 ip4:192.0.2.1".into(),
            Review,
            "v=spf1 ip4:192.0.2.1 ~all",
        ),
        (
            "spf/too-many-lookups",
            format!(
                "example.com TXT v=spf1 ip4:192.0.2.1 a:one.example.com {}-all\n\
                 one.example.com A 192.0.2.1\n{}",
                includes(10),
                many(10)
            ),
            Review,
            "v=spf1 ip4:192.0.2.1 include:i0.test include:i1.test include:i2.test include:i3.test \
             include:i4.test include:i5.test include:i6.test include:i7.test include:i8.test \
             include:i9.test -all",
        ),
        (
            "spf/too-many-lookups",
            format!(
                "example.com TXT v=spf1 a:two.example.com {}-all\n\
                 two.example.com A 192.0.2.7\ntwo.example.com AAAA 2001:db8::7\n{}",
                includes(10),
                many(10)
            ),
            Review,
            "v=spf1 ip4:192.0.2.7 ip6:2001:db8::7 include:i0.test include:i1.test include:i2.test \
             include:i3.test include:i4.test include:i5.test include:i6.test include:i7.test \
             include:i8.test include:i9.test -all",
        ),
        (
            "spf/missing",
            "example.com MX 0 example-com.mail.protection.outlook.com\n\
             example-com.mail.protection.outlook.com A 192.0.2.9\n\
             spf.protection.outlook.com TXT v=spf1 ip4:192.0.2.0/24 -all"
                .into(),
            Template,
            "v=spf1 include:spf.protection.outlook.com ~all",
        ),
        (
            "dmarc/missing",
            "example.com MX 0 mx.example.com\nmx.example.com A 192.0.2.1".into(),
            Template,
            "v=DMARC1; p=none; rua=mailto:postmaster@example.com",
        ),
        (
            "dmarc/missing",
            "example.com MX 0 .\nexample.com TXT v=spf1 ip4:192.0.2.1 -all".into(),
            Template,
            "v=DMARC1; p=none",
        ),
        (
            "posture/mailbox-provider-not-authorized",
            format!("{MAILBOXES}example.com TXT v=spf1 ip4:192.0.2.1 -all"),
            Review,
            "v=spf1 ip4:192.0.2.1 include:spf.protection.outlook.com -all",
        ),
        (
            "dmarc/policy-none",
            dmarc("_dmarc.example.com TXT v=DMARC1; p=none; sp=none; rua=mailto:a@example.com"),
            Review,
            "v=DMARC1; p=quarantine; sp=quarantine; rua=mailto:a@example.com",
        ),
        (
            "dmarc/historic-tag",
            "_dmarc.example.com TXT v=DMARC1; p=reject; pct=100; ri=86400".into(),
            Safe,
            "v=DMARC1; p=reject",
        ),
        (
            "dmarc/historic-tag",
            dmarc("_dmarc.example.com TXT v=DMARC1; p=reject; pct=50"),
            Review,
            "v=DMARC1; p=reject",
        ),
        (
            "dmarc/several-records",
            dmarc(
                "_dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:a@example.com\n\
                 _dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:b@example.com",
            ),
            Review,
            "v=DMARC1; p=reject; rua=mailto:b@example.com,mailto:a@example.com",
        ),
        (
            "dmarc/syntax",
            dmarc("_dmarc.example.com TXT v=DMARC1; p=reject; adkim=strict; fo=9; rua=a@example.com"),
            Review,
            "v=DMARC1; p=reject; adkim=s; rua=mailto:a@example.com",
        ),
        (
            "dmarc/syntax",
            dmarc("_dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:<a@example.com>,<b@example.com>"),
            Safe,
            "v=DMARC1; p=reject; rua=mailto:a@example.com,mailto:b@example.com",
        ),
        (
            "dmarc/subdomain-weaker",
            dmarc("_dmarc.example.com TXT v=DMARC1; p=reject; sp=none; np=quarantine"),
            Review,
            "v=DMARC1; p=reject",
        ),
        (
            "dkim/stray-characters",
            "default._domainkey.example.com TXT v=DKIM1\\; k=ed25519\\; \
             p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
                .into(),
            Safe,
            "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        ),
    ];
    let differs = |(rule, lines, how, text): &(&str, String, Applicability, &str)| {
        let offered = fix(lines, rule);
        let expected = Some((*how, vec![(*text).to_owned()]));
        (offered != expected).then(|| format!("{rule}: {offered:?} in place of {text}"))
    };
    let different: Vec<String> = rows.iter().filter_map(differs).collect();
    assert_eq!(different, Vec::<String>::new());
}

#[test]
fn a_null_mx_beside_hosts_is_removed() {
    let domain = audited(&World::new(
        "example.com MX 0 .\nexample.com MX 10 mx.example.com\nmx.example.com A 192.0.2.1",
    ));
    let fix = finding(&domain, "mx/null-with-others").fix.as_ref().expect("a fix");
    let removed: Vec<_> = fix.records.iter().filter_map(|it| it.remove.as_deref()).collect();
    assert_eq!(removed, ["example.com. 3600 IN MX 0 ."]);
}

#[test]
fn a_placeholder_beside_a_host_is_removed() {
    let domain = audited(&World::new(
        "example.com MX 10 mx.example.com\nexample.com MX 32767 ms1.msv1.invalid\n\
         mx.example.com A 192.0.2.1",
    ));
    let fix = finding(&domain, "mx/placeholder").fix.as_ref().expect("a fix");
    let removed: Vec<_> = fix.records.iter().filter_map(|it| it.remove.as_deref()).collect();
    assert_eq!(removed, ["example.com. 3600 IN MX 32767 ms1.msv1.invalid."]);
}

// ── what is not offered ─────────────────────────────────────────────────────────────────────────

#[test]
fn records_that_contradict_each_other_are_not_merged() {
    let lines =
        "example.com TXT v=spf1 -ip4:192.0.2.1 ~all\nexample.com TXT v=spf1 ip4:192.0.2.1 -all";
    assert_eq!(fix(lines, "spf/several-records"), None);
}

#[test]
fn a_merge_beyond_ten_lookups_is_not_offered() {
    let lines = format!(
        "example.com TXT v=spf1 {}-all\nexample.com TXT v=spf1 a:h.test a:k.test a:l.test -all\n\
         h.test A 192.0.2.1\nk.test A 192.0.2.2\nl.test A 192.0.2.3\n{}",
        includes(9),
        many(9)
    );
    assert_eq!(fix(&lines, "spf/several-records"), None);
}

#[test]
fn what_others_publish_is_not_for_us_to_mend() {
    let lines = "example.com TXT v=spf1 include:other.test -all\nother.test TXT v=spf1 ptr -all";
    assert_eq!(fix(lines, "spf/ptr"), None);
}

#[test]
fn a_term_that_may_name_a_sender_is_never_dropped() {
    let policies = [
        "include:gone.test ip4:192.0.2.1 -all",
        "ip4:192.0.2.1 redirect=gone.test",
        "ip4:192.0.2.1 ptr -all",
        "ptr -all",
        "a:gone.test ip4:192.0.2.1 mx:gone.test -all",
        "a:x.test a:y.test a:z.test ip4:192.0.2.1 -all",
        "a:gone-host.com ip4:192.0.2.1 include:gone-spf.com -all",
        "include:down.test ip4:192.0.2.1 ip4:192.0.2.1 -all",
        "ip4:192.0.2.1 -all exists:%{i}.x.test",
        "ip4:192.0.2.1 -all redirect=other.test",
        "include:spf.protection.outlook.com -all",
    ];
    let zone = "down.test TXT !servfail\nother.test TXT v=spf1 ip4:192.0.2.9 -all\n\
        example.com MX 0 mx.example.com\nmx.example.com A 192.0.2.1\n";
    let dropping: Vec<(&str, Patch)> = policies
        .into_iter()
        .map(|policy| (policy, format!("{zone}example.com TXT v=spf1 {policy}")))
        .map(|(policy, lines)| (policy, fixed(&World::new(&lines), Template)))
        .filter(|(policy, patch)| {
            let offered = patch.sets.iter().filter(|set| set.name == name(DOMAIN));
            let texts = offered.flat_map(|set| &set.after).filter_map(mailcheck::dns::Data::text);
            let is_kept = |text: Vec<u8>| {
                let text = String::from_utf8_lossy(&text).replace("redirect=", "include:");
                let mut terms = policy.split(' ');
                terms.all(|term| text.contains(&term.replace("redirect=", "include:")))
            };
            !texts.into_iter().all(is_kept)
        })
        .collect();
    assert!(dropping.is_empty(), "{dropping:?}");
}

/// Every text that is offered at the domain itself, by a finding, a sender or all fixes together.
fn offered(dns: &dyn Dns, domain: &Domain) -> Vec<String> {
    let findings = domain.findings.iter().filter_map(|finding| finding.fix.as_ref());
    let senders = domain.authorizations.iter().flat_map(|one| &one.fixes).map(|it| &it.fix);
    let records = findings.chain(senders).flat_map(|fix| &fix.records);
    let own = records
        .filter_map(|record| record.add.clone())
        .filter(|line| line.starts_with("example.com."));
    let patch = fixed(dns, Template);
    let sets = patch.sets.iter().filter(|set| set.name == name(DOMAIN));
    let texts = sets.flat_map(|set| &set.after).filter_map(mailcheck::dns::Data::text);
    let texts = texts.map(|text| String::from_utf8_lossy(&text).into_owned());
    own.map(|line| line.replace("\" \"", "")).chain(texts).collect()
}

#[test]
fn a_repaired_or_glued_or_late_term_is_in_every_record_that_is_offered() {
    // A policy, and what each offered text has to hold before its `all`.
    let cases = [
        ("v=spf1 mx redirect:other.test -all", "other.test"),
        ("v=spf1 mx -all inlcude:other.test", "other.test"),
        ("v=spf1 mx -all ipv4:198.51.100.7", "198.51.100.7"),
        ("v=spf1 aip4:198.51.100.7 -all", "a "),
        ("v=spf1 mxinclude:other.test -all", "mx "),
        ("v=spf1 aptr mx -all", "a "),
        ("v=spf1 mx a:2001:db8:1::5 -all", "ip6:2001:db8:1::5 "),
        ("v=spf1 mx a:mail.example.com-all", "a:mail.example.com "),
        ("v=spf1 a/0 ip4:192.0.2.99 -all", "192.0.2.99"),
        ("v=spf1 ip4:0.0.0.0/0 ip4:192.0.2.99 mx -all", "192.0.2.99"),
        ("v=spf1 mx -all include:other.test", "other.test"),
        ("v=spf1 mx include=other.test -all", "include:other.test"),
    ];
    let zone = "example.com MX 10 mail.example.com\nmail.example.com A 192.0.2.10\n\
        example.com A 192.0.2.80\nother.test TXT v=spf1 ip4:203.0.113.0/24 -all\n";
    let mut dropping = Vec::new();
    for (policy, term) in cases {
        let world = World::new(&format!("{zone}example.com TXT {policy}"));
        let stranger = vec![Asked {
            text: "198.51.100.222".into(),
            sender: Sender::Address(world::ip("198.51.100.222")),
        }];
        let mut about = inquiry();
        about.senders = stranger;
        let asked = at_once(audit::domain(&world, &about, Clock::default()));
        for domain in [audited(&world), asked] {
            let texts = offered(&world, &domain).into_iter();
            let before_all = |text: &String| text.split("-all").next().unwrap_or("").to_owned();
            let lost =
                texts.filter(|text| text.contains("v=spf1") && !before_all(text).contains(term));
            dropping.extend(lost.map(|text| format!("{policy}: {text}")));
        }
    }
    assert_eq!(dropping, Vec::<String>::new());
}

#[test]
fn a_merge_keeps_every_modifier_that_may_be_a_misspelt_term() {
    let lines = "example.com TXT v=spf1 mx exp=e.example.com -all\n\
        example.com TXT v=spf1 includ=other.test -all\nother.test TXT v=spf1 ip4:203.0.113.1 -all\n\
        example.com MX 0 mx.example.com\nmx.example.com A 192.0.2.1";
    let world = World::new(lines);
    let texts = offered(&world, &audited(&world));
    assert!(texts.iter().all(|text| text.contains("other.test")), "{texts:?}");
}

#[test]
fn no_policy_is_changed_beside_a_text_that_names_senders() {
    for beside in [
        "v=spf1;include:other.test ~all",
        "v=spf2 include:other.test -all",
        "spf1 include:other.test -all",
        "v=sfp1 ip4:192.0.2.99 -all",
        "ip4:192.0.2.99 -all",
    ] {
        for policy in ["v=spf1 mx ?all", "another text"] {
            let lines = format!(
                "example.com MX 0 mx.example.com\nmx.example.com A 192.0.2.1\n\
                 example.com TXT {policy}\nexample.com TXT {beside}"
            );
            let world = World::new(&lines);
            let texts = offered(&world, &audited(&world));
            assert!(!texts.iter().any(|text| text.starts_with("v=spf1 ")), "{beside}: {texts:?}");
        }
    }
}

/// The repairs of a record that says two things, as free as at least this.
fn said_twice(least: Applicability) -> Vec<String> {
    let world = World::new(
        "example.com MX 0 mx.example.com\nmx.example.com A 192.0.2.1\n\
         example.com TXT v=spf1 mx -all\n\
         _dmarc.example.com TXT v=DMARC1; p=reject; p=none; rua=mailto:d@example.com",
    );
    let patch = fixed(&world, least);
    let texts = patch.sets.iter().flat_map(|set| &set.after);
    texts.map(|data| String::from_utf8_lossy(&data.text().unwrap_or_default()).into()).collect()
}

#[test]
fn of_two_policies_in_one_record_the_stricter_is_kept_for_review() {
    assert_eq!(
        (said_twice(Safe), said_twice(Review)),
        (vec![], vec!["v=DMARC1; p=reject; rua=mailto:d@example.com".to_owned()])
    );
}

#[test]
fn a_policy_of_dmarc_behind_an_alias_stands_in_its_own_block() {
    let world = World::new(
        "example.com TXT v=spf1 mx ?all\nexample.com MX 0 mx.example.com\n\
         mx.example.com A 192.0.2.1\n_dmarc.example.com CNAME dm.example.com\n\
         dm.example.com TXT v=DMARC1; p=none; rua=mailto:d@example.com",
    );
    let patches = at_once(audit::fix(&world, &inquiry(), &Selection::default())).patches;
    assert!(patches.iter().all(|patch| patch.sets.len() == 1), "{patches:?}");
}

#[test]
fn a_dmarc_policy_gets_no_stricter_by_what_was_not_looked_at() {
    let mail = "example.com MX 0 mx.example.com\nmx.example.com A 192.0.2.1\n";
    let cases = [
        // A key that could not be asked for.
        "example.com TXT v=spf1 mx -all\nselector1._domainkey.example.com TXT !timeout\n\
         _dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:d@example.com",
        // Nobody passes, and nobody is known to sign.
        "example.com TXT v=spf1 ?all\n\
         _dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:d@example.com",
        // Senders stand behind all.
        "example.com TXT v=spf1 mx -all ptr\n\
         _dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:d@example.com",
        // Alignment gets stricter as well.
        "example.com TXT v=spf1 foo mx -all\n\
         _dmarc.example.com TXT v=DMARC1; p=reject; adkim=strict; rua=mailto:d@example.com",
    ];
    for lines in cases {
        let patch = fixed(&World::new(&format!("{mail}{lines}")), Template);
        let dmarc: Vec<_> = patch.sets.iter().filter(|set| set.name != name(DOMAIN)).collect();
        assert!(dmarc.is_empty(), "{lines}: {dmarc:?}");
    }
}

#[test]
fn a_name_below_an_organization_does_not_tighten_the_policy_of_all() {
    let world = World::new(
        "example.com TXT v=spf1 foo mx -all\nexample.com MX 0 mx.example.com\n\
         mx.example.com A 192.0.2.1\nnews.example.com TXT v=spf1 ip4:192.0.2.1 -all\n\
         _dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:d@example.com",
    );
    let about = Inquiry::about(name("news.example.com"));
    let patches = at_once(audit::fix(&world, &about, &Selection::default())).patches;
    let sets: Vec<_> = patches.iter().flat_map(|patch| &patch.sets).collect();
    assert!(sets.iter().all(|set| set.name != name("_dmarc.example.com")), "{sets:?}");
}

#[test]
fn no_report_address_is_written_where_no_mail_arrives() {
    for lines in [
        "example.com MX 0 .\n_dmarc.example.com TXT v=DMARC1; p=reject; rua=d@example.com",
        "example.com MX 10 gone.example.com\nexample.com TXT v=spf1 ip4:192.0.2.1 -all",
    ] {
        let patch = fixed(&World::new(lines), Template);
        let texts =
            patch.sets.iter().flat_map(|set| &set.after).filter_map(mailcheck::dns::Data::text);
        let with_address = texts.filter(|text| text.windows(7).any(|it| it == b"mailto:"));
        assert_eq!(with_address.count(), 0, "{lines}");
    }
}

#[test]
fn a_finding_without_a_proved_fix_has_advice_in_words() {
    let domain = audited(&World::new("example.com TXT v=spf1 ip4:192.0.2.1 ptr -all"));
    let advice = finding(&domain, "spf/ptr").advice.as_ref().map(ToString::to_string);
    assert!(advice.is_some_and(|advice| advice.contains("list the hosts")));
}

#[test]
fn a_domain_with_mail_is_never_offered_a_policy_that_authorizes_nobody() {
    let policies = ["+all", "V=SPF1 -ALL", "-all all", "?all", "a:gone.test -all"];
    for policy in policies {
        let lines = format!("{MAILBOXES}example.com TXT v=spf1 {policy}");
        let patch = fixed(&World::new(&lines), Template);
        let sets = patch.sets.iter().filter(|set| set.name == name(DOMAIN));
        let texts: Vec<String> = sets
            .flat_map(|set| &set.after)
            .filter_map(mailcheck::dns::Data::text)
            .map(|text| String::from_utf8_lossy(&text).into_owned())
            .collect();
        assert!(texts.iter().all(|text| text.contains("include:")), "{policy}: {texts:?}");
    }
}

#[test]
fn a_template_is_not_offered_beside_a_text_that_was_meant_as_the_policy() {
    for text in
        ["v=spf1; ip4:192.0.2.7; -all", "<p>v=spf1 ip4:192.0.2.7 -all</p>", "“v=spf1 mx –all”"]
    {
        let lines = format!("{MAILBOXES}example.com TXT {text}");
        assert_eq!(fix(&lines, "spf/missing"), None, "{text}");
    }
}

#[test]
fn changes_of_spf_and_of_dmarc_are_never_published_together() {
    let world = World::new(
        "example.com TXT v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 -all\n\
         _dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:a@example.com",
    );
    let patches = at_once(audit::fix(&world, &inquiry(), &Selection::default())).patches;
    let owners: Vec<Vec<String>> = patches
        .iter()
        .map(|patch| patch.sets.iter().map(|set| set.name.to_string()).collect())
        .collect();
    assert_eq!(owners, [["example.com"], ["_dmarc.example.com"]]);
}

#[test]
fn a_dmarc_policy_gets_no_stricter_while_spf_or_dkim_has_an_error() {
    let broken = [
        "example.com TXT v=spf1 include:gone.test -all",
        "example.com TXT v=spf1 include:down.test -all\ndown.test TXT !servfail",
        "example.com TXT v=spf1 ipv4:192.0.2.1 -all",
        "example.com A 192.0.2.1",
        "example.com TXT v=spf1 ip4:192.0.2.1 -all\n\
         default._domainkey.example.com TXT v=DKIM1; k=rsa; p=AAAA",
    ];
    let policies = [
        "p=none; rua=mailto:a@example.com",
        "p=reject; t=y",
        "p=reject; sp=none",
        "p=reject; pct=10",
    ];
    for spf in broken {
        for policy in policies {
            let lines = format!("{spf}\n_dmarc.example.com TXT v=DMARC1; {policy}");
            let patch = fixed(&World::new(&lines), Template);
            let stricter: Vec<&str> = patch.steps.iter().map(|step| step.rule).collect();
            let stricter = stricter.into_iter().filter(|rule| rule.starts_with("dmarc/"));
            assert_eq!(stricter.collect::<Vec<_>>(), Vec::<&str>::new(), "{lines}");
        }
    }
}

#[test]
fn a_policy_that_nobody_can_guess_is_left_to_the_owner() {
    let lines = "_dmarc.example.com TXT v=DMARC1; p=block; rua=mailto:a@example.com";
    assert_eq!(fix(lines, "dmarc/no-valid-policy"), None);
}

#[test]
fn a_term_that_only_seems_unused_because_an_answer_failed_stays() {
    let lines = format!(
        "example.com TXT v=spf1 {}a:h.example.com -all\nh.example.com A !timeout\n{}",
        includes(10),
        many(10)
    );
    let domain = audited(&World::new(&lines));
    let fixes = domain.findings.iter().filter_map(|finding| finding.fix.as_ref());
    let texts: Vec<_> =
        fixes.flat_map(|fix| &fix.records).filter_map(|it| it.add.clone()).collect();
    assert!(
        texts.iter().filter(|text| text.contains("v=spf1")).all(|t| t.contains("a:h.example.com"))
    );
}

// ── senders ─────────────────────────────────────────────────────────────────────────────────────

/// What the fixes of the only sender add, with their costs.
fn admitted(domain: &Domain) -> Vec<(String, [u16; 2], usize)> {
    let fixes = domain.authorizations.iter().flat_map(|one| &one.fixes);
    fixes
        .map(|it| {
            let add = it.fix.records.first().and_then(|record| record.add.clone());
            let text = add.unwrap_or_default();
            let text = text.splitn(5, ' ').nth(4).unwrap_or_default().replace("\" \"", "");
            (text.trim_matches('"').to_owned(), [it.lookups, it.voids], it.octets)
        })
        .collect()
}

const GOOGLE: &str = "_spf.google.com TXT v=spf1 ip4:203.0.113.0/24 ~all\n";

#[test]
fn an_address_is_let_in_before_all() {
    let domain = about_address("example.com TXT v=spf1 ip4:192.0.2.1 -all", "198.51.100.7");
    let text = "v=spf1 ip4:192.0.2.1 ip4:198.51.100.7 -all";
    assert_eq!(admitted(&domain), [(text.to_owned(), [0, 0], text.len())]);
}

#[test]
fn the_include_of_a_recognised_provider_comes_before_the_address() {
    let lines = format!(
        "{GOOGLE}example.com TXT v=spf1 ip4:192.0.2.1 -all\n\
         7.113.0.203.in-addr.arpa PTR mail-ed1-f7.google.com"
    );
    let texts: Vec<String> =
        admitted(&about_address(&lines, "203.0.113.7")).into_iter().map(|it| it.0).collect();
    assert_eq!(
        texts,
        [
            "v=spf1 ip4:192.0.2.1 include:_spf.google.com -all",
            "v=spf1 ip4:192.0.2.1 ip4:203.0.113.7 -all"
        ]
    );
}

#[test]
fn a_host_that_calls_itself_a_providers_does_not_get_the_include() {
    let lines = format!(
        "{GOOGLE}example.com TXT v=spf1 -all\n7.100.51.198.in-addr.arpa PTR mail-ed1-f7.google.com"
    );
    let texts: Vec<String> =
        admitted(&about_address(&lines, "198.51.100.7")).into_iter().map(|it| it.0).collect();
    assert_eq!(texts, ["v=spf1 ip4:198.51.100.7 -all"]);
}

#[test]
fn no_fix_for_a_sender_goes_beyond_ten_lookups() {
    let lines = format!("{GOOGLE}example.com TXT v=spf1 {}-all\n{}", includes(10), many(10));
    let domain = asked(&World::new(&lines), "google", Sender::Provider("google".into()));
    let costs: Vec<u16> = admitted(&domain).iter().map(|(_, [lookups, _], _)| *lookups).collect();
    assert_eq!(costs, [10]);
}

#[test]
fn a_forwarder_is_told_of_dkim_and_never_listed() {
    let lines = "example.com TXT v=spf1 -all\n7.100.51.198.in-addr.arpa PTR fwd1.mail.example.net";
    let domain = about_address(lines, "198.51.100.7");
    let notes: Vec<String> =
        domain.authorizations[0].notes.iter().map(ToString::to_string).collect();
    assert!(admitted(&domain).is_empty() && notes.iter().any(|note| note.contains("DKIM")));
}

#[test]
fn the_nearest_authorized_network_is_told_if_it_is_near() {
    let domain = about_address("example.com TXT v=spf1 ip4:198.51.100.0/29 -all", "198.51.100.9");
    let notes: Vec<String> =
        domain.authorizations[0].notes.iter().map(ToString::to_string).collect();
    assert!(notes.contains(&"nearest authorized network: 198.51.100.0/29".to_owned()));
}

#[test]
fn a_sender_that_the_record_refuses_by_name_is_not_let_in_behind_its_back() {
    let domain = about_address("example.com TXT v=spf1 -ip4:198.51.100.7 ~all", "198.51.100.7");
    assert_eq!(admitted(&domain), []);
}

#[test]
fn a_whole_family_is_never_let_in() {
    let world = World::new("example.com TXT v=spf1 -all");
    let everybody = "0.0.0.0/0".parse().expect("a network");
    assert_eq!(admitted(&asked(&world, "0.0.0.0/0", Sender::Network(everybody))), []);
}

// ── all of them together ────────────────────────────────────────────────────────────────────────

fn fixed(dns: &dyn Dns, least: Applicability) -> Patch {
    let fixing = Selection { least, ..Selection::default() };
    whole(at_once(audit::fix(dns, &inquiry(), &fixing)).patches)
}

/// Patches that are published one after the other, as one.
fn whole(patches: Vec<Patch>) -> Patch {
    let domain = name(DOMAIN);
    let whole = Patch { domain, apex: None, steps: Vec::new(), sets: Vec::new(), gone: Vec::new() };
    patches.into_iter().fold(whole, |mut whole, patch| {
        whole.steps.extend(patch.steps);
        whole.sets.extend(patch.sets);
        whole
    })
}

#[test]
fn fixes_of_one_record_become_one_record() {
    let world = World::new(
        "example.com TXT v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 -all ip4:192.0.2.1/32\n\
         example.com TXT another text",
    );
    let patch = fixed(&world, Review);
    let set = patch.sets.iter().find(|set| set.name == name(DOMAIN)).expect("a set");
    let texts: Vec<_> = set.after.iter().filter_map(mailcheck::dns::Data::text).collect();
    assert_eq!(texts, [&b"v=spf1 ip4:192.0.2.1 -all"[..], b"another text"]);
}

#[test]
fn a_policy_is_raised_one_step_at_a_time() {
    let world = World::new("example.com TXT v=spf1 -all\nexample.com MX 0 .");
    let patch = fixed(&world, Template);
    let rules: Vec<&str> = patch.steps.iter().map(|step| step.rule).collect();
    assert_eq!(rules, ["dmarc/missing"]);
}

#[test]
fn only_the_rules_that_are_named_are_mended() {
    let world = World::new("example.com TXT v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 ?all");
    let fixing = Selection { rules: vec!["spf/neutral-all".into()], ..Selection::default() };
    let patch = whole(at_once(audit::fix(&world, &inquiry(), &fixing)).patches);
    let rules: Vec<&str> = patch.steps.iter().map(|step| step.rule).collect();
    assert_eq!(rules, ["spf/neutral-all"]);
}

// ── over random zones ───────────────────────────────────────────────────────────────────────────

pub(crate) fn zone() -> impl Strategy<Value = String> {
    let spf =
        vec(term(), 0..7).prop_map(|terms| format!("example.com TXT v=spf1 {}\n", terms.join(" ")));
    let dmarc = vec(tag(), 0..5).prop_map(|tags| {
        format!("_dmarc.example.com TXT v=DMARC1; p=reject; {}\n", tags.join("; "))
    });
    let inner = vec(term(), 0..4)
        .prop_map(|terms| format!("p.example.com TXT v=spf1 {}\n", terms.join(" ")));
    (vec(spf, 1..=2), inner, dmarc).prop_map(|(spf, inner, dmarc)| {
        let hosts = "h0.example.com A 10.0.0.1\nh1.example.com A 10.0.0.2\n\
                     h1.example.com AAAA 2001:db8::1\nexample.com MX 0 h0.example.com\n\
                     q.test TXT v=spf1 ip4:10.0.0.0/30 -all\n";
        format!("{}{inner}{dmarc}{hosts}", spf.concat())
    })
}

fn term() -> impl Strategy<Value = String> {
    let terms = [
        "all",
        "-all",
        "~all",
        "?all",
        "a",
        "mx:example.com",
        "ptr",
        "a:h0.example.com",
        "a:h1.example.com",
        "-a:h1.example.com",
        "a:gone.test",
        "include:p.example.com",
        "include:q.test",
        "include:gone.test",
        "ip4:10.0.0.1",
        "ip4:10.0.0.1",
        "IP4:10.0.0.1",
        "ip4:10.0.0.0/29",
        "-ip4:10.0.0.2",
        "ip6:2001:db8::/64",
        "exists:%{i}.h0.example.com",
        "?exists:%{i}.x",
        "redirect=q.test",
        "redirect=p.example.com",
        "exp=h0.example.com",
        "ipv4:10.0.0.9",
        "inlcude:q.test",
        "ip4=10.0.0.3",
    ];
    proptest::sample::select(terms.to_vec()).prop_map(str::to_owned)
}

fn tag() -> impl Strategy<Value = String> {
    let tags = [
        "pct=100",
        "pct=20",
        "ri=86400",
        "rf=afrf",
        "sp=none",
        "np=none",
        "t=y",
        "adkim=strict",
        "x=1",
    ];
    proptest::sample::select(tags.to_vec()).prop_map(str::to_owned)
}

/// Who passes, a set a family.
fn passing(dns: &dyn Dns) -> [IpSet; 2] {
    let domain = audited(dns);
    let nets = [(Family::V4, domain.spf.details.ipv4), (Family::V6, domain.spf.details.ipv6)];
    nets.map(|(family, cidrs)| IpSet::from_cidrs(family, cidrs))
}

/// Who was meant to send, read from the lines of a random zone by other means than the program's:
/// term by term, by what each word says.
mod meant {
    use super::{Family, IpSet};
    use mailcheck::net::Cidr;

    /// A set a family.
    pub(super) fn by(lines: &str, domain: &str) -> [IpSet; 2] {
        let mut all = Family::BOTH.map(IpSet::empty);
        let owner = format!("{domain} TXT v=spf1 ");
        for policy in lines.lines().filter_map(|line| line.strip_prefix(&owner)) {
            let one = policy_of(lines, policy);
            all = [all[0].or(&one[0]), all[1].or(&one[1])];
        }
        all
    }

    fn policy_of(lines: &str, policy: &str) -> [IpSet; 2] {
        let mut undecided = Family::BOTH.map(IpSet::all);
        let mut meant = Family::BOTH.map(IpSet::empty);
        let (last, first): (Vec<&str>, Vec<&str>) =
            policy.split_whitespace().partition(|word| word.starts_with("redirect="));
        for word in first.into_iter().chain(last) {
            let (refused, word) = match word.strip_prefix(['-', '?', '~']) {
                Some(word) => (true, word),
                None => (false, word),
            };
            if refused && word.starts_with("exists:") {
                // It may refuse any sender, so that nothing behind it is certain.
                break;
            }
            let matched = term(lines, word);
            for family in 0..2 {
                let new = matched[family].and(&undecided[family]);
                undecided[family] = undecided[family].minus(&new);
                if !refused {
                    meant[family] = meant[family].or(&new);
                }
            }
        }
        meant
    }

    fn term(lines: &str, word: &str) -> [IpSet; 2] {
        let of = |networks: &[&str]| {
            let cidrs: Vec<Cidr> =
                networks.iter().map(|text| text.parse().expect("a network")).collect();
            Family::BOTH.map(|family| {
                let own = cidrs.iter().copied().filter(|cidr| cidr.family() == family);
                IpSet::from_cidrs(family, own)
            })
        };
        match word.to_ascii_lowercase().as_str() {
            "mx:example.com" | "a:h0.example.com" => of(&["10.0.0.1"]),
            "a:h1.example.com" => of(&["10.0.0.2", "2001:db8::1"]),
            "include:p.example.com" | "redirect=p.example.com" => {
                // A policy that leads back here adds nobody.
                let others = lines
                    .replace("include:p.example.com", "")
                    .replace("redirect=p.example.com", "");
                by(&others, "p.example.com")
            }
            "include:q.test" | "redirect=q.test" | "inlcude:q.test" => of(&["10.0.0.0/30"]),
            "ipv4:10.0.0.9" => of(&["10.0.0.9"]),
            "ip4=10.0.0.3" => of(&["10.0.0.3"]),
            network => {
                let address = network.strip_prefix("ip4:").or(network.strip_prefix("ip6:"));
                address.map_or_else(|| of(&[]), |address| of(&[address]))
            }
        }
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn a_safe_fix_removes_its_finding_and_changes_who_may_send_for_nobody(lines in zone()) {
        let world = World::new(&lines);
        let before = audited(&world);
        let authorized = passing(&world);
        let safe = before.findings.iter().filter(|finding| {
            finding.fix.as_ref().is_some_and(|fix| fix.applicability == Safe)
        });
        for finding in safe {
            let fixing = Selection {
                rules: vec![finding.rule.to_string()],
                least: Safe,
                ..Selection::default()
            };
            let patch = whole(at_once(audit::fix(&world, &inquiry(), &fixing)).patches);
            let after = patched(&world, &patch);
            let same = |other: &Finding| other.rule == finding.rule && other.subject.name == finding.subject.name;
            prop_assert!(!audited(&after).findings.iter().any(same), "{}", finding.rule);
            let lost = authorized.iter().zip(passing(&after)).any(|(old, new)| !new.covers(old));
            prop_assert!(!lost, "{} loses somebody", finding.rule);
        }
    }

    #[test]
    fn no_fix_at_all_loses_anybody(lines in zone()) {
        let world = World::new(&lines);
        let is_open = audited(&world).findings.iter().any(|finding| finding.rule == "spf/pass-all");
        let after_all = fixed(&world, Template);
        let patched = patched(&world, &after_all);
        let lost = passing(&world).iter().zip(passing(&patched)).any(|(old, new)| !new.covers(old));
        prop_assert!(is_open || !lost, "{after_all:?}");
    }

    #[test]
    fn no_offered_record_authorizes_fewer_than_were_meant(lines in zone()) {
        let world = World::new(&lines);
        let meant = meant::by(&lines, DOMAIN);
        let covers = |patch: &Patch| {
            let policies = |set: &&mailcheck::report::PatchSet| set.name == name(DOMAIN) || set.name == name("p.example.com");
            if !patch.sets.iter().any(|set| policies(&set)) {
                return true;
            }
            let passing = passing(&patched(&world, patch));
            passing.iter().zip(&meant).all(|(all, some)| all.covers(some))
        };
        let whole = fixed(&world, Template);
        prop_assert!(covers(&whole), "{whole:?}\nmeant: {meant:?}");
        for finding in audited(&world).findings.iter().filter(|it| it.fix.is_some()) {
            let fixing = Selection {
                rules: vec![finding.rule.to_string()],
                ..Selection::default()
            };
            let patch = self::whole(at_once(audit::fix(&world, &inquiry(), &fixing)).patches);
            prop_assert!(covers(&patch), "{}: {:?}\nmeant: {:?}", finding.rule, patch, meant);
        }
    }

    #[test]
    fn safe_fixes_applied_twice_change_nothing_more(lines in zone()) {
        let world = World::new(&lines);
        let once = fixed(&world, Safe);
        let again = fixed(&patched(&world, &once), Safe);
        prop_assert_eq!(again.steps.len(), 0, "{:?}", again);
    }
}
