use super::*;

/// What becomes of octets, however they are called.
fn outcome(octets: &[u8]) -> Outcome {
    read("file", octets).outcome
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(octets).unwrap();
    packed.finish().unwrap()
}

const REPORT: &str = "<feedback><report_metadata><org_name>R</org_name><report_id>1</report_id>\
    <date_range><begin>1767571200</begin><end>1767657599</end></date_range></report_metadata>\
    <policy_published><domain>a.example</domain><p>none</p></policy_published><record><row>\
    <source_ip>192.0.2.1</source_ip><count>2</count><policy_evaluated><disposition>none\
    </disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row><identifiers>\
    <header_from>a.example</header_from></identifiers><auth_results><dkim><domain>a.example\
    </domain><result>pass</result></dkim></auth_results></record></feedback>";

#[test]
fn what_is_no_report_is_said_to_be_none() {
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let headers = "X-A: b\n".repeat(10_000);
    let inputs: [&[u8]; 6] = [b"", b" \n", &binary, b"unused", headers.as_bytes(), b"<feedback/>"];
    assert_eq!(inputs.map(outcome), [Outcome::NotAReport; 6]);
}

#[test]
fn a_report_is_read_in_every_wrapping() {
    let wide: Vec<u8> = REPORT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let twice = gzip(&gzip(REPORT.as_bytes()));
    let returns = REPORT.replace("><", ">\r<");
    let inputs: [&[u8]; 4] = [REPORT.as_bytes(), &wide, &twice, returns.as_bytes()];
    assert_eq!(inputs.map(outcome), [Outcome::Read; 4]);
}

#[test]
fn a_bomb_is_refused() {
    let blanks = gzip(&vec![b' '; 65 * 1024 * 1024]);
    let mut nested = REPORT.as_bytes().to_vec();
    (0..20).for_each(|_| nested = gzip(&nested));
    let entities = format!("<!DOCTYPE f [<!ENTITY a \"b\">]>{REPORT}");
    let deep = format!("<feedback>{}", "<a>".repeat(10_000));
    let inputs: [&[u8]; 4] = [&blanks, &nested, entities.as_bytes(), deep.as_bytes()];
    assert_eq!(inputs.map(outcome), [Outcome::Refused; 4]);
}

#[test]
fn markup_that_never_ends_costs_no_more_than_its_length() {
    for broken in ["<", "<!--", "<![CDATA[", "&", "<a b=\"", "</"] {
        let text = format!("<feedback>{}", broken.repeat(200_000));
        assert_ne!(outcome(text.as_bytes()), Outcome::Read, "{broken}");
    }
}

#[test]
fn mime_that_never_ends_is_read_to_its_end() {
    let mut text = String::from("Content-Type: multipart/mixed; boundary=b0\n\n");
    for depth in 0..10_000 {
        let next = depth + 1;
        text += &format!("--b{depth}\nContent-Type: multipart/mixed; boundary=b{next}\n\n");
    }
    assert_ne!(outcome(text.as_bytes()), Outcome::Read);
}

#[test]
fn a_field_that_cannot_be_read_is_named_and_costs_itself() {
    let text = REPORT.replace("<count>2<", "<count>1,234<");
    let reading = read("file", text.as_bytes());
    let named: Vec<&str> = reading.reports[0].flaws().kept().iter().map(|it| &*it.field).collect();
    assert_eq!((reading.outcome, named), (Outcome::ReadWithWarnings, vec!["record 1: count"]));
}
