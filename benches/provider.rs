//! How fast the table of providers is read, beside a TOML reader on the same text.

use divan::Bencher;
use divan::counter::BytesCount;
use mailcheck::provider;

fn main() {
    divan::main();
}

static TABLE: &str = include_str!("../src/provider/providers.toml");

#[divan::bench]
fn table_read(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_str(TABLE)).bench(provider::read);
}

/// Reads the same as TOML, without making anything of it.
#[divan::bench]
fn table_read_as_toml(bencher: Bencher<'_, '_>) {
    let read = || toml::from_str::<toml::Table>(TABLE).map(|table| table.len());
    bencher.counter(BytesCount::of_str(TABLE)).bench(read);
}
