//! The table of rules: a row for each, in the order of findings in a report.

use super::{bulk, parent, platform, proof, role, servers, takeover};
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::posture::Facts;
use crate::text::{advice, draft, rfc};

/// Every rule with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &NO_SUCH_DOMAIN, run: role::no_such_domain },
    Check { rule: &PROVIDER_SHRUNK, run: platform::shrunken },
    Check { rule: &RETIRED_INCLUDE, run: platform::retired },
    Check { rule: &SERVICE_ENDS_SOON, run: platform::ends_soon },
    Check { rule: &SERVICE_ENDS, run: platform::ends },
    Check { rule: &SERVERS_DIFFER, run: servers::different },
    Check { rule: &STALE_SERVER, run: servers::stale },
    Check { rule: &NOT_DELEGATED, run: parent::not_delegated },
    Check { rule: &DS_WITHOUT_KEY, run: parent::ds_without_key },
    Check { rule: &LAME_SERVER, run: servers::lame },
    Check { rule: &SILENT_SERVER, run: servers::silent },
    Check { rule: &SERVER_WITHOUT_TCP, run: servers::without_tcp },
    Check { rule: &SERVER_ADDRESS, run: servers::addresses },
    Check { rule: &DELEGATION_DIFFERS, run: servers::delegation },
    Check { rule: &GLUE_DIFFERS, run: parent::glue_differs },
    Check { rule: &GLUE_INCOMPLETE, run: parent::glue_incomplete },
    Check { rule: &RESOLVER_AND_ZONE_DIFFER, run: parent::resolver_differs },
    Check { rule: &RESOLVERS_DIFFER, run: servers::resolvers },
    Check { rule: &SLOW_SERVER, run: servers::slow },
    Check { rule: &REJECT_WITHOUT_PASS, run: proof::reject_without_pass },
    Check { rule: &SPF_ONLY, run: proof::spf_only },
    Check { rule: &MAILBOX_PROVIDER_NOT_AUTHORIZED, run: platform::mailboxes },
    Check { rule: &MISPLACED_DMARC, run: proof::misplaced_dmarc },
    Check { rule: &UNREGISTERED_DOMAIN, run: takeover::unregistered },
    Check { rule: &PARKED_OPEN, run: role::parked_open },
    Check { rule: &RECEIVE_ONLY_OPEN, run: role::receive_only_open },
    Check { rule: &NULL_MX_SENDER, run: role::null_mx_sender },
    Check { rule: &NO_RETURN, run: role::no_return },
    Check { rule: &BULK_SENDERS, run: bulk::senders },
    Check { rule: &SHARED_PLATFORM, run: platform::shared },
    Check { rule: &DIFFERENT_TENANTS, run: platform::tenants },
    Check { rule: &INCLUDE_NOT_NEEDED, run: platform::unneeded },
];

pub(crate) static NO_SUCH_DOMAIN: Rule = Rule {
    id: "posture/no-such-domain",
    severity: Error,
    confidence: Certain,
    summary: "the domain does not exist",
    why: "Mail to it bounces, and receivers reject mail from it. The name may be misspelled or \
          its registration may have expired.",
    cite: rfc(8020, "2"),
    page: include_str!("no-such-domain.md"),
};

pub(crate) static REJECT_WITHOUT_PASS: Rule = Rule {
    id: "posture/reject-without-pass",
    severity: Warn,
    confidence: Likely,
    summary: "DMARC p=quarantine or p=reject with neither SPF nor DKIM",
    why: "Mail passes DMARC only with an aligned SPF or DKIM pass. With neither published, \
          receivers apply the policy to the domain's own mail too.",
    cite: rfc(9989, "5.1"),
    page: include_str!("reject-without-pass.md"),
};

pub(crate) static SPF_ONLY: Rule = Rule {
    id: "posture/spf-only",
    severity: Warn,
    confidence: Likely,
    summary: "p=reject depends on SPF alone",
    why: "A forwarder sends from addresses that the SPF record does not list. Only a DKIM \
          signature survives forwarding; RFC 9989 says that a domain with p=reject must not rely \
          on SPF alone.",
    cite: rfc(9989, "7.4"),
    page: include_str!("spf-only.md"),
};

