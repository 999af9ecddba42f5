//! Dates of the civil calendar (Gregorian, also before it was in force), by Howard Hinnant's algorithms.

/// A day since 1970 as a date, `YYYY-MM-DD`.
pub fn date(day: i64) -> String {
    let shifted = day.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The day since 1970 of a date: the inverse of [`date`]. Months count from 1; a day beyond the end of
/// its month is one of the next.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have their leap day at the end.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The day of a moment in seconds since 1970, `YYYY-MM-DD`.
pub(crate) fn day(seconds: u64) -> String {
    date(i64::try_from(seconds / 86_400).unwrap_or(i64::MAX))
}

/// A moment in seconds since 1970 as people read it: `2026-11-26 18:10 UTC`.
pub fn minute(seconds: u64) -> String {
    format!("{} {} UTC", day(seconds), clock(seconds))
}

/// A moment in seconds since 1970 as RFC 3339 has it: `2026-11-26T18:10:00Z`.
pub fn rfc3339(seconds: u64) -> String {
    format!("{}T{}:{:02}Z", day(seconds), clock(seconds), seconds % 60)
}

/// The time of day of a moment in seconds since 1970: `18:10`.
pub fn clock(seconds: u64) -> String {
    let of_day = seconds % 86_400;
    format!("{:02}:{:02}", of_day / 3600, of_day / 60 % 60)
}

/// Two moments that something lies between: `between 18:10 and 18:40 UTC on 2026-11-26`.
pub fn between(from: u64, to: u64) -> String {
    match day(from) == day(to) {
        true => format!("between {} and {} UTC on {}", clock(from), clock(to), day(to)),
        false => format!("between {} and {}", minute(from), minute(to)),
    }
}

/// The seconds since 1970 of a moment as RFC 3339 has it, read with latitude: a space for the `T`, no
/// seconds, no offset (UTC then), or a date alone (its first moment). `None` for what is no such moment.
pub fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let number = |part: &str, digits: usize| -> Option<i64> {
        let is_number = part.len() == digits && part.bytes().all(|it| it.is_ascii_digit());
        is_number.then(|| part.parse().ok())?
    };
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    let mut parts = day.split('-');
    let mut next = |digits| number(parts.next()?, digits);
    let (year, month, of_month) = (next(4)?, next(2)?, next(2)?);
    let day_number = days(year, month, of_month);
    // A month that is too short for the day makes another date of it.
    if date(day_number) != day {
        return None;
    }
    let (time, offset) = match rest.strip_prefix(['T', 't', ' ']) {
        None if rest.is_empty() => ("00:00", 0),
        None => return None,
        Some(rest) => match rest.strip_suffix(['Z', 'z']) {
            Some(time) => (time, 0),
            None => match rest.find(['+', '-']).map(|at| rest.split_at(at)) {
                None => (rest, 0),
                Some((time, zone)) => {
                    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
                    let ahead = number(hours, 2)? * 3600 + number(minutes, 2)? * 60;
                    (time, if zone.starts_with('-') { -ahead } else { ahead })
                }
            },
        },
    };
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let mut parts = time.split(':').map(|part| number(part, 2));
    let (hour, of_hour) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let is_time = parts.next().is_none() && hour < 24 && of_hour < 60 && second < 61;
    let seconds = day_number * 86_400 + hour * 3600 + of_hour * 60 + second - offset;
    is_time.then(|| u64::try_from(seconds).ok())?
}

/// A span of time in words: `90 s`, `42 min`, `5 h 10 min`, `3 days`.
pub fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => match seconds / 60 % 60 {
            0 => format!("{} h", seconds / 3600),
            minutes => format!("{} h {minutes} min", seconds / 3600),
        },
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_its_day_are_each_others_inverse() {
        for day in (-800_000..800_000).step_by(97) {
            let text = date(day);
            let numbers: Vec<i64> = text.rsplitn(3, '-').filter_map(|it| it.parse().ok()).collect();
            assert_eq!(days(numbers[2], numbers[1], numbers[0]), day, "{text}");
        }
    }

    #[test]
    fn moments_are_read_as_they_are_typed() {
        let texts = [
            "2026-11-26T18:10:00Z",
            "2026-11-26 18:10",
            "2026-11-26T20:10+02:00",
            "2026-11-26t13:10:00.5-05:00",
        ];
        assert_eq!(texts.map(seconds), [Some(1_795_716_600); 4]);
        assert_eq!(minute(1_795_716_600), "2026-11-26 18:10 UTC");
        assert_eq!(seconds("1970-01-02"), Some(86_400));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        let texts = [
            "",
            "18:10",
            "2026-02-30",
            "2026-11-26T24:00",
            "2026-11-26T1:00",
            "2026-11-26x",
            "é".repeat(9).as_str(),
        ]
        .map(seconds);
        assert_eq!(texts, [None; 7]);
    }

    #[test]
    fn bounds_name_their_day_once() {
        let day = 20_783 * 86_400;
        assert_eq!(between(day + 600, day + 1200), "between 00:10 and 00:20 UTC on 2026-11-26");
        assert_eq!(between(day - 60, day), "between 2026-11-25 23:59 UTC and 2026-11-26 00:00 UTC");
    }

    #[test]
    fn the_calendar_begins_in_1970_and_has_leap_days() {
        assert_eq!([0, 11_016, 20_781].map(date), ["1970-01-01", "2000-02-29", "2026-11-24"]);
    }
}
