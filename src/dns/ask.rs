//! Typed questions over the port.

use super::{Answer, Dns, Kind, Question};
use crate::net::{Family, Name};
use std::sync::Arc;

/// Asks for one type at a name.
pub async fn ask(dns: &dyn Dns, name: &Name, kind: Kind) -> Arc<Answer> {
    dns.lookup(&Question::new(name.clone(), kind)).await
}

/// Asks for the addresses of one family: A or AAAA, never both (RFC 7208 §5).
pub async fn addresses(dns: &dyn Dns, name: &Name, family: Family) -> Arc<Answer> {
    let kind = match family {
        Family::V4 => Kind::A,
        Family::V6 => Kind::Aaaa,
    };
    ask(dns, name, kind).await
}
