//! A zone file as a file: what its text says before anybody publishes it.
//!
//! [`Facts`] is what was read, with the lines that it was read from, and [`lint`] judges that.
//! [`mail_names`] tells which names of a file take part in mail, [`first_places`] where each name
//! begins, and [`Alone`] answers for these
//! from the file and from nothing else, so that the rules of the protocols can be held against it.
//!
//! A file with an SOA record of which everything could be read says what is not there, too. Any
//! other file says what its own records show.

mod alone;
mod facts;
pub mod lint;
mod names;
mod reach;

pub use alone::Alone;
pub use facts::Facts;
pub use names::{MailName, Shows, first_places, mail_names, mail_names_of, set_places};
pub use reach::Reach;

#[cfg(test)]
mod tests;
