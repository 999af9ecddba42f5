//! How much of a report a document holds.

use super::{Domain, RecognisedProvider, Step};

/// What a document holds of the bulk: most readers want neither, and it is four fifths of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// True with every step of reasoning, and the records of providers that take part in no count.
    pub steps: bool,
    /// True with the table of lookups, and the numbers that refer to it.
    pub lookups: bool,
}

impl Extent {
    /// Everything.
    pub const FULL: Self = Self { steps: true, lookups: true };
}

impl Domain {
    /// The domain without what the document is not to hold.
    #[must_use]
    pub fn cut_to(mut self, extent: Extent) -> Self {
        let mut all: Vec<&mut Vec<Step>> = vec![
            &mut self.mx.steps,
            &mut self.spf.steps,
            &mut self.dkim.steps,
            &mut self.dmarc.steps,
        ];
        all.extend(self.others.0.iter_mut().map(|other| &mut other.section.steps));
        for one in &mut self.authorizations {
            all.push(&mut one.spf.steps);
            all.extend(one.helo.as_mut().map(|helo| &mut helo.steps));
            all.extend(one.dmarc.as_mut().map(|dmarc| &mut dmarc.steps));
        }
        if !extent.steps {
            self.providers.iter_mut().for_each(RecognisedProvider::keep_counted);
        }
        for steps in all {
            if !extent.steps {
                steps.clear();
            } else if !extent.lookups {
                steps.iter_mut().for_each(forget);
            }
        }
        if !extent.lookups {
            self.lookups.clear();
            self.dkim.details.selectors.iter_mut().for_each(|selector| selector.lookup = None);
        }
        self
    }
}

/// Takes the numbers of lookups away.
fn forget(step: &mut Step) {
    step.lookups.clear();
    step.steps.iter_mut().for_each(forget);
}
