//! The account's security, and the pages of those who run an organisation or the installation.
//!
//! The server writes a shape of what is awaited; what fills it is asked for with the session. Each page is a file with
//! what it does and one with how it is written as HTML. What they have in common with other pages is
//! [`crate::islands::desk`]; [`once`] is what is shown a single time.

mod acting;
mod audit;
mod audit_html;
mod factor;
mod factor_html;
mod invitation;
mod keys;
mod once;
mod organisation;
mod organisation_html;
mod settings;
mod settings_html;
mod users;

use crate::islands::desk::{Reader, fields, page as desk, sent, table};
use crate::language::Language;
use desk::place;
use leptos::prelude::*;

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
