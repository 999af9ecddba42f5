//! A week of hourly looks at a thousand domains, a twentieth of which fail.

use super::*;

const DOMAINS: usize = 1000;
const LOOKS: usize = 7 * 24;
/// The first domains include the provider, whose policy is short of a network in these hours.
const CUSTOMERS: usize = 300;
const SHRUNK: std::ops::Range<usize> = 100..124;

/// Numbers that look random, and are the same in every run.
struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % end
    }
}

/// What is so at one domain, and what its looks see of it.
struct Script {
    /// Whether its record is wrong, by the hour.
    is_wrong: Vec<bool>,
    /// Whether the look fails, by the hour.
    fails: Vec<bool>,
}

impl Script {
    fn new(random: &mut Random) -> Self {
        let mut is_wrong = vec![false; LOOKS];
        let begin = 1 + random.below(LOOKS - 1);
        match random.below(10) {
            // An hour of it, again and again: it flaps, and nothing lasts for two looks.
            0 => is_wrong.iter_mut().skip(begin).step_by(2).for_each(|it| *it = true),
            // A change that lasts for some hours.
            1 | 2 => {
                let length = 1 + random.below(40);
                is_wrong.iter_mut().skip(begin).take(length).for_each(|it| *it = true);
            }
            _ => {}
        }
        let fails = (0..LOOKS).map(|_| random.below(20) == 0).collect();
        Self { is_wrong, fails }
    }

    /// How many times its record is to be told wrong, and right again: what lasts for two looks that
    /// see it counts. The first look finds how the domain is.
    fn expected(&self) -> (usize, usize) {
        let seen: Vec<bool> =
            (0..LOOKS).filter(|hour| !self.fails[*hour]).map(|hour| self.is_wrong[hour]).collect();
        let (mut is_open, mut opened, mut closed) = (false, 0, 0);
        for pair in seen.windows(2) {
            match (is_open, pair) {
                (false, [true, true]) => (is_open, opened) = (true, opened + 1),
                (true, [false, false]) => (is_open, closed) = (false, closed + 1),
                _ => {}
            }
        }
        (opened, closed)
    }
}

#[test]
fn in_a_week_no_incident_is_false_and_every_change_that_lasts_is_told_once() {
    let mut random = Random(2026);
    let scripts: Vec<Script> = (0..DOMAINS).map(|_| Script::new(&mut random)).collect();
    let mut watched = Watched::default();
    let mut told: BTreeMap<(Name, Class, Happened), usize> = BTreeMap::new();
    let mut of_provider: Vec<News> = Vec::new();
    for hour in 0..LOOKS {
        let mut sights: Vec<Sight> = Vec::with_capacity(DOMAINS);
        for (number, script) in scripts.iter().enumerate() {
            let mut signs = Vec::new();
            if script.fails[hour] {
                let mut own = silent();
                own.cause.party = Party::You;
                signs.push(own);
            } else {
                if script.is_wrong[hour] {
                    signs.push(own());
                }
                if number < CUSTOMERS && SHRUNK.contains(&hour) {
                    signs.push(shrunk());
                }
            }
            // Some look again a little earlier or later, in any order.
            let place = random.below(sights.len() + 1);
            sights.insert(place, by("one", &format!("d{number:04}.example"), &signs));
        }
        for news in watched.round(1_795_000_000 + u64::try_from(hour).unwrap_or(0) * HOUR, sights) {
            if news.incident.party == Party::Provider {
                of_provider.push(news);
                continue;
            }
            let [domain] = &news.incident.scope[..] else { panic!("it is of one domain") };
            *told.entry((domain.clone(), news.incident.class, news.happened)).or_default() += 1;
        }
    }
    let of = |domain: &Name, happened| {
        told.get(&(domain.clone(), Class::Worse, happened)).copied().unwrap_or(0)
    };
    let mut wrong = Vec::new();
    for (number, script) in scripts.iter().enumerate() {
        let domain = name(&format!("d{number:04}.example"));
        let counted = (of(&domain, Happened::Opened), of(&domain, Happened::Closed));
        if counted != script.expected() {
            wrong.push((domain, counted, script.expected()));
        }
    }
    assert_eq!(wrong, []);
    let what: Vec<Happened> =
        of_provider.iter().map(|it| it.happened).filter(|it| *it != Happened::Updated).collect();
    assert_eq!(what, [Happened::Opened, Happened::Closed]);
    assert_eq!(of_provider.last().map(|it| it.incident.scope.len()), Some(CUSTOMERS));
}
