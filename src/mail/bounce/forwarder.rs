//! Who passed a message on before it was refused: the marks that forwarders and lists leave in the header
//! that comes back.

use super::event::{domain, mailbox};
use crate::net::{Name, organization};

/// Who passed the message on; `None` where no field says so. Fields have names in small letters.
pub(super) fn forwarder(fields: &[(String, String)], recipients: &[&str]) -> Option<String> {
    let all = |name: &'static str| {
        fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    };
    let author = all("from").find_map(mailbox).as_deref().and_then(domain);
    let is_other = |one: &String| author.as_deref().is_none_or(|author| !is_related(one, author));
    // Exchange: the mailbox whose rule redirects; Gmail: the mailbox that forwards, and where to.
    let by_rule =
        ["x-ms-exchange-inbox-rules-loop", "x-forwarded-for", "resent-from", "resent-sender"];
    let named = by_rule
        .into_iter()
        .flat_map(all)
        .find_map(|value| value.split([' ', ',']).find_map(mailbox).as_deref().and_then(domain));
    if let Some(named) = named.filter(is_other) {
        return Some(named);
    }
    // A reverse-path that was rewritten (SRS) belongs to who did so.
    let rewritten = all("return-path")
        .find_map(mailbox)
        .filter(|path| ["srs0", "srs1"].iter().any(|mark| path.to_lowercase().starts_with(mark)));
    if let Some(domain) = rewritten.as_deref().and_then(domain).filter(is_other) {
        return Some(domain);
    }
    // RFC 2919: a list names itself.
    let list = all("list-id").find_map(|value| {
        let inner = value.rsplit_once('<').map_or(value, |(_, it)| it);
        let name = inner.split('>').next().unwrap_or(inner).trim().to_lowercase();
        name.contains('.').then_some(name)
    });
    if let Some(list) = list.filter(is_other) {
        return Some(list);
    }
    // A host that delivered it to a mailbox of another domain than it is refused for.
    all("delivered-to").filter_map(mailbox).find_map(|to| {
        let domain = domain(&to)?;
        let is_refused = recipients.iter().any(|recipient| {
            recipient.rsplit_once('@').is_some_and(|(_, it)| is_related(&domain, it))
        });
        (!is_refused && is_other(&domain)).then_some(domain)
    })
}

/// True if both are of one organization.
fn is_related(one: &str, other: &str) -> bool {
    let organization =
        |text: &str| Name::from_octets(text.as_bytes()).ok().as_ref().map(organization);
    organization(one) == organization(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(fields: &[(&str, &str)], recipient: &str) -> Option<String> {
        let fields: Vec<(String, String)> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        forwarder(&fields, &[recipient])
    }

    #[test]
    fn marks_of_forwarders_name_them() {
        let from = ("from", "News <news@example.com>");
        let marks = [
            ("x-ms-exchange-inbox-rules-loop", "reader@forwards.example"),
            ("x-forwarded-for", "reader@forwards.example other@example.net"),
            ("return-path", "<SRS0=a=b=example.com=news@forwards.example>"),
            ("list-id", "The list <list.forwards.example>"),
            ("delivered-to", "reader@forwards.example"),
        ];
        let named = marks.map(|mark| found(&[from, mark], "other@example.net").unwrap_or_default());
        assert!(named.iter().all(|it| it.ends_with("forwards.example")), "{named:?}");
    }

    #[test]
    fn what_the_sender_or_the_recipient_does_is_no_forwarding() {
        let from = ("from", "news@example.com");
        let marks = [
            ("list-id", "News <news.example.com>"),
            ("delivered-to", "reader@mail.example.net"),
            ("return-path", "<news@example.com>"),
        ];
        assert_eq!(
            marks.map(|mark| found(&[from, mark], "reader@example.net")),
            [None, None, None]
        );
    }
}
