//! Tables whose keys are names and questions.

use std::collections::HashMap;

/// A table by name or question.
///
/// Many are made for one domain, and most hold a few entries: so the hash is a quick one. It is keyed
/// anew in each process, and what strangers can put into a table is bounded by the budget of a domain.
pub(crate) type Table<K, V> = HashMap<K, V, foldhash::fast::RandomState>;
