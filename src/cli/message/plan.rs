//! What `mailcheck message` means.

use super::{FORMS, MessageArgs};
use crate::audit::message::{GivenHop, MessageInquiry};
use crate::cli::counting::Counting;
use crate::cli::words::{Appearance, Mistake, Output, Sources, mail_outputs};
use crate::dns::MOST_QUERIES;
use crate::mail::message::seconds;
use crate::render::messages::Form;
use std::path::PathBuf;

/// Everything that a run of `mailcheck message` does.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The file or folder.
    pub file: PathBuf,
    /// What is asked of each message.
    pub inquiry: MessageInquiry,
    /// True if a new signature is asked about.
    pub resign_check: bool,
    /// Which findings count.
    pub counting: Counting,
    /// Where answers come from.
    pub sources: Sources,
    /// Where the report goes; at most one of them is standard output.
    pub outputs: Vec<Output<Form>>,
    /// How the text looks.
    pub appearance: Appearance,
}

/// Understands what was typed.
///
/// # Errors
/// A flag's value or the combination of flags means nothing.
pub(super) fn plan(typed: MessageArgs) -> Result<Plan, Mistake> {
    let now = typed.now.as_deref().map(time).transpose()?;
    let hop = GivenHop { ip: typed.ip, helo: typed.helo, mail_from: typed.mail_from };
    // Without any answer the body hashes, the way and what others found can still be said.
    let sources = Sources::read_alone(typed.sources)?;
    let most_queries = sources.most_queries.unwrap_or(MOST_QUERIES);
    Ok(Plan {
        file: PathBuf::from(typed.file),
        inquiry: MessageInquiry { now, hop, authserv: typed.authserv, most_queries },
        resign_check: typed.resign_check,
        counting: Counting::read(&typed.judging)?,
        sources,
        outputs: mail_outputs(&typed.form, &FORMS, Form::Shared)?,
        appearance: Appearance { explain: typed.explain, ..typed.look.into() },
    })
}

/// Seconds since 1970, as a number or as a date.
fn time(text: &str) -> Result<u64, Mistake> {
    let of_date = || seconds(text.as_bytes()).and_then(|it| u64::try_from(it).ok());
    text.parse().ok().or_else(of_date).ok_or_else(|| {
        Mistake::new(format!(
            "--now: {text:?} is not a time. Examples: 1700000000, 2023-11-14T22:13:20Z"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn planned<const N: usize>(typed: [&str; N]) -> Result<Plan, Mistake> {
        let words = std::iter::once("message").chain(typed);
        plan(MessageArgs::try_parse_from(words).expect("the flags exist"))
    }

    #[test]
    fn a_time_is_a_number_or_a_date() {
        let now = |text| planned(["a.eml", "--now", text]).map(|plan| plan.inquiry.now);
        let expected = Some(1_700_000_000);
        assert_eq!(now("1700000000").expect("a number"), expected);
        assert_eq!(now("2023-11-14T22:13:20Z").expect("a date"), expected);
        assert!(now("yesterday").is_err());
    }

    #[test]
    fn an_empty_mail_from_is_the_null_reverse_path() {
        let plan = planned(["a.eml", "--mail-from", ""]).expect("it means something");
        assert_eq!(plan.inquiry.hop.mail_from.as_deref(), Some(""));
    }
}
