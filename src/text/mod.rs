//! Words and their places: no I/O, no DNS.
//!
//! Everything that mailcheck reads is octets in a record, and everything that it says is a
//! sentence with roles. This module holds both ends: spans, syntax errors and the pieces of
//! grammar that several standards share on the way in; [`Phrase`] and [`Citation`] on the way out.
//!
//! Octets stay octets: nothing here assumes UTF-8, and nothing that came from the network reaches
//! a terminal without passing through [`escape`].

mod cite;
mod date;
mod escape;
pub(crate) mod field_list;
#[doc(hidden)]
pub mod lex;
pub(crate) mod lines;
#[doc(hidden)]
pub mod near;
pub(crate) mod loose_tags;
mod phrase;
pub(crate) mod slip;
mod span;
mod syntax;
#[doc(hidden)]
pub mod tag_list;
pub(crate) mod typing;
pub(crate) mod uri;

pub use cite::{Citation, Cited};
#[doc(hidden)]
pub use cite::{advice, draft, rfc};
pub(crate) use date::day;
#[doc(hidden)]
pub use date::{between, clock, date, days, minute, rfc3339, seconds, span};
pub(crate) use escape::break_line_command;
pub use escape::escape;
#[cfg(any(feature = "mail", feature = "smtp"))]
pub(crate) use escape::escaped_within;
#[doc(hidden)]
pub use escape::{escape_into, is_printable};
pub use phrase::{Phrase, Piece, Role};
#[doc(hidden)]
pub use phrase::{grouped, listed_or};
pub use slip::{Repair, Slip};
pub use span::{Span, Spanned};
pub use syntax::{Parsed, SyntaxError};
