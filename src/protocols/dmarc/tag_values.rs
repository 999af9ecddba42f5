//! The tags of a record with what each is worth: as published, and as defaulted (RFC 9989 §4.7).

use super::grammar::ONCE;
use super::record::{Policy, Psd, Record, Tag, Usable, Usage};
use crate::text::{Parsed, escape};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A tag and its value. Of each name at most one is valid, and that value applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TagValue {
    /// Its name, in lower case if RFC 9989 or RFC 7489 defines it; escaped.
    pub tag: Cow<'static, str>,
    /// Its value as published, escaped; the default if it is not published.
    pub value: Cow<'static, str>,
    /// True if the record has the tag, false if its default applies.
    pub explicit: bool,
    /// Whether it counts.
    pub validity: Validity,
    /// Why it does not count, or why a part of it does not.
    pub reason: Option<Cow<'static, str>>,
}

/// Whether a tag counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Validity {
    /// It is read, and its value applies.
    Valid,
    /// Its value is none that the tag may have.
    Invalid,
    /// It is well formed, and receivers do not heed it.
    Ignored,
    /// No standard defines it: receivers ignore it.
    Unknown,
}

/// Every tag of a record in its order, then those whose default applies.
pub fn tag_values(record: &Parsed<Record>) -> Vec<TagValue> {
    let version = TagValue {
        tag: "v".into(),
        value: "DMARC1".into(),
        explicit: true,
        validity: Validity::Valid,
        reason: None,
    };
    let mut tags = vec![version];
    tags.extend(record.value.tags.iter().map(|tag| published(record, tag)));
    for (tag, value) in defaults(&record.value) {
        let is_given = tags.iter().any(|it| it.tag == tag && it.validity == Validity::Valid);
        if let (Some(value), false) = (value, is_given) {
            tags.push(TagValue {
                tag: tag.into(),
                value: value.into(),
                explicit: false,
                validity: Validity::Valid,
                reason: None,
            });
        }
    }
    tags
}

fn published(record: &Parsed<Record>, tag: &Tag) -> TagValue {
    let Parsed { value: record, errors } = record;
    let fault = || {
        let own = tag.span();
        let inside = |span: crate::text::Span| own.start <= span.start && span.end <= own.end;
        let mut faults = errors.iter().filter(|it| inside(it.span) && it.expected != ONCE);
        faults.next().map(|fault| fault.expected)
    };
    let (validity, reason): (_, Option<Cow<'static, str>>) = match tag.usage {
        Usage::Read if is_policy(record, tag) && record.usable() != Usable::Ok => {
            // RFC 9989 §4.10.1: the whole request is set aside, not only the tag at fault.
            let why =
                "receivers ignore p, sp and np because one of them is invalid (RFC 9989 §4.10.1)";
            (Validity::Ignored, Some(why.into()))
        }
        Usage::Read => {
            let why = fault().map(|expected| format!("a part is ignored: expected {expected}"));
            (Validity::Valid, why.map(Cow::from))
        }
        Usage::Discarded => {
            let expected = fault().unwrap_or("another value");
            (Validity::Invalid, Some(format!("expected {expected}").into()))
        }
        Usage::Repeated => (Validity::Ignored, Some("repeated: the last one counts".into())),
        Usage::Historic => (Validity::Ignored, Some("historic since RFC 9989".into())),
        Usage::Unknown if record.is_named(tag, "v") => {
            (Validity::Ignored, Some("the version counts at the beginning only".into()))
        }
        Usage::Unknown => (Validity::Unknown, None),
    };
    let name = escape(record.show(tag.name));
    TagValue {
        tag: match validity {
            Validity::Unknown => name.into(),
            _ => name.to_ascii_lowercase().into(),
        },
        value: escape(record.show(tag.value)).into(),
        explicit: true,
        validity,
        reason,
    }
}

fn is_policy(record: &Record, tag: &Tag) -> bool {
    ["p", "sp", "np"].iter().any(|name| record.is_named(tag, name))
}

