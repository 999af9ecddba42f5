//! Where in a report its elements stand.

/// Where a step stands: the nearest element that holds others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    Feedback,
    Metadata,
    Dates,
    Policy,
    Record,
    Row,
    Evaluated,
    Reason,
    Identifiers,
    Results,
    Dkim,
    Spf,
    /// Elements that others may fill as they like.
    Extension,
}

impl Place {
    /// The place that an element opens, seen from here.
    pub(super) fn open(self, name: &str) -> Option<Self> {
        Some(match (self, name) {
            (Self::Extension, _) => return None,
            (_, "extension" | "extensions") => Self::Extension,
            (Self::Outside, "feedback") => Self::Feedback,
            (Self::Outside, _) => return None,
            (Self::Record | Self::Row | Self::Evaluated, "reason") => Self::Reason,
            (Self::Record | Self::Results, "dkim") => Self::Dkim,
            (Self::Record | Self::Results, "spf") => Self::Spf,
            (Self::Record | Self::Row, "policy_evaluated") => Self::Evaluated,
            (Self::Record, "row") => Self::Row,
            (Self::Record, "identifiers" | "identities") => Self::Identifiers,
            (Self::Record, "auth_results") => Self::Results,
            (Self::Metadata | Self::Feedback, "date_range") => Self::Dates,
            (Self::Feedback, "report_metadata") => Self::Metadata,
            // What was not closed before does not hide what follows.
            (Self::Feedback | Self::Metadata | Self::Dates, "policy_published") => Self::Policy,
            (Self::Feedback | Self::Metadata | Self::Dates | Self::Policy, "record") => {
                Self::Record
            }
            // RFC 9990 lets a record end in elements of others: nothing in them is of the record.
            (place, name) if place.is_in_record() && !is_of_record(name) => Self::Extension,
            _ => return None,
        })
    }

    fn is_in_record(self) -> bool {
        matches!(
            self,
            Self::Record
                | Self::Row
                | Self::Evaluated
                | Self::Reason
                | Self::Identifiers
                | Self::Results
                | Self::Dkim
                | Self::Spf
        )
    }
}

/// True for the elements that hold the values of a record.
fn is_of_record(name: &str) -> bool {
    matches!(
        name,
        "source_ip"
            | "count"
            | "disposition"
            | "dkim"
            | "spf"
            | "type"
            | "comment"
            | "header_from"
            | "envelope_from"
            | "envelope_to"
            | "domain"
            | "selector"
            | "result"
            | "human_result"
            | "scope"
            | "row"
            | "policy_evaluated"
            | "reason"
            | "identifiers"
            | "identities"
            | "auth_results"
            | "record"
    )
}
