//! What receivers say beside the standard: words for results, and the fields of Microsoft and Google.

use crate::mail::Message;
use crate::text::{Phrase, escape};
use serde::{Deserialize, Serialize};

/// The word of the standard for a result of any method (RFC 8601 §2.7), or the word itself.
pub fn normal(result: &str) -> &str {
    match result {
        // IronPort; the draft of SPF.
        "hardfail" | "hard_fail" | "reject" => "fail",
        // Yahoo, AOL.
        "success" | "ok" => "pass",
        "perm_fail" | "permfail" | "perm_error" | "permanent-error" => "permerror",
        "temp_fail" | "tempfail" | "temp_error" | "temporary-error" | "error" => "temperror",
        "soft_fail" => "softfail",
        "unknown" | "nosig" => "none",
        // Microsoft: no policy is published, and the message would pass one.
        "bestguesspass" => "none",
        other => other,
    }
}

/// Something that a receiver wrote about the message, in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Marker {
    /// The field, as written.
    pub field: String,
    /// Its part, where it has several.
    pub key: Option<String>,
    /// The value; escaped.
    pub value: String,
    /// What that means.
    pub meaning: Phrase,
}

/// Most octets of a value that are shown.
const LONGEST: usize = 200;

/// Fields that are explained as a whole: name, and what the value is.
const FIELDS: [(&str, &str); 12] = [
    (
        "X-MS-Exchange-Organization-AuthAs",
        "how Exchange saw the sender: Anonymous is from outside, Internal from the same organization",
    ),
    (
        "X-MS-Exchange-Organization-AuthSource",
        "the Exchange server that decided how to see the sender",
    ),
    ("X-MS-Exchange-CrossTenant-AuthAs", "how the other tenant saw the sender"),
    ("X-MS-Exchange-CrossTenant-AuthSource", "the server of the other tenant that decided"),
    (
        "X-MS-Exchange-CrossTenant-FromEntityHeader",
        "where the message came from: Internet, Hosted (Microsoft 365) or HybridOnPrem",
    ),
    (
        "X-MS-Exchange-ExternalOriginalInternetSender",
        "the address before the filter in front of Exchange (enhanced filtering is on)",
    ),
    ("X-MS-Exchange-Transport-EndToEndLatency", "time inside Exchange Online"),
    ("X-MS-Exchange-Transport-CrossTenantHeadersStamped", "crossed from one tenant to another"),
    ("X-MS-Exchange-Inbox-Rules-Loop", "a rule of this mailbox forwarded the message"),
    ("X-Google-Smtp-Source", "opaque; Google's own"),
    ("X-Gm-Message-State", "opaque; Google's own"),
    ("X-Gm-Spam", "Google's mark of spam: 1 is spam"),
];

/// Parts of X-Forefront-Antispam-Report and X-Microsoft-Antispam.
const PARTS: [(&str, &str); 16] = [
    ("CIP", "the address that connected"),
    ("CTRY", "its country"),
    ("LANG", "the language of the message"),
    ("SCL", "spam confidence"),
    ("BCL", "bulk complaint level, 0 to 9"),
    ("SRV", "BULK: bulk mail"),
    ("IPV", "NLI: on no list; CAL: on the customer's list of allowed addresses"),
    ("SFV", "verdict of the filter"),
    ("H", "HELO of the connecting host"),
    ("PTR", "reverse name of the connecting host"),
    ("CAT", "category"),
    ("SFTY", "safety tip"),
    ("DIR", "direction: INB inbound, OUT outbound, INT internal"),
    ("SFP", "version of the filter's rules"),
    ("SFS", "rules of the filter that matched"),
    ("ARA", "rules of the filter that matched"),
];

