//! The logo in a certificate: the logotype extension (RFC 3709) with a data URI (RFC 6170, RFC 2397).

use super::chain::Certificate;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_cert::der::{Decode as _, Header, Reader as _, SliceReader, Tag};

/// id-pe-logotype (RFC 3709 §4.1).
const LOGOTYPE: &str = "1.3.6.1.5.5.7.1.12";
/// How deep values are nested at most.
const DEPTH: u32 = 16;

/// The file in a certificate, as it is there: packed, as a rule.
pub(super) fn logo(certificate: &Certificate) -> Option<Vec<u8>> {
    let mut all = certificate.body().extensions.iter().flatten();
    let found = all.find(|it| it.extn_id.to_string() == LOGOTYPE)?;
    let uri = uri(found.extn_value.as_bytes(), DEPTH)?;
    let (head, data) = uri.split_once(',')?;
    let head = head.to_ascii_lowercase();
    if !head.starts_with("data:image/svg+xml") || !head.ends_with(";base64") {
        return None;
    }
    STANDARD.decode(data.trim()).ok()
}

/// The first data URI among these values and those within them.
///
/// No library reads the extension, and where the URI stands in it is all that is needed: a text that
/// begins so is no other field.
fn uri(values: &[u8], depth: u32) -> Option<String> {
    let mut reader = SliceReader::new(values).ok()?;
    while !reader.is_finished() {
        let header = Header::decode(&mut reader).ok()?;
        let value = reader.read_slice(header.length).ok()?;
        if header.tag == Tag::Ia5String && value.starts_with(b"data:") {
            return String::from_utf8(value.to_vec()).ok();
        }
        if header.tag.is_constructed()
            && depth > 0
            && let Some(found) = uri(value, depth - 1)
        {
            return Some(found);
        }
    }
    None
}
