//! Names and sources of files.
