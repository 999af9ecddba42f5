//! The snapshot as one source of answers, and the same with some texts replaced.

use mailcheck::dns::{Answer, Data, Dns, Kind, Lookup, Outcome, Provenance, Question};
use mailcheck::net::Name;
use mailcheck::zonefile::Zone;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Far more aliases than the snapshot has in one chain.
const MOST_ALIASES: usize = 16;

/// Everything that the snapshot holds.
pub(crate) struct Snapshot {
    pub(crate) sets: BTreeMap<(Name, Kind), Vec<Data>>,
    /// Every owner and every name above one.
    existing: BTreeSet<Name>,
}

impl Snapshot {
    /// Reads the records and the stand-ins for those that were not found.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut text = String::from("$ORIGIN .\n");
        let mut known = BTreeSet::new();
        for file in ["records.tsv", "placeholders.tsv"] {
            let lines = std::fs::read_to_string(folder.join(file)).expect("the snapshot is there");
            let mut here = BTreeSet::new();
            for line in lines.lines().filter(|line| !line.starts_with('#')) {
                let fields: Vec<&str> = line.split('\t').collect();
                let [name, kind, ttl, data, ..] = fields[..] else { continue };
                // A stand-in never overrides a real name.
                if !known.contains(name) {
                    writeln!(text, "{name} {ttl} IN {kind} {data}").expect("writing to a string");
                    here.insert(name.to_owned());
                }
            }
            known.append(&mut here);
        }
        let zone = Zone::read("snapshot", Some(&Name::root()), text.as_bytes()).zone;
        let mut sets: BTreeMap<(Name, Kind), Vec<Data>> = BTreeMap::new();
        for (name, kind, record) in zone.records() {
            sets.entry((name.clone(), kind)).or_default().push(record.data.clone());
        }
        let mut existing = BTreeSet::new();
        for (name, _) in sets.keys() {
            existing.extend(std::iter::successors(Some(name.clone()), Name::parent));
        }
        Self { sets, existing }
    }
}

/// The snapshot with other texts at some names.
pub(crate) struct Changed<'s> {
    snapshot: &'s Snapshot,
    texts: HashMap<Name, Vec<Data>>,
}

impl<'s> Changed<'s> {
    pub(crate) fn new(
        snapshot: &'s Snapshot,
        texts: impl IntoIterator<Item = (Name, Vec<Data>)>,
    ) -> Self {
        Self { snapshot, texts: texts.into_iter().collect() }
    }

    /// Puts other texts at a name.
    pub(crate) fn replace(&mut self, name: Name, texts: Vec<Data>) {
        self.texts.insert(name, texts);
    }

    fn set(&self, name: &Name, kind: Kind) -> Option<&Vec<Data>> {
        let changed = self.texts.get(name).filter(|_| kind == Kind::Txt);
        changed.or_else(|| self.snapshot.sets.get(&(name.clone(), kind)))
    }

    fn answer(&self, question: &Question) -> Answer {
        let mut aliases: Vec<Name> = Vec::new();
        let outcome = loop {
            let name = aliases.last().unwrap_or(&question.name);
            match self.set(name, question.kind) {
                Some(data) if !data.is_empty() => {
                    break Outcome::Records(data.iter().cloned().map(Into::into).collect());
                }
                _ => {}
            }
            match self.set(name, Kind::Cname).and_then(|data| data.first()) {
                Some(Data::Cname(target)) if aliases.len() < MOST_ALIASES => {
                    aliases.push(target.clone());
                }
                _ if self.exists(name) => break Outcome::NoData,
                _ => break Outcome::NxDomain,
            }
        };
        let mut answer =
            Answer::new(question.clone(), outcome, Provenance::Zone("snapshot".into()));
        answer.aliases = aliases;
        answer
    }

    fn exists(&self, name: &Name) -> bool {
        self.snapshot.existing.contains(name)
            || self.texts.iter().any(|(own, data)| !data.is_empty() && own.is_within(name))
    }
}

impl Dns for Changed<'_> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(std::future::ready(Arc::new(self.answer(question))))
    }
}