/// What receivers wrote about the message in fields of their own, top to bottom.
pub fn markers(message: &Message<'_>) -> Vec<Marker> {
    let mut found = Vec::new();
    for field in &message.fields {
        let name = String::from_utf8_lossy(field.name()).into_owned();
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("X-Forefront-Antispam-Report") || is("X-Microsoft-Antispam") {
            let value = field.unfolded();
            for part in value.split(|octet| *octet == b';').take(40) {
                let text = String::from_utf8_lossy(part);
                let Some((key, value)) = text.trim().split_once(':') else { continue };
                let known = PARTS.iter().find(|(known, _)| key.eq_ignore_ascii_case(known));
                let Some((_, what)) = known.filter(|_| !value.is_empty()) else { continue };
                found.push(Marker {
                    field: name.clone(),
                    key: Some(key.to_owned()),
                    value: shown(value.as_bytes()),
                    meaning: part_meaning(key, value, what),
                });
            }
        } else if is("X-MS-Exchange-Organization-SCL") {
            let value = field.unfolded();
            let text = String::from_utf8_lossy(&value);
            let meaning = part_meaning("SCL", &text, "spam confidence");
            found.push(Marker { field: name, key: None, value: shown(&value), meaning });
        } else if let Some((_, what)) = FIELDS.iter().find(|(known, _)| is(known)) {
            let meaning = Phrase::from(*what);
            found.push(Marker { field: name, key: None, value: shown(&field.unfolded()), meaning });
        }
    }
    found
}

fn shown(value: &[u8]) -> String {
    escape(value.get(..value.len().min(LONGEST)).unwrap_or_default())
}

/// What a part says with this value.
fn part_meaning(key: &str, value: &str, what: &str) -> Phrase {
    let of_value = match (key.to_ascii_uppercase().as_str(), value.trim()) {
        ("SCL", "-1") => "not filtered: a trusted sender, a rule, or internal mail",
        ("SCL", "0" | "1") => "not spam",
        ("SCL", "5" | "6") => "spam",
        ("SCL", "7" | "8" | "9") => "spam, high confidence",
        ("SFV", "NSPM") => "not spam",
        ("SFV", "SPM") => "spam",
        ("SFV", "SKI") => "not filtered: internal mail",
        ("SFV", "SKN") => "not filtered: marked as safe before the filter",
        ("SFV", "SKA") => "not filtered: on the list of allowed senders",
        ("SFV", "SKB") => "spam: on the list of blocked senders",
        ("SFV", "SKQ") => "released from quarantine",
        ("SFV", "SKS") => "spam: marked so before the filter",
        ("SFV", "SFE") => "not filtered: on the recipient's list of safe senders",
        ("SFV", "BLK") => "blocked: on the recipient's list of blocked senders",
        ("CAT", "BULK") => "bulk mail",
        ("CAT", "DIMP") => "impersonation of a domain",
        ("CAT", "GIMP" | "UIMP") => "impersonation of a user",
        ("CAT", "HPHISH" | "HPHSH") => "phishing, high confidence",
        ("CAT", "HSPM") => "spam, high confidence",
        ("CAT", "MALW") => "malware",
        ("CAT", "PHSH") => "phishing",
        ("CAT", "SPM") => "spam",
        ("CAT", "SPOOF") => "spoofed sender",
        ("CAT", "OSPM") => "outbound spam",
        ("CAT", "NONE") => "nothing found",
        ("SFTY", tip) => match tip {
            "9.19" => "impersonation of a domain",
            "9.20" => "impersonation of a user",
            tip if tip.starts_with("9.25") => {
                "first contact: the recipient rarely gets mail from this sender"
            }
            tip if tip.starts_with('9') => "spoofing or phishing suspected",
            _ => "",
        },
        ("DIR", "INB") => "inbound",
        ("DIR", "OUT") => "outbound",
        ("DIR", "INT") => "internal",
        ("IPV", "NLI") => "the address is on no list",
        ("IPV", "CAL") => "on the customer's list of allowed addresses",
        _ => "",
    };
    match of_value {
        "" => Phrase::from(what),
        meaning => Phrase::from(what).plain(": ").plain(meaning),
    }
}
