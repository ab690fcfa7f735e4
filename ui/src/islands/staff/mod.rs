//! The account's security, and the pages of those who run an organisation or the installation.
//!
//! The server writes a shape of what is awaited; what fills it is asked for with the session. Each page is a file with
//! what it does and one with how it is written as HTML. What they have in common is here once: [`desk`] is the page
//! itself, [`fields`] and [`sent`] are forms before and after they are sent, [`table`] is a table, [`once`] what is
//! shown a single time.

mod acting;
mod audit;
mod audit_html;
mod desk;
mod factor;
mod factor_html;
mod fields;
mod invitation;
mod keys;
mod once;
mod organisation;
mod organisation_html;
mod sent;
mod settings;
mod settings_html;
mod table;
mod users;

use crate::components::Toast;
use crate::islands::desk::Reader;
use crate::language::Language;
use desk::{DIALOG, Desk, PAGE, ROOT};
use leptos::prelude::*;
use onsale_core::text::escape_html;

/// A page before it is awake, and what begins when it is.
fn place(reader: Reader, heading: &'static str, begin: impl Fn(Desk) + 'static) -> impl IntoView {
    let said = RwSignal::new(None);
    let language = reader.language;
    Effect::new(move |_| begin(Desk::new(reader, said)));
    view! {
        <div id=PAGE>
            <div class="adm stack" id=ROOT inner_html=waiting(language, heading)></div>
            <dialog class="card ask" id=DIALOG aria-labelledby="dialog-title"></dialog>
            <Toast language=language message=said/>
        </div>
    }
}

/// The shape of what is awaited; it shows only when that takes a while.
fn waiting(language: Language, heading: &str) -> String {
    format!(
        "<h1>{}</h1><noscript><div class=\"notice warn\"><div><p>{}</p></div></div></noscript>\
         <div class=\"stack late\" role=\"status\"><span class=\"vh\">{}</span>{}</div>",
        escape_html(heading),
        language.desk_needs_script(),
        language.loading(),
        "<div class=\"card skel wait-card\"></div>".repeat(2),
    )
}

/// The second factor, and the organisation that one acts for.
#[island]
pub fn AccountSecurity(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
) -> impl IntoView {
    place(Reader { language, chosen }, language.security_title(), factor::begin)
}

/// Accepting an invitation.
#[island]
pub fn OpenInvitation(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
) -> impl IntoView {
    place(Reader { language, chosen }, language.invitation_title(), invitation::begin)
}

/// An organisation's people and who is invited.
#[island]
pub fn OrganisationPeople(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
) -> impl IntoView {
    place(Reader { language, chosen }, language.org_word(), organisation::begin)
}

/// An organisation's API keys.
#[island]
pub fn OrganisationKeys(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
) -> impl IntoView {
    place(Reader { language, chosen }, language.keys(), keys::begin)
}

/// What staff did.
#[island]
pub fn AuditLog(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
) -> impl IntoView {
    place(Reader { language, chosen }, language.audit(), audit::begin)
}

/// The settings that change while everything runs.
#[island]
pub fn RunningSettings(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
) -> impl IntoView {
    place(Reader { language, chosen }, language.settings_title(), settings::begin)
}

/// All accounts, for admins.
#[island]
pub fn UserAccounts(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
) -> impl IntoView {
    place(Reader { language, chosen }, language.users(), users::begin)
}
