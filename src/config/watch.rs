//! `[watch]`: how often domains are looked at, which resolvers are asked, and who hears of incidents.

use crate::contract::Written;
use crate::dns::Place;
use std::time::Duration;

/// The shortest and the longest time between two looks.
const BOUNDS: [Duration; 2] = [Duration::from_secs(5 * 60), Duration::from_secs(24 * 3600)];

/// How domains are watched.
#[derive(Clone, Debug, Default)]
pub struct WatchSetting {
    /// The time between two looks, and its place.
    pub interval: Option<(Duration, Place)>,
    /// The resolvers: the first one is asked, and the others where it finds something worse.
    pub resolvers: Vec<Written<String>>,
    /// Where messages go, and the files that show how things are.
    pub notify: Vec<Written<String>>,
    /// The file that holds the secret which webhooks are signed with.
    pub secret_file: Option<Written<String>>,
    /// Whom mail is from.
    pub mail_from: Option<Written<String>>,
    /// The server that takes mail, as a URL.
    pub smtp: Option<Written<String>>,
    /// The file that holds the password of the user that the URL names.
    pub smtp_password_file: Option<Written<String>>,
}

/// The address of a server as it is shown: without the password.
pub fn without_password(url: &str) -> String {
    let masked = || {
        let (scheme, rest) = url.split_once("://")?;
        let (user, host) = rest.rsplit_once('@')?;
        let (user, _) = user.split_once(':')?;
        Some(format!("{scheme}://{user}:…@{host}"))
    };
    masked().unwrap_or_else(|| url.to_owned())
}

/// Reads the time between two looks: `30m`, `6h`.
///
/// # Errors
/// It is no such time, or out of bounds.
pub fn watch_interval(text: &str) -> Result<Duration, String> {
    let read = || {
        let (number, seconds) = match text.split_at_checked(text.len().checked_sub(1)?)? {
            (number, "s") => (number, 1),
            (number, "m") => (number, 60),
            (number, "h") => (number, 3600),
            _ => return None,
        };
        let is_number = number.bytes().all(|octet| octet.is_ascii_digit());
        let number: u64 = number.parse().ok().filter(|_| is_number)?;
        Some(Duration::from_secs(number.checked_mul(seconds)?))
    };
    let within = read().filter(|time| (BOUNDS[0]..=BOUNDS[1]).contains(time));
    within.ok_or_else(|| "expected a time from 5m to 24h, such as 30m or 6h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let shown = ["smtps://me:pa:ss@h.example", "smtp://h.example:25"].map(without_password);
        assert_eq!(shown, ["smtps://me:…@h.example", "smtp://h.example:25"]);
    }

    #[test]
    fn an_interval_is_from_five_minutes_to_a_day() {
        let read = ["30m", "6h", "300s", "24h"].map(|text| watch_interval(text).ok());
        assert_eq!(read, [1800, 21_600, 300, 86_400].map(|s| Some(Duration::from_secs(s))));
        let wrong =
            ["", "m", "4m", "25h", "1d", "30", "-5m", "5 m", "+9m", "99999999999999999h", "½h"];
        assert_eq!(wrong.map(|text| watch_interval(text).ok()), [None; 11]);
    }
}
