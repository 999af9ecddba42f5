//! What a test says that web servers say.

use super::{Failure, Getting, Outcome, Request, Response, Trouble, Web};
use std::collections::HashMap;
use std::future::ready;

/// Answers by URL; what is not listed cannot be reached, and if nothing is,
/// nobody is asked.
#[derive(Clone, Debug, Default)]
pub struct Scripted(HashMap<String, Outcome>);

impl Scripted {
    /// Adds an answer.
    #[must_use]
    pub fn with(mut self, url: &str, outcome: Outcome) -> Self {
        self.0.insert(url.to_owned(), outcome);
        self
    }

    /// Adds a file of plain text with status 200.
    #[must_use]
    pub fn with_text(self, url: &str, body: &str) -> Self {
        let media_type = Some(b"text/plain".to_vec());
        let body = body.as_bytes().to_vec();
        self.with(url, Ok(Response { media_type, body, ..Response::new(200) }))
    }
}

impl Web for Scripted {
    fn get<'a>(&'a self, request: &'a Request) -> Getting<'a> {
        let outcome = self.0.get(&request.url()).cloned();
        Box::pin(ready(outcome.unwrap_or_else(|| Err(Failure::new(Trouble::Unreachable)))))
    }

    fn is_asked(&self) -> bool {
        !self.0.is_empty()
    }
}
