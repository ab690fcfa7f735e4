//! The account's security, and the pages of those who run an organisation or the installation. Nothing of theirs is
//! written here: these bytes are the same for everybody, and what fills them is asked for with the session.

use crate::bundle::Bundle;
use crate::islands::{
    AccountSecurity, AuditLog, OpenInvitation, OrganisationKeys, OrganisationPeople, RunningSettings, StaffNav,
    UserAccounts,
};
use crate::shell::{Page, Top, document};
use leptos::prelude::*;

/// `/organiser/organisation`: its people and who is invited.
#[must_use]
pub fn organiser_organisation(page: &Page) -> String {
    let language = page.language;
    with_nav(page, language.org_people(), "/organiser/organisation", || {
        view! { <OrganisationPeople language=language chosen=page.chosen/> }
    })
}

/// `/organiser/keys`: its API keys.
#[must_use]
pub fn organiser_keys(page: &Page) -> String {
    let language = page.language;
    with_nav(page, language.keys(), "/organiser/keys", || {
        view! { <OrganisationKeys language=language chosen=page.chosen/> }
    })
}

/// `/organiser/audit`: what staff did.
#[must_use]
pub fn organiser_audit(page: &Page) -> String {
    let language = page.language;
    with_nav(page, language.audit(), "/organiser/audit", || {
        view! { <AuditLog language=language chosen=page.chosen/> }
    })
}

/// `/organiser/settings`: those that change while everything runs.
#[must_use]
pub fn organiser_settings(page: &Page) -> String {
    let language = page.language;
    with_nav(page, language.settings(), "/organiser/settings", || {
        view! { <RunningSettings language=language chosen=page.chosen/> }
    })
}

/// `/organiser/users`: all accounts, for admins.
#[must_use]
pub fn organiser_users(page: &Page) -> String {
    let language = page.language;
    with_nav(page, language.users(), "/organiser/users", || {
        view! { <UserAccounts language=language chosen=page.chosen/> }
    })
}

/// `/account/security`: the second factor, and for whom one acts.
#[must_use]
pub fn account_security(page: &Page) -> String {
    let language = page.language;
    with_nav(page, language.security(), "/account/security", || {
        view! { <AccountSecurity language=language chosen=page.chosen/> }
    })
}

/// `/invitation`, where the link of an invitation leads.
#[must_use]
pub fn open_invitation(page: &Page) -> String {
    let language = page.language;
    document(page, Bundle::Staff, &format!("{} · Onsale", language.invitation_title()), Top::Light, || {
        view! { <OpenInvitation language=language chosen=page.chosen/> }
    })
}

fn with_nav<V: IntoView + 'static>(page: &Page, title: &str, here: &'static str, island: impl FnOnce() -> V) -> String {
    let (language, chosen) = (page.language, page.chosen);
    document(page, Bundle::Staff, &format!("{title} · Onsale"), Top::Dark, || {
        view! {
            <StaffNav language=language chosen=chosen here=here.to_owned()/>
            {island()}
        }
    })
}
