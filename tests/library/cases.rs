//! How many random cases a property is tried on, and which.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// The same cases every time, unless `PROPTEST_CASES` or `PROPTEST_RNG_SEED` ask for others.
#[expect(clippy::disallowed_methods, reason = "whoever wants more cases says so there")]
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases },
        rng_seed: match default.rng_seed {
            RngSeed::Random => RngSeed::Fixed(7208),
            fixed => fixed,
        },
        failure_persistence: None,
        ..default
    }
}
