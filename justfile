# What is done often. `just` alone lists it; `just check` is what must hold before a change is sent.

export RUSTDOCFLAGS := "-Dwarnings"

_default:
    @just --list --unsorted

# Format, lints, tests, documentation: minutes, no network
check:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    cargo clippy --no-default-features --locked -- -D warnings
    cargo test --locked
    cargo doc --no-deps --locked
    cargo doc --no-deps --no-default-features --locked

# The tests, or those whose name contains a word
test *words:
    cargo test --locked {{ words }}

# Accept what snapshots and stories now show; read the difference before you commit it
bless *words:
    BLESS=1 INSTA_UPDATE=always cargo test --locked {{ words }}
    git diff --stat -- '*.snap' testdata

# Accept what the examples now print
examples:
    for it in check authorize compare; do cargo run --locked --example $it >testdata/examples/$it.txt; done
    git diff testdata/examples

# The documentation of every item, private ones too
docs:
    cargo doc --no-deps --locked --document-private-items --open

# The benches, or those whose name contains a word
bench *words:
    cargo bench --locked -- {{ words }}

# The binary as it is published, after everything that continuous integration checks
release:
    bash .ci/run
    cargo build --profile dist --locked
    ls -l target/dist/mailcheck

# The release binary against recorded answers that a server on loopback gives
live:
    cargo build --release --locked
    .ci/with-snapshot .ci/live-smoke

# The release binary against Postfix, Dovecot, nginx, NSD and Unbound on loopback; as root
servers:
    cargo build --release --locked
    .ci/live-smtp target/release/mailcheck --full
    .ci/live-web target/release/mailcheck --full

# The action, the hooks and the samples for CI, run as their users run them
packaging:
    cargo build --release --locked
    .ci/packaging target/release/mailcheck

# Record testdata/cassettes anew, from the same server
record:
    cargo build --release --locked
    .ci/with-snapshot .ci/record-cassettes
    git diff --stat -- testdata/cassettes

# Licences, advisories and sources of what we depend on (needs cargo-deny)
deny:
    cargo deny --locked check
