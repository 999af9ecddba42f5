//! Which domain somebody has to register to hold a name, by the Public Suffix List.

use super::Name;

/// Labels of suffixes below which not everybody may register.
const CLOSED: [&[u8]; 9] = [b"gov", b"gob", b"gouv", b"go", b"mil", b"edu", b"ac", b"int", b"arpa"];

/// The domain directly below the public suffix of a name, where anybody may register one.
///
/// `None` for a public suffix itself, for names below suffixes that no registry of the Public
/// Suffix List keeps (`.test`, or a company's own), below those for governments, armies and
/// universities, and for what no registry takes, such as a colon where a space is missing.
pub fn registrable(name: &Name) -> Option<Name> {
    let octets = name.to_octets();
    let domain = psl::domain(&octets)?;
    let suffix = domain.suffix();
    let is_closed = |label: &[u8]| CLOSED.iter().any(|it| label.eq_ignore_ascii_case(it));
    let is_open = suffix.typ() == Some(psl::Type::Icann)
        && !suffix.as_bytes().split(|octet| *octet == b'.').any(is_closed);
    let domain = Name::from_octets(domain.as_bytes()).ok().filter(Name::is_host_name);
    domain.filter(|_| is_open)
}

/// The organization that a name belongs to, as far as its registration shows: the name below the
/// suffix of a registry, or the last two labels where no registry is known. Suffixes that a company
/// gives out are its own: `foo.github.io` is `github.io`.
pub fn organization(name: &Name) -> Name {
    let octets = name.to_octets();
    let mut suffix = psl::suffix(&octets);
    while let Some(private) = suffix.filter(|it| it.typ() == Some(psl::Type::Private)) {
        let parent = private.as_bytes().splitn(2, |octet| *octet == b'.').nth(1);
        suffix = parent.and_then(psl::suffix);
    }
    let labels = suffix.map_or(1, |it| it.as_bytes().split(|octet| *octet == b'.').count());
    name.suffix(labels + 1)
}

/// True if the names below are others' by the part of the list that is not about registries: a host of
/// the services or sites of many.
pub fn is_shared(name: &Name) -> bool {
    let octets = name.to_octets();
    let suffix = psl::suffix(&octets).filter(|it| it.typ() == Some(psl::Type::Private));
    suffix.is_some_and(|it| it.as_bytes().len() == octets.len())
}

/// True if a registry hands out the name: the list has everything above it, in the part that is
/// about registries.
pub fn is_registered(name: &Name) -> bool {
    let Some(parent) = name.parent().filter(|parent| !parent.is_root()) else { return false };
    let octets = parent.to_octets();
    let suffix = psl::suffix(&octets);
    suffix.is_some_and(|suffix| {
        suffix.as_bytes() == octets && suffix.typ() != Some(psl::Type::Private)
    })
}

/// True if the list has what the name ends in.
pub fn has_public_suffix(name: &Name) -> bool {
    psl::suffix(&name.to_octets()).is_some_and(|suffix| suffix.is_known())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_is_what_a_registry_gave_out() {
        let names = [
            "a.b.foo.com",
            "foo.co.uk",
            "com",
            "x.foo.test",
            "a.foo.github.io",
            "s3.amazonaws.com",
        ];
        let found = names.map(|text| {
            organization(&Name::from_octets(text.as_bytes()).expect("a name")).to_string()
        });
        assert_eq!(
            found,
            ["foo.com", "foo.co.uk", "com", "foo.test", "github.io", "amazonaws.com"]
        );
    }

    #[test]
    fn a_registry_takes_registrations_directly_below_its_suffix() {
        let names = [
            "_spf.mail.foo.com",
            "a.foo.co.uk",
            "com",
            "x.foo.test",
            "foo.github.io",
            "agency.gov",
            "uni.ac.uk",
            "1.168.192.in-addr.arpa",
            "spf.foo.cominclude:bar.net",
        ];
        let found = names.map(|text| {
            let name = Name::from_octets(text.as_bytes()).expect("a test writes valid names");
            registrable(&name).map(|name| name.to_string())
        });
        let expected =
            [Some("foo.com"), Some("foo.co.uk"), None, None, None, None, None, None, None];
        assert_eq!(found, expected.map(|it| it.map(str::to_owned)));
    }
}
