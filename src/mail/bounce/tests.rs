use super::*;

fn classes(text: &str) -> Vec<Class> {
    let bounce = read(text.as_bytes()).unwrap_or_default();
    bounce.recipients.into_iter().map(|it| it.meaning.class).collect()
}

#[test]
fn one_code_means_different_things_by_its_words() {
    let replies = [
        "550 5.7.27 Sender address has null MX",
        "550-5.7.27 This mail has been blocked because the sender is unauthenticated. 550 5.7.27 SPF did not pass",
        "550 5.7.30 REQUIRETLS support required",
        "550 5.1.10 Recipient address has null MX",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    ];
    let found: Vec<Class> = replies.iter().flat_map(|text| classes(text)).collect();
    assert_eq!(
        found,
        [Class::SenderAddress, Class::Spf, Class::Tls, Class::NullMx, Class::Recipient]
    );
}

#[test]
fn a_bare_code_is_enough_where_the_words_say_nothing() {
    let replies = ["552 5.2.2 nope", "550 5.1.1 nope", "450 4.4.4 nope", "550 5.9.9 nope"];
    let found: Vec<Class> = replies.iter().flat_map(|text| classes(text)).collect();
    assert_eq!(found, [Class::MailboxFull, Class::Recipient, Class::RecipientDns, Class::Unknown]);
}

#[test]
fn an_event_within_a_text_of_another_event_is_read() {
    let inner = r#"{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"a@b.example\",\"diagnosticCode\":\"smtp; 552 5.2.2 mailbox full\"}]}}"#;
    let text = format!("{{\"Type\":\"Notification\",\"Message\":\"{inner}\"}}");
    assert_eq!(classes(&text), [Class::MailboxFull]);
}

#[test]
fn each_recipient_has_a_fate_of_its_own() {
    let text = "From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\
        Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n\
        Final-Recipient: rfc822; x@b.example\nAction: failed\nStatus: 5.2.2\n\n\
        Final-Recipient: rfc822; y@b.example\nAction: delivered\nStatus: 2.0.0\n\n--b--\n";
    assert_eq!(classes(text), [Class::MailboxFull, Class::Delivered]);
}

#[test]
fn what_is_no_notification_is_none() {
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let letter = b"From: a@b.example\nTo: c@d.example\nSubject: lunch\n\nShall we?\n";
    let inputs: [&[u8]; 4] = [b"", b"{}", &binary, letter];
    assert_eq!(inputs.map(|it| read(it).is_some()), [false; 4]);
}

#[test]
fn the_cause_goes_before_the_effect_and_whose_list_it_is_counts() {
    let replies = [
        (
            "550 5.7.29 rate limited because this message was not sent over a TLS connection",
            Class::Tls,
        ),
        (
            "550-5.7.32 The From: header isn't aligned with either the SPF or DKIM domain",
            Class::Dmarc,
        ),
        ("454 4.7.5 The certificate of the host is expired", Class::Tls),
        ("450 4.3.2 Service currently unavailable", Class::Unreachable),
        ("550 5.7.1 This mailbox does not accept mail from strangers", Class::RecipientPolicy),
        ("550 5.7.1 You are on the recipient's personal block list", Class::RecipientPolicy),
        ("550 5.3.4 The attachment exceeds limit of 25 MB", Class::Size),
        ("550 5.1.7 Invalid address (sender)", Class::SenderAddress),
        ("421 4.3.0 Service not active, shutting down", Class::Unreachable),
    ];
    let wrong: Vec<_> = replies.iter().filter(|(text, class)| classes(text) != [*class]).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn an_event_that_is_no_failure_is_no_bounce() {
    let events = ["open", "click", "processed", "accepted", "opened", "request", "email.sent"];
    let read = |event: &str| {
        let text = format!(r#"[{{"event":"{event}","email":"a@b.example","timestamp":1}}]"#);
        classes(&text).iter().all(|class| class.is_no_bounce())
    };
    let wrong: Vec<_> = events.into_iter().filter(|event| !read(event)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_report_that_a_message_is_no_spam_is_no_complaint() {
    let text = "From: fbl@a.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n\
        --b\nContent-Type: message/feedback-report\n\nFeedback-Type: not-spam\nUser-Agent: x\nVersion: 1\n\n--b--\n";
    assert_eq!(classes(text), [Class::Delivered]);
}
