//! A zone as a cassette that is the whole world, for runs of the program.

use mailcheck::dns::{Dns, Question, Recorder};
use mailcheck::net::Name;
use mailcheck::zonefile::Zone;

/// A cassette that is the whole world: what is not on it does not exist.
pub(crate) const WORLD: &str = "{\"cassette\":1,\"absent\":\"nxdomain\"}\n";

/// Records what a zone says of everything that it lists. `name` tells whose zone is at fault.
pub(crate) fn cassette(name: &str, text: &str) -> String {
    let reading = Zone::read(name, None, text.as_bytes());
    assert!(reading.errors.is_empty(), "{name}: {:?}", reading.errors);
    let zone = reading.strict().expect("it has no faults");
    let questions: Vec<Question> =
        zone.records().map(|(name, kind, _)| Question::new(name.clone(), kind)).collect();
    let starred = |name: &Name| name.labels().next() == Some(b"*");
    assert!(!questions.iter().any(|one| starred(&one.name)), "{name}: a tape has no wildcards");
    let recorder = Recorder::new(zone);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        for question in &questions {
            recorder.lookup(question).await;
        }
    });
    WORLD.to_owned() + &recorder.cassette()
}
