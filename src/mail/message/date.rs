//! A date of RFC 5322 §3.3, and what programs write in its place.

use crate::text::days;

/// Offsets in minutes of the zones that have names (RFC 5322 §4.3), and of some that are in use.
const ZONES: [(&str, i64); 19] = [
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("bst", 60),
    ("cet", 60),
    ("cest", 120),
    ("eet", 120),
    ("eest", 180),
    ("jst", 540),
    ("msk", 180),
];

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Seconds since 1970-01-01 UTC; `None` if the text is no date.
///
/// Read are the forms of RFC 5322 and of asctime, and `2018-12-10 11:43:59.61 +0000 UTC` as Go prints
/// it. A zone that is not known counts as UTC (RFC 5322 §4.3); a numeric one goes before its comment.
pub fn seconds(text: &[u8]) -> Option<i64> {
    let text = String::from_utf8_lossy(text.get(..text.len().min(256))?);
    let text = without_comments(&text);
    let words: Vec<&str> =
        text.split([' ', '\t', '\r', '\n', ',']).filter(|it| !it.is_empty()).collect();
    let (mut day, mut month, mut year, mut time, mut zone) = (None, None, None, None, None);
    for word in words {
        let lower = word.to_ascii_lowercase();
        let number = || word.parse::<i64>().ok();
        if let Some(of_day) = clock(&lower).filter(|_| time.is_none()) {
            time = Some(of_day.0);
            zone = zone.or(of_day.1);
        } else if let Some((y, m, d, rest)) = iso(&lower).filter(|_| day.is_none()) {
            (year, month, day) = (Some(y), Some(m), Some(d));
            if let Some((of_day, offset)) = rest.and_then(clock) {
                time = Some(of_day);
                zone = offset;
            }
        } else if let Some(offset) = offset(&lower).filter(|_| time.is_some()) {
            zone = zone.or(Some(offset));
        } else if let Some(place) = MONTHS
            .iter()
            .position(|name| lower.get(..3) == Some(*name))
            .filter(|_| month.is_none() && lower.chars().all(|c| c.is_ascii_alphabetic()))
        {
            month = i64::try_from(place + 1).ok();
        } else if day.is_none() && word.len() <= 2 && number().is_some() {
            day = number();
        } else if year.is_none() && (word.len() == 4 || day.is_some() && word.len() <= 3) {
            year = number();
        } else if let Some((_, offset)) = ZONES.iter().find(|(name, _)| *name == lower) {
            zone = zone.or(time.map(|_| *offset));
        }
    }
    let year = match year? {
        // RFC 5322 §4.3.
        year @ 0..50 => year + 2000,
        year @ 50..1000 => year + 1900,
        year => year,
    };
    let (month, day) = (month?, day?);
    let is_date =
        (1900..10_000).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_date
        .then(|| days(year, month, day) * 86_400 + time.unwrap_or(0) - zone.unwrap_or(0) * 60)
        .filter(|_| time.is_some())
}

/// `hh:mm[:ss[.fraction]]`, perhaps with a zone behind it: seconds of the day, and minutes.
fn clock(word: &str) -> Option<(i64, Option<i64>)> {
    let end = word.find(['+', '-', 'z']).unwrap_or(word.len());
    let (time, zone) = word.split_at_checked(end)?;
    let mut parts = time.split([':', '.']);
    let mut part = || parts.next()?.parse::<i64>().ok().filter(|it| (0..=60).contains(it));
    if !time.contains(':') {
        return None;
    }
    let (hour, minute) = (part()?, part()?);
    let second = part().unwrap_or(0);
    let zone =
        if zone.is_empty() { None } else { Some(if zone == "z" { 0 } else { offset(zone)? }) };
    (hour < 24 && minute < 60).then_some((hour * 3600 + minute * 60 + second, zone))
}

/// `2018-12-10`, perhaps with `t` and a time behind it.
fn iso(word: &str) -> Option<(i64, i64, i64, Option<&str>)> {
    let (date, time) = match word.split_once('t') {
        Some((date, time)) => (date, Some(time)),
        None => (word, None),
    };
    let mut parts = date.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let (month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some((year, month, day, time))
}

/// `+hhmm` or `+hh:mm`, in minutes.
fn offset(word: &str) -> Option<i64> {
    let sign = match word.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = word.get(1..)?.chars().filter(|c| *c != ':').collect();
    let is_number = digits.len() == 4 && digits.bytes().all(|octet| octet.is_ascii_digit());
    let (hours, minutes) = digits.split_at_checked(2).filter(|_| is_number)?;
    Some(sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?))
}

fn without_comments(text: &str) -> String {
    let mut depth = 0_usize;
    let kept = text.chars().map(|c| match c {
        '(' => {
            depth += 1;
            ' '
        }
        ')' => {
            depth = depth.saturating_sub(1);
            ' '
        }
        _ if depth > 0 => ' ',
        c => c,
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_every_form_that_is_written() {
        let texts = [
            "Mon, 13 Nov 2023 10:00:00 +0000",
            "13 Nov 2023 10:00 GMT",
            " Mon, 13 Nov 23 18:00:00 +0800 (CST)",
            "Mon Nov 13 10:00:00 2023",
            "2023-11-13 10:00:00.610180118 +0000 UTC m=+555016.7",
            "2023-11-13T05:00:00-05:00",
            "Mon, 13 Nov 2023 05:00:00 EST",
        ];
        assert_eq!(texts.map(|it| seconds(it.as_bytes())), [Some(1_699_869_600); 7]);
    }

    #[test]
    fn what_is_no_date_is_none() {
        let texts = [
            "",
            "yesterday",
            "Mon, 13 Nov 2023",
            "13 Foo 2023 10:00:00 +0000",
            "99 Nov 2023 10:00",
        ];
        assert_eq!(texts.map(|it| seconds(it.as_bytes())), [None; 5]);
    }
}