pub(crate) static MAILBOX_PROVIDER_NOT_AUTHORIZED: Rule = Rule {
    id: "posture/mailbox-provider-not-authorized",
    severity: Warn,
    confidence: Likely,
    summary: "SPF does not authorize the mailbox provider",
    why: "Users usually reply from the mailboxes where they receive mail. If the domain sends \
          only through another service, declare its senders in mailcheck.toml.",
    cite: rfc(7208, "5"),
    page: include_str!("mailbox-provider-not-authorized.md"),
};

pub(crate) static MISPLACED_DMARC: Rule = Rule {
    id: "posture/misplaced-dmarc",
    severity: Warn,
    confidence: Certain,
    summary: "DMARC record at the domain instead of at _dmarc",
    why: "Receivers query only _dmarc below the domain, so they never see this policy.",
    cite: rfc(9989, "4.5"),
    page: include_str!("misplaced-dmarc.md"),
};

pub(crate) static UNREGISTERED_DOMAIN: Rule = Rule {
    id: "posture/unregistered-domain",
    severity: Warn,
    confidence: Likely,
    summary: "a record depends on a domain that may be unregistered",
    why: "Anyone can register that domain and decide what the record that names it authorizes.",
    cite: advice(),
    page: include_str!("unregistered-domain.md"),
};

pub(crate) static PARKED_OPEN: Rule = Rule {
    id: "posture/parked-open",
    severity: Warn,
    confidence: Likely,
    summary: "a parked domain has no DMARC p=reject",
    why: "Spoofers prefer unused domains. With no mail of its own, the domain loses nothing by p=reject.",
    cite: advice(),
    page: include_str!("parked-open.md"),
};

pub(crate) static RECEIVE_ONLY_OPEN: Rule = Rule {
    id: "posture/receive-only-open",
    severity: Note,
    confidence: Likely,
    summary: "a domain without senders has no DMARC p=reject",
    why: "Many receivers reject mail only when DMARC asks for it, even if SPF says -all. Unless a \
          service signs mail for it with DKIM, the domain loses nothing by p=reject.",
    cite: advice(),
    page: include_str!("receive-only-open.md"),
};

pub(crate) static NULL_MX_SENDER: Rule = Rule {
    id: "posture/null-mx-sender",
    severity: Warn,
    confidence: Certain,
    summary: "SPF authorizes senders, but a null MX refuses replies",
    why: "Bounces and replies cannot be delivered, and receivers may reject mail from a domain \
          that accepts none.",
    cite: rfc(7505, "4.2"),
    page: include_str!("null-mx-sender.md"),
};

pub(crate) static NO_RETURN: Rule = Rule {
    id: "posture/no-return",
    severity: Warn,
    confidence: Certain,
    summary: "SPF authorizes senders, but bounces have nowhere to go",
    why: "Bounces go to the MX record or the address of the MAIL FROM domain, and some \
          receivers reject mail from a domain that has neither.",
    cite: rfc(5321, "5.1"),
    page: include_str!("no-return.md"),
};

pub(crate) static BULK_SENDERS: Rule = Rule {
    id: "posture/bulk-senders",
    severity: Note,
    confidence: Certain,
    summary: "the domain does not meet a bulk sender requirement",
    why: "Google, Yahoo and Microsoft reject or defer mail from bulk senders without SPF, DKIM \
          and DMARC.",
    cite: draft("Google email sender guidelines", ""),
    page: include_str!("bulk-senders.md"),
};

pub(crate) static SHARED_PLATFORM: Rule = Rule {
    id: "posture/shared-platform",
    severity: Note,
    confidence: Likely,
    summary: "any customer of a shared platform can pass SPF as this domain",
    why: "SPF authorizes servers, not customers. The platform decides whether one customer can \
          send as another.",
    cite: rfc(7208, "11.4"),
    page: include_str!("shared-platform.md"),
};

pub(crate) static PROVIDER_SHRUNK: Rule = Rule {
    id: "posture/provider-shrunk",
    severity: Warn,
    confidence: Likely,
    summary: "a provider's SPF policy lost many addresses",
    why: "Mail from the missing addresses no longer passes SPF. Customers of the provider cannot \
          repair that.",
    cite: rfc(7208, "5.2"),
    page: include_str!("provider-shrunk.md"),
};

