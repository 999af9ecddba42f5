//! What a fetched logo is: unpacked if it is packed, and held against the profile.

use std::sync::Arc;

/// What a file is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judged {
    /// How many octets it has, unpacked.
    pub octets: usize,
    /// What keeps receivers from showing it, in words, each once.
    pub problems: Vec<String>,
    /// Whether the view box is a square; `None` if that is unknown.
    pub is_square: Option<bool>,
    /// The file, unpacked, if it could be.
    pub contents: Option<Arc<[u8]>>,
    /// False if nothing here can read SVG.
    pub is_checked: bool,
}

/// How much a packed logo may unpack to.
#[cfg(feature = "mail")]
const MOST_UNPACKED: usize = 256 * 1024;

/// Looks at a file.
#[cfg(feature = "mail")]
pub(super) fn judge(body: &[u8]) -> Judged {
    use super::svg::check;
    use std::io::Read as _;

    let is_packed = body.starts_with(&[0x1f, 0x8b]);
    let mut unpacked = Vec::new();
    if is_packed {
        let most = u64::try_from(MOST_UNPACKED).unwrap_or(u64::MAX);
        let read = flate2::bufread::GzDecoder::new(body).take(most + 1).read_to_end(&mut unpacked);
        let why = match read {
            Err(_) => "broken gzip data".to_owned(),
            Ok(octets) if octets > MOST_UNPACKED => {
                format!("unpacks to more than {MOST_UNPACKED} octets")
            }
            Ok(_) => String::new(),
        };
        if !why.is_empty() {
            let octets = body.len();
            return Judged { octets, problems: vec![why], is_checked: true, ..Judged::default() };
        }
    }
    let file = if is_packed { unpacked.as_slice() } else { body };
    let checked = check(file);
    Judged {
        octets: file.len(),
        problems: checked.problems.iter().map(ToString::to_string).collect(),
        is_square: checked.is_square,
        contents: Some(Arc::from(file)),
        is_checked: true,
    }
}

/// Nothing here can read SVG.
#[cfg(not(feature = "mail"))]
pub(super) fn judge(body: &[u8]) -> Judged {
    Judged { octets: body.len(), ..Judged::default() }
}
