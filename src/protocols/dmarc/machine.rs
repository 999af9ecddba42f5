//! The same steps as data for a machine.

use super::align::Relation;
use super::discover::{Discovery, Existence, Source};
use super::evaluate::{Assessment, Proof};
use super::event::Event;
use super::report_uri::{Authorization, Destination};
use super::rfc7489::{Outcome, View};
use super::visit::{Found, Visit, owner};
use super::walk::Selection;
use crate::net::Name;
use crate::text::escape;
use serde_json::{Value, json};

impl Event {
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Walk { start, organization } => json!({
                "event": "tree_walk",
                "start": start,
                "org_domain": organization.as_ref().map(|one| &one.domain),
                "rule": organization.as_ref().map(|one| rule(&one.rule)),
            }),
            Self::Visit(one) => visit(one),
            Self::Existence { name, existence } => json!({
                "event": "existence",
                "name": name,
                "exists": match existence {
                    Existence::Exists => Some(true),
                    Existence::DoesNotExist => Some(false),
                    Existence::Unknown(_) => None,
                },
            }),
            Self::Policy { domain, discovery } => policy(domain, discovery),
            Self::Identifier { author, assessment } => identifier(author, assessment),
            Self::Result { domain, result, disposition } => json!({
                "event": "dmarc_result",
                "domain": domain,
                "result": result.word(),
                "disposition": disposition.word(),
            }),
            Self::Destination(one) => destination(one),
            Self::Rfc7489 { domain, view } => older(domain, view),
        }
    }
}

fn rule(rule: &Selection) -> &'static str {
    match rule {
        Selection::SaysSo => "psd_n",
        Selection::BelowPublicSuffix(_) => "below_psd_y",
        Selection::FewestLabels => "fewest_labels",
        Selection::NoRecord => "no_record",
        Selection::IsPublicSuffix => "is_psd_y",
    }
}

fn visit(visit: &Visit) -> Value {
    let (outcome, records) = match &visit.found {
        Found::One(published) => ("record", vec![escape(&published.record().text)]),
        Found::Several(texts) => ("several", texts.iter().map(|text| escape(text)).collect()),
        Found::Nothing => ("nothing", Vec::new()),
        Found::Failed(failure) => (failure.trouble.word(), Vec::new()),
    };
    json!({
        "event": "tree_walk_name",
        "name": owner(&visit.domain),
        "outcome": outcome,
        "records": records,
        "ignored": visit.strangers.len(),
    })
}

fn policy(domain: &Name, discovery: &Discovery) -> Value {
    let mut value = json!({"event": "policy", "domain": domain});
    let (outcome, found_at) = match discovery {
        Discovery::InForce(in_force) => {
            value["source"] = json!(match in_force.source {
                Source::AuthorDomain => "author_domain",
                Source::OrganizationalDomain => "organizational_domain",
                Source::PublicSuffixDomain => "public_suffix_domain",
            });
            value["tag"] = json!(in_force.tag.word());
            value["policy"] = json!(in_force.policy.word());
            value["requested"] = json!(in_force.requested.word());
            ("in_force", Some(in_force.published.owner()))
        }
        Discovery::Unusable(published) => ("unusable", Some(published.owner())),
        Discovery::NotPublished => ("not_published", None),
        Discovery::Unknown(trouble) => ("unknown", Some(trouble.name.clone())),
    };
    value["outcome"] = json!(outcome);
    value["name"] = json!(found_at);
    value
}

fn identifier(author: &Name, assessment: &Assessment) -> Value {
    let (relation, organization) = match &assessment.relation {
        None => ("not_asked", None),
        Some(Relation::Identical) => ("identical", Some(author)),
        Some(Relation::SameOrganization(own)) => ("same_organization", Some(own)),
        Some(Relation::OtherOrganization { identifier, .. }) => {
            ("other_organization", identifier.as_ref())
        }
        Some(Relation::NotIdentical) => ("not_identical", None),
        Some(Relation::Unknown) => ("unknown", None),
    };
    json!({
        "event": "alignment",
        "author_domain": author,
        "mechanism": assessment.mechanism.name().to_ascii_lowercase(),
        "domain": assessment.identifier.domain,
        "proof": match assessment.identifier.proof {
            Proof::Pass => "pass",
            Proof::NoPass => "no_pass",
            Proof::Unknown => "unknown",
        },
        "mode": assessment.mode.word(),
        "relation": relation,
        "org_domain": organization,
        "aligned": assessment.relation.as_ref().and_then(Relation::is_aligned),
    })
}

fn destination(destination: &Destination) -> Value {
    let instead = match &destination.authorization {
        Authorization::Granted { instead, .. } => instead.as_slice(),
        _ => &[],
    };
    json!({
        "event": "report_destination",
        "tag": destination.kind.tag(),
        "uri": escape(&destination.uri.text),
        "external": !matches!(destination.authorization, Authorization::Internal),
        "authorized": destination.authorization.is_granted(),
        "instead": instead.iter().map(|uri| escape(&uri.text)).collect::<Vec<_>>(),
    })
}

fn older(domain: &Name, view: &View) -> Value {
    let applied = match &view.outcome {
        Outcome::InForce(applied) => Some(applied),
        Outcome::NotApplied | Outcome::Unknown => None,
    };
    json!({
        "event": "rfc7489_view",
        "domain": domain,
        "org_domain": view.organization,
        "outcome": match view.outcome {
            Outcome::InForce(_) => "in_force",
            Outcome::NotApplied => "not_applied",
            Outcome::Unknown => "unknown",
        },
        "name": applied.map(|applied| applied.published.owner()),
        "tag": applied.map(|applied| applied.tag.word()),
        "policy": applied.map(|applied| applied.policy.word()),
        "percent": applied.map(|applied| applied.percent),
    })
}
