//! What files are, where that cannot be seen in them.

use clap::{Args, ValueEnum};

/// What files are.
#[derive(Args, Clone, Copy, Debug, Default)]
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
}

/// Who is answered from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// Everybody.
    External,
    /// Clients inside a network.
    Internal,
}
