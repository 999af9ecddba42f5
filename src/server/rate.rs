//! How often one client may cause work.

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

/// Clients that are remembered before those are forgotten whose time has passed.
const MANY: usize = 10_000;

/// The clients, by what they asked lately.
#[derive(Debug)]
pub(super) struct Rates {
    limiter: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>,
    clock: DefaultClock,
}

impl Rates {
    /// So many requests a minute, all of which may come at once.
    pub(super) fn new(per_minute: NonZeroU32) -> Self {
        let limiter = RateLimiter::hashmap(Quota::per_minute(per_minute));
        Self { limiter, clock: DefaultClock::default() }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// It is one too many: so many seconds are left until the next.
    pub(super) fn check(&self, client: IpAddr) -> Result<(), u64> {
        if self.limiter.len() > MANY {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        let checked = self.limiter.check_key(&party(client));
        checked.map_err(|until| until.wait_time_from(self.clock.now()).as_secs() + 1)
    }
}

/// Who it is: of IPv6 a client has at least a network of 64 bits.
fn party(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(client) => client.into(),
        IpAddr::V6(client) => {
            let network = client.to_bits() & !u128::from(u64::MAX);
            Ipv6Addr::from_bits(network).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_a_rate_of_its_own() {
        let rates = Rates::new(NonZeroU32::MIN);
        let asked = ["192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"];
        let allowed = asked.map(|client| rates.check(client.parse().unwrap()).is_ok());
        assert_eq!(allowed, [true, false, true, true, false]);
    }
}
