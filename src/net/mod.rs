//! Names and addresses: values with exact algebra, no I/O.

mod association;
mod caa;
mod cidr;
mod ip_set;
mod name;
mod reach;
mod registrable;
#[cfg(any(feature = "live", feature = "mail", feature = "smtp"))]
mod roots;
mod table;
#[cfg(any(feature = "live", feature = "smtp"))]
#[doc(hidden)]
pub mod tls;

pub use association::Association;
pub use caa::Caa;
pub use cidr::{Cidr, CidrError};
pub use ip_set::{Family, IpSet, Range};
pub use name::{Labels, Name, NameError};
pub use reach::{is_local, is_public};
pub use registrable::{has_public_suffix, is_registered, is_shared, organization, registrable};
#[cfg(any(feature = "live", feature = "mail", feature = "smtp"))]
#[doc(hidden)]
pub use roots::RootsError;
pub(crate) use table::Table;
