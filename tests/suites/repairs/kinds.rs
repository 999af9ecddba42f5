//! How people break records: the list that the bench goes through.
//!
//! Every row is one kind of slip, with what a person did, whether the text still says what was
//! meant, the rules of which one has to name the cause, and a word that its message has to hold.

use super::change::{
    Broken, Policy, all_terms, between, here, in_place, near_value, replace_all, strings,
    term_with, without_semicolon,
};

/// Which record is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Spf,
    Dmarc,
    Dkim,
}

/// One way in which people break records.
pub(crate) struct Kind {
    pub(crate) id: &'static str,
    pub(crate) protocol: Protocol,
    /// What the person did.
    pub(crate) done: &'static str,
    /// True if the text still says what was meant.
    pub(crate) repairable: bool,
    /// The rules of which one names the cause.
    pub(crate) rules: &'static [&'static str],
    /// What its message holds, in lower case.
    pub(crate) word: &'static str,
    /// A term or tag that the policy gets first, if it has none that begins like it.
    pub(crate) needs: Option<&'static str>,
    /// The change; `None` if the policy has nothing to break in this way.
    pub(crate) change: fn(&Policy) -> Option<Broken>,
}

const SYNTAX: &[&str] = &["spf/syntax"];
const LOOKALIKE: &[&str] = &["spf/lookalike"];
const MODIFIER: &[&str] = &["spf/suspicious-modifier"];
const GLUED: &[&str] = &["spf/syntax", "spf/joined-strings", "spf/include-without-record"];
const TARGET: &[&str] = &["spf/include-without-record"];
const DMARC_TEXT: &[&str] = &["dmarc/missing", "dmarc/lookalike"];
const DMARC_TAG: &[&str] = &["dmarc/syntax", "dmarc/stray-text", "dmarc/no-valid-policy"];
const DMARC_HISTORIC: &[&str] = &["dmarc/historic-tag"];
const DKIM_TEXT: &[&str] = &["dkim/syntax", "dkim/stray-characters", "dkim/unusable-key"];

const NETWORK: Option<&str> = Some("ip4:5.45.198.0/24");
const ADDRESS: Option<&str> = Some("ip4:5.45.198.7");
const NETWORK6: Option<&str> = Some("ip6:2a02:c207:2::/48");
const INCLUDE: Option<&str> = Some("include:sendgrid.net");
const GOOGLE: Option<&str> = Some("include:_spf.google.com");
const MICROSOFT: Option<&str> = Some("include:spf.protection.outlook.com");
const RUA: Option<&str> = Some("rua=mailto:reports@dmarc.example");
const RUAS: Option<&str> = Some("rua=mailto:a@dmarc.example,mailto:b@dmarc.example");
const P: Option<&str> = Some("p=reject");
const V: Option<&str> = Some("v=DKIM1");
const K: Option<&str> = Some("k=rsa");

macro_rules! kinds {
    ($($protocol:ident $can:ident $id:literal $done:literal $rules:ident $word:literal
       $needs:expr => $change:expr;)*) => {
        &[$(Kind {
            id: $id,
            protocol: Protocol::$protocol,
            done: $done,
            repairable: kinds!(@ $can),
            rules: $rules,
            word: $word,
            needs: $needs,
            change: $change,
        },)*]
    };
    (@ yes) => { true };
    (@ no) => { false };
}

const SEVERAL: &[&str] = &["spf/several-records"];
const AFTER_ALL: &[&str] = &["spf/terms-after-all"];
const NO_ALL: &[&str] = &["spf/no-all"];
const HOST_BITS: &[&str] = &["spf/host-bits"];
const ADDRESS_NAME: &[&str] = &["spf/syntax", "spf/void-lookup", "spf/include-without-record"];
const MISSING: &[&str] = &["spf/missing", "spf/lookalike"];
const JOINED: &[&str] = &["spf/joined-strings", "spf/syntax", "spf/include-without-record"];
const DMARC_SEVERAL: &[&str] = &["dmarc/several-records"];
const DMARC_PLACE: &[&str] = &["dmarc/missing", "posture/misplaced-dmarc"];
const DKIM_PLACE: &[&str] = &["dkim/given-selector-missing"];
const NO_POLICY: &[&str] = &["dmarc/no-valid-policy", "dmarc/policy-absent"];
const URL: &[&str] = &["spf/include-without-record", "spf/syntax"];
const TRUNCATED: &[&str] = &["dkim/truncated-key", "dkim/unusable-key"];

