//! What files are, where that cannot be seen in them.

use crate::net::Name;
use crate::zonefile::zone::MOST_RECORDS;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What files are.
#[derive(Args, Clone, Debug, Default)]
pub struct Reading {
    /// Other sources add records to the zones of these files
    ///
    /// mailcheck then reports nothing as missing. In mailcheck.toml: `[[files]]` with path and partial = true.
    #[arg(long)]
    pub partial: bool,

    /// The view that these files are: external or internal
    ///
    /// In an internal view private addresses and localhost are right. In mailcheck.toml: `[[files]]` with
    /// path and view = "internal".
    #[arg(long, value_name = "VIEW", value_enum, hide_possible_values = true)]
    pub view: Option<View>,

    /// The zone of files that do not name it
    ///
    /// Relative names end in NAME until an `$ORIGIN`. For one of several files: FILE=NAME, which goes first.
    #[arg(long, value_name = "NAME", value_parser = zone_name)]
    pub origin: Option<Name>,

    /// The folder that `$INCLUDE` may read from, the repository by default
    ///
    /// mailcheck opens no file outside it: not by .., not by an absolute path, not by a symbolic link.
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// How much of a file with records is read.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Read files with records up to this size, in MiB
    #[arg(long, value_name = "MIB", default_value_t = MOST_MIB, hide_default_value = true, hide_short_help = true, help_heading = "Sources")]
    pub max_size: u64,

    /// Read at most this many records of a file
    ///
    /// A million records take about 500 MiB of memory.
    #[arg(long, value_name = "N", default_value_t = MOST_RECORDS, hide_default_value = true, hide_short_help = true, help_heading = "Sources")]
    pub max_records: usize,
}

/// The largest file with records that is read unless another size is given, in MiB.
const MOST_MIB: u64 = 64;

impl Default for Limits {
    fn default() -> Self {
        Self { max_size: MOST_MIB, max_records: MOST_RECORDS }
    }
}

impl Limits {
    /// The largest file that is read, in octets.
    pub fn most_octets(&self) -> u64 {
        self.max_size.saturating_mul(1024 * 1024)
    }
}

fn zone_name(text: &str) -> Result<Name, String> {
    let plain = text.strip_suffix('.').unwrap_or(text);
    let name = Name::from_unicode(plain).map_err(|why| why.to_string())?;
    if name.is_root() { Err("expected the name of a zone".to_owned()) } else { Ok(name) }
}

/// Who is answered from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// Everybody.
    External,
    /// Clients inside a network.
    Internal,
}
