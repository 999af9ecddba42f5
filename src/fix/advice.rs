//! Advice in words, for findings that no change of records is proved to fix.

use crate::diagnostic::{Finding, Rule};
use crate::net::{Name, organization};
use crate::posture::lint::rules as posture_rules;
use crate::protocols::dkim::lint::rules as dkim_rules;
use crate::protocols::dmarc::lint::rules as dmarc_rules;
use crate::protocols::mx::lint::rules as mx_rules;
use crate::protocols::spf::lint::rules as spf_rules;
use crate::text::Phrase;

/// What to do where no change of records can be proved, by rule: to drop the term might drop a
/// sender that was meant.
static ADVICE: &[(&Rule, &str)] = &[
    (
        &spf_rules::INCLUDE_WITHOUT_RECORD,
        "check the name with the service; if it is right, keep the term until the service has \
         fixed its record; remove it only if the service no longer sends for you",
    ),
    (
        &spf_rules::VOID_LOOKUP,
        "add the missing record, correct the name, or remove the term if nothing behind it sends for you",
    ),
    (
        &posture_rules::UNREGISTERED_DOMAIN,
        "correct the name, or remove it if you no longer use the service",
    ),
    (
        &spf_rules::RETIRED_TYPE_DIFFERS,
        "decide which policy is meant, publish it as the only TXT record, and remove the record of type 99",
    ),
    (
        &spf_rules::LOOKALIKE,
        "publish the policy again as a text that begins with v=spf1 and has a space before each term",
    ),
    (&spf_rules::SYNTAX, "correct the marked term; keep the other terms as they are"),
    (
        &spf_rules::SEVERAL_RECORDS,
        "publish one record that begins with v=spf1 and has the terms of all, then remove the others",
    ),
    (
        &spf_rules::LOOP,
        "remove the include or redirect that leads back; the terms beside it stay as they are",
    ),
    (
        &spf_rules::SHADOWED_TERM,
        "move the term before the one that matches first if it is meant to decide; otherwise remove it",
    ),
    (&dmarc_rules::SEVERAL_RECORDS, "keep the record that you mean, and remove the others"),
    (&dmarc_rules::SYNTAX, "correct the marked tag; keep the other tags as they are"),
    (
        &dmarc_rules::NO_VALID_POLICY,
        "set p to none, quarantine or reject, as you mean it; the same holds for sp and np",
    ),
    (
        &dkim_rules::SYNTAX,
        "copy the key record again from the signing server or service, as one text",
    ),
    (
        &dkim_rules::STRAY_CHARACTERS,
        "copy the key record again from the signing server or service, as one text",
    ),
    (
        &dkim_rules::TRUNCATED_KEY,
        "copy the whole key again; a text of more than 255 octets is published as several strings of \
         one record",
    ),
    (
        &dkim_rules::UNUSABLE_KEY,
        "copy the key record again from where the signing key was created, as one text",
    ),
    (
        &dkim_rules::GIVEN_SELECTOR_MISSING,
        "compare the selector with s= in the DKIM-Signature of a message, and publish the key that \
         the signing server or service shows",
    ),
    (&spf_rules::PTR, "list the hosts with ip4, ip6 or a, check DMARC reports, then remove ptr"),
    (&spf_rules::PASS_ALL, "list the servers that send for you, then end the policy with ~all"),
    (
        &spf_rules::TOO_MANY_LOOKUPS,
        "remove services that you no longer use, or move some of them to a subdomain of their own",
    ),
    (
        &spf_rules::REDIRECT_IGNORED,
        "if its senders are yours, replace redirect with an include before all; otherwise remove it",
    ),
    (
        &spf_rules::TERMS_AFTER_ALL,
        "if these senders are yours, move all to the end; otherwise remove the terms",
    ),
    (
        &dkim_rules::SHORT_KEY,
        "create a key of 2048 bits, publish it at a new selector, then sign with that one",
    ),
    (&dkim_rules::SEVERAL_RECORDS, "keep the key that signs today, and remove the others"),
    (
        &dkim_rules::DANGLING_ALIAS,
        "publish the key at that name, or remove the CNAME if the service no longer signs for you",
    ),
    (
        &spf_rules::TOO_MANY_VOIDS,
        "check the names that find nothing: correct them, or remove a term whose host no longer sends",
    ),
    (
        &spf_rules::TOO_MANY_MX_HOSTS,
        "list the addresses of the hosts with ip4 and ip6 instead of mx",
    ),
    (
        &mx_rules::NO_ADDRESS,
        "publish an address record for the host, or remove the MX record if the host is gone",
    ),
    (
        &mx_rules::LOCALHOST,
        "name the host that receives your mail, or publish MX 0 . if the domain accepts none",
    ),
    (
        &posture_rules::NO_SUCH_DOMAIN,
        "check the spelling; if the name is right, renew its registration or restore its delegation",
    ),
];

/// Gives advice in words to the first finding of each rule for which no fix was proved.
pub(super) fn advise(domain: &Name, findings: &mut [Finding], repaired: &[&Rule]) {
    let own = organization(domain);
    // Where `all` lets everyone pass, it has to go, not to move.
    let passes_all = findings.iter().any(|finding| finding.is(&spf_rules::PASS_ALL));
    for (rule, advice) in ADVICE {
        let is_apt = !passes_all || **rule != spf_rules::TERMS_AFTER_ALL;
        if !is_apt || repaired.contains(rule) {
            continue;
        }
        // What stands in the record of another operator is not for the reader to change.
        let is_own = |finding: &&mut Finding| organization(&finding.location.name) == own;
        let mut met = findings.iter_mut().filter(|finding| finding.is(rule));
        if let Some(first) = met.find(is_own) {
            // A rule that knows more of the cause has said it.
            first.advice.get_or_insert_with(|| Phrase::from(*advice));
        }
    }
}