/// What applies where a tag is not published, or not to be read; nothing where it has no default.
fn defaults(record: &Record) -> [(&'static str, Option<&'static str>); 8] {
    let policy = |tags: &[Option<Policy>]| match record.usable() {
        Usable::Ok => tags.iter().copied().flatten().next().map(Policy::word),
        // RFC 9989 §4.10.1: as if the record asked for none.
        Usable::AsNone => Some(Policy::None.word()),
        Usable::Skip => None,
    };
    let [p, sp] = [&record.p, &record.sp].map(|tag| tag.as_ref().map(|tag| tag.value));
    let relaxed = super::AlignmentMode::default().letter();
    [
        ("p", policy(&[])),
        // RFC 9989 §4.7: without sp the policy of p applies to subdomains, without np that of sp.
        ("sp", policy(&[p])),
        ("np", policy(&[sp, p])),
        ("adkim", Some(relaxed)),
        ("aspf", Some(relaxed)),
        ("t", Some("n")),
        ("psd", Some(Psd::default().letter())),
        ("fo", Some(super::FailureOption::All.letter())),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::grammar::parse;
    use super::*;

    /// The tags of a record, each in a line.
    fn listed(text: &str) -> Vec<String> {
        let record = parse(text.as_bytes()).expect("a test writes DMARC records");
        let line = |it: TagValue| {
            let from = if it.explicit { "" } else { " by default" };
            let why = it.reason.map(|why| format!(": {why}")).unwrap_or_default();
            format!("{}={}{from} {:?}{why}", it.tag, it.value, it.validity)
        };
        tag_values(&record).into_iter().map(line).collect()
    }

    #[test]
    fn defaults_follow_what_is_published() {
        let expected = [
            "v=DMARC1 Valid",
            "p=Reject Valid",
            "sp=none Valid",
            "np=none by default Valid",
            "adkim=r by default Valid",
            "aspf=r by default Valid",
            "t=n by default Valid",
            "psd=u by default Valid",
            "fo=0 by default Valid",
        ];
        assert_eq!(listed("v=DMARC1; P=Reject; sp=none"), expected);
    }

    #[test]
    fn a_value_that_the_tag_may_not_have_leaves_its_default() {
        let tags = listed("v=DMARC1; p=none; adkim=strict");
        assert_eq!(tags[2], "adkim=strict Invalid: expected r or s");
        assert!(tags.contains(&"adkim=r by default Valid".to_owned()), "{tags:?}");
    }

    #[test]
    fn repeated_historic_and_unknown_tags_do_not_count() {
        let tags = listed("v=DMARC1; p=none; p=reject; pct=50; Foo=1; v=DMARC1");
        let expected = [
            "p=none Ignored: repeated: the last one counts",
            "p=reject Valid",
            "pct=50 Ignored: historic since RFC 9989",
            "Foo=1 Unknown",
            "v=DMARC1 Ignored: the version counts at the beginning only",
        ];
        assert_eq!(tags[1..6], expected);
    }

    #[test]
    fn an_invalid_sp_sets_p_aside_too() {
        let tags = listed("v=DMARC1; p=reject; sp=refuse; rua=mailto:a@b.example");
        let ignored = tags[1].starts_with("p=reject Ignored: receivers ignore p, sp and np");
        let none = tags.contains(&"p=none by default Valid".to_owned());
        assert!(ignored && none, "{tags:?}");
    }

    #[test]
    fn without_a_destination_for_reports_an_invalid_policy_leaves_none() {
        let tags = listed("v=DMARC1; p=refuse");
        let policies = tags.iter().filter(|tag| tag.contains("p=")).collect::<Vec<_>>();
        assert_eq!(policies, ["p=refuse Invalid: expected none, quarantine or reject"]);
    }

    #[test]
    fn a_list_with_one_bad_uri_counts_in_part() {
        let tags = listed("v=DMARC1; p=none; rua=me@x.example,mailto:a@y.example");
        assert_eq!(
            tags[2],
            "rua=me@x.example,mailto:a@y.example Valid: a part is ignored: expected a URI such as \
             mailto:reports@example.com"
        );
    }
}
