//! Being asked.