pub(crate) static DIFFERENT_TENANTS: Rule = Rule {
    id: "posture/different-tenants",
    severity: Warn,
    confidence: Likely,
    summary: "selectors lead to different tenants of one provider",
    why: "A domain belongs to one tenant. The provider rotates between the selectors, and the \
          signatures of one of them will not verify.",
    cite: advice(),
    page: include_str!("different-tenants.md"),
};

pub(crate) static INCLUDE_NOT_NEEDED: Rule = Rule {
    id: "posture/include-not-needed",
    severity: Note,
    confidence: Likely,
    summary: "SPF includes a service that sends with its own return path",
    why: "Receivers evaluate SPF for the domain of the return path. This record is not asked \
          about mail of the service, and the include uses up DNS lookups.",
    cite: rfc(7208, "2.4"),
    page: include_str!("include-not-needed.md"),
};

pub(crate) static RETIRED_INCLUDE: Rule = Rule {
    id: "posture/retired-include",
    severity: Warn,
    confidence: Likely,
    summary: "SPF includes a name that its provider has retired",
    why: "The provider documents another name now. What it adds may be listed only there, and \
          when the old name goes, receivers return permerror.",
    cite: rfc(7208, "5.2"),
    page: include_str!("retired-include.md"),
};

pub(crate) static SERVICE_ENDS_SOON: Rule = Rule {
    id: "posture/service-ends-soon",
    severity: Warn,
    confidence: Likely,
    summary: "a service of the mailbox provider ends within 30 days, or has just ended",
    why: "Clients that rely on it fail from that day on, unless an administrator switches it back on.",
    cite: advice(),
    page: include_str!("service-ends-soon.md"),
};

pub(crate) static SERVICE_ENDS: Rule = Rule {
    id: "posture/service-ends",
    severity: Note,
    confidence: Likely,
    summary: "a service of the mailbox provider ends within 90 days",
    why: "Clients that rely on it fail from that day on, unless an administrator switches it back on.",
    cite: advice(),
    page: include_str!("service-ends.md"),
};

/// Name servers serve different records with the same SOA serial.
pub(crate) static SERVERS_DIFFER: Rule = Rule {
    id: "posture/servers-differ",
    severity: Error,
    confidence: Certain,
    summary: "name servers serve different records with the same SOA serial",
    why: "Receivers see one record or the other, depending on the server that their resolver \
          asked. Zone transfers do not repair it, because the serial number is the same.",
    cite: rfc(1034, "4.3.5"),
    page: include_str!("servers-differ.md"),
};

/// A name server still serves an old record.
pub(crate) static STALE_SERVER: Rule = Rule {
    id: "posture/stale-server",
    severity: Warn,
    confidence: Certain,
    summary: "a name server still serves an old record",
    why: "Resolvers that ask this server see the old record, and cache it. The change reaches \
          everyone only after the zone transfer and one TTL.",
    cite: rfc(1034, "4.3.5"),
    page: include_str!("stale-server.md"),
};

/// The zone is delegated to a server that does not serve it.
pub(crate) static LAME_SERVER: Rule = Rule {
    id: "posture/lame-server",
    severity: Warn,
    confidence: Certain,
    summary: "the zone is delegated to a server that does not serve it",
    why: "Resolvers lose time on this server before they ask another one. If all servers are \
          lame, the domain does not resolve.",
    cite: rfc(1912, "2.8"),
    page: include_str!("lame-server.md"),
};

/// A name server does not answer.
pub(crate) static SILENT_SERVER: Rule = Rule {
    id: "posture/silent-server",
    severity: Warn,
    confidence: Likely,
    summary: "a name server does not answer",
    why: "Resolvers wait for it before they ask another one. The fault may also lie on the way \
          from here.",
    cite: rfc(2182, "3.1"),
    page: include_str!("silent-server.md"),
};

/// A name server does not answer over TCP.
pub(crate) static SERVER_WITHOUT_TCP: Rule = Rule {
    id: "posture/server-without-tcp",
    severity: Warn,
    confidence: Certain,
    summary: "a name server does not answer over TCP",
    why: "Replies that do not fit a datagram, such as long SPF records and DKIM keys, cannot be \
          fetched from it.",
    cite: rfc(7766, "5"),
    page: include_str!("server-without-tcp.md"),
};

