//! An organisation's people as HTML.

use super::acting;
use super::desk::{Desk, encoded, moment};
use super::fields::{Choice, Field, button, form, question, select, send, ticks, ways_out};
use super::once::once;
use super::organisation::{Known, ROLES};
use super::table::{badge, nothing, row, table};
use crate::browser;
use crate::language::Language;
use onsale_core::Role;
use onsale_core::api::organisations::{Invitation, Member, Organisation};
use onsale_core::text::escape_html;

/// All of it.
pub(super) fn page(desk: Desk, known: &Known) -> String {
    let language = desk.language();
    format!(
        "<header class=\"stack\"><div class=\"row\"><h1>{}</h1>{}</div>{}{}</header>\
         <section class=\"card stack\" aria-labelledby=\"members-h\"><h2 id=\"members-h\">{}</h2><div id=\"members\">{}</div></section>\
         <section class=\"card stack\" aria-labelledby=\"invite-h\"><h2 id=\"invite-h\">{}</h2><p class=\"soft\">{}</p>{}\
         <div id=\"made\" tabindex=\"-1\"></div><div id=\"invitations\">{}</div></section>",
        escape_html(&known.organisation.name),
        button("sm", "rename", "", language.org_rename()),
        acting::change(desk, &known.account),
        which(language, known),
        language.members(),
        members(language, known),
        language.invite(),
        language.invite_more(),
        invite(language),
        invitations(language, known),
    )
}

/// Admins look at each one.
fn which(language: Language, known: &Known) -> String {
    if known.all.len() < 2 {
        return String::new();
    }
    let ids: Vec<String> = known.all.iter().map(|one| one.id.to_string()).collect();
    let options: Vec<(&str, &str)> =
        ids.iter().zip(&known.all).map(|(id, one)| (id.as_str(), one.name.as_str())).collect();
    let chosen = known.organisation.id.to_string();
    let inside = format!(
        "<div class=\"row ends\">{}{}</div>",
        select("which", language.org_which(), &options, &chosen),
        send("", language.org_look(), language.loading())
    );
    form("which", "", &inside)
}

/// The table of members.
pub(super) fn members(language: Language, known: &Known) -> String {
    let heads = [language.name(), language.role_heading(), language.factor(), language.since(), ""];
    let rows: String = known
        .members
        .iter()
        .map(|member| {
            let of = format!("data-of=\"{}\" aria-label=\"{{}}: {}\"", member.user_id, escape_html(&member.name));
            let about = |word: &str| of.replace("{}", word);
            let factor = if member.second_factor {
                badge("good", language.factor_on())
            } else {
                badge("", language.factor_off())
            };
            let acts = format!(
                "<div class=\"row\">{}{}</div>",
                button("sm", "member", &about(language.change()), language.change()),
                button("sm", "out", &about(language.member_out()), language.member_out()),
            );
            let who =
                format!("{}<small class=\"soft\">{}</small>", escape_html(&member.name), escape_html(&member.email));
            row(&heads, &[who, badges(language, &member.roles), factor, moment(language, member.since), acts])
        })
        .collect();
    let rows = if rows.is_empty() {
        nothing(language.no_members())
    } else {
        table("member-rows", language.members(), &heads, &rows)
    };
    let more = known.more_members.as_ref().map(|_| button("", "more-members", "", language.show_more()));
    format!("{rows}{}", more.unwrap_or_default())
}

fn badges(language: Language, roles: &[Role]) -> String {
    let badges: String = roles.iter().map(|role| badge("", language.role(*role))).collect();
    format!("<span class=\"row\">{badges}</span>")
}

fn role_choices<'a>(language: Language, has: &[Role]) -> [Choice<'a>; 3] {
    ROLES.map(|role| Choice {
        value: role.as_str(),
        label: language.role(role),
        hint: language.role_more(role),
        on: has.contains(&role),
    })
}

