//! What a refusal means, by a table that names the source of each row.

use super::{Stage, Step};
use serde::Deserialize;
use std::sync::OnceLock;

/// What a reply means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meaning {
    steps: Vec<Step>,
    codes: Vec<u16>,
    #[serde(default)]
    status: Vec<String>,
    #[serde(default)]
    say: Vec<String>,
    /// Who has to act.
    pub party: Party,
    /// What is wrong.
    pub cause: String,
    /// What to do.
    pub action: String,
    /// Where that is written.
    pub source: String,
    /// True if the reply may also mean something else.
    #[serde(default)]
    pub likely: bool,
    /// True if the same may succeed later.
    #[serde(default)]
    pub wait: bool,
}

/// Who has to act on a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The holder of the account.
    Account,
    /// The operator of the server.
    Server,
    /// The recipient.
    Recipient,
    /// That cannot be said.
    Undetermined,
}

#[derive(Deserialize)]
struct Table {
    reply: Vec<Meaning>,
}

fn table() -> &'static [Meaning] {
    static TABLE: OnceLock<Vec<Meaning>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let read: Result<Table, _> = toml::from_str(include_str!("replies.toml"));
        read.map(|table| table.reply).unwrap_or_default()
    })
}

/// What the reply in a stage means, if the table knows.
pub fn meaning(stage: &Stage) -> Option<&'static Meaning> {
    let text = stage.text.to_lowercase();
    table().iter().find(|row| {
        let status = stage.status.as_deref().unwrap_or_default();
        row.steps.contains(&stage.step)
            && stage.code.is_some_and(|code| row.codes.contains(&code))
            && (row.status.is_empty() || row.status.iter().any(|own| own == status))
            && (row.say.is_empty() || row.say.iter().any(|own| text.contains(own.as_str())))
    })
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::*;

    fn cause(step: Step, code: u16, text: &str) -> Option<&'static str> {
        let status = text.split(' ').next().map(str::to_owned);
        let text = text.to_owned();
        let result = Outcome::Refused;
        let stage = Stage { step, result, code: Some(code), status, text, elapsed_ms: 0 };
        meaning(&stage).map(|it| it.cause.as_str())
    }

    #[test]
    fn every_row_has_a_source() {
        assert!(table().len() > 15 && table().iter().all(|row| !row.source.is_empty()));
    }

    #[test]
    fn one_code_means_what_its_text_says() {
        let tenant = "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.";
        let mailbox = "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.";
        let policy = "5.7.139 Authentication unsuccessful, the user credentials were incorrect.";
        assert_eq!(
            [tenant, mailbox, policy].map(|text| cause(Step::Login, 535, text)),
            [
                Some("SMTP AUTH is switched off for the tenant"),
                Some("SMTP AUTH is switched off for the mailbox"),
                Some("the tenant refuses the login"),
            ]
        );
    }

    #[test]
    fn a_deferred_login_is_the_servers_and_a_deferred_recipient_is_greylisting() {
        assert_eq!(
            [
                cause(Step::Login, 451, "4.7.0 Temporary server error. Please try again later."),
                cause(Step::RcptTo, 450, "4.2.0 <a@b>: Recipient address rejected: Greylisted"),
                cause(Step::MailFrom, 530, "5.7.57 Client not authenticated to send mail."),
            ],
            [
                Some("the authentication of the server fails for the moment"),
                Some("greylisting: the server accepts the same sender and recipient later"),
                Some("the server wants a login before it accepts mail"),
            ]
        );
    }

    #[test]
    fn what_the_table_does_not_know_means_nothing() {
        assert_eq!(cause(Step::Ehlo, 502, "5.5.1 unknown"), None);
    }
}
