//! Pages beside those of domains.

use super::Mail;
use super::past::Link;
use crate::render::html::STYLE_HASH;
use askama::Template;

/// The form.
#[derive(Template)]
#[template(path = "server/home.html")]
pub(super) struct Home<'p> {
    title: &'static str,
    style_hash: &'static str,
    is_list: bool,
    site: Option<&'p str>,
    nav: Vec<Link>,
    kinds: [Mail; 4],
}

impl<'p> Home<'p> {
    pub(super) fn new(base: &'p str, nav: Vec<Link>) -> Self {
        Self {
            title: "mailcheck",
            style_hash: STYLE_HASH,
            is_list: false,
            site: Some(base),
            nav,
            kinds: Mail::ALL,
        }
    }
}

/// Text as the terminal shows it, or one sentence.
#[derive(Template)]
#[template(path = "server/text.html")]
pub(super) struct Text<'p> {
    title: &'p str,
    style_hash: &'static str,
    is_list: bool,
    site: Option<&'p str>,
    nav: Vec<Link>,
    text: &'p str,
    is_sentence: bool,
}

impl<'p> Text<'p> {
    pub(super) fn of(base: &'p str, title: &'p str, text: &'p str) -> Self {
        Self {
            title,
            style_hash: STYLE_HASH,
            is_list: false,
            site: Some(base),
            nav: Vec::new(),
            text,
            is_sentence: false,
        }
    }

    pub(super) fn sentence(base: &'p str, title: &'p str, text: &'p str) -> Self {
        Self { is_sentence: true, ..Self::of(base, title, text) }
    }
}
