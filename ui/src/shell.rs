//! The frame around every page.

use crate::about::About;
use crate::accent::Accent;
use crate::browser::with_language;
use crate::bundle::Bundle;
use crate::components::{GLOBE, LOGO, SEATS};
use crate::format::Moment;
use crate::islands::{AccountMenu, Connection};
use crate::language::Language;
use crate::theme::Theme;
use chrono::{DateTime, Utc};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use onsale_core::api::events::EventSummary;
use onsale_core::text::query_value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The addresses of what pages load beside themselves; each changes with its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    /// The font.
    pub font: String,
    /// A colour in the place of ours.
    pub accent: Option<Accent>,
    /// What a bundle's pages load.
    pub bundles: BTreeMap<Bundle, Loads>,
}

/// What the pages of a bundle load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loads {
    /// The style.
    pub stylesheet: String,
    /// What wakes the islands; nothing while the site is not built, and pages are only read.
    pub scripts: Option<Scripts>,
}

/// What wakes the islands of a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scripts {
    /// The script of the page.
    pub start: String,
    /// What that script loads, to begin at once: the module.
    pub module: String,
    /// And the WebAssembly.
    pub wasm: String,
}

/// What every page needs to know.
#[derive(Debug, Clone)]
pub struct Page {
    /// The language it speaks.
    pub language: Language,
    /// Whether the language is named in the address, as search engines are told; its links keep it then.
    pub chosen: bool,
    /// How it is lit.
    pub theme: Theme,
    /// The page's own path and query, without `lang`.
    pub path: String,
    /// Where people reach the site, without a slash at its end.
    pub origin: String,
    /// What it loads.
    pub assets: Arc<Assets>,
    /// What stands for the nonce of the answer, in which its place is taken by a new one each time.
    pub nonce: String,
    /// The time.
    pub now: DateTime<Utc>,
    /// What the installation tells everybody just now, in the page's language.
    pub notice: Option<String>,
}

impl Page {
    /// An address of ours in the reader's language.
    pub(crate) fn link(&self, path: &str) -> String {
        if self.chosen { with_language(path, self.language) } else { path.to_owned() }
    }

    /// This page in a language, for whom an address must say it.
    fn in_language(&self, language: Language) -> String {
        with_language(&self.path, language)
    }

    /// Where signing in leads, with the way back; nowhere from a page that is about signing in.
    fn sign_in(&self) -> String {
        let about_it = ["/sign-in", "/sign-up", "/forgot-password", "/reset-password", "/verify-email"];
        if self.path == "/" || about_it.iter().any(|start| self.path.starts_with(start)) {
            return self.link("/sign-in");
        }
        self.link(&format!("/sign-in?next={}", query_value(&self.path)))
    }
}

/// How the top of a page looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Top {
    /// In front of the dark house.
    Dark,
    /// On the card's colour.
    Light,
}

/// What the header of a page says of the one event that the page is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Brief {
    name: String,
    when_and_where: String,
    href: String,
}

impl Brief {
    /// An event's.
    pub(crate) fn of(page: &Page, summary: &EventSummary) -> Self {
        let starts = Moment::at(page.language, summary.starts_at, &summary.venue.time_zone);
        Self {
            name: summary.name.clone(),
            when_and_where: format!("{} · {}, {}", starts.date(), summary.venue.name, summary.venue.city),
            href: page.link(&format!("/events/{}", summary.id)),
        }
    }
}

/// The whole document. `main` is made inside, so that its islands are known as such; they are of the bundle.
pub(crate) fn document<V: IntoView + 'static>(
    page: &Page,
    bundle: Bundle,
    title: &str,
    top: Top,
    main: impl FnOnce() -> V,
) -> String {
    framed(page, (bundle, None), title, None, || usual(page, header(page, top, None), main()))
}

/// The same of a page that others may lead to: it says what they are told of it.
pub(crate) fn document_about<V: IntoView + 'static>(
    page: &Page,
    bundle: Bundle,
    (title, about): (&str, &About),
    top: Top,
    main: impl FnOnce() -> V,
) -> String {
    let html = document(page, bundle, title, top, main);
    html.replacen("</head>", &format!("{}</head>", about.html(page, title)), 1)
}

