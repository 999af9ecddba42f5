//! Fixes as the records to publish, in the form of the tool that publishes them.
//!
//! | format | what is written |
//! |---|---|
//! | `zone` | the records that come; those that go stand in comments |
//! | `terraform` | a resource of the AWS provider for each record set, whole |
//! | `octodns` | a YAML mapping of a zone for each name, record sets whole |
//! | `dnscontrol` | the records that come, as arguments of `D()`; those that go in comments |
//!
//! Where a tool describes record sets as a whole, the records that stay are written too: leaving
//! them out would remove them. Every fix is named in a comment before the records.

mod dnscontrol;
mod octodns;
mod terraform;
mod zone;

use crate::diagnostic::Applicability;
use crate::dns::{Data, presentation};
use crate::net::Name;
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
}

impl Tool {
    /// True where records are written by their names below the zone.
    pub fn names_zone(self) -> bool {
        matches!(self, Self::Octodns | Self::Dnscontrol)
    }

    /// What begins a comment.
    fn comment(self) -> &'static str {
        match self {
            Self::Zone => ";",
            Self::Terraform | Self::Octodns => "#",
            Self::Dnscontrol => "//",
        }
    }
}

/// Writes patches that are to be published one after the other, each in a block of its own.
///
/// # Errors
/// `out` cannot be written to.
pub fn render_all(patches: &[Patch], tool: Tool, out: &mut dyn Write) -> io::Result<()> {
    for (index, patch) in patches.iter().enumerate() {
        if index > 0 {
            let comment = tool.comment();
            writeln!(out, "\n{comment} Publish these separately, after the records above work:")?;
        }
        render(patch, tool, out)?;
    }
    Ok(())
}

/// Writes patches that hold values to fill in, as comments.
///
/// # Errors
/// `out` cannot be written to.
pub fn render_templates(patches: &[Patch], tool: Tool, out: &mut dyn Write) -> io::Result<()> {
    let comment = tool.comment();
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
    for step in &patch.steps {
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
    }
    out.write_all(text.as_bytes())
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
