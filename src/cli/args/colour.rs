//! Flags about colour.

use crate::render::palette::Choice;
use clap::{Args, ValueEnum};

/// When to use colour.
#[derive(Args, Clone, Copy, Debug)]
pub struct Colour {
    /// Use color: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true,
        hide_short_help = true
    )]
    pub color: Color,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// Where it can be seen.
    Auto,
    /// In any case.
    Always,
    /// Not at all.
    Never,
}

impl From<Color> for Choice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}