/// A document about the line of an event, which its header names. Where it says how many seconds, a browser without
/// scripts asks for it again after so many.
pub(crate) fn line_document<V: IntoView + 'static>(
    page: &Page,
    title: &str,
    again_seconds: Option<u32>,
    event: Option<&EventSummary>,
    main: impl FnOnce() -> V,
) -> String {
    let brief = event.map(|event| Brief::of(page, event));
    framed(page, (Bundle::Line, again_seconds), title, None, || usual(page, header(page, Top::Dark, brief), main()))
}

/// Header, main part and foot.
fn usual<H: IntoView, V: IntoView>(page: &Page, header: H, main: V) -> impl IntoView + use<H, V> {
    view! {
        {header}
        <Connection language=page.language/>
        <main id="main">{main}</main>
        {footer(page)}
    }
}

/// A document whose header and main part are the page's own, without a foot: one task that fills the screen.
pub(crate) fn task_document<V: IntoView + 'static>(
    page: &Page,
    bundle: Bundle,
    title: &str,
    class: &'static str,
    task: impl FnOnce() -> V,
) -> String {
    framed(page, (bundle, None), title, Some(class), || view! { <Connection language=page.language/>{task()} })
}

/// What all documents have around their body's content.
fn framed<V: IntoView + 'static>(
    page: &Page,
    (bundle, again_seconds): (Bundle, Option<u32>),
    title: &str,
    class: Option<&'static str>,
    body: impl FnOnce() -> V,
) -> String {
    let html = rendered(|| {
        let language = page.language;
        let lit = (page.theme != Theme::Auto).then(|| page.theme.name());
        view! {
            <html lang=language.tag() data-theme=lit style=page.assets.accent.map(Accent::style)>
                {head(page, (bundle, again_seconds), title)}
                <body class=class>
                    <a class="skip" href="#main">{language.skip()}</a>
                    {page.notice.clone().map(|notice| view! { <div class="banner" role="status">{notice}</div> })}
                    {body()}
                    <span id="end" hidden=true></span>
                </body>
            </html>
        }
    });
    format!("<!doctype html>{html}")
}

/// A part of a page, for a script that puts it in its place.
pub(crate) fn fragment<V: IntoView + 'static>(part: impl FnOnce() -> V) -> String {
    rendered(part)
}

/// Renders with islands: only what is marked as one will wake.
fn rendered<V: IntoView + 'static>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    owner.with(|| view().to_html())
}

fn head(page: &Page, (bundle, again_seconds): (Bundle, Option<u32>), title: &str) -> impl IntoView + use<> {
    let (assets, nonce) = (&page.assets, &page.nonce);
    let loads = assets.bundles.get(&bundle).cloned().unwrap_or_default();
    let wakes = loads.scripts.map(|scripts| {
        view! {
            <link rel="modulepreload" href=scripts.module nonce=nonce.clone()/>
            <link rel="preload" href=scripts.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
            <script type="module" src=scripts.start nonce=nonce.clone()></script>
        }
    });
    let again = again_seconds.map(|seconds| {
        view! { <noscript><meta http-equiv="refresh" content=seconds.to_string()/></noscript> }
    });
    let alternates = [Language::En, Language::Es].map(|language| {
        view! { <link rel="alternate" hreflang=language.tag() href=page.in_language(language)/> }
    });
    view! {
        <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            // Half a page is not painted (HTML, "link type expect"): what comes last would move what is in sight.
            <link rel="expect" href="#end" blocking="render"/>
            <title>{title.to_owned()}</title>
            <link rel="preload" href=assets.font.clone() r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
            <link rel="stylesheet" href=loads.stylesheet/>
            {wakes}
            {again}
            <link rel="icon" href="data:,"/>
            {alternates.collect_view()}
        </head>
    }
}

