//! The SPF policy as a tree: each term with what it costs and how many addresses it decides.
//!
//! RFC 7208 §4.6.4 allows ten terms that cause lookups and should allow two void lookups; both
//! columns count from the top of the tree down, as a receiver does.

use super::line::Line;
use super::sheet::Sheet;
use super::{Look, of_policy_result};
use crate::render::palette::Ink;
use crate::render::words::counted;
use crate::report::SpfResult;
use crate::report::{Domain, TermKind, TreeNode};
use crate::text::grouped;

/// RFC 7208 §4.6.4: "MUST limit the total number of those terms to 10".
const LOOKUPS: u16 = 10;
/// RFC 7208 §4.6.4: "SHOULD limit 'void lookups' to two".
const VOIDS: u16 = 2;

/// Columns before the tree.
const INDENT: usize = 7;

/// Fewest networks in a row that are worth folding into one line.
const FOLD: usize = 3;

pub(super) fn tree(sheet: &mut Sheet, domain: &Domain, look: &Look) {
    let details = &domain.spf.details;
    if details.tree.is_empty() {
        return;
    }
    let mut twigs = Vec::new();
    let guides = " ".repeat(INDENT);
    let nodes: Vec<&TreeNode> = details.tree.iter().collect();
    Gatherer { sheet, unfold: look.explain, twigs: &mut twigs }.gather(&nodes, &guides);
    let columns = Columns::of(&twigs, sheet.width);
    sheet.blank();
    title(sheet, domain, &columns);
    for twig in &twigs {
        draw(sheet, twig, &columns);
    }
}

/// The record if it fits beside the heads of the columns; its terms stand below in any case.
fn title(sheet: &mut Sheet, domain: &Domain, columns: &Columns) {
    let label = sheet.line().with(Ink::Strong, "  SPF").pad(INDENT);
    let record = domain.spf.details.record.as_deref().unwrap_or_default();
    let whole = label.clone().with(Ink::Code, record);
    let line = if whole.width() + 2 <= columns.begin {
        whole
    } else {
        label.with(Ink::Name, domain.domain.to_string()).plain(" TXT")
    };
    sheet.put(&columns.heads(line));
}

/// One line of the tree.
struct Twig {
    /// The lines of the tree before the term, and before what is said below it.
    guides: String,
    below: String,
    term: Line,
    about: Line,
    lookups: Option<u16>,
    voids: u16,
    ipv4: u64,
    /// True if what is said about the term may be left out.
    is_summary: bool,
}

impl Twig {
    fn new(term: Line, about: Line) -> Self {
        Self {
            guides: String::new(),
            below: String::new(),
            term,
            about,
            lookups: None,
            voids: 0,
            ipv4: 0,
            is_summary: false,
        }
    }
}

struct Gatherer<'a> {
    sheet: &'a Sheet,
    unfold: bool,
    twigs: &'a mut Vec<Twig>,
}

impl Gatherer<'_> {
    fn gather(&mut self, nodes: &[&TreeNode], guides: &str) {
        let glyphs = self.sheet.glyphs;
        let mut runs = self.runs(nodes).into_iter().peekable();
        while let Some(run) = runs.next() {
            let (sign, side) = match runs.peek() {
                Some(_) => (glyphs.branch, glyphs.bar),
                None => (glyphs.last, "   "),
            };
            let below = format!("{guides}{side}");
            let twig = match run {
                [node] => self.one(node, guides.len() == INDENT),
                networks => self.many(networks),
            };
            let terms = match run {
                [node] => self.within(node),
                _ => Vec::new(),
            };
            let beside = if terms.is_empty() { "   " } else { glyphs.bar };
            self.twigs.push(Twig {
                guides: format!("{guides}{sign}"),
                below: format!("{below}{beside}"),
                ..twig
            });
            self.gather(&terms, &below);
        }
    }

    /// The terms of the record that a term leads to. RFC 7208 §5.2: an include that ends in `-all`
    /// is no match and no more, so its `all` is left out where nothing depends on it.
    fn within<'n>(&self, node: &'n TreeNode) -> Vec<&'n TreeNode> {
        let is_news =
            |term: &&TreeNode| self.unfold || !(term.kind() == TermKind::All && is_idle(term));
        node.terms.iter().filter(is_news).collect()
    }

    /// The nodes one by one, except that long rows of networks stay together.
    fn runs<'n, 'r>(&self, nodes: &'r [&'n TreeNode]) -> Vec<&'r [&'n TreeNode]> {
        nodes
            .chunk_by(|a, b| is_network(a) && is_network(b) && a.result == b.result)
            .flat_map(|run| match run.len() {
                FOLD.. if !self.unfold => vec![run],
                _ => run.chunks(1).collect(),
            })
            .collect()
    }

    fn one(&self, node: &TreeNode, is_outermost: bool) -> Twig {
        let mut said: Vec<Line> = Vec::new();
        let line = || self.sheet.line();
        if let Some(provider) = &node.provider {
            said.push(line().with(Ink::Strong, provider));
        }
        match node.result {
            // What it decides is whatever is left; how many that are tells nobody anything.
            Some(result) if node.kind() == TermKind::All && (is_outermost || !is_idle(node)) => {
                let ink = match result {
                    SpfResult::Pass => Ink::Bad,
                    result => of_policy_result(result),
                };
                let said = line().plain("everything else: ").with(ink, result.word());
                return Twig::new(line().with(Ink::Code, &node.term), said);
            }
            Some(SpfResult::Pass) | None => {}
            Some(result) => said.push(line().with(of_policy_result(result), result.word())),
        }
        if node.ipv6_networks > 0 && node.ipv4_addresses == 0 && !is_network(node) {
            said.push(line().plain(counted(node.ipv6_networks, "IPv6 network")));
        }
        if let Some(remark) = &node.remark {
            said.push(line().with(Ink::Weak, remark));
        }
        let about = said.iter().enumerate().fold(line(), |about, (index, part)| {
            let comma = if index == 0 { "" } else { ", " };
            about.plain(comma).then(part)
        });
        Twig {
            lookups: node.kind().costs_lookup().then_some(node.lookups_so_far),
            voids: node.voids_so_far,
            // A redirect decides about all senders; the terms behind it say who passes.
            ipv4: if node.kind() == TermKind::Redirect { 0 } else { node.ipv4_addresses },
            ..Twig::new(line().with(Ink::Code, &node.term), about)
        }
    }

    fn many(&self, networks: &[&TreeNode]) -> Twig {
        let line = || self.sheet.line();
        let mut about = line();
        if let [first, .., last] = networks {
            let ellipsis = format!(" {} ", self.sheet.glyphs.ellipsis);
            about = about.with(Ink::Code, &first.term).faint(ellipsis).with(Ink::Code, &last.term);
        }
        let title = line().plain(counted(networks.len(), "network"));
        let title = match networks.first().and_then(|first| first.result) {
            Some(SpfResult::Pass) | None => title,
            Some(result) => title.plain(", ").with(of_policy_result(result), result.word()),
        };
        Twig {
            is_summary: true,
            ipv4: networks.iter().fold(0, |sum, one| sum.saturating_add(one.ipv4_addresses)),
            ..Twig::new(title, about)
        }
    }
}

