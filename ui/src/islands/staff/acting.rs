//! For which organisation the account acts, where it has several; and founding one.

use super::desk::{Desk, act, reload};
use super::fields::{Choice, Field, form, one_of, send};
use super::sent::Sent;
use crate::api::{Failure, Method, session};
use crate::components::Wrong;
use onsale_core::OrganisationId;
use onsale_core::api::accounts::Account;
use onsale_core::api::organisations::{NameOrganisation, Organisation};
use onsale_core::text::escape_html;

/// What is shown of the account's organisations.
pub(super) fn sections(desk: Desk, account: &Account) -> String {
    let language = desk.language();
    let inside = match account.memberships.as_slice() {
        [] => format!("<p>{}</p>", language.acting_none()),
        [only] => format!(
            "<p><b>{}</b> · {}</p><p class=\"soft\">{}</p>",
            escape_html(&only.name),
            language.roles(&only.roles),
            language.acting_only()
        ),
        several => {
            let ids: Vec<String> = several.iter().map(|one| one.organisation_id.to_string()).collect();
            let roles: Vec<String> = several.iter().map(|one| language.roles(&one.roles)).collect();
            let choices: Vec<Choice<'_>> = several
                .iter()
                .zip(ids.iter().zip(&roles))
                .map(|(one, (value, hint))| {
                    let on = account.organisation == Some(one.organisation_id);
                    Choice { value, label: &one.name, hint, on }
                })
                .collect();
            let fields = one_of("organisation", language.acting_choose(), language.acting_choose_hint(), &choices);
            form(
                "act-for",
                "",
                &format!("{fields}<div>{}</div>", send("ink", language.acting_act(), language.saving())),
            )
        }
    };
    format!(
        "<section class=\"card stack\" aria-labelledby=\"acting-h\"><h2 id=\"acting-h\">{}</h2>{inside}</section>{}",
        language.acting(),
        found(desk),
    )
}

/// The form that founds an organisation, folded away.
fn found(desk: Desk) -> String {
    let language = desk.language();
    let name = Field {
        id: "org-name",
        label: language.org_name(),
        more: "maxlength=\"200\" autocomplete=\"organization\"",
        ..Field::default()
    };
    let inside = format!("{}<div>{}</div>", name.html(), send("ink", language.org_found(), language.saving()));
    format!(
        "<details class=\"card\"><summary>{}</summary><div class=\"stack unfolded\"><p class=\"soft\">{}</p>{}</div></details>",
        language.org_found(),
        language.org_found_more(),
        form("found", "", &inside),
    )
}

/// One of the forms was sent.
pub(super) fn sent(desk: Desk, name: &str, form: Sent) {
    match name {
        "act-for" => act_for(form),
        "found" => founded(desk, form),
        _ => {}
    }
}

fn act_for(form: Sent) {
    let Ok(organisation) = form.text("organisation").parse::<OrganisationId>() else { return };
    // What the page shows is of the organisation, the way between pages too.
    form.send(async move { session::act_for(organisation).await }, &[], |_| reload());
}

fn founded(desk: Desk, form: Sent) {
    let name = form.text("org-name");
    let wrong = name.is_empty().then(|| Wrong::at("org-name", desk.language().enter_org_name()));
    if !form.accepts(wrong.as_slice()) {
        return;
    }
    let work = async move {
        let founded: Organisation =
            act(Method::Post, "/api/admin/organisations", &NameOrganisation { name }).await?.read()?;
        // Admins reach it without being one of its members.
        if session::remembered().is_some_and(|account| account.admin) {
            return Ok::<_, Failure>(founded);
        }
        // The token of before is refused from now on.
        session::renew().await?;
        session::act_for(founded.id).await?;
        Ok(founded)
    };
    form.send(work, &[("name", "org-name")], move |founded| {
        crate::browser::go(&desk.link(&format!("/organiser/organisation?of={}", founded.id)));
    });
}

/// Where one has several organisations, the way to act for another.
pub(super) fn change(desk: Desk, account: &Account) -> String {
    if account.memberships.len() < 2 {
        return String::new();
    }
    let (to, word) = (desk.link("/account/security"), desk.language().acting_change());
    format!("<p class=\"small\"><a href=\"{to}\">{word}</a></p>")
}