fn header(page: &Page, top: Top, brief: Option<Brief>) -> impl IntoView + use<> {
    let language = page.language;
    let other = language.other();
    let class = match top {
        Top::Dark => "top dark",
        Top::Light => "top",
    };
    let current = (page.path == "/").then_some("page");
    let tickets = (page.path == "/orders").then_some("page");
    // Beside an event's name there is no room for ours on a phone.
    let own_name = brief.is_some().then_some("wide");
    let brief = brief.map(|brief| {
        view! {
            <p class="brief">
                <a href=brief.href>{brief.name}</a>
                <span>{brief.when_and_where}</span>
            </p>
        }
    });
    view! {
        <header class=class>
            <a class="logo" href=page.link("/") aria-label=language.home_label()>
                <svg viewBox="0 0 38 22" aria-hidden="true" inner_html=LOGO></svg>
                <span class=own_name>"Onsale"</span>
            </a>
            {brief}
            <nav aria-label=language.main_nav()>
                <a class="wide" href=page.link("/") aria-current=current>{language.events()}</a>
                <a href=page.link("/orders") aria-current=tickets>
                    <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=SEATS></svg>
                    <span class="wide">{language.my_tickets()}</span>
                    <span class="vh nar">{language.my_tickets()}</span>
                </a>
                <form method="post" action="/preferences">
                    <input type="hidden" name="next" value=page.path.clone()/>
                    <button name="language" value=other.tag() lang=other.tag()>
                        <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=GLOBE></svg>
                        <span class="wide">{other.own_name()}</span>
                        <span class="vh nar">{other.own_name()}</span>
                    </button>
                </form>
                <AccountMenu language=language sign_in=page.sign_in()/>
            </nav>
        </header>
    }
}

fn footer(page: &Page) -> impl IntoView + use<> {
    let language = page.language;
    let themes = Theme::ALL.map(|theme| {
        let pressed = (theme == page.theme).to_string();
        view! { <button name="theme" value=theme.name() aria-pressed=pressed>{language.theme(theme)}</button> }
    });
    view! {
        <footer class="foot">
            <span>{language.foot()}</span>
            <a href=page.link("/api/docs")>{language.for_developers()}</a>
            <form class="push" method="post" action="/preferences">
                <input type="hidden" name="next" value=page.path.clone()/>
                <div class="seg" role="group" aria-label=language.appearance()>{themes.collect_view()}</div>
            </form>
        </footer>
    }
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

    #[test]
    fn an_island_travels_with_its_arguments_and_nothing_else_wakes() {
        let loads = |start: &str| Loads {
            scripts: Some(Scripts { start: start.to_owned(), ..Scripts::default() }),
            ..Loads::default()
        };
        let bundles = [(Bundle::Buying, loads("/assets/buying.js")), (Bundle::Front, loads("/assets/front.js"))].into();
        let page = Page {
            language: Language::Es,
            chosen: false,
            theme: Theme::Dark,
            path: "/events/EVT001".to_owned(),
            origin: "http://localhost:8080".to_owned(),
            assets: Arc::new(Assets { bundles, ..Assets::default() }),
            nonce: "NONCE".to_owned(),
            now: DateTime::UNIX_EPOCH,
            notice: None,
        };
        let html = document(&page, Bundle::Buying, "T", Top::Light, || view! { <p>"plain"</p> });
        assert!(html.contains("lang=\"es\"") && html.contains("data-theme=\"dark\""), "{html}");
        assert_eq!(html.matches("<leptos-island").count(), 2, "{html}");
        assert!(html.contains("data-component=\"AccountMenu_"), "{html}");
        assert!(html.contains("/sign-in?next=%2Fevents%2FEVT001"), "{html}");
        assert_eq!(html.matches("<script").count(), html.matches("nonce=\"NONCE\"").count() - 1, "{html}");
        assert!(html.contains("/assets/buying.js") && !html.contains("/assets/front.js"), "{html}");
        let unbuilt = Page { assets: Arc::default(), ..page };
        let html = document(&unbuilt, Bundle::Buying, "T", Top::Light, || view! { <p>"plain"</p> });
        assert!(!html.contains("<script"), "{html}");
    }
}
