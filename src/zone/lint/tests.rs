//! Each rule with a file that meets it, and with those that must not.
