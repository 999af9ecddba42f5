//! The table of providers, read line by line.
//!
//! It is TOML, and a test reads it as such; but half of it is sources, and every run of the program
//! that recognises a name reads all of it. So this reader knows just the form that the table
//! has: a key and its value on one line, or a list with an item a line. It is four times as fast
//! (`benches/provider.rs`).

/// What a line of the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A provider begins.
    Provider,
    /// What the policy of the provider listed at some time begins.
    Generation,
    /// The source of what follows, as it is written: with its date in brackets.
    Source(&'static str),
    /// A value below a key; a list gives one line an item.
    Value(&'static str, &'static str),
}

/// Hands on what each line of a table says, in its order. Comments before the first provider are its
/// head, and left out.
pub(super) fn lines(table: &'static str, mut take: impl FnMut(Line)) {
    let mut key = "";
    let mut has_begun = false;
    for line in table.split('\n') {
        let line = line.trim_ascii();
        match line.as_bytes().first() {
            None | Some(b']') => {}
            Some(b'#') if !has_begun => {}
            Some(b'#') => take(Line::Source(line.trim_start_matches(['#', ' ']))),
            Some(b'"') => {
                let item = line.trim_end_matches(',');
                take(Line::Value(key, item.trim_matches('"')));
            }
            Some(b'[') => {
                has_begun = true;
                let is_provider = line == "[[provider]]";
                take(if is_provider { Line::Provider } else { Line::Generation });
            }
            Some(_) => {
                let Some((name, value)) = line.split_once(" = ") else { continue };
                key = name;
                match value.strip_prefix('[') {
                    Some("") => {}
                    Some(list) => {
                        let items = list.trim_end_matches(']').split(", ");
                        items.for_each(|item| take(Line::Value(key, item.trim_matches('"'))));
                    }
                    None => take(Line::Value(key, value.trim_matches('"'))),
                }
            }
        }
    }
}
