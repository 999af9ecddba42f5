//! Zone files: read as other readers do, and compared with what they were.

mod history;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/tape.rs"]
mod tape;
mod zone_readers;
