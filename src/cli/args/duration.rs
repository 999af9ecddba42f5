//! Times as people type them.

use std::time::Duration;

/// Longest time that can be given: a longer wait is no wait for the DNS.
const LONGEST: Duration = Duration::from_secs(3600);

/// Reads `5s`, `2.5s`, `300ms`, `1m`; a bare number counts seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    const EXPECTED: &str = "expected a time such as 5s, 2.5s, 300ms or 1m, at most an hour";
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let is_number = digits.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    let number: f64 = match digits.parse() {
        Ok(number) if is_number => number,
        _ => return Err(EXPECTED.to_owned()),
    };
    let seconds = match unit {
        "" | "s" => number,
        "ms" => number / 1000.0,
        "m" => number * 60.0,
        _ => return Err(EXPECTED.to_owned()),
    };
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|time| !time.is_zero() && *time <= LONGEST)
        .ok_or_else(|| EXPECTED.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        let read = ["5", "5s", "2.5s", "300ms", "1m"].map(|text| duration(text).ok());
        let expected = [5000, 5000, 2500, 300, 60_000].map(|ms| Some(Duration::from_millis(ms)));
        assert_eq!(read, expected);
    }

    #[test]
    fn no_time_is_zero_negative_endless_or_in_words() {
        let read = ["", "0", "-1s", "inf", "nan", "1e99", "5 s", "5d", "2h", "99999999s"];
        assert_eq!(read.map(|text| duration(text).ok()), [None; 10]);
    }
}
