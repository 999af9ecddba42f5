//! Fixes as the records to publish, in the form of the tool that publishes them.
//!
//! | format | what is written |
//! |---|---|
//! | `zone` | the records that come; those that go stand in comments |
//! | `terraform` | a resource of the AWS provider for each record set, whole |
//! | `octodns` | a YAML mapping of a zone for each name, record sets whole |
//! | `dnscontrol` | the records that come, as arguments of `D()`; those that go in comments |
//! | `tinydns` | the lines that come; those that go in comments |
//! | `gcloud`, `dnsendpoint`, `cloudformation` | YAML with record sets, whole |
//! | `route53` | a change batch: record sets whole, or to delete |
//! | `powerdns` | a `PATCH` of a zone: record sets whole, or to delete |
//! | `cloudflare` | a batch: the records that come; the identifiers of those that go are to be filled in |
//! | `terraform-json` | as `terraform`, in JSON |
//! | `azure` | a template of Azure Resource Manager: record sets whole |
//! | `csv` | a table of the record sets that come, whole; records that go in comments |
//!
//! Where a tool describes record sets as a whole, the records that stay are written too: leaving
//! them out would remove them. Every fix is named in a comment before the records; JSON has no comments, and
//! holds one patch.

mod csv;
mod dnscontrol;
mod documents;
mod manifests;
mod octodns;
mod terraform;
mod tinydns;
mod zone;

use crate::diagnostic::Applicability;
use crate::dns::{Data, presentation};
use crate::net::Name;
use crate::render::json;
use crate::report::{Patch, PatchSet};
use crate::text::escape;
use std::io::{self, Write};

/// The tool that publishes records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// A name server that reads master files (RFC 1035 §5).
    #[default]
    Zone,
    /// Terraform, with `aws_route53_record`.
    Terraform,
    /// octoDNS.
    Octodns,
    /// dnscontrol.
    Dnscontrol,
    /// tinydns.
    Tinydns,
    /// `gcloud dns record-sets import`.
    Gcloud,
    /// external-dns.
    Dnsendpoint,
    /// CloudFormation.
    Cloudformation,
    /// `aws route53 change-resource-record-sets`.
    Route53,
    /// The HTTP interface of PowerDNS.
    Powerdns,
    /// The HTTP interface of Cloudflare.
    Cloudflare,
    /// Terraform, in JSON.
    TerraformJson,
    /// Azure DNS, by a template.
    Azure,
    /// A table for a spreadsheet, or for the form of a provider.
    Csv,
}

impl Tool {
    /// True where records are written by their names below the zone.
    pub fn names_zone(self) -> bool {
        matches!(self, Self::Octodns | Self::Dnscontrol | Self::Cloudformation | Self::Azure)
    }

    /// True for a document of JSON: it holds one patch and no comment.
    pub fn is_json(self) -> bool {
        self.comment().is_none()
    }

    /// What begins a comment; `None` where there is none.
    fn comment(self) -> Option<&'static str> {
        match self {
            Self::Zone => Some(";"),
            Self::Terraform | Self::Octodns | Self::Tinydns => Some("#"),
            Self::Gcloud | Self::Dnsendpoint | Self::Cloudformation | Self::Csv => Some("#"),
            Self::Dnscontrol => Some("//"),
            Self::Route53 | Self::Powerdns | Self::Cloudflare => None,
            Self::TerraformJson | Self::Azure => None,
        }
    }
}

/// Writes patches that are to be published one after the other, each in a block of its own; where there are
/// no comments to say so, the first of them.
///
/// # Errors
/// `out` cannot be written to.
pub fn render_all(patches: &[Patch], tool: Tool, out: &mut dyn Write) -> io::Result<()> {
    for (index, patch) in patches.iter().enumerate() {
        if index > 0 {
            let Some(comment) = tool.comment() else { break };
            writeln!(out, "\n{comment} Publish these separately, after the records above work:")?;
        }
        render(patch, tool, out)?;
    }
    Ok(())
}

