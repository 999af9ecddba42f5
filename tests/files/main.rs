//! Zone files: read as other readers do, and compared with what they were.

mod changes;
mod format_corpus;
mod history;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/schema.rs"]
mod schemas;
#[path = "../support/cassette.rs"]
mod cassette;
mod zone_readers;
