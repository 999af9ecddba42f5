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
    fn the_calendar_begins_in_1970_and_has_leap_days() {
        assert_eq!([0, 11_016, 20_781].map(date), ["1970-01-01", "2000-02-29", "2026-11-24"]);
    }
}
