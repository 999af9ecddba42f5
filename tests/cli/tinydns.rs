//! Data of tinydns: what each line publishes, and what it publishes at some times or for some clients only.

use super::{Ended, run};

const HEAD: &str = ".example.com:192.0.2.53:a:259200\n";

fn one_line(ended: &Ended) -> String {
    ended.screen().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lint(test: &str, lines: &str) -> String {
    let run = run(&format!("tinydns-{test}"), ["lint", "data"]);
    one_line(&run.file("data", format!("{HEAD}{lines}").as_bytes()).end())
}

fn diff(test: &str, [old, new]: [&str; 2]) -> Ended {
    let run = run(&format!("tinydns-{test}"), ["diff", "tinydns:old", "tinydns:new", "--offline"]);
    let file = |lines: &str| format!("{HEAD}{lines}").into_bytes();
    run.file("old", &file(old)).file("new", &file(new)).end()
}

/// The records of a name as the zone answers them.
fn domain(test: &str, lines: &str) -> serde_json::Value {
    let run =
        run(&format!("tinydns-{test}"), ["example.com", "--offline", "--zone", "tinydns:data"]);
    run.arguments(["--checks", "mx,spf"]).file("data", format!("{HEAD}{lines}").as_bytes()).domain()
}

#[test]
fn an_mx_line_with_an_address_is_the_address_of_its_host_too() {
    let lines =
        ["@example.com:192.0.2.25:a:10:86400\n", "@example.com:192.0.2.25:mail.example.com\n"];
    for (index, line) in lines.into_iter().enumerate() {
        let spf = "'example.com:v=spf1 mx -all\n_dmarc.example.com:v=DMARC1; p=reject\n";
        let said = lint(&format!("mx-{index}"), &format!("{line}{}", spf.replace("\n_d", "\n'_d")));
        assert!(!said.contains("mx/no-address"), "{said}");
    }
}

#[test]
fn an_mx_host_that_loses_its_address_is_a_loss() {
    let spf = "'example.com:v=spf1 mx -all\n";
    let old = format!("{spf}@example.com:192.0.2.25:a:10\n");
    let new = format!("{spf}@example.com::a:10\n");
    let ended = diff("mx-lost", [&old, &new]);
    let said = one_line(&ended);
    assert_eq!(ended.code, Some(1), "{said}");
    assert!(said.contains("192.0.2.25"), "{said}");
}

#[test]
fn addresses_of_ipv6_and_services_are_read() {
    let lines = "@example.com::mail.example.com\n3mail.example.com:20010db8000000000000000000000025\n\
        'example.com:v=spf1 a\\072mail.example.com a\\072six.example.com -all\n\
        6six.example.com:20010db8000000000000000000000026:300\n\
        Sjmap._tcp.example.com:192.0.2.9:srv.example.com:443:0:1\n";
    let said = lint("ipv6", lines);
    assert!(!said.contains("zone/syntax") && !said.contains("not-read"), "{said}");
    assert!(!said.contains("mx/no-address"), "{said}");
    let report = domain("ipv6-sets", lines).to_string();
    assert!(report.contains("2001:db8::25") && report.contains("2001:db8::26"), "{report}");
}

#[test]
fn an_address_of_ipv6_that_is_none_is_a_fault_of_its_set_alone() {
    let said = lint("ipv6-bad", "3mail.example.com:2001db8\n");
    assert!(
        said.contains("error zone/syntax expected an IPv6 address of 32 hexadecimal"),
        "{said}"
    );
}

#[test]
fn what_is_true_at_some_times_or_for_some_clients_only_is_not_claimed() {
    let conditions = [
        ("until", "0:4000000065000000", "until a point in time"),
        ("from", "300:4000000065000000", "from a point in time on"),
        ("location", "300::in", "for clients in one location"),
    ];
    for (test, behind, said_to_be) in conditions {
        let lines = format!("%in:192.168\n'example.com:v=spf1 +all:{behind}\n@example.com::a\n");
        let said = lint(test, &lines);
        assert!(said.contains(said_to_be), "{said}");
        assert!(!said.contains("spf/pass-all") && !said.contains("spf/none"), "{said}");
    }
}

#[test]
fn a_change_of_what_some_clients_get_is_undetermined() {
    let line = |address: &str| {
        format!(
            "'example.com:v=spf1 a\\072relay.example.com -all\n+relay.example.com:{address}:300::in\n"
        )
    };
    let ended = diff("location-changed", [&line("192.0.2.1"), &line("192.0.2.2")]);
    assert_eq!(ended.code, Some(3), "{}", one_line(&ended));
    let ended = diff("location-alike", [&line("192.0.2.1"), &line("192.0.2.1")]);
    assert_eq!(ended.code, Some(0), "{}", one_line(&ended));
}

#[test]
fn a_change_of_an_answer_that_depends_on_the_sender_is_undetermined_in_every_format() {
    let route53 = |address: &str| {
        format!(
            r#"{{"ResourceRecordSets":[{{"Name":"example.com.","Type":"TXT","TTL":300,"ResourceRecords":[{{"Value":"\"v=spf1 a:relay.example.com -all\""}}]}},
            {{"Name":"relay.example.com.","Type":"A","TTL":300,"SetIdentifier":"one","Weight":1,"ResourceRecords":[{{"Value":"{address}"}}]}}]}}"#
        )
    };
    let octodns = |address: &str| {
        format!(
            "'':\n  type: TXT\n  value: v=spf1 a:relay.example.com -all\nrelay:\n  type: A\n  geo: {{EU: [{address}]}}\n  value: 192.0.2.9\n"
        )
    };
    type Write<'w> = &'w dyn Fn(&str) -> String;
    let files: [(&str, Write<'_>); 2] = [("route53:a", &route53), ("octodns:a", &octodns)];
    for (file, text) in files {
        let name = file.split(':').next().unwrap_or_default();
        let [old, new] = ["old", "new"].map(|it| format!("{name}:{it}=example.com"));
        let run = run(&format!("tinydns-others-{name}"), ["diff", &old, &new, "--offline"]);
        let run = run.file("old", text("192.0.2.1").as_bytes());
        let ended = run.file("new", text("192.0.2.2").as_bytes()).end();
        assert_eq!(ended.code, Some(3), "{name}: {}", one_line(&ended));
    }
}
