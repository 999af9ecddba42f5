//! Ways out: where messages about incidents go, and files that show how things are.
//!
//! A message waits in the history until its way has taken it. It is sent at least once, and always with the
//! same key, by which a receiver drops what it has already. Messages of one way keep their order: while one
//! cannot be delivered, later ones wait behind it.

mod command;
mod lines;
mod mail;
mod view;
mod webhook;

pub(super) use mail::{PASSWORD, Relay};
pub(super) use view::View;
pub(super) use webhook::Secret;

use crate::cli::words::Mistake;
use crate::history::{Parcel, Store, StoreError};
use crate::report::watch::Notice;
use crate::text::escape;
use crate::web::Url;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Where a message goes.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// A line of JSON at the end of a file.
    Lines(PathBuf),
    /// A program that reads JSON from its standard input.
    Command(Vec<String>),
    /// A server that takes JSON by HTTP, signed.
    Webhook(Url),
    /// Somebody who reads mail.
    Mail(String),
}

/// All ways out.
#[derive(Clone, Debug, Default)]
pub(super) struct Ways {
    /// Those of messages, each as it was written.
    ways: Vec<(String, Way)>,
    /// The files that show how things are.
    pub views: Vec<View>,
    /// What webhooks are signed with.
    pub secret: Option<Secret>,
    /// Who takes mail.
    pub relay: Relay,
}

const EXPECTED: &str = "expected lines:FILE, command:PROGRAM, mail:ADDRESS, https://…, atom:FILE, \
                        calendar:FILE or prometheus:FILE";

impl Ways {
    /// Adds one, as it is written.
    ///
    /// # Errors
    /// It means nothing.
    pub(super) fn add(&mut self, word: &str) -> Result<(), Mistake> {
        let mistake = |why: &str| Mistake::new(format!("notify {word:?}: {why}"));
        let (kind, rest) = word.split_once(':').ok_or_else(|| mistake(EXPECTED))?;
        if rest.is_empty() {
            return Err(mistake(EXPECTED));
        }
        let way = match kind {
            "lines" => Way::Lines(rest.into()),
            "command" => {
                let words: Vec<String> = rest.split_whitespace().map(str::to_owned).collect();
                if words.is_empty() {
                    return Err(mistake(EXPECTED));
                }
                Way::Command(words)
            }
            "mail" => Way::Mail(mail::address(rest).map_err(|why| mistake(&why))?),
            "https" | "http" => Way::Webhook(Url::read(word).map_err(|why| mistake(&why))?),
            "atom" | "calendar" | "prometheus" => {
                self.views.extend(View::new(kind, rest));
                return Ok(());
            }
            _ => return Err(mistake(EXPECTED)),
        };
        if !self.ways.iter().any(|(known, _)| known == word) {
            self.ways.push((word.to_owned(), way));
        }
        Ok(())
    }

    /// The ways of messages, as they are written.
    pub(super) fn words(&self) -> Vec<String> {
        self.ways.iter().map(|(word, _)| word.clone()).collect()
    }

    /// True if some way is a webhook.
    pub(super) fn has_webhook(&self) -> bool {
        self.ways.iter().any(|(_, way)| matches!(way, Way::Webhook(_)))
    }

    /// True if some way is mail.
    pub(super) fn has_mail(&self) -> bool {
        self.ways.iter().any(|(_, way)| matches!(way, Way::Mail(_)))
    }

    /// Delivers what waits and is due.
    ///
    /// # Errors
    /// The history cannot be read or written. That a way does not take a message is none: it waits.
    pub(super) async fn deliver(&self, store: &mut Store, at: u64) -> Result<(), StoreError> {
        let mut blocked: BTreeSet<String> = BTreeSet::new();
        for parcel in store.parcels()? {
            let Some((_, way)) = self.ways.iter().find(|(word, _)| *word == parcel.way) else {
                continue;
            };
            if blocked.contains(&parcel.way) {
                continue;
            }
            if parcel.due > at {
                blocked.insert(parcel.way);
                continue;
            }
            match self.send(way, &parcel, at).await {
                Ok(()) => store.delivered(&parcel)?,
                Err(why) => {
                    store.delayed(&parcel, at, &escape(why.as_bytes()))?;
                    blocked.insert(parcel.way);
                }
            }
        }
        Ok(())
    }

    /// Hands one message over; why not, in words.
    async fn send(&self, way: &Way, parcel: &Parcel, at: u64) -> Result<(), String> {
        let notice: Notice = serde_json::from_str(&parcel.body)
            .map_err(|why| format!("a damaged message: {why}"))?;
        let document = crate::render::json::notice(&notice).map_err(|why| why.to_string())?;
        match way {
            Way::Lines(file) => lines::append(file, &document),
            Way::Command(words) => command::run(words, &notice, document).await,
            Way::Webhook(url) => {
                webhook::post(url, self.secret.as_ref(), &notice.key, document, at).await
            }
            Way::Mail(to) => mail::send(&self.relay, to, &notice, at).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Vec<String>, String> {
        let mut ways = Ways::default();
        for word in words {
            ways.add(word).map_err(|why| why.to_string())?;
        }
        Ok(ways.words())
    }

    #[test]
    fn a_way_is_known_by_its_first_word() {
        let words =
            ["lines:out.jsonl", "command:page me", "mail:ops@example.com", "https://h.example/x"];
        assert_eq!(read(&words), Ok(words.map(str::to_owned).to_vec()));
        assert_eq!(read(&["atom:feed.xml"]), Ok(vec![]));
    }

    #[test]
    fn what_is_no_way_is_a_mistake_that_lists_them() {
        for wrong in ["", "slack", "lines:", "ftp://x.example/", "command: ", "pigeon:home"] {
            let why = read(&[wrong]).expect_err("it is none");
            assert!(why.ends_with(EXPECTED), "{wrong}: {why}");
        }
        assert!(read(&["mail:nobody"]).is_err());
        assert!(read(&["https://"]).is_err());
    }
}
