//! What time it is, and how that is written.

use crate::text;
use std::time::{SystemTime, UNIX_EPOCH};

/// A moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Seconds since 1970-01-01.
    pub seconds: u64,
}

/// Reads the clock; a clock before 1970 counts as 1970.
#[allow(clippy::disallowed_methods, reason = "the clock is read here")]
pub(super) fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment { seconds: since.as_secs() }
}

impl Moment {
    /// The date as `2026-11-24`.
    pub(super) fn date(self) -> String {
        text::day(self.seconds)
    }

    /// The moment as RFC 3339 has it.
    pub(super) fn rfc3339(self) -> String {
        text::rfc3339(self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_rfc_3339_has_them() {
        let written = [0, 951_782_399, 951_782_400, 1_795_479_864]
            .map(|seconds| Moment { seconds }.rfc3339());
        assert_eq!(
            written,
            [
                "1970-01-01T00:00:00Z",
                "2000-02-28T23:59:59Z",
                "2000-02-29T00:00:00Z",
                "2026-11-24T00:24:24Z"
            ]
        );
    }
}
