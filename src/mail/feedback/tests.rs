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

/// How many reports octets hold, and the messages of the aggregate ones and sessions of the TLS ones.
fn held(octets: &[u8]) -> Vec<u64> {
    let count = |report: &Report| match report {
        Report::Aggregate(report) => report.records.iter().map(|record| record.count).sum(),
        Report::Tls(report) => report.policies.iter().map(|policy| policy.ok).sum(),
        Report::Failure(_) => 1,
    };
    read("file", octets).reports.iter().map(count).collect()
}

const TLS: &str = r#"{"organization-name":"T","report-id":"1","policies":[{"policy":{"policy-type":"sts",
    "policy-domain":"a.example"},"summary":{"total-successful-session-count":5}}]}"#;

#[test]
fn documents_put_one_behind_the_other_are_reports_each() {
    let xml = format!("{REPORT}\n<?xml version=\"1.0\"?>{REPORT}");
    let json = format!("{TLS}\n{TLS}\n");
    assert_eq!([held(xml.as_bytes()), held(json.as_bytes())], [vec![2, 2], vec![5, 5]]);
}

#[test]
fn an_mbox_in_an_archive_is_read_message_by_message() {
    let message = format!(
        "From r@a.example Fri Nov 27 08:12:04 2026\nFrom: r@a.example\nContent-Type: text/xml\n\n{REPORT}\n\n"
    );
    assert_eq!(held(&gzip(message.repeat(2).as_bytes())), [2, 2]);
}

#[test]
fn a_message_whose_lines_end_in_cr_alone_is_read() {
    let message = format!("From: r@a.example\rContent-Type: text/xml\r\r{REPORT}\r");
    assert_eq!(held(message.as_bytes()), [2]);
}

#[test]
fn the_case_of_element_names_means_nothing() {
    let upper = REPORT.replace("record>", "Record>").replace("feedback>", "FEEDBACK>");
    assert_eq!(held(upper.replace("count>", "Count>").as_bytes()), [2]);
}

#[test]
fn json_is_read_in_utf_16_too() {
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(TLS.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(held(&wide), [5]);
}

#[test]
fn an_object_where_a_list_belongs_is_a_list_of_one() {
    let object = TLS.replace(":[{", ":{").replace("}}]}", "}}}");
    assert_eq!(held(object.as_bytes()), [5]);
}

#[test]
fn a_number_with_a_fraction_of_nothing_is_that_number() {
    let json = TLS.replace("\":5}", "\":5.0}");
    let xml = REPORT.replace("<count>2<", "<count>2.0<");
    assert_eq!([held(json.as_bytes()), held(xml.as_bytes())], [vec![5], vec![2]]);
}

#[test]
fn a_feedback_report_is_known_by_its_fields_whatever_the_part_is_called() {
    let part = "Feedback-Type: auth-failure\nUser-Agent: x\nVersion: 1\nSource-IP: 192.0.2.1\n";
    let found = ["message/feedback-report", "text/plain", "application/octet-stream"].map(|kind| {
        let message = format!(
            "From: r@a.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\
             Content-Type: {kind}\n\n{part}\n--b--\n"
        );
        held(message.as_bytes())
    });
    assert_eq!(found, [[1], [1], [1]]);
}

#[test]
fn an_archive_that_cannot_be_opened_is_broken_and_not_empty() {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let options = options.compression_method(zip::CompressionMethod::Stored);
    zip.start_file("a.xml", options).unwrap();
    zip.write_all(REPORT.as_bytes()).unwrap();
    let mut octets = zip.finish().unwrap().into_inner();
    // The method of the entry, in its own header and in the directory, is LZMA.
    octets[8] = 14;
    let directory = octets.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    octets[directory + 10] = 14;
    assert_eq!(outcome(&octets), Outcome::Error);
}

#[test]
fn elements_of_others_in_a_record_say_nothing_of_it() {
    let foreign =
        "<ext xmlns=\"urn:x\"><count>77</count><row><count>78</count></row></ext></record>";
    assert_eq!(held(REPORT.replace("</record>", foreign).as_bytes()), [2]);
}

#[test]
fn an_archive_in_a_part_without_an_end_is_read() {
    use base64::Engine as _;
    let packed = base64::engine::general_purpose::STANDARD.encode(gzip(REPORT.as_bytes()));
    let message = format!(
        "From: r@a.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: \
         application/gzip\nContent-Transfer-Encoding: base64\n\n{packed}\n"
    );
    assert_eq!(held(message.as_bytes()), [2]);
}
