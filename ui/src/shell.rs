//! The frame around every page.

use crate::components::{GLOBE, LOGO};
use crate::language::Language;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// What every page needs to know.
#[derive(Debug, Clone)]
pub struct Page {
    /// The language it speaks.
    pub language: Language,
    /// Whether the reader chose the language in the address; its links keep it then.
    pub chosen: bool,
    /// The page's own path and query, without `lang`.
    pub path: String,
    /// The address of the style.
    pub stylesheet: String,
    /// The time.
    pub now: DateTime<Utc>,
}

impl Page {
    /// An address of ours in the reader's language.
    pub(crate) fn link(&self, path: &str) -> String {
        if self.chosen { with_language(path, self.language) } else { path.to_owned() }
    }

    /// This page in the other language.
    fn other_language(&self) -> String {
        with_language(&self.path, self.language.other())
    }
}

fn with_language(path: &str, language: Language) -> String {
    let (path, fragment) = path.split_once('#').map_or((path, None), |(path, fragment)| (path, Some(fragment)));
    let separator = if path.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{path}{separator}lang={}{fragment}", language.tag())
}

/// How the top of a page looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Top {
    /// In front of the dark house.
    Dark,
    /// On the card's colour.
    Light,
}

/// The whole document.
pub(crate) fn document(page: &Page, title: &str, top: Top, main: impl IntoView + 'static) -> String {
    let language = page.language;
    let header_class = match top {
        Top::Dark => "top dark",
        Top::Light => "top",
    };
    let other = language.other();
    let view = view! {
        <html lang=language.tag()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title.to_owned()}</title>
                <link rel="stylesheet" href=page.stylesheet.clone()/>
                <link rel="icon" href="data:,"/>
                <link rel="alternate" hreflang=other.tag() href=page.other_language()/>
            </head>
            <body>
                <a class="skip" href="#main">{language.skip()}</a>
                <header class=header_class>
                    <a class="logo" href=page.link("/") aria-label=language.home_label()>
                        <svg viewBox="0 0 38 22" aria-hidden="true" inner_html=LOGO></svg>
                        <span>"Onsale"</span>
                    </a>
                    <nav aria-label=language.main_nav()>
                        <a class="wide" href=page.link("/")>{language.events()}</a>
                        <a href=page.other_language() lang=other.tag() hreflang=other.tag()>
                            <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=GLOBE></svg>
                            <span>{other.own_name()}</span>
                        </a>
                    </nav>
                </header>
                <main id="main">{main}</main>
                <footer class="foot">
                    <span>{language.foot()}</span>
                    <a href=page.link("/api/docs")>{language.for_developers()}</a>
                </footer>
            </body>
        </html>
    };
    let owner = Owner::new();
    owner.with(|| format!("<!doctype html>{}", view.to_html()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_a_chosen_language() {
        assert_eq!(with_language("/", Language::Es), "/?lang=es");
        assert_eq!(with_language("/?query=a", Language::En), "/?query=a&lang=en");
        assert_eq!(with_language("/events/1#prices", Language::Es), "/events/1?lang=es#prices");
    }
}
