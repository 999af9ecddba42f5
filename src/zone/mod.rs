//! A zone file as a file: [`mail_names`] tells which names of it take part in mail.

mod names;

pub use names::{MailName, Shows, mail_names};
