//! Advice that keeps what was meant, and claims that the records bear out.

use super::kinds::screen;

const SOA: &str = "example.org. SOA ns1.example.org. admin.example.org. 1 7200 900 1209600 300\n";

fn checked(test: &str, records: &str, asked: [&str; 3]) -> String {
    let said = screen(&format!("advice-{test}"), &format!("{SOA}{records}"), asked);
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_network_is_not_dropped_because_a_host_has_that_address_today() {
    let zone = |record: &str| {
        format!("example.org. A 192.0.2.80\nexample.org. TXT \"v=spf1 {record} -all\"\n")
    };
    let asked = ["example.org", "--checks", "spf"];
    let by_host = checked("dead-host", &zone("a ip4:192.0.2.80"), asked);
    let by_network = checked("dead-network", &zone("ip4:192.0.2.0/24 ip4:192.0.2.80"), asked);
    assert!(by_host.contains("note spf/dead-term") && !by_host.contains("drop ip4"), "{by_host}");
    assert!(by_network.contains("drop ip4:192.0.2.80"), "{by_network}");
}

#[test]
fn a_copy_of_a_dmarc_record_beside_its_place_is_removed_and_not_published_again() {
    let record = "TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\"\n";
    let zone = format!("dmarc.example.org. {record}_dmarc.example.org. {record}");
    let said = checked("copy", &zone, ["dmarc.example.org", "--checks", "spf,dmarc,mx"]);
    assert!(said.contains("remove the copy"), "{said}");
    assert!(!said.contains("_dmarc.dmarc.example.org. 300 IN TXT"), "{said}");
}

#[test]
fn a_host_with_an_address_accepts_mail_unless_it_says_that_it_sends_none() {
    let silent = "example.org. A 192.0.2.80\nexample.org. TXT \"v=spf1 -all\"\n";
    let open = "example.org. A 192.0.2.80\n";
    let asked = ["example.org", "--checks", "spf,dmarc,mx,dkim"];
    let silent = checked("implicit-silent", silent, asked);
    let open = checked("implicit-open", open, asked);
    assert!(silent.contains("TXT \"v=DMARC1; p=reject\""), "{silent}");
    assert!(!open.contains("TXT \"v=DMARC1; p=reject\""), "{open}");
}

#[test]
fn no_report_address_is_offered_at_a_domain_of_which_it_is_unknown_whether_it_takes_mail() {
    let zone = "www.example.org. A 192.0.2.80\n";
    let said = checked("reports", zone, ["www.example.org", "--checks", "spf,dmarc,mx"]);
    assert!(said.contains("_dmarc.example.org. 300 IN TXT \"v=DMARC1; p=none\""), "{said}");
    assert!(said.contains("add rua with a mailbox that collects the reports"), "{said}");
}

#[test]
fn failure_reports_that_are_not_sent_are_called_so() {
    let zone = "_dmarc.example.org. TXT \"v=DMARC1; p=none; rua=mailto:a@example.net; \
        ruf=mailto:f@example.net\"\n";
    let said = checked("failure-reports", zone, ["example.org", "--checks", "dmarc"]);
    assert!(said.contains("receivers send no failure reports to mailto:f@example.net"), "{said}");
    assert!(said.contains("receivers send no reports to mailto:a@example.net"), "{said}");
}

#[test]
fn a_host_without_keys_below_an_organization_may_be_signed_for_by_it() {
    let zone = "mail.example.org. A 192.0.2.80\nmail.example.org. TXT \"v=spf1 a -all\"\n";
    let said = checked("below", zone, ["mail.example.org", "--checks", "spf,dkim"]);
    assert!(said.contains("a signature of the organizational domain passes DMARC"), "{said}");
}

#[test]
fn a_term_that_matches_with_neutral_is_a_step_of_its_own() {
    let zone = "example.org. TXT \"v=spf1 include:i.example.org -all\"\n\
        i.example.org. TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 ?ip4:192.0.2.5 -all\"\n";
    let said = checked("neutral", zone, ["example.org", "192.0.2.5", "--checks=spf"]);
    assert!(said.contains("?ip4:192.0.2.5 matches: neutral"), "{said}");
}

#[test]
fn a_possible_void_counts_the_terms_that_one_family_meets() {
    let zone = "host.example.org. A 192.0.2.80\nexample.org. TXT \"v=spf1 mx:example.org \
        a:host.example.org exists:%{i}.list.example.org -all\"\n";
    let said = checked("possible-voids", zone, ["example.org", "--checks", "spf"]);
    assert!(said.contains("1 term finds nothing for IPv6 senders"), "{said}");
}

#[test]
fn a_corrected_dmarc_record_says_what_its_reports_need() {
    let records = [
        ("no-rua", "v=DMARC1; p=reject; sp=jerect", "add rua to receive reports"),
        (
            "stranger",
            "v=DMARC1; p=reject; rua=mailto:d@m\\195\\188nchen.example",
            "xn--mnchen-3ya.example must then authorize the reports",
        ),
    ];
    for (test, record, need) in records {
        let zone = format!("_dmarc.example.org. TXT \"{record}\"\n");
        let said = checked(test, &zone, ["example.org", "--checks", "dmarc"]);
        assert!(said.contains(need), "{said}");
    }
}