fn invite(language: Language) -> String {
    let email = Field {
        id: "invite-email",
        label: language.email(),
        hint: language.invite_email_hint(),
        more: "type=\"email\" autocomplete=\"off\" maxlength=\"254\"",
        ..Field::default()
    };
    let inside = format!(
        "{}{}<div>{}</div>",
        email.html(),
        ticks("invite-roles", language.role_heading(), "", &role_choices(language, &[])),
        send("go", language.invite(), language.inviting()),
    );
    form("invite", "", &inside)
}

/// The link of an invitation, this once.
pub(super) fn made(desk: Desk, invitation: &Invitation) -> String {
    let language = desk.language();
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    let token = encoded(invitation.token.as_deref().unwrap_or_default());
    let link = format!("{origin}/invitation?token={token}");
    let until = moment(language, invitation.expires_at);
    once(language, "link", language.invitation_made(), &language.invitation_made_more(&invitation.email, &until), &link)
}

/// Who is invited, and who has come.
pub(super) fn invitations(language: Language, known: &Known) -> String {
    if known.invitations.is_empty() {
        return nothing(language.no_invitations());
    }
    let heads = [language.email(), language.role_heading(), language.state(), ""];
    let now = browser::now();
    let rows: String = known
        .invitations
        .iter()
        .map(|one| {
            let is_open = one.accepted_at.is_none() && one.expires_at > now;
            let state = match one.accepted_at {
                Some(at) => format!("{} {}", badge("good", language.invitation_done()), moment(language, at)),
                None if is_open => {
                    let until = language.until(&moment(language, one.expires_at));
                    format!("{} {until}", badge("info", language.invitation_open()))
                }
                None => badge("", language.invitation_over()),
            };
            let about = format!(
                "data-of=\"{}\" aria-label=\"{}: {}\"",
                one.id,
                language.invitation_withdraw(),
                escape_html(&one.email)
            );
            let acts =
                if is_open { button("sm", "withdraw", &about, language.invitation_withdraw()) } else { String::new() };
            row(&heads, &[escape_html(&one.email), badges(language, &one.roles), state, acts])
        })
        .collect();
    let more = known.more_invitations.as_ref().map(|_| button("", "more-invitations", "", language.show_more()));
    format!("{}{}", table("invitation-rows", language.invitations(), &heads, &rows), more.unwrap_or_default())
}

/// Asks for the organisation's name.
pub(super) fn rename(language: Language, organisation: &Organisation) -> String {
    let name = Field {
        id: "org-name",
        label: language.org_name(),
        value: &organisation.name,
        more: "maxlength=\"200\" autocomplete=\"organization\"",
        ..Field::default()
    };
    let inside = format!("{}{}", name.html(), ways_out(language, language.save(), language.saving()));
    question(language.org_rename(), "", &form("rename", "", &inside))
}

/// Asks what a member may do.
pub(super) fn change(language: Language, member: &Member) -> String {
    let about = format!("data-of=\"{}\"", member.user_id);
    let inside = format!(
        "{}{}",
        ticks("member-roles", language.role_heading(), "", &role_choices(language, &member.roles)),
        ways_out(language, language.save(), language.saving())
    );
    question(&member.name, language.member_change_more(), &form("member", &about, &inside))
}

/// Asks whether a member is taken out.
pub(super) fn out(language: Language, member: &Member) -> String {
    let about = format!("data-of=\"{}\"", member.user_id);
    let form = form("out", &about, &ways_out(language, language.member_out(), language.removing()));
    question(&member.name, language.member_out_more(), &form)
}

/// Asks whether an invitation is taken back.
pub(super) fn withdraw(language: Language, invitation: &Invitation) -> String {
    let about = format!("data-of=\"{}\"", invitation.id);
    let form = form("withdraw", &about, &ways_out(language, language.invitation_withdraw(), language.removing()));
    question(&invitation.email, language.invitation_withdraw_more(), &form)
}