#[rustfmt::skip]
pub(crate) static KINDS: &[Kind] = kinds! {
    // ── SPF: separators and blanks ──
    Spf yes "spf-semicolons" "semicolons behind the version and between terms" LOOKALIKE "semicolon" None
        => |p| here(all_terms(p, "; "));
    Spf yes "spf-semicolons-between" "semicolons between terms" SYNTAX "semicolon" NETWORK
        => |p| here(between(p, "; "));
    Spf yes "spf-semicolon-end" "a semicolon at the end" SYNTAX "semicolon" Some("-all")
        => |p| here(Some(format!("{};", p.text)));
    Spf yes "spf-commas-between" "commas between terms" SYNTAX "comma" NETWORK
        => |p| here(between(p, ", "));
    Spf yes "spf-commas-tight" "commas instead of blanks" SYNTAX "comma" NETWORK
        => |p| here(between(p, ","));
    Spf yes "spf-comma-addresses" "two addresses with a comma in one term" SYNTAX "comma" Some("ip4:5.45.198.7 ip4:5.45.199.8")
        => |p| here(replace_all(p, " ip4:5.45.199.8", ",5.45.199.8"));
    Spf yes "spf-blank-addresses" "two addresses with a blank behind one ip4:" SYNTAX "ip4:" Some("ip4:5.45.198.7 ip4:5.45.199.8")
        => |p| here(replace_all(p, " ip4:5.45.199.8", " 5.45.199.8"));
    Spf yes "spf-equals-include" "include= instead of include:" MODIFIER "include:" INCLUDE
        => |p| here(term_with(p, "include:", |t| t.replacen(':', "=", 1)));
    Spf yes "spf-equals-ip4" "ip4= instead of ip4:" MODIFIER "ip4:" NETWORK
        => |p| here(term_with(p, "ip4:", |t| t.replacen(':', "=", 1)));
    Spf yes "spf-blank-equals" "the value behind a blank, without a colon" SYNTAX "include:" INCLUDE
        => |p| here(term_with(p, "include:", |t| t.replacen(':', " ", 1)));
    Spf yes "spf-blank-after-colon" "a blank after include:" SYNTAX "space" INCLUDE
        => |p| here(term_with(p, "include:", |t| t.replacen(':', ": ", 1)));
    Spf yes "spf-blank-before-colon" "a blank before the colon" SYNTAX "space" INCLUDE
        => |p| here(term_with(p, "include:", |t| t.replacen(':', " :", 1)));
    Spf yes "spf-blank-after-ip4" "a blank after ip4:" SYNTAX "space" NETWORK
        => |p| here(term_with(p, "ip4:", |t| t.replacen(':', ": ", 1)));
    Spf yes "spf-blank-before-prefix" "a blank before the prefix length" SYNTAX "space" NETWORK
        => |p| here(term_with(p, "ip4:5.45.198.0/24", |t| t.replacen('/', " /", 1)));
    Spf yes "spf-blank-missing" "no blank between two includes" GLUED "space" Some("include:sendgrid.net include:amazonses.com")
        => |p| here(replace_all(p, "sendgrid.net include:amazonses", "sendgrid.netinclude:amazonses"));
    Spf yes "spf-blank-missing-ip4" "no blank between two networks" GLUED "space" Some("ip4:5.45.198.0/24 ip4:5.45.200.0/24")
        => |p| here(replace_all(p, "198.0/24 ip4:5.45.200", "198.0/24ip4:5.45.200"));
    Spf yes "spf-blank-missing-all" "no blank before all" GLUED "space" Some("include:sendgrid.net ~all")
        => |p| here(p.text.rfind(" ").map(|at| format!("{}{}", &p.text[..at], &p.text[at + 1..])));
    Spf yes "spf-blank-missing-version" "no blank behind the version" LOOKALIKE "space" NETWORK
        => |p| here(Some(p.text.replacen(' ', "", 1)));
    Spf yes "spf-tab" "a tab between two terms" SYNTAX "tab" NETWORK
        => |p| here(in_place(p, " ", "\t"));
    Spf yes "spf-line-break" "a line break between two terms" SYNTAX "line break" NETWORK
        => |p| here(in_place(p, " ", "\n"));
    Spf yes "spf-leading-blank" "a blank before the version" LOOKALIKE "space" None
        => |p| here(Some(format!(" {}", p.text)));
    Spf yes "spf-joined-strings" "two strings that meet without a blank" JOINED "space" Some("ip4:5.45.198.0/24")
        => |p| strings(p, "ip4:5.45.198.0/24");
    // ── SPF: characters ──
    Spf yes "spf-en-dash" "an en dash before all" SYNTAX "en dash" Some("-all")
        => |p| here(near_value(p, "-all", "\u{2013}all"));
    Spf yes "spf-em-dash" "an em dash before all" SYNTAX "em dash" Some("-all")
        => |p| here(near_value(p, "-all", "\u{2014}all"));
    Spf yes "spf-minus" "a minus sign before all" SYNTAX "minus" Some("-all")
        => |p| here(near_value(p, "-all", "\u{2212}all"));
    Spf yes "spf-tilde" "a full-width tilde before all" SYNTAX "tilde" Some("~all")
        => |p| here(near_value(p, "~all", "\u{ff5e}all"));
    Spf yes "spf-typographic-quotes" "typographic quotes around the record" LOOKALIKE "quot" None
        => |p| here(Some(format!("\u{201c}{}\u{201d}", p.text)));
    Spf yes "spf-straight-quotes" "straight quotes inside the TXT" LOOKALIKE "quot" None
        => |p| here(Some(format!("\"{}\"", p.text)));
    Spf yes "spf-single-quotes" "single quotes inside the TXT" LOOKALIKE "quot" None
        => |p| here(Some(format!("'{}'", p.text)));
    Spf yes "spf-quote-end" "a quote at the end" SYNTAX "quot" Some("-all")
        => |p| here(Some(format!("{}\"", p.text)));
    Spf yes "spf-quotes-strings" "`\" \"` of split strings inside the TXT" SYNTAX "quot" NETWORK
        => |p| here(in_place(p, " ", " \" \""));
    Spf yes "spf-nbsp" "a no-break space between two terms" SYNTAX "no-break space" NETWORK
        => |p| here(in_place(p, " ", "\u{a0}"));
    Spf yes "spf-zero-width" "a zero-width space in a term" SYNTAX "zero width space" INCLUDE
        => |p| here(term_with(p, "include:", |t| t.replacen(':', ":\u{200b}", 1)));
    Spf yes "spf-zero-width-ip4" "a zero-width space behind an address" SYNTAX "zero width space" NETWORK
        => |p| here(term_with(p, "ip4:", |t| format!("{t}\u{200b}")));
    Spf yes "spf-bom" "a byte order mark before the version" LOOKALIKE "byte order mark" None
        => |p| here(Some(format!("\u{feff}{}", p.text)));
    Spf yes "spf-html-tag" "an HTML tag around the record" LOOKALIKE "html" None
        => |p| here(Some(format!("<p>{}</p>", p.text)));
    Spf yes "spf-html-break" "a <br> at the end" SYNTAX "html" Some("-all")
        => |p| here(Some(format!("{}<br>", p.text)));
    Spf yes "spf-html-entity" "&nbsp; between two terms" SYNTAX "html" NETWORK
        => |p| here(in_place(p, " ", "&nbsp;"));
    Spf yes "spf-angle-brackets" "angle brackets around a name" SYNTAX "angle bracket" INCLUDE
        => |p| here(term_with(p, "include:", |t| t.replacen(':', ":<", 1) + ">"));
    Spf yes "spf-backslash" "a backslash before a term" SYNTAX "backslash" NETWORK
        => |p| here(term_with(p, "ip4:", |t| format!("\\{t}")));
    Spf yes "spf-type-word" "the type TXT before the version" LOOKALIKE "txt" None
        => |p| here(Some(format!("TXT {}", p.text)));
    // ── SPF: mechanisms and addresses ──
    Spf yes "spf-ipv4" "ipv4: instead of ip4:" SYNTAX "ip4:" NETWORK
        => |p| here(term_with(p, "ip4:", |t| t.replacen("ip4:", "ipv4:", 1)));
    Spf yes "spf-ip" "ip: instead of ip4:" SYNTAX "ip4:" NETWORK
        => |p| here(term_with(p, "ip4:", |t| t.replacen("ip4:", "ip:", 1)));
    Spf yes "spf-ipv6" "ipv6: instead of ip6:" SYNTAX "ip6:" NETWORK6
        => |p| here(term_with(p, "ip6:", |t| t.replacen("ip6:", "ipv6:", 1)));
    Spf yes "spf-bare-address" "an address without ip4:" SYNTAX "ip4:" ADDRESS
        => |p| here(term_with(p, "ip4:5.45.198.7", |t| t.replacen("ip4:", "", 1)));
    Spf yes "spf-ip6-in-ip4" "an IPv6 address in ip4" SYNTAX "ip6:" NETWORK6
        => |p| here(term_with(p, "ip6:", |t| t.replacen("ip6:", "ip4:", 1)));
    Spf yes "spf-ip4-in-ip6" "an IPv4 address in ip6" SYNTAX "ip4:" NETWORK
        => |p| here(term_with(p, "ip4:", |t| t.replacen("ip4:", "ip6:", 1)));
    Spf yes "spf-a-address" "a: with an address" ADDRESS_NAME "ip4:" ADDRESS
        => |p| here(term_with(p, "ip4:5.45.198.7", |t| t.replacen("ip4:", "a:", 1)));
    Spf yes "spf-mx-address" "mx: with an address" ADDRESS_NAME "ip4:" ADDRESS
        => |p| here(term_with(p, "ip4:5.45.198.7", |t| t.replacen("ip4:", "mx:", 1)));
    Spf yes "spf-include-network" "include: with a network" ADDRESS_NAME "ip4:" NETWORK
        => |p| here(term_with(p, "ip4:5.45.198.0/24", |t| t.replacen("ip4:", "include:", 1)));
    Spf yes "spf-netmask" "a netmask instead of a prefix length" SYNTAX "/24" NETWORK
        => |p| here(term_with(p, "ip4:5.45.198.0/24", |t| t.replacen("/24", "/255.255.255.0", 1)));
    Spf yes "spf-range" "a range of addresses" SYNTAX "range" Some("ip4:5.45.198.8/29")
        => |p| here(term_with(p, "ip4:5.45.198.8/29", |_| "ip4:5.45.198.8-5.45.198.15".into()));
    Spf yes "spf-range-short" "a range written by its last octets" SYNTAX "range" Some("ip4:5.45.198.8/29")
        => |p| here(term_with(p, "ip4:5.45.198.8/29", |_| "ip4:5.45.198.8-15".into()));
    Spf yes "spf-star-octet" "a star for the last octet" SYNTAX "/24" NETWORK
        => |p| here(term_with(p, "ip4:5.45.198.0/24", |_| "ip4:5.45.198.*".into()));
    Spf yes "spf-host-bits" "the address of a host before a prefix length" HOST_BITS "network" NETWORK
        => |p| here(term_with(p, "ip4:5.45.198.0/24", |_| "ip4:5.45.198.77/24".into()));
    Spf yes "spf-slash-end" "a slash without a prefix length" SYNTAX "/" ADDRESS
        => |p| here(term_with(p, "ip4:5.45.198.7", |t| format!("{t}/")));
    Spf no "spf-prefix-too-long" "a prefix length beyond 32" SYNTAX "32" NETWORK
        => |p| here(term_with(p, "ip4:5.45.198.0/24", |t| t.replacen("/24", "/64", 1)));
    Spf no "spf-octet-too-large" "an octet beyond 255" SYNTAX "ipv4 address" ADDRESS
        => |p| here(term_with(p, "ip4:5.45.198.7", |_| "ip4:5.45.298.7".into()));
    Spf no "spf-octet-missing" "an address with three octets" SYNTAX "ipv4 address" ADDRESS
        => |p| here(term_with(p, "ip4:5.45.198.7", |_| "ip4:5.45.198".into()));
    Spf yes "spf-inlcude" "include misspelled: inlcude" SYNTAX "include:" INCLUDE
        => |p| here(term_with(p, "include:", |t| t.replacen("include", "inlcude", 1)));
    Spf yes "spf-includes" "include misspelled: includes" SYNTAX "include:" INCLUDE
        => |p| here(term_with(p, "include:", |t| t.replacen("include", "includes", 1)));
    Spf yes "spf-pi4" "ip4 misspelled: pi4" SYNTAX "ip4:" NETWORK
        => |p| here(term_with(p, "ip4:", |t| t.replacen("ip4", "pi4", 1)));
    Spf yes "spf-include-twice" "include:include:" URL "include:include:" INCLUDE
        => |p| here(term_with(p, "include:", |t| format!("include:{t}")));
    Spf yes "spf-include-double-colon" "include::" URL "colon" INCLUDE
        => |p| here(term_with(p, "include:", |t| t.replacen(':', "::", 1)));
    Spf yes "spf-redirect-colon" "redirect: instead of redirect=" SYNTAX "redirect=" Some("redirect=sendgrid.net")
        => |p| here(term_with(p, "redirect=", |t| t.replacen('=', ":", 1)));
    Spf yes "spf-redirect-misspelled" "redirect misspelled: redirct=" MODIFIER "redirect=" Some("redirect=sendgrid.net")
        => |p| here(term_with(p, "redirect=", |t| t.replacen("redirect", "redirct", 1)));
    Spf yes "spf-redirect-twice" "the same redirect twice" SYNTAX "twice" Some("redirect=sendgrid.net")
        => |p| here(term_with(p, "redirect=", |t| format!("{t} {t}")));
    Spf yes "spf-include-https" "include of an https URL" URL "https" INCLUDE
        => |p| here(term_with(p, "include:", |t| t.replacen("include:", "include:https://", 1)));
    // ── SPF: names of providers ──
    Spf yes "spf-google-misspelled" "Google's name misspelled: _spf.gogle.com" TARGET "_spf.google.com" GOOGLE
        => |p| here(term_with(p, "include:_spf.google.com", |t| t.replacen("google", "gogle", 1)));
    Spf yes "spf-google-no-underscore" "Google's name without underscore: spf.google.com" TARGET "_spf.google.com" GOOGLE
        => |p| here(term_with(p, "include:_spf.google.com", |t| t.replacen("_spf", "spf", 1)));
    Spf yes "spf-outlook-no-spf" "Microsoft's name without spf: protection.outlook.com" TARGET "spf.protection.outlook.com" MICROSOFT
        => |p| here(term_with(p, "include:spf.protection.outlook.com", |t| t.replacen("spf.", "", 1)));
    Spf yes "spf-outlook-misspelled" "Microsoft's name misspelled: protecton" TARGET "spf.protection.outlook.com" MICROSOFT
        => |p| here(term_with(p, "include:spf.protection.outlook.com", |t| t.replacen("protection", "protecton", 1)));
    Spf yes "spf-sendgrid-com" "SendGrid's name below com" TARGET "sendgrid.net" INCLUDE
        => |p| here(term_with(p, "include:sendgrid.net", |t| t.replacen(".net", ".com", 1)));
    // ── SPF: all, versions, places ──
    Spf yes "spf-two-records" "a second record for another sender" SEVERAL "2" Some("include:sendgrid.net ~all")
        => |p| p.split_in_two("include:sendgrid.net");
    Spf yes "spf-two-in-one" "a second record pasted into the first" MODIFIER "v=spf1" Some("include:sendgrid.net ~all")
        => |p| here(replace_all(p, "include:sendgrid.net ", "~all v=spf1 include:sendgrid.net ").filter(|_| p.text.ends_with(" ~all")));
    Spf yes "spf-all-first" "all before the last term" AFTER_ALL "all" Some("include:sendgrid.net ~all")
        => |p| here(replace_all(p, " include:sendgrid.net ~all", " ~all include:sendgrid.net").filter(|_| p.text.ends_with("include:sendgrid.net ~all")));
    Spf yes "spf-two-alls" "all twice" AFTER_ALL "all" Some("-all")
        => |p| here(Some(format!("{} {}", p.text, p.text.rsplit(' ').next()?)));
    Spf no "spf-all-missing" "no all" NO_ALL "without all" Some("include:sendgrid.net ~all")
        => |p| here(p.text.strip_suffix(" ~all").map(str::to_owned));
    Spf yes "spf-all-dot" "a dot behind all" SYNTAX "all" Some("-all")
        => |p| here(Some(format!("{}.", p.text)));
    Spf yes "spf-all-dash-behind" "the qualifier behind all" SYNTAX "all" Some("-all")
        => |p| here(near_value(p, "-all", "all-"));
    Spf yes "spf-all-blank" "a blank behind the qualifier" SYNTAX "space" Some("-all")
        => |p| here(near_value(p, "-all", "- all"));
    Spf yes "spf-all-alll" "all misspelled: alll" SYNTAX "all" Some("-all")
        => |p| here(near_value(p, "-all", "-alll"));
    Spf yes "spf-version-2" "v=spf2" LOOKALIKE "v=spf1" None
        => |p| here(Some(p.text.replacen("v=spf1", "v=spf2", 1)));
    Spf yes "spf-version-none" "v=spf" LOOKALIKE "v=spf1" None
        => |p| here(Some(p.text.replacen("v=spf1", "v=spf", 1)));
    Spf yes "spf-version-bare" "spf1 without v=" LOOKALIKE "v=spf1" NETWORK
        => |p| here(Some(p.text.replacen("v=spf1", "spf1", 1)));
    Spf yes "spf-version-blank" "v =spf1" LOOKALIKE "space" None
        => |p| here(Some(p.text.replacen("v=spf1", "v =spf1", 1)));
    Spf yes "spf-version-colon" "v:spf1" LOOKALIKE "v=spf1" None
        => |p| here(Some(p.text.replacen("v=spf1", "v:spf1", 1)));
    Spf yes "spf-version-dot" "v=spf1." LOOKALIKE "v=spf1" NETWORK
        => |p| here(Some(p.text.replacen("v=spf1", "v=spf1.", 1)));
    Spf yes "spf-underscore-owner" "the record at _spf" MISSING "_spf." NETWORK
        => |p| p.elsewhere(&format!("_spf.{}", p.domain));
    Spf yes "spf-doubled-owner" "the record at the doubled name" MISSING "." NETWORK
        => |p| p.elsewhere(&format!("{0}.{0}", p.domain));
    // ── DMARC ──
    Dmarc yes "dmarc-version-no-semicolon" "no semicolon behind the version" DMARC_TEXT "semicolon" P
        => |p| here(Some(p.text.replacen(';', "", 1)));
    Dmarc yes "dmarc-no-semicolons" "blanks instead of semicolons" DMARC_TEXT "semicolon" P
        => |p| here(Some(p.tags().join(" ")));
    Dmarc yes "dmarc-one-semicolon" "a semicolon missing between two tags" DMARC_TAG "semicolon" RUA
        => |p| here(without_semicolon(p, "rua="));
    Dmarc yes "dmarc-commas" "commas instead of semicolons" DMARC_TEXT "comma" P
        => |p| here(Some(p.tags().join(", ")));
    Dmarc yes "dmarc-colon" "p: instead of p=" DMARC_TAG "=" P
        => |p| here(p.tag("p=", |t| t.replacen('=', ":", 1)));
    Dmarc yes "dmarc-dash" "p- instead of p=" DMARC_TAG "=" P
        => |p| here(p.tag("p=", |t| t.replacen('=', "-", 1)));
    Dmarc yes "dmarc-rejected" "p misspelled: one letter too many" DMARC_TAG "did you mean" P
        => |p| here(p.tag("p=", |t| format!("{t}ed")));
    Dmarc yes "dmarc-misspelled" "p misspelled: two letters swapped" DMARC_TAG "did you mean" P
        => |p| here(p.tag("p=", |t| { let (a, b) = t.split_at(t.len() - 2); let mut c: Vec<char> = b.chars().collect(); c.reverse(); format!("{a}{}", c.into_iter().collect::<String>()) }));
    Dmarc no "dmarc-block" "p=block" DMARC_TAG "block" P
        => |p| here(p.tag("p=", |_| "p=block".into()));
    Dmarc no "dmarc-no-p" "no p" NO_POLICY "p" P
        => |p| here(p.without_tag("p="));
    Dmarc yes "dmarc-no-mailto" "rua without mailto:" DMARC_TAG "mailto:" RUA
        => |p| here(p.tag("rua=", |t| t.replace("mailto:", "")));
    Dmarc yes "dmarc-blank-in-uri" "a blank behind mailto:" DMARC_TAG "space" RUA
        => |p| here(p.tag("rua=", |t| t.replace("mailto:", "mailto: ")));
    Dmarc yes "dmarc-semicolon-uris" "a semicolon between two addresses" DMARC_TAG "semicolon" RUAS
        => |p| here(p.tag("rua=", |t| t.replace(',', ";")).filter(|t| t.contains(";mailto:")));
    Dmarc yes "dmarc-blank-uris" "a blank between two addresses" DMARC_TAG "comma" RUAS
        => |p| here(p.tag("rua=", |t| t.replace(',', " ")).filter(|t| t.contains(" mailto:")));
    Dmarc yes "dmarc-mailto-slashes" "mailto:// " DMARC_TAG "mailto:" RUA
        => |p| here(p.tag("rua=", |t| t.replace("mailto:", "mailto://")));
    Dmarc yes "dmarc-mailto-misspelled" "malito:" DMARC_TAG "mailto:" RUA
        => |p| here(p.tag("rua=", |t| t.replace("mailto:", "malito:")));
    Dmarc yes "dmarc-mailto-twice" "mailto:mailto:" DMARC_TAG "mailto:" RUA
        => |p| here(p.tag("rua=", |t| t.replace("mailto:", "mailto:mailto:")));
    Dmarc yes "dmarc-mailto-equals" "mailto= instead of mailto:" DMARC_TAG "mailto:" RUA
        => |p| here(p.tag("rua=", |t| t.replace("mailto:", "mailto=")));
    Dmarc yes "dmarc-angle-inside" "angle brackets around the address" DMARC_TAG "angle bracket" RUA
        => |p| here(p.tag("rua=", |t| t.replace("mailto:", "mailto:<").replace(',', ">,") + ">"));
    Dmarc yes "dmarc-angle-around" "angle brackets around the URI" DMARC_TAG "angle bracket" RUA
        => |p| here(p.tag("rua=", |t| t.replace("mailto:", "<mailto:").replace(',', ">,") + ">"));
    Dmarc yes "dmarc-duplicate" "the same tag twice" DMARC_TAG "repeated" P
        => |p| here(p.tag("p=", |t| format!("{t}; {t}")));
    Dmarc no "dmarc-contradiction" "two values of p" DMARC_TAG "once" Some("p=reject")
        => |p| here(p.tag("p=reject", |t| format!("{t}; p=none")));
    Dmarc yes "dmarc-version-word" "v=DMARC" DMARC_TEXT "v=dmarc1" P
        => |p| here(Some(p.text.replacen("DMARC1", "DMARC", 1)));
    Dmarc yes "dmarc-version-l" "v=DMARCl" DMARC_TEXT "v=dmarc1" P
        => |p| here(Some(p.text.replacen("DMARC1", "DMARCl", 1)));
    Dmarc yes "dmarc-version-bare" "DMARC1 without v=" DMARC_TEXT "v=dmarc1" P
        => |p| here(Some(p.text.replacen("v=DMARC1", "DMARC1", 1)));
    Dmarc yes "dmarc-version-lower" "v=dmarc1" DMARC_TEXT "v=dmarc1" P
        => |p| here(Some(p.text.replacen("v=DMARC1", "v=dmarc1", 1)));
    Dmarc yes "dmarc-version-dot" "v=DMARC1.0" DMARC_TEXT "v=dmarc1" P
        => |p| here(Some(p.text.replacen("v=DMARC1", "v=DMARC1.0", 1)));
    Dmarc yes "dmarc-version-last" "the version behind other tags" DMARC_TEXT "first" P
        => |p| { let mut t = p.tags(); let v = t.remove(0); t.push(v); here(Some(t.join("; "))) };
    Dmarc yes "dmarc-two-records" "a second record with p=none" DMARC_SEVERAL "2" Some("p=reject")
        => |p| p.beside("v=DMARC1; p=none");
    Dmarc yes "dmarc-typographic-quotes" "typographic quotes around the record" DMARC_TEXT "quot" P
        => |p| here(Some(format!("\u{201c}{}\u{201d}", p.text)));
    Dmarc yes "dmarc-straight-quotes" "straight quotes inside the TXT" DMARC_TEXT "quot" P
        => |p| here(Some(format!("\"{}\"", p.text)));
    Dmarc yes "dmarc-quoted-value" "quotes around the value of p" DMARC_TAG "quot" P
        => |p| here(p.tag("p=", |t| t.replacen('=', "=\"", 1) + "\""));
    Dmarc yes "dmarc-bom" "a byte order mark before the version" DMARC_TEXT "byte order mark" P
        => |p| here(Some(format!("\u{feff}{}", p.text)));
    Dmarc yes "dmarc-nbsp" "a no-break space behind a semicolon" DMARC_TAG "no-break space" P
        => |p| here(p.tag("p=", |t| format!("\u{a0}{t}")));
    Dmarc yes "dmarc-zero-width" "a zero-width space in a value" DMARC_TAG "zero width space" P
        => |p| here(p.tag("p=", |t| format!("{t}\u{200b}")));
    Dmarc yes "dmarc-html-tag" "an HTML tag around the record" DMARC_TEXT "html" P
        => |p| here(Some(format!("<p>{}</p>", p.text)));
    Dmarc yes "dmarc-backslashes" "backslashes before semicolons" DMARC_TEXT "backslash" P
        => |p| here(Some(p.text.replace(';', "\\;")));
    Dmarc yes "dmarc-pct" "pct beyond 100" DMARC_HISTORIC "pct" P
        => |p| here(p.add_tag("pct=150"));
    Dmarc yes "dmarc-ri" "ri that is no number" DMARC_HISTORIC "ri" P
        => |p| here(p.add_tag("ri=daily"));
    Dmarc yes "dmarc-fo" "fo=all" DMARC_TAG "fo" P
        => |p| here(p.add_tag("fo=all"));
    Dmarc yes "dmarc-mode-word" "adkim=relaxed" DMARC_TAG "r or s" P
        => |p| here(p.add_tag("adkim=relaxed"));
    Dmarc yes "dmarc-sp-misspelled" "sp misspelled" DMARC_TAG "did you mean" Some("sp=reject")
        => |p| here(p.tag("sp=reject", |_| "sp=jerect".into()));
    Dmarc yes "dmarc-policy-word" "policy= instead of p=" DMARC_TAG "p=" P
        => |p| here(p.tag("p=", |t| t.replacen("p=", "policy=", 1)));
    Dmarc yes "dmarc-apex" "the record at the domain itself" DMARC_PLACE "_dmarc" P
        => |p| p.elsewhere(&p.domain);
    Dmarc yes "dmarc-no-underscore" "the record at dmarc" DMARC_PLACE "dmarc." P
        => |p| p.elsewhere(&format!("dmarc.{}", p.domain));
    Dmarc yes "dmarc-doubled-owner" "the record at the doubled name" DMARC_PLACE "_dmarc." P
        => |p| p.elsewhere(&format!("_dmarc.{0}.{0}", p.domain));
    // ── DKIM ──
    Dkim yes "dkim-quotes-strings" "`\" \"` of split strings in the key" DKIM_TEXT "quot" None
        => |p| here(p.in_key(|key| { let (a, b) = key.split_at(key.len() / 2); format!("{a}\" \"{b}") }));
    Dkim yes "dkim-backslashes" "backslashes before semicolons" DKIM_TEXT "backslash" V
        => |p| here(Some(p.text.replace(';', "\\;")).filter(|t| *t != p.text));
    Dkim yes "dkim-no-p" "the key without p=" DKIM_TEXT "p=" K
        => |p| here(p.tag("p=", |t| t.replacen("p=", "", 1)));
    Dkim yes "dkim-pem" "the lines of the PEM file around the key" DKIM_TEXT "pem" None
        => |p| here(p.in_key(|key| format!("-----BEGIN PUBLIC KEY-----{key}-----END PUBLIC KEY-----")));
    Dkim yes "dkim-no-semicolon" "no semicolon before p=" DKIM_TEXT "semicolon" K
        => |p| here(without_semicolon(p, "p="));
    Dkim yes "dkim-version-no-semicolon" "no semicolon behind the version" DKIM_TEXT "semicolon" V
        => |p| here(Some(p.text.replacen(';', "", 1)).filter(|_| p.text.starts_with("v=DKIM1;")));
    Dkim yes "dkim-commas" "commas instead of semicolons" DKIM_TEXT "comma" K
        => |p| here(Some(p.tags().join(", ")));
    Dkim yes "dkim-colon" "p: instead of p=" DKIM_TEXT "=" K
        => |p| here(p.tag("p=", |t| t.replacen('=', ":", 1)));
    Dkim yes "dkim-version-word" "v=DKIM" DKIM_TEXT "dkim1" V
        => |p| here(p.tag("v=DKIM1", |_| "v=DKIM".into()));
    Dkim yes "dkim-version-lower" "v=dkim1" DKIM_TEXT "dkim1" V
        => |p| here(p.tag("v=DKIM1", |_| "v=dkim1".into()));
    Dkim yes "dkim-version-last" "the version behind the key" DKIM_TEXT "first" V
        => |p| { let mut t = p.tags(); let v = t.remove(0); t.push(v); here(Some(t.join("; "))) };
    Dkim yes "dkim-nbsp" "a no-break space in the key" DKIM_TEXT "no-break space" None
        => |p| here(p.in_key(|key| { let (a, b) = key.split_at(key.len() / 2); format!("{a}\u{a0}{b}") }));
    Dkim yes "dkim-typographic-quotes" "typographic quotes around the record" DKIM_TEXT "quot" V
        => |p| here(Some(format!("\u{201c}{}\u{201d}", p.text)));
    Dkim yes "dkim-straight-quotes" "straight quotes inside the TXT" DKIM_TEXT "quot" V
        => |p| here(Some(format!("\"{}\"", p.text)));
    Dkim yes "dkim-key-brackets" "angle brackets around the key" DKIM_TEXT "angle bracket" None
        => |p| here(p.in_key(|key| format!("<{key}>")));
    Dkim yes "dkim-duplicate" "the key twice" DKIM_TEXT "once" None
        => |p| here(p.tag("p=", |t| format!("{t}; {t}")));
    Dkim yes "dkim-hash" "h=sha-256" DKIM_TEXT "sha256" Some("h=sha256")
        => |p| here(p.tag("h=sha256", |_| "h=sha-256".into()));
    Dkim yes "dkim-key-type" "k=rsa-sha256" DKIM_TEXT "k=rsa" K
        => |p| here(p.tag("k=rsa", |_| "k=rsa-sha256".into()));
    Dkim no "dkim-truncated" "the key cut off" TRUNCATED "octets" None
        => |p| here(p.in_key(|key| key[..key.len() / 2 / 4 * 4].to_owned()));
    Dkim yes "dkim-doubled-owner" "the key at the doubled name" DKIM_PLACE "." V
        => |p| p.elsewhere(&format!("{}.{}", p.owner, p.domain));
};
