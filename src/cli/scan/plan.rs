//! What `mailcheck scan` means.

use super::{Form, Profile, ScanArgs};
use crate::audit::Checks;
use crate::cli::config;
use crate::cli::words::{Mistake, Sources};
use crate::config::Policy;
use crate::protocols::Protocol;
use crate::render::scan;
use std::path::{Path, PathBuf};

/// How many domains are checked at once unless said otherwise.
const CONCURRENCY: u64 = 256;

/// Everything that a scan does.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The list; `None` for standard input.
    pub file: Option<PathBuf>,
    /// Which protocols are looked at.
    pub checks: Checks,
    /// Whether a row says only what receivers decide by.
    pub is_brief: bool,
    /// Which part of the list is meant.
    pub shard: Option<Shard>,
    /// How many domains are checked at once.
    pub concurrency: u64,
    /// Most queries a second to each server, where that is said; 0 for no limit.
    pub rate: Option<u32>,
    /// The form of the rows; `None` for whole reports.
    pub form: Option<scan::Form>,
    /// Whether rows come in the order of the input.
    pub is_ordered: bool,
    /// Where the rows go; `None` for standard output.
    pub output: Option<PathBuf>,
    /// Whether the output goes on where it ends.
    pub resumes: bool,
    /// Where the summary goes.
    pub summary: Option<PathBuf>,
    /// Which findings count.
    pub policy: Policy,
    /// Where answers come from.
    pub sources: Sources,
}

impl Plan {
    /// How messages name the list.
    pub(super) fn list(&self) -> String {
        let file = self.file.as_deref().map(Path::display);
        file.map_or_else(|| "standard input".to_owned(), |file| file.to_string())
    }
}

/// Understands what was typed.
///
/// # Errors
/// A flag's value or the combination of them means nothing.
pub(super) fn plan(typed: ScanArgs) -> Result<Plan, Mistake> {
    if typed.full && typed.format == Form::Tsv {
        return Err(Mistake::new("--full writes reports as JSON lines: leave out --format tsv"));
    }
    if typed.full && typed.resume {
        return Err(Mistake::new(
            "--resume needs rows, which say their line; reports of --full do not",
        ));
    }
    let is_brief = typed.profile == Profile::Verdict;
    if is_brief && (typed.full || typed.dkim) {
        let flag = if typed.full { "--full" } else { "--dkim" };
        return Err(Mistake::new(format!(
            "--profile verdict has no room for {flag}: leave it out"
        )));
    }
    let checks = match (typed.profile, typed.dkim) {
        (Profile::Full, _) => Checks::default(),
        (Profile::Policy | Profile::Verdict, false) => Checks::only(POLICY),
        (Profile::Policy | Profile::Verdict, true) => {
            Checks::only(POLICY.into_iter().chain([Protocol::Dkim]))
        }
    };
    let (policy, _) = config::policy(&typed.choice)?;
    Ok(Plan {
        file: (typed.file.as_os_str() != "-").then_some(typed.file),
        checks,
        is_brief,
        shard: typed.shard,
        concurrency: typed.concurrency.map_or(CONCURRENCY, u64::from),
        rate: typed.rate,
        form: (!typed.full).then_some(match typed.format {
            Form::Jsonl => scan::Form::JsonLines,
            Form::Tsv => scan::Form::Tsv,
        }),
        is_ordered: typed.ordered,
        output: typed.output,
        resumes: typed.resume,
        summary: typed.summary,
        policy,
        sources: Sources::read(typed.sources, Vec::new())?,
    })
}

/// The protocols of a policy.
const POLICY: [Protocol; 3] = [Protocol::Mx, Protocol::Spf, Protocol::Dmarc];

/// One of several parts of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    index: u64,
    of: u64,
}

impl Shard {
    /// True if the domain belongs to this part: of all parts exactly one has it.
    pub(super) fn has(self, domain: &str) -> bool {
        fnv1a(domain) % self.of == self.index
    }
}

/// The hash that shares domains out: the same on every machine and in every version, which is why
/// it is none of the standard library's (FNV-1a, 64 bit, RFC 9923 §2).
pub(super) fn fnv1a(domain: &str) -> u64 {
    let octets = domain.bytes().map(|octet| octet.to_ascii_lowercase());
    octets.fold(0xcbf2_9ce4_8422_2325, |hash, octet| {
        (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Reads `I/N`.
pub(super) fn shard(text: &str) -> Result<Shard, String> {
    const EXPECTED: &str = "expected I/N, such as 0/8: part I of N, from 0";
    let (index, of) = text.split_once('/').ok_or(EXPECTED)?;
    match (index.parse(), of.parse()) {
        (Ok(index), Ok(of)) if index < of => Ok(Shard { index, of }),
        (Ok(index), Ok(of)) if index == of && of > 0 => {
            Err(format!("parts are counted from 0: the last one is {}/{of}", of - 1))
        }
        _ => Err(EXPECTED.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_domain_belongs_to_exactly_one_part() {
        let parts: Vec<Shard> = (0..7).map(|index| Shard { index, of: 7 }).collect();
        for number in 0..500 {
            let domain = format!("d{number}.example");
            assert_eq!(parts.iter().filter(|part| part.has(&domain)).count(), 1, "{domain}");
        }
    }

    #[test]
    fn parts_are_counted_from_zero() {
        assert_eq!(shard("0/8"), Ok(Shard { index: 0, of: 8 }));
        assert_eq!(shard("8/8"), Err("parts are counted from 0: the last one is 7/8".into()));
        for wrong in ["", "1", "0/0", "a/b", "9/8", "-1/2"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_hash_is_that_of_the_published_vectors() {
        // The vectors of the authors of FNV: of the empty text, "a" and "foobar".
        let hashes = ["", "a", "foobar"].map(fnv1a);
        assert_eq!(hashes, [0xcbf2_9ce4_8422_2325, 0xaf63_dc4c_8601_ec8c, 0x8594_4171_f739_67e8]);
    }
}