/// A name server without a public address.
pub(crate) static SERVER_ADDRESS: Rule = Rule {
    id: "posture/server-address",
    severity: Warn,
    confidence: Certain,
    summary: "a name server without a public address",
    why: "Resolvers cannot ask it.",
    cite: rfc(2182, "3.1"),
    page: include_str!("server-address.md"),
};

/// The parent zone and the zone list different name servers.
pub(crate) static DELEGATION_DIFFERS: Rule = Rule {
    id: "posture/delegation-differs",
    severity: Warn,
    confidence: Certain,
    summary: "the parent zone and the zone list different name servers",
    why: "Which servers resolvers ask depends on which list they hold. A server on one list only \
          is easily forgotten.",
    cite: rfc(1034, "4.2.2"),
    page: include_str!("delegation-differs.md"),
};

/// The parent zone does not delegate the zone.
pub(crate) static NOT_DELEGATED: Rule = Rule {
    id: "posture/not-delegated",
    severity: Error,
    confidence: Certain,
    summary: "the parent zone does not delegate the zone",
    why: "Only resolvers with an old answer in their cache still find the domain. Mail fails as soon \
          as these answers expire.",
    cite: rfc(1034, "4.2.2"),
    page: include_str!("not-delegated.md"),
};

/// The parent zone has a DS record, and the zone no key for it.
pub(crate) static DS_WITHOUT_KEY: Rule = Rule {
    id: "posture/ds-without-key",
    severity: Error,
    confidence: Certain,
    summary: "the parent zone has a DS record without a matching key in the zone",
    why: "Validating resolvers answer SERVFAIL for every name of the zone, so that their users find no \
          record of the domain.",
    cite: rfc(4035, "2.4"),
    page: include_str!("ds-without-key.md"),
};

/// Glue differs from the addresses of a name server.
pub(crate) static GLUE_DIFFERS: Rule = Rule {
    id: "posture/glue-differs",
    severity: Warn,
    confidence: Certain,
    summary: "glue in the parent zone is not the address of the name server",
    why: "Resolvers begin at the address in the parent zone. Where no server is there, or another one, \
          queries fail or get other answers.",
    cite: rfc(1034, "4.2.2"),
    page: include_str!("glue-differs.md"),
};

/// Glue lacks addresses of a name server.
pub(crate) static GLUE_INCOMPLETE: Rule = Rule {
    id: "posture/glue-incomplete",
    severity: Note,
    confidence: Certain,
    summary: "glue in the parent zone lacks an address of a name server",
    why: "Resolvers that begin in the parent zone do not know this address.",
    cite: rfc(9471, "3.1"),
    page: include_str!("glue-incomplete.md"),
};

/// The resolver has another record than the name servers.
pub(crate) static RESOLVER_AND_ZONE_DIFFER: Rule = Rule {
    id: "posture/resolver-and-zone-differ",
    severity: Warn,
    confidence: Likely,
    summary: "the resolver's record differs from that of every name server",
    why: "The resolver has an old answer in its cache, or changes answers. Other receivers may have the \
          old answer too, until its TTL has passed.",
    cite: rfc(1034, "3.6"),
    page: include_str!("resolver-and-zone-differ.md"),
};

/// Resolvers answer differently.
pub(crate) static RESOLVERS_DIFFER: Rule = Rule {
    id: "posture/resolvers-differ",
    severity: Warn,
    confidence: Likely,
    summary: "resolvers answer differently",
    why: "Some receivers see another record, or none. An old cache, a filter or a fault of one \
          resolver can be the reason; the authoritative servers decide.",
    cite: advice(),
    page: include_str!("resolvers-differ.md"),
};

/// A name server answers slowly.
pub(crate) static SLOW_SERVER: Rule = Rule {
    id: "posture/slow-server",
    severity: Note,
    confidence: Likely,
    summary: "a name server answers slowly",
    why: "Resolvers have asked another server by then. Where all are slow, mail is delayed.",
    cite: advice(),
    page: include_str!("slow-server.md"),
};
