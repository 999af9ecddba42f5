//! What people get wrong in a record, and the text that they meant.

use super::{Phrase, Span};

/// One slip in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Where it stands in the text as published.
    pub span: Span,
    /// What it is; empty if what was meant says it all.
    pub what: Phrase,
    /// The text that was probably meant in its place.
    pub meant: Option<Vec<u8>>,
    /// True if it can have been meant in one way only.
    pub is_certain: bool,
}

impl Slip {
    /// True if it says why a text is not read, and not only that the text cannot be repaired.
    fn is_cause(&self) -> bool {
        !self.what.is_empty() && (self.is_certain || self.meant.is_some())
    }

    /// What it is, and what was probably meant: behind a colon.
    pub fn phrase(&self) -> Phrase {
        match &self.meant {
            None => self.what.clone(),
            Some(meant) if self.what.is_empty() => {
                Phrase::from("did you mean ").code(meant).plain("?")
            }
            Some(meant) => self.what.clone().plain("; did you mean ").code(meant).plain("?"),
        }
    }
}

/// The first slips that differ in what they are, for one message.
pub(crate) fn told<'s>(slips: impl IntoIterator<Item = &'s Slip>) -> Vec<Phrase> {
    const MOST: usize = 3;
    let mut told: Vec<Phrase> = Vec::new();
    for phrase in slips.into_iter().map(Slip::phrase) {
        if told.len() < MOST && !phrase.is_empty() && !told.contains(&phrase) {
            told.push(phrase);
        }
    }
    told
}

/// A sentence with what is wrong, what that leads to, and what was probably meant: by the first slip
/// that has a name, or else by what the grammar says.
pub(crate) fn explained(said: Phrase, words: Phrase, effect: &str, slips: &[Slip]) -> Phrase {
    let mut slips = slips.to_vec();
    let cause = slips.iter_mut().find(|slip| slip.is_cause());
    let what = cause.map_or(words, |slip| std::mem::take(&mut slip.what));
    let said = said.then(what.clone());
    let (plain, meant): (Vec<Slip>, Vec<Slip>) =
        slips.into_iter().partition(|slip| slip.meant.is_none());
    let listed = |said: Phrase, slips: &[Slip]| {
        let slips = told(slips).into_iter().filter(|slip| *slip != what);
        slips.fold(said, |said, slip| said.plain("; ").then(slip))
    };
    let said = listed(said, &plain).plain(effect);
    listed(said, &meant)
}

/// A text as it was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// What is wrong, in the order of the text.
    pub slips: Vec<Slip>,
    /// The record that was meant; `None` if something in it is undetermined. The strict grammar reads
    /// it without a fault.
    pub text: Option<Vec<u8>>,
}

impl Repair {
    /// True if every slip can have been meant in one way only.
    pub fn is_certain(&self) -> bool {
        self.slips.iter().all(|slip| slip.is_certain)
    }
}

/// Slips while they are found.
#[derive(Default)]
pub(crate) struct Slips(pub(crate) Vec<Slip>);

impl Slips {
    pub(crate) fn certain(&mut self, span: Span, what: Phrase) {
        self.0.push(Slip { span, what, meant: None, is_certain: true });
    }

    pub(crate) fn likely(&mut self, span: Span, what: Phrase) {
        self.0.push(Slip { span, what, meant: None, is_certain: false });
    }

    pub(crate) fn meant(&mut self, span: Span, what: Phrase, meant: Vec<u8>, is_certain: bool) {
        self.0.push(Slip { span, what, meant: Some(meant), is_certain });
    }

    /// In the order of the text.
    pub(crate) fn sorted(self) -> Vec<Slip> {
        let Self(mut slips) = self;
        slips.sort_by_key(|slip| slip.span);
        slips
    }
}
