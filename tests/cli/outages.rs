//! The four ways in which a provider fails its customers, at Microsoft 365 and at Google: the first screen
//! names the provider, says that nothing is to be changed, and offers no record.

#![allow(clippy::disallowed_methods, reason = "cassettes are files")]

use crate::cassette::cassette;
use crate::program;
use std::fs;
use std::path::Path;

/// A customer of Microsoft 365 and one of Google, whose own records are right.
const CUSTOMERS: &str = "$TTL 3600
fmsinc.com. MX 0 fmsinc-com.mail.protection.outlook.com.
fmsinc.com. TXT \"v=spf1 include:spf.protection.outlook.com -all\"
_dmarc.fmsinc.com. TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@fmsinc.com\"
fmsinc-com.mail.protection.outlook.com. A 52.101.9.1
example.net. MX 1 smtp.google.com.
example.net. TXT \"v=spf1 include:_spf.google.com -all\"
_dmarc.example.net. TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.net\"
smtp.google.com. A 192.0.2.1
";

/// What the two providers list, as two sources agree.
const MICROSOFT: &str = "spf.protection.outlook.com. 3600 TXT (\"v=spf1 ip4:40.92.0.0/15 ip4:40.107.0.0/16 ip4:52.100.0.0/15 \" \"ip4:52.102.0.0/16 ip4:52.103.0.0/17 ip4:104.47.0.0/17 ip6:2a01:111:f400::/48 \" \"ip6:2a01:111:f403::/49 ip6:2a01:111:f403:8000::/51 ip6:2a01:111:f403:c000::/51 ip6:2a01:111:f403:f000::/52 -all\")
";
const GOOGLE: &str = "_spf.google.com. 3600 TXT (\"v=spf1 ip4:74.125.0.0/16 ip4:209.85.128.0/17 \" \"ip6:2001:4860:4864::/56 ip6:2404:6800:4864::/56 ip6:2607:f8b0:4864::/56 \" \"ip6:2800:3f0:4864::/56 ip6:2a00:1450:4864::/56 ip6:2c0f:fb50:4864::/56 ~all\")
";

/// The first screen about a customer in a world: 24 lines of what the plain command prints. `failing` are
/// further lines of the cassette.
fn screen(name: &str, domain: &str, zone: &str, failing: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outages");
    fs::create_dir_all(&folder).expect("a folder for the run");
    let file = folder.join(format!("{name}.jsonl"));
    fs::write(&file, cassette(name, &format!("{CUSTOMERS}{zone}")) + failing)
        .expect("it can be written");
    let out = program::mailcheck().arg(domain).arg("--replay").arg(&file).output();
    let out = out.expect("the binary runs").stdout;
    let text = String::from_utf8(out).expect("a screen is UTF-8");
    assert!(!text.contains("\nfix ") && !text.contains("mailcheck fix"), "{text}");
    text.lines().take(24).collect::<Vec<_>>().join("\n")
}

/// What the first screen says of the fault, on one line.
fn fault(screen: &str) -> String {
    let from = screen.find("  fault  ").unwrap_or_else(|| panic!("no fault: {screen}"));
    let text = screen.get(from..).unwrap_or_default();
    let lines =
        text.lines().enumerate().take_while(|(at, line)| *at == 0 || line.starts_with("    "));
    let words = lines.flat_map(|(_, line)| line.split_whitespace());
    words.collect::<Vec<_>>().join(" ")
}

const KEEP: [&str; 2] = [
    "change nothing in fmsinc.com: keep the include",
    "change nothing in example.net: keep the include",
];

#[test]
fn a_tree_that_shrank_is_the_providers() {
    let microsoft = MICROSOFT.replace("ip4:52.100.0.0/15 ", "");
    let said = fault(&screen("shrunken-microsoft", "fmsinc.com", &microsoft, ""));
    assert!(said.starts_with("fault Microsoft 365: spf.protection.outlook.com lists"), "{said}");
    assert!(said.contains("52.100.0.0/15 is gone") && said.contains(KEEP[0]), "{said}");
    let google = GOOGLE.replace("ip4:74.125.0.0/16 ", "");
    let said = fault(&screen("shrunken-google", "example.net", &google, ""));
    assert!(said.starts_with("fault Google Workspace: _spf.google.com lists"), "{said}");
    assert!(said.contains("74.125.0.0/16 is gone") && said.contains(KEEP[1]), "{said}");
}

#[test]
fn an_include_of_the_provider_that_has_no_policy_is_the_providers() {
    let microsoft = MICROSOFT.replace("v=spf1 ", "v=spf1 include:spfd.protection.outlook.com ");
    let said = fault(&screen("include-microsoft", "fmsinc.com", &microsoft, ""));
    assert!(said.starts_with("fault Microsoft 365: "), "{said}");
    assert!(said.contains("spfd.protection.outlook.com") && said.contains(KEEP[0]), "{said}");
    let google = GOOGLE.replace("v=spf1 ", "v=spf1 include:_netblocks9.google.com ");
    let said = fault(&screen("include-google", "example.net", &google, ""));
    assert!(said.starts_with("fault Google Workspace: "), "{said}");
    assert!(said.contains("_netblocks9.google.com") && said.contains(KEEP[1]), "{said}");
}

#[test]
fn a_policy_that_does_not_exist_is_the_providers() {
    let said = fault(&screen("nxdomain-microsoft", "fmsinc.com", "", ""));
    assert!(
        said.starts_with("fault probably Microsoft 365: spf.protection.outlook.com does not exist"),
        "{said}"
    );
    assert!(said.contains(KEEP[0]), "{said}");
    let said = fault(&screen("nxdomain-google", "example.net", "", ""));
    assert!(
        said.starts_with("fault probably Google Workspace: _spf.google.com does not exist"),
        "{said}"
    );
    assert!(said.contains(KEEP[1]), "{said}");
}

#[test]
fn a_policy_that_cannot_be_fetched_is_the_providers() {
    let failing =
        |name: &str| format!("{{\"name\":\"{name}\",\"type\":\"TXT\",\"outcome\":\"servfail\"}}\n");
    let microsoft = failing("spf.protection.outlook.com");
    let said = fault(&screen("servfail-microsoft", "fmsinc.com", "", &microsoft));
    assert!(said.starts_with("fault probably Microsoft 365: "), "{said}");
    assert!(
        said.contains("spf.protection.outlook.com TXT returned SERVFAIL; change nothing"),
        "{said}"
    );
    let said = fault(&screen("servfail-google", "example.net", "", &failing("_spf.google.com")));
    assert!(said.starts_with("fault probably Google Workspace: "), "{said}");
    assert!(said.contains("_spf.google.com TXT returned SERVFAIL; change nothing"), "{said}");
}
