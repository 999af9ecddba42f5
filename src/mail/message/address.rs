//! The addresses of a field, as far as a domain is wanted (RFC 5322 §3.4).

/// The addresses of a field with mailboxes, in their order: `local@domain`, without names, comments
/// and angle brackets.
pub fn addresses(value: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(value.get(..value.len().min(64 * 1024)).unwrap_or_default());
    let mut found = Vec::new();
    // A mailbox at a time: the part in angle brackets goes before what stands around it.
    let (mut plain, mut angle): (String, Option<String>) = (String::new(), None);
    let (mut quoted, mut depth, mut is_angle) = (false, 0_usize, false);
    let mut end = |plain: &mut String, angle: &mut Option<String>| {
        let text = angle.take().unwrap_or_else(|| plain.trim().to_owned());
        plain.clear();
        // A route of the obsolete syntax: `@a,@b:c@d`.
        let text =
            text.rsplit_once(':').filter(|_| text.starts_with('@')).map_or(&*text, |it| it.1);
        let is_address = text.rsplit_once('@').is_some_and(|(_, domain)| !domain.trim().is_empty());
        if is_address {
            found.push(text.chars().filter(|c| !c.is_whitespace()).collect());
        }
    };
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let keep = match c {
            '\\' if quoted || depth > 0 => {
                let next = chars.next();
                next.filter(|_| depth == 0 && is_angle)
            }
            '"' if depth == 0 => {
                quoted = !quoted;
                is_angle.then_some('"')
            }
            c if quoted => is_angle.then_some(c),
            '(' => {
                depth += 1;
                None
            }
            ')' => {
                depth = depth.saturating_sub(1);
                None
            }
            _ if depth > 0 => None,
            '<' => {
                is_angle = true;
                angle = Some(String::new());
                None
            }
            '>' => {
                is_angle = false;
                None
            }
            ',' | ';' if !is_angle => {
                end(&mut plain, &mut angle);
                None
            }
            c => Some(c),
        };
        if let Some(c) = keep {
            match (&mut angle, is_angle) {
                (Some(angle), true) => angle.push(c),
                _ => plain.push(c),
            }
        }
    }
    end(&mut plain, &mut angle);
    found
}

/// The part of an address behind its last `@`.
pub fn domain_of(address: &str) -> Option<&str> {
    let domain = address.rsplit_once('@')?.1.trim_matches(['>', ' ', '.']);
    (!domain.is_empty()).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        addresses(text.as_bytes())
    }

    #[test]
    fn the_address_is_found_in_every_form_of_a_mailbox() {
        assert_eq!(all("a@b.example"), ["a@b.example"]);
        assert_eq!(all("\"x, <y@z>\" <a@b.example> (c@d)"), ["a@b.example"]);
        assert_eq!(all("A <a@b.example>, c@d.example"), ["a@b.example", "c@d.example"]);
        assert_eq!(all("x@fake.example <a@b.example>"), ["a@b.example"]);
        assert_eq!(all("<@r,@s:a@b.example>"), ["a@b.example"]);
        assert_eq!(all("no address"), Vec::<String>::new());
    }
}
