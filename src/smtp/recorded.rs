//! Dialogues of a recording.
//!
//! A recording has a line for each, `{"smtp":{…}}`, beside the answers of the DNS.

use super::{Call, Dialogue, Outcome, Smtp, Stage, Step, Talk};
use serde::{Deserialize, Serialize};
use std::ops::Deref;

/// A line of a recording.
#[derive(Deserialize, Serialize)]
struct Line {
    smtp: Dialogue,
}

/// The line that holds a dialogue.
pub fn line(dialogue: &Dialogue) -> String {
    serde_json::to_string(&Line { smtp: dialogue.clone() }).unwrap_or_default()
}

/// Where lines of a recording go, each with the key by which a second one of its kind is left out.
type Note = Box<dyn Fn(&str, String) + Send + Sync>;

/// Records what another port says.
pub struct Recorder<S> {
    under: S,
    note: Note,
}

impl<S> Recorder<S> {
    /// Records what `under` says.
    pub fn new(under: S, note: Note) -> Self {
        Self { under, note }
    }
}

impl<S: Deref<Target = dyn Smtp> + Send + Sync> Smtp for Recorder<S> {
    fn talk<'a>(&'a self, call: &'a Call) -> Talk<'a> {
        Box::pin(async move {
            let dialogue = self.under.talk(call).await;
            (self.note)(&format!("{} {}", call.host, call.address), line(&dialogue));
            dialogue
        })
    }
}

/// What a recording holds.
#[derive(Debug, Default)]
pub struct Recorded(Vec<Dialogue>);

impl Recorded {
    /// Reads the lines of a recording that hold dialogues.
    ///
    /// # Errors
    /// A line is none, in words.
    pub fn read<'l>(lines: impl IntoIterator<Item = &'l str>) -> Result<Self, String> {
        let read = |line: &str| {
            let line: Result<Line, _> = serde_json::from_str(line);
            line.map(|it| it.smtp).map_err(|why| format!("expected an SMTP dialogue: {why}"))
        };
        lines.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl Smtp for Recorded {
    fn talk<'a>(&'a self, call: &'a Call) -> Talk<'a> {
        let of_call = |it: &&Dialogue| it.host == call.host && it.address == call.address;
        let dialogue = self.0.iter().find(of_call).cloned().unwrap_or_else(|| {
            let text = "not in the recording".to_owned();
            let stage = Stage {
                step: Step::Connect,
                result: Outcome::Timeout,
                code: None,
                status: None,
                text,
                elapsed_ms: 0,
            };
            Dialogue { stages: vec![stage], ..Dialogue::new(call) }
        });
        Box::pin(std::future::ready(dialogue))
    }
}
