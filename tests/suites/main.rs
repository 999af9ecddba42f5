//! The published suites, case by case: through the library, and through the program.

mod bimi;
mod dmarc;
mod dmarc_cli;
mod mail;
mod openspf;
#[path = "../support/program.rs"]
mod program;
mod repairs;
#[path = "../support/site.rs"]
mod site;
#[path = "../support/shared.rs"]
mod shared;
mod signatures;
mod spf;
mod spf_cli;
mod mta_sts;
mod tls_rpt;
mod zone;
mod zones;