/// The head of the column of lookups without an answer, beside that of all lookups.
const VOID: &str = "void";

/// The head of the column of addresses that pass and that no term before lists.
const IPV4: &str = "new IPv4";

/// The columns at the right, each by the column in which it ends.
struct Columns {
    begin: usize,
    lookups: usize,
    voids: Option<usize>,
    ipv4: usize,
}

impl Columns {
    fn of(twigs: &[Twig], width: usize) -> Self {
        let widest = twigs.iter().map(|twig| grouped(twig.ipv4.into()).len()).max();
        let ipv4 = width;
        let after = ipv4 - widest.unwrap_or_default().max(IPV4.len()).min(ipv4);
        let any_void = twigs.iter().any(|twig| twig.voids > 0);
        let voids = any_void.then(|| after.saturating_sub(2));
        let lookups = match voids {
            Some(end) => end.saturating_sub(VOID.len() + 2),
            None => after.saturating_sub(2),
        };
        Self { begin: lookups.saturating_sub("lookups".len()), lookups, voids, ipv4 }
    }

    fn heads(&self, line: Line) -> Line {
        let line = line.right(self.lookups, Ink::Faint, "lookups");
        let line = match self.voids {
            Some(end) => line.right(end, Ink::Faint, VOID),
            None => line,
        };
        line.right(self.ipv4, Ink::Faint, IPV4)
    }

    fn cells(&self, line: Line, twig: &Twig) -> Line {
        let spent = |spent: u16, limit: u16| {
            let ink = if spent > limit { Ink::Bad } else { Ink::Plain };
            (ink, format!("{spent}/{limit}"))
        };
        let mut line = line;
        if let Some(lookups) = twig.lookups {
            let (ink, text) = spent(lookups, LOOKUPS);
            line = line.right(self.lookups, ink, &text);
            if let Some(end) = self.voids {
                let (ink, text) = spent(twig.voids, VOIDS);
                line = line.right(end, ink, &text);
            }
        }
        if twig.ipv4 > 0 {
            line = line.right(self.ipv4, Ink::Addr, &grouped(twig.ipv4.into()));
        }
        line
    }
}

/// A term and its cells on one line if they fit; what does not fit goes below the term, whole.
fn draw(sheet: &mut Sheet, twig: &Twig, columns: &Columns) {
    let fits = |line: &Line| line.width() + 2 <= columns.begin;
    let term = sheet.line().faint(&twig.guides).then(&twig.term);
    let below = sheet.line().faint(&twig.below);
    if twig.about.is_empty() && fits(&term) {
        return sheet.put(&columns.cells(term, twig));
    }
    let whole = term.clone().plain("  ").then(&twig.about);
    if !twig.about.is_empty() && fits(&whole) {
        return sheet.put(&columns.cells(whole, twig));
    }
    if fits(&term) {
        sheet.put(&columns.cells(term, twig));
        if twig.is_summary {
            return;
        }
        return sheet.paragraph(below.clone(), &below, &twig.about);
    }
    sheet.put(&term);
    let second = below.clone().then(&twig.about);
    if fits(&second) {
        let cells = columns.cells(second.clone(), twig);
        if cells.width() > below.width() {
            sheet.put(&cells);
        }
    } else {
        sheet.paragraph(below.clone(), &below, &twig.about);
        sheet.put(&columns.cells(below, twig));
    }
}

/// True for a term that decides about no address.
fn is_idle(node: &TreeNode) -> bool {
    node.ipv4_addresses == 0 && node.ipv6_networks == 0
}

/// True for a network that has nothing else to tell.
fn is_network(node: &TreeNode) -> bool {
    let is_listed = node.kind() == TermKind::Network;
    is_listed && node.terms.is_empty() && node.provider.is_none() && node.remark.is_none()
}
