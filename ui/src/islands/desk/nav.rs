//! The way between the pages of staff: what this account may open, by what it is about.

use super::Reader;
use crate::api::session::{self, Remembered};
use crate::islands::dom;
use crate::language::Language;
use leptos::prelude::*;
use onsale_core::text::escape_html;
use std::cell::RefCell;

/// Where the links stand.
const LINKS: &str = "desk-links";

/// The links, once it is known who looks; their room is kept from the beginning.
#[island]
pub fn StaffNav(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
    /// The page that it stands on.
    here: String,
) -> impl IntoView {
    let reader = Reader { language, chosen };
    Effect::new(move |_| {
        let (here, written) = (here.clone(), RefCell::new(String::new()));
        session::follow(move || {
            let links = session::remembered().map(|account| links(reader, &account, &here)).unwrap_or_default();
            if *written.borrow() != links {
                dom::html(LINKS, &links);
                *written.borrow_mut() = links;
            }
        });
    });
    view! { <nav class="desk-nav" aria-label=language.desk_nav()><div id=LINKS></div></nav> }
}

type Link = (&'static str, &'static str);

/// What an account may open, by what it is about.
fn groups(language: Language, account: &Remembered) -> Vec<(String, Vec<Link>)> {
    let mut groups = Vec::new();
    if account.organiser {
        let sales = vec![("/organiser", language.your_events()), ("/organiser/halls", language.halls())];
        groups.push((language.desk_sales().to_owned(), sales));
    } else if account.seller {
        groups.push((language.desk_sales().to_owned(), vec![("/organiser", language.your_events())]));
    }
    if account.organiser {
        let own = vec![
            ("/organiser/organisation", language.org_people()),
            ("/organiser/keys", language.keys()),
            ("/organiser/audit", language.audit()),
        ];
        groups.push((account.organisation.clone().unwrap_or_else(|| language.org_word().to_owned()), own));
    }
    let users = account.admin.then(|| ("/organiser/users", language.users()));
    let settings = account.operator.then(|| ("/organiser/settings", language.settings()));
    let installation: Vec<Link> = users.into_iter().chain(settings).collect();
    if !installation.is_empty() {
        groups.push((language.desk_installation().to_owned(), installation));
    }
    groups.push((language.account().to_owned(), vec![("/account/security", language.security())]));
    groups
}

fn links(reader: Reader, account: &Remembered, here: &str) -> String {
    let group = |(place, (name, links)): (usize, (String, Vec<Link>))| {
        let links: String = links
            .into_iter()
            .map(|(path, word)| {
                let current = if path == here { " aria-current=\"page\"" } else { "" };
                format!("<li><a href=\"{}\"{current}>{word}</a></li>", reader.link(path))
            })
            .collect();
        let name = escape_html(&name);
        format!(
            "<div><p id=\"nav-{place}\">{name}</p><ul class=\"links\" aria-labelledby=\"nav-{place}\">{links}</ul></div>"
        )
    };
    groups(reader.language, account).into_iter().enumerate().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(organiser: bool, admin: bool, operator: bool) -> Remembered {
        Remembered {
            name: "Ada".to_owned(),
            staff: true,
            organiser,
            seller: false,
            admin,
            operator,
            factor_missing: false,
            organisation: Some("Teatro <Real>".to_owned()),
        }
    }

    #[test]
    fn only_what_an_account_may_open_is_shown() {
        let reader = Reader { language: Language::Es, chosen: true };
        let organiser = links(reader, &account(true, false, false), "/organiser/keys");
        assert!(organiser.contains("Teatro &lt;Real&gt;") && organiser.contains("/organiser/audit?lang=es"));
        assert!(organiser.contains("href=\"/organiser/keys?lang=es\" aria-current=\"page\""), "{organiser}");
        assert!(!organiser.contains("/organiser/users") && !organiser.contains("/organiser/settings"));
        let operator = links(reader, &account(false, false, true), "");
        assert!(operator.contains("/organiser/settings") && !operator.contains("/organiser/users"), "{operator}");
        let clerk = links(reader, &account(false, false, false), "");
        assert_eq!(clerk.matches("<a ").count(), 1, "everybody has an account to look after: {clerk}");
        let seller = links(reader, &Remembered { seller: true, ..account(false, false, false) }, "/organiser");
        assert_eq!(seller.matches("<a ").count(), 2, "events to sell, and the account: {seller}");
        assert_eq!(links(reader, &account(true, true, true), "").matches("<a ").count(), 8);
    }
}
