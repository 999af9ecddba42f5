//! What came of requests, recorded and played back: lines of the cassette that holds the DNS too.
//!
//! ```text
//! {"url":"https://mta-sts.example.com/.well-known/mta-sts.txt","status":200,"media_type":"text/plain","body":"version: STSv1…"}
//! {"url":"https://mta-sts.example.net/.well-known/mta-sts.txt","outcome":"expired"}
//! ```
//!
//! A line begins with its `url`; all others belong to the port to the DNS. A file that is not UTF-8
//! stands as `base64`, header fields as their octets (ISO 8859-1).

use super::{Failure, Getting, Outcome, Request, Response, Trouble, Web};
use crate::text::escape;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::future::ready;
use std::sync::Arc;

/// How each line begins.
const BEGIN: &[u8] = b"{\"url\":";

/// A line.
#[derive(Default, Deserialize, Serialize)]
struct Line {
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl Line {
    fn new(url: String, outcome: &Outcome) -> Self {
        match outcome {
            Err(Failure { trouble, detail }) => Self {
                url,
                outcome: Some(trouble.word().to_owned()),
                detail: (!detail.is_empty()).then(|| detail.clone()),
                ..Self::default()
            },
            Ok(Response { status, media_type, location, body }) => {
                let field = |octets: &Option<Vec<u8>>| {
                    octets.as_ref().map(|it| it.iter().copied().map(char::from).collect())
                };
                let (body, base64) = match std::str::from_utf8(body) {
                    Ok(text) => (Some(text.to_owned()), None),
                    Err(_) => (None, Some(STANDARD.encode(body))),
                };
                let (media_type, location) = (field(media_type), field(location));
                Self {
                    url,
                    status: Some(*status),
                    media_type,
                    location,
                    body,
                    base64,
                    ..Self::default()
                }
            }
        }
    }

    fn outcome(&self) -> Result<Outcome, String> {
        let field = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => {
                let octets = text.chars().map(|c| u8::try_from(c).map_err(|_| c));
                let octets: Result<Vec<u8>, char> = octets.collect();
                let wrong = |c: char| {
                    format!("expected octets, found {}", escape(c.to_string().as_bytes()))
                };
                octets.map(Some).map_err(wrong)
            }
        };
        if let Some(status) = self.status {
            let body = match (&self.body, &self.base64) {
                (Some(text), _) => text.clone().into_bytes(),
                (None, Some(text)) => {
                    STANDARD.decode(text).map_err(|_| "expected base64".to_owned())?
                }
                (None, None) => Vec::new(),
            };
            let (media_type, location) = (field(&self.media_type)?, field(&self.location)?);
            return Ok(Ok(Response { status, media_type, location, body }));
        }
        let word = self.outcome.as_deref().unwrap_or_default();
        match Trouble::from_word(word) {
            Some(trouble) => {
                Ok(Err(Failure::because(trouble, self.detail.as_deref().unwrap_or_default())))
            }
            None => Err("expected a \"status\" or an \"outcome\"".to_owned()),
        }
    }
}

/// Takes a line of a recording: the URL that it is about, and its text.
pub type Note = Box<dyn Fn(&str, String) + Send + Sync>;

/// Passes requests on, and hands what comes of each to the writer of the recording.
pub struct Recorder {
    under: Arc<dyn Web>,
    note: Note,
}

impl Recorder {
    /// Records what `under` answers.
    pub fn new(under: Arc<dyn Web>, note: Note) -> Self {
        Self { under, note }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Web for Recorder {
    fn get<'a>(&'a self, request: &'a Request) -> Getting<'a> {
        Box::pin(async move {
            let outcome = self.under.get(request).await;
            let line = Line::new(request.url(), &outcome);
            // Strings and numbers always have a form in JSON.
            (self.note)(&line.url, serde_json::to_string(&line).unwrap_or_default());
            outcome
        })
    }

    fn is_asked(&self) -> bool {
        self.under.is_asked()
    }

    fn patience(&self) -> Option<std::time::Duration> {
        self.under.patience()
    }
}

/// A fault in a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplayError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, printable.
    pub what: String,
}

/// Answers from a recording.
#[derive(Clone, Debug, Default)]
pub struct Replay(HashMap<String, Outcome>);

impl Replay {
    /// Reads the lines of a cassette that are about the web.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn read(text: &[u8]) -> Result<Self, ReplayError> {
        let mut replay = Self::default();
        for (above, line) in text.split(|octet| *octet == b'\n').enumerate() {
            let line = line.trim_ascii();
            if !line.starts_with(BEGIN) {
                continue;
            }
            let fault = |what| ReplayError { line: above + 1, what };
            let read: Line = serde_json::from_slice(line).map_err(|why| {
                fault(format!(
                    "expected a response as JSON: {}",
                    escape(why.to_string().as_bytes())
                ))
            })?;
            let outcome = read.outcome().map_err(fault)?;
            replay.0.entry(read.url).or_insert(outcome);
        }
        Ok(replay)
    }
}

impl Web for Replay {
    fn get<'a>(&'a self, request: &'a Request) -> Getting<'a> {
        let outcome = self.0.get(&request.url()).cloned();
        Box::pin(ready(outcome.unwrap_or_else(|| Err(Failure::new(Trouble::NotRecorded)))))
    }

    /// A recording that was made before the web was asked says nothing of it, nor of the addresses
    /// of its hosts.
    fn is_asked(&self) -> bool {
        !self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scripted;
    use super::*;
    use crate::net::Name;
    use std::sync::Mutex;

    const URL: &str = "https://a.example/x";

    fn request() -> Request {
        Request::new(Name::from_octets(b"a.example").expect("a name"), "/x", 10)
    }

    async fn played(outcome: Outcome) -> Outcome {
        let lines = Arc::new(Mutex::new(String::new()));
        let tape = Arc::clone(&lines);
        let note: Note = Box::new(move |_, line| {
            *tape.lock().expect("nothing panicked") += &format!("{line}\n");
        });
        let recorder = Recorder::new(Arc::new(Scripted::default().with(URL, outcome)), note);
        recorder.get(&request()).await.ok();
        let text = lines.lock().expect("nothing panicked").clone();
        Replay::read(text.as_bytes()).expect("it was written here").get(&request()).await
    }

    #[tokio::test]
    async fn a_response_is_played_as_it_was_recorded_whatever_its_octets() {
        let octets: Vec<u8> = (0..=255).collect();
        let response = Response {
            status: 301,
            media_type: Some(octets.clone()),
            location: None,
            body: octets,
        };
        assert_eq!(played(Ok(response.clone())).await, Ok(response));
    }

    #[tokio::test]
    async fn a_failure_is_played_as_it_was_recorded() {
        let failure = Failure::because(Trouble::WrongName, "b.example");
        assert_eq!(played(Err(failure.clone())).await, Err(failure));
    }

    #[test]
    fn a_line_that_says_nothing_is_named() {
        let read = Replay::read(b"{\"cassette\":1}\n{\"url\":\"https://a.example/\"}\n");
        assert_eq!(read.err().map(|fault| fault.line), Some(2));
    }

    #[test]
    fn a_recording_without_responses_asks_for_none() {
        assert!(!Replay::read(b"{\"cassette\":1}\n").expect("a cassette").is_asked());
    }
}
