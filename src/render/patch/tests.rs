use super::*;
use crate::dns::Kind;
use crate::report::PatchStep;
use crate::text::Phrase;

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

fn txt(text: &[u8]) -> Data {
    Data::Txt(text.chunks(255).map(Box::from).collect())
}

/// A patch that changes one of two texts.
fn patch(owner: &str, old: &[u8], new: &[u8]) -> Patch {
    Patch {
        gone: Vec::new(),
        domain: name("example.com"),
        apex: None,
        steps: vec![PatchStep {
            rule: "spf/duplicate-term",
            applicability: Applicability::Safe,
            summary: Phrase::from("drop a"),
        }],
        sets: vec![PatchSet {
            name: name(owner),
            kind: Kind::Txt,
            ttl: 300,
            before: vec![txt(b"site"), txt(old)],
            after: vec![txt(b"site"), txt(new)],
        }],
    }
}

const ALL: [Tool; 14] = [
    Tool::Zone,
    Tool::Terraform,
    Tool::Octodns,
    Tool::Dnscontrol,
    Tool::Tinydns,
    Tool::Gcloud,
    Tool::Dnsendpoint,
    Tool::Cloudformation,
    Tool::Route53,
    Tool::Powerdns,
    Tool::Cloudflare,
    Tool::TerraformJson,
    Tool::Azure,
    Tool::Csv,
];

fn document(patch: &Patch, tool: Tool) -> serde_json::Value {
    serde_json::from_str(&written(patch, tool)).expect("a document")
}

fn written(patch: &Patch, tool: Tool) -> String {
    let mut out = Vec::new();
    render(patch, tool, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("text")
}

#[test]
fn a_zone_file_gets_the_record_and_the_one_that_goes_as_a_comment() {
    let patch = patch("example.com", b"v=spf1 a a -all", b"v=spf1 a -all");
    assert_eq!(
        written(&patch, Tool::Zone),
        "; spf/duplicate-term (safe): drop a\n\
         ; remove: example.com. 300 IN TXT \"v=spf1 a a -all\"\n\
         example.com. 300 IN TXT \"v=spf1 a -all\"\n"
    );
}

#[test]
fn terraform_gets_the_whole_set_and_no_macro_is_a_template() {
    let patch = patch("_spf.example.com", b"", b"v=spf1 exists:%{i}.x.example -all");
    assert_eq!(
        written(&patch, Tool::Terraform),
        "# spf/duplicate-term (safe): drop a\n\
         resource \"aws_route53_record\" \"_spf_example_com_txt\" {\n\
         \x20 zone_id = var.zone_id\n\
         \x20 name    = \"_spf.example.com\"\n\
         \x20 type    = \"TXT\"\n\
         \x20 ttl     = 300\n\
         \x20 records = [\n\
         \x20   \"site\",\n\
         \x20   \"v=spf1 exists:%%{i}.x.example -all\",\n\
         \x20 ]\n\
         }\n"
    );
}

#[test]
fn octodns_gets_names_below_the_zone_and_escaped_semicolons() {
    let patch = patch("_dmarc.example.com", b"", b"v=DMARC1; p='none'");
    assert_eq!(
        written(&patch, Tool::Octodns),
        "# spf/duplicate-term (safe): drop a\n# example.com.yaml\n---\n'_dmarc':\n\
         \x20 - ttl: 300\n    type: TXT\n    values:\n\
         \x20     - 'site'\n      - 'v=DMARC1\\; p=''none'''\n"
    );
}

#[test]
fn dnscontrol_gets_what_changes() {
    let patch = patch("example.com", b"v=spf1 a a -all", b"v=spf1 a -all");
    assert_eq!(
        written(&patch, Tool::Dnscontrol),
        "// spf/duplicate-term (safe): drop a\n// in D(\"example.com\", …)\n\
         // remove: TXT(\"@\", \"v=spf1 a a -all\", TTL(300)),\n\
         TXT(\"@\", \"v=spf1 a -all\", TTL(300)),\n"
    );
}

#[test]
fn a_long_text_is_two_strings_to_terraform_and_one_to_octodns() {
    let patch = patch("example.com", b"", &[b'x'; 300]);
    let joint = format!("{}\\\"\\\"{}", "x".repeat(255), "x".repeat(45));
    assert!(written(&patch, Tool::Terraform).contains(&joint));
    assert!(written(&patch, Tool::Octodns).contains(&"x".repeat(300)));
}

#[test]
fn no_tool_gets_a_control_character() {
    let patch = patch("a\u{1b}b.example.com", b"\x1b[31m\xff\"'\\", b"\x07\n${x}%{y}\xc2\x9b\"'\\");
    for tool in ALL {
        let text = written(&patch, tool);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
}

#[test]
fn a_record_of_the_organization_widens_the_zone() {
    let mut patch = patch("_dmarc.example.com", b"", b"v=DMARC1; p=none");
    patch.domain = name("mail.example.com");
    assert_eq!(patch.zone(), name("example.com"));
}

#[test]
fn a_record_below_its_zone_is_written_into_that_zone() {
    let mut patch = patch("_dmarc.news.example.com", b"", b"v=DMARC1; p=none");
    patch.domain = name("news.example.com");
    patch.apex = Some(name("example.com"));
    let [octodns, dnscontrol] = [Tool::Octodns, Tool::Dnscontrol].map(|it| written(&patch, it));
    assert!(octodns.contains("# example.com.yaml\n---\n'_dmarc.news':\n"), "{octodns}");
    assert!(dnscontrol.contains("// in D(\"example.com\", …)"), "{dnscontrol}");
    assert!(dnscontrol.contains("TXT(\"_dmarc.news\", "), "{dnscontrol}");
}

#[test]
fn route_53_gets_the_whole_set_and_deletes_one_that_goes() {
    let mut patch = patch("example.com", b"v=spf1 a a -all", b"v=spf1 a -all");
    let upsert = &document(&patch, Tool::Route53)["Changes"][0];
    assert_eq!(upsert["Action"], "UPSERT");
    let values = &upsert["ResourceRecordSet"]["ResourceRecords"];
    assert_eq!([&values[0]["Value"], &values[1]["Value"]], ["\"site\"", "\"v=spf1 a -all\""]);
    patch.sets[0].after.clear();
    let delete = &document(&patch, Tool::Route53)["Changes"][0];
    assert_eq!(delete["Action"], "DELETE");
    let values = &delete["ResourceRecordSet"]["ResourceRecords"];
    assert_eq!(values[1]["Value"], "\"v=spf1 a a -all\"");
}

#[test]
fn cloudflare_gets_no_batch_that_adds_a_second_policy() {
    let patch = patch("example.com", b"v=spf1 a a -all", b"v=spf1 a -all");
    let batch = document(&patch, Tool::Cloudflare);
    assert_eq!(batch["posts"][0]["content"], "\"v=spf1 a -all\"");
    let expected = "fill in the id of: example.com TXT \"v=spf1 a a -all\"";
    assert_eq!(batch["deletes"][0]["id"], expected);
}

#[test]
fn terraform_in_json_has_no_template_but_the_zone() {
    let patch = patch("_spf.example.com", b"", b"v=spf1 exists:%{i}.x.example -all");
    let resource = document(&patch, Tool::TerraformJson)["resource"]["aws_route53_record"].take();
    let record = &resource["_spf_example_com_txt"];
    assert_eq!(record["records"][1], "v=spf1 exists:%%{i}.x.example -all");
    assert_eq!(record["zone_id"], "${var.zone_id}");
}