/// Writes patches that hold values to fill in, as comments; where there are none, nothing.
///
/// # Errors
/// `out` cannot be written to.
pub fn render_templates(patches: &[Patch], tool: Tool, out: &mut dyn Write) -> io::Result<()> {
    let Some(comment) = tool.comment() else { return Ok(()) };
    for patch in patches {
        writeln!(out, "{comment} Template: fill in your values before publishing.")?;
        let mut text = Vec::new();
        render(patch, tool, &mut text)?;
        for line in String::from_utf8_lossy(&text).lines() {
            match line.starts_with(comment) {
                true => writeln!(out, "{line}")?,
                false => writeln!(out, "{comment} {line}")?,
            }
        }
    }
    Ok(())
}

/// Writes the records of a patch.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(patch: &Patch, tool: Tool, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    let comment = tool.comment();
    for (step, comment) in patch.steps.iter().filter_map(|step| Some((step, comment?))) {
        let word = match step.applicability {
            Applicability::Safe => "safe",
            Applicability::Review => "review",
            Applicability::Template => "template",
        };
        text.push_str(&format!("{comment} {} ({word}): {}\n", step.rule, step.summary));
    }
    match tool {
        Tool::Zone => zone::write(patch, &mut text),
        Tool::Terraform => terraform::write(patch, &mut text),
        Tool::Octodns => octodns::write(patch, &mut text),
        Tool::Dnscontrol => dnscontrol::write(patch, &mut text),
        Tool::Tinydns => tinydns::write(patch, &mut text),
        Tool::Gcloud => manifests::gcloud(patch, &mut text),
        Tool::Dnsendpoint => manifests::dnsendpoint(patch, &mut text),
        Tool::Cloudformation => manifests::cloudformation(patch, &mut text),
        Tool::Route53 => return document(&documents::route53(patch), out),
        Tool::Powerdns => return document(&documents::powerdns(patch), out),
        Tool::Cloudflare => return document(&documents::cloudflare(patch), out),
        Tool::TerraformJson => return document(&documents::terraform_json(patch), out),
        Tool::Azure => return document(&documents::azure(patch), out),
        Tool::Csv => csv::write(patch, &mut text),
    }
    out.write_all(text.as_bytes())
}

fn document(value: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
    json::render(value, out)
}

/// A host with its final dot.
fn host(name: &Name) -> String {
    if name.is_root() { ".".to_owned() } else { format!("{name}.") }
}

/// The value of a record as Route 53 takes it: a text in quoted strings, escapes in octal.
fn route53_strings(set: &PatchSet, data: &Data) -> String {
    match data {
        Data::Txt(strings) => {
            let strings = strings.iter().map(|it| format!("\"{}\"", terraform::octal(it)));
            strings.collect::<Vec<_>>().join(" ")
        }
        _ => plain(set, data),
    }
}

/// The labels of a name below the zone, `None` at its top.
fn relative(name: &Name, zone: &Name) -> Option<String> {
    let own = name.label_count().checked_sub(zone.label_count()).filter(|own| *own > 0)?;
    let labels = name.labels().take(own);
    Name::from_labels(labels).ok().map(|name| name.to_string())
}

/// A record in words that hold printable characters only: for comments, and for types whose data
/// the tools take as master files write it.
fn plain(set: &PatchSet, data: &Data) -> String {
    escape(presentation::write(set.kind, data).as_bytes())
}

/// The octets of a text as printable characters; an octet that is none is written as `\DDD`, and
/// so is a backslash, where the tool reads backslashes in this way.
fn printable(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text {
        match octet {
            b'\\' => out.push_str("\\\\"),
            b' '..=b'~' => out.push(char::from(*octet)),
            _ => out.push_str(&format!("\\{octet:03}")),
        }
    }
    out
}

#[cfg(test)]
mod tests;
