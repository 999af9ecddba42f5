//! What files are, where that cannot be seen in them.

use crate::net::Name;
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
