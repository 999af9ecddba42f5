//! Each rule with facts that meet it, and with those that must not.

use super::super::{Receives, Requests, Role, Sends};
use super::*;
use crate::diagnostic::Location;
use crate::dns::Kind;
use crate::net::Name;
use crate::protocols::dmarc::Policy;

/// A domain that sends without a key, and asks for `p=reject`.
fn facts() -> Facts {
    Facts {
        domain: Name::from_octets(b"x.example").expect("a test writes valid names"),
        role: None,
        exists: Some(true),
        sends: Sends::Something,
        receives: Receives::Something,
        has_key: Some(false),
        key_bits: None,
        requests: Requests::Policy(Policy::Reject),
        is_organization: true,
        platforms: Vec::new(),
        unregistered: Vec::new(),
        return_host: None,
        misplaced: Vec::new(),
        unauthorized_mailboxes: Vec::new(),
        shrunken: Vec::new(),
        retired: Vec::new(),
        ends: Vec::new(),
        tenants: Vec::new(),
        unneeded: Vec::new(),
        authoritative: None,
        resolvers: Vec::new(),
    }
}

fn ids(facts: &Facts) -> Vec<&'static str> {
    check(facts).iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn a_strict_policy_must_not_stand_on_spf_alone() {
    assert_eq!(ids(&facts()), ["posture/spf-only", "posture/bulk-senders"]);
}

#[test]
fn a_key_that_was_only_not_found_proves_nothing() {
    assert_eq!(ids(&Facts { has_key: None, ..facts() }), [""; 0]);
}

#[test]
fn an_organization_above_may_sign() {
    assert_eq!(ids(&Facts { is_organization: false, ..facts() }), [""; 0]);
}

#[test]
fn a_parked_domain_that_refuses_everything_is_right() {
    let parked = Facts { sends: Sends::Nothing, receives: Receives::Nothing, ..facts() };
    assert_eq!(ids(&parked), [""; 0]);
}

#[test]
fn a_domain_that_says_that_it_sends_nothing_has_no_mail_that_could_fail() {
    assert_eq!(ids(&Facts { sends: Sends::Nothing, ..facts() }), [""; 0]);
}

#[test]
fn a_domain_without_any_way_to_pass_is_hit_by_its_own_policy() {
    let quarantine = Requests::Policy(Policy::Quarantine);
    let neither = Facts { sends: Sends::Undeclared, requests: quarantine, ..facts() };
    assert_eq!(ids(&neither), ["posture/reject-without-pass"]);
}

#[test]
fn a_silent_domain_is_open_by_what_it_takes() {
    let open = |receives| {
        let (sends, requests) = (Sends::Nothing, Requests::Nothing);
        ids(&Facts { sends, receives, requests, ..facts() })
    };
    let found = [Receives::Nothing, Receives::Something, Receives::Unknown].map(open);
    assert_eq!(found, [vec!["posture/parked-open"], vec!["posture/receive-only-open"], vec![]]);
}

#[test]
fn nothing_is_found_where_nothing_could_be_told() {
    let unknown = Facts {
        exists: None,
        sends: Sends::Unknown,
        receives: Receives::Unknown,
        has_key: None,
        requests: Requests::Unknown,
        ..facts()
    };
    assert_eq!(ids(&unknown), [""; 0]);
}

#[test]
fn a_declared_role_is_not_contradicted() {
    let silent = |receives| Facts {
        sends: Sends::Nothing,
        receives,
        requests: Requests::Nothing,
        role: Some(Role::Sending),
        ..facts()
    };
    let found = [Receives::Nothing, Receives::Something].map(|receives| ids(&silent(receives)));
    assert_eq!(found, [[""; 0], [""; 0]]);
    assert_eq!(ids(&Facts { role: Some(Role::Parked), ..facts() }), [""; 0]);
}

#[test]
fn a_declared_role_that_the_records_bear_out_changes_nothing() {
    assert_eq!(ids(&Facts { role: Some(Role::Sending), ..facts() }), ids(&facts()));
}

fn said(facts: &Facts) -> String {
    let found = check(facts).into_iter().find(|found| found.rule.id == "posture/bulk-senders");
    found.map(|found| found.message.to_string()).unwrap_or_default()
}

#[test]
fn what_bulk_senders_lack_is_told_beside_what_they_have_and_what_is_not_known() {
    let unsigned = Facts { requests: Requests::Unknown, ..facts() };
    assert_eq!(
        said(&unsigned),
        "bulk sender requirements (Google, Yahoo, Microsoft): no DKIM key; met: SPF; \
         undetermined: DMARC; not visible in the DNS of the domain: PTR records of its servers, \
         TLS, one-click unsubscribe, spam rate"
    );
}

#[test]
fn a_short_key_is_no_lack_and_the_recommendation_is_told() {
    let short =
        Facts { has_key: Some(true), key_bits: Some(1024), requests: Requests::Nothing, ..facts() };
    assert!(said(&short).contains("1024 bits; 1024 required, 2048 recommended"));
}

#[test]
fn a_bulk_sender_lacks_nothing_that_is_only_faulty_or_unknown() {
    let key = Facts { has_key: Some(true), ..facts() };
    let faulty = Facts { sends: Sends::Broken, requests: Requests::Broken, ..key.clone() };
    let unknown = Facts { sends: Sends::Unknown, requests: Requests::Unknown, ..key };
    assert_eq!([said(&faulty), said(&unknown)], ["", ""]);
}

#[test]
fn a_policy_that_others_include_is_no_bulk_sender() {
    assert_eq!(said(&Facts { receives: Receives::Unknown, ..facts() }), "");
}

#[test]
fn a_domain_that_sends_nothing_is_no_bulk_sender() {
    let silent = Facts { sends: Sends::Nothing, has_key: Some(true), ..facts() };
    assert_eq!(said(&Facts { requests: Requests::Nothing, ..silent }), "");
}

#[test]
fn platforms_are_told_together_and_only_where_dmarc_is_enforced() {
    use super::super::Platform;
    let location = Location::set(facts().domain, Kind::Txt);
    let platforms = ["A", "B"].map(|title| Platform { location: location.clone(), title });
    let enforced = Facts { has_key: Some(true), platforms: platforms.into(), ..facts() };
    let found = check(&enforced).remove(0).message.to_string();
    let open = Facts { requests: Requests::Policy(Policy::None), ..enforced };
    assert!(found.starts_with("mail from the shared servers of A and B can pass"), "{found}");
    assert_eq!(ids(&open), [""; 0]);
}

#[test]
fn an_end_is_a_note_for_90_days_and_a_warning_for_30_days_before_and_after() {
    let end =
        |left| super::super::End { title: "X", day: "2027-03-31", what: "service ends", left };
    let found = |left| ids(&Facts { ends: vec![end(left)], has_key: None, ..facts() });
    let (note, warning) = (["posture/service-ends"], ["posture/service-ends-soon"]);
    assert_eq!([91, 90, 31].map(found), [vec![], note.to_vec(), note.to_vec()]);
    assert_eq!([30, 0, -30].map(found), [warning.to_vec(), warning.to_vec(), warning.to_vec()]);
    assert_eq!(found(-31), [""; 0]);
}
