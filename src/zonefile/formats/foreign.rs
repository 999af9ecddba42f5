//! Files that hold programs or settings and no records: what they are, and which command prints what can
//! be read.

/// What a file is that no records can be read from, and what to do.
pub(super) fn advice(text: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(text.get(..64 * 1024).unwrap_or(text));
    let lines = || {
        let lines = text.lines().map(str::trim);
        lines.filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with('#'))
    };
    let begins = |words: &[&str]| lines().any(|line| words.iter().any(|it| line.starts_with(it)));
    let is_block = |line: &str| {
        let kinds = [
            "resource \"",
            "module \"",
            "data \"",
            "variable \"",
            "provider \"",
            "locals {",
            "terraform {",
            "output \"",
        ];
        kinds.iter().any(|kind| line.starts_with(kind))
    };
    let is_server =
        |line: &str| line == "zone:" || line.starts_with("zone \"") && line.contains('{');
    if lines().any(is_server) {
        return Some(
            "this is the configuration of a name server: mailcheck lint reads the zones that it names; \
             elsewhere, give their files",
        );
    }
    if lines().any(is_block) {
        return Some(
            "this is HCL, which only Terraform can evaluate: terraform show -json PLAN > plan.json, and \
             give that file",
        );
    }
    let script =
        ["D(\"", "D('", "D_EXTEND(", "var ", "const ", "let ", "require(", "import ", "function "];
    if begins(&script) && (text.contains("(") && (text.contains("D(") || text.contains("="))) {
        return Some(match text.contains("D(") {
            true => {
                "this is a dnsconfig.js, which only dnscontrol can evaluate: dnscontrol print-ir > zones.json, \
                 and give that file"
            }
            false => "this is a program, not a file with records",
        });
    }
    None
}

/// True for the configuration of octoDNS, which names zones and holds no records.
#[cfg(feature = "formats")]
pub(super) fn is_octodns_config(text: &[u8]) -> bool {
    let has = |what: &[u8]| text.split(|octet| *octet == b'\n').any(|line| line.starts_with(what));
    has(b"zones:") && has(b"providers:")
}
