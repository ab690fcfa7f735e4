//! An organisation's people: its name, its members and what they may do, and who is invited.

use super::desk::{Desk, act, reload, take_away};
use super::organisation_html as html;
use super::sent::Sent;
use crate::api::{self, Failure, Method};
use crate::browser;
use crate::components::{Wrong, looks_like_email};
use crate::islands::dom;
use leptos::task::spawn_local;
use onsale_core::api::accounts::Account;
use onsale_core::api::organisations::{Invitation, Invite, Member, NameOrganisation, Organisation, SetMember};
use onsale_core::api::page::Page;
use onsale_core::{OrganisationId, Role};
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::Element;

/// What may be given in an organisation.
pub(super) const ROLES: [Role; 3] = [Role::Organiser, Role::BoxOffice, Role::Gate];
/// Where members and invitations stand.
const MEMBERS: &str = "members";
const INVITATIONS: &str = "invitations";

/// What is known of the organisation.
pub(super) struct Known {
    pub(super) account: Account,
    pub(super) organisation: Organisation,
    /// All that can be looked at; more than one for admins.
    pub(super) all: Vec<Organisation>,
    pub(super) members: Vec<Member>,
    pub(super) more_members: Option<String>,
    pub(super) invitations: Vec<Invitation>,
    pub(super) more_invitations: Option<String>,
}

type Shared = Rc<RefCell<Option<Known>>>;

/// Asks for all of it and shows it.
pub(super) fn begin(desk: Desk) {
    let shared: Shared = Rc::default();
    let (for_acts, for_forms) = (shared.clone(), shared.clone());
    desk.listen(
        move |name, element| pressed(desk, &for_acts, name, element),
        move |name, form| sent(desk, &for_forms, name, form),
    );
    spawn_local(async move {
        match load().await {
            Ok(known) => {
                desk.open(&html::page(desk, &known)).await;
                *shared.borrow_mut() = Some(known);
            }
            Err(failure) => desk.shut(&failure, desk.language().org_word()),
        }
    });
}

async fn load() -> Result<Known, Failure> {
    let (account, all) = futures::join!(
        api::get_mine::<Account>("/api/auth/me"),
        api::get_mine::<Page<Organisation>>("/api/admin/organisations?limit=100")
    );
    let (account, all) = (account?, all?.items);
    let asked = browser::parameter("of").and_then(|id| id.parse::<OrganisationId>().ok()).or(account.organisation);
    let organisation = all.iter().find(|one| Some(one.id) == asked).or(all.first()).cloned();
    let organisation = organisation.ok_or(Failure::Unreadable)?;
    let (members, invitations) = futures::join!(members(organisation.id, None), invitations(organisation.id, None));
    let (members, invitations) = (members?, invitations?);
    Ok(Known {
        account,
        organisation,
        all,
        members: members.items,
        more_members: members.next_cursor,
        invitations: invitations.items,
        more_invitations: invitations.next_cursor,
    })
}

async fn members(id: OrganisationId, cursor: Option<&str>) -> Result<Page<Member>, Failure> {
    api::get_mine(&page_of(id, "members", cursor)).await
}

async fn invitations(id: OrganisationId, cursor: Option<&str>) -> Result<Page<Invitation>, Failure> {
    api::get_mine(&page_of(id, "invitations", cursor)).await
}

fn page_of(id: OrganisationId, what: &str, cursor: Option<&str>) -> String {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    format!("/api/admin/organisations/{id}/{what}?limit=50{cursor}")
}

fn pressed(desk: Desk, shared: &Shared, name: &str, element: &Element) {
    let of = element.get_attribute("data-of").unwrap_or_default();
    let borrowed = shared.borrow();
    let Some(known) = borrowed.as_ref() else { return };
    let language = desk.language();
    match name {
        "rename" => desk.ask(&html::rename(language, &known.organisation)),
        "member" | "out" => {
            let Some(member) = known.members.iter().find(|member| member.user_id.to_string() == of) else { return };
            desk.ask(&if name == "member" { html::change(language, member) } else { html::out(language, member) });
        }
        "withdraw" => {
            let Some(one) = known.invitations.iter().find(|one| one.id.to_string() == of) else { return };
            desk.ask(&html::withdraw(language, one));
        }
        "more-members" => more_members(desk, shared.clone()),
        "more-invitations" => more_invitations(desk, shared.clone()),
        _ => {}
    }
}

fn sent(desk: Desk, shared: &Shared, name: &str, form: Sent) {
    let id = shared.borrow().as_ref().map(|known| known.organisation.id);
    let Some(id) = id else { return };
    match name {
        "which" => browser::go(&desk.link(&format!("/organiser/organisation?of={}", form.text("which")))),
        "rename" => rename(desk, id, form),
        "invite" => invite(desk, shared.clone(), id, form),
        "member" => set_member(desk, shared.clone(), id, form),
        "out" => {
            let path = format!("/api/admin/organisations/{id}/members/{}", form.about("data-of"));
            let form = form.saying("state_conflict", desk.language().last_organiser());
            form.send(async move { take_away(&path).await }, &[], {
                let shared = shared.clone();
                move |()| look_again(desk, shared, desk.language().member_is_out())
            });
        }
        "withdraw" => {
            let path = format!("/api/admin/organisations/{id}/invitations/{}", form.about("data-of"));
            form.send(async move { take_away(&path).await }, &[], {
                let shared = shared.clone();
                move |()| look_again(desk, shared, desk.language().invitation_is_withdrawn())
            });
        }
        _ => {}
    }
}

/// The roles that were ticked; an error where none was.
fn roles(desk: Desk, form: &Sent, field: &'static str) -> Result<Vec<Role>, Wrong> {
    let roles: Vec<Role> = form.ticked(field).iter().filter_map(|role| role.parse().ok()).collect();
    if roles.is_empty() { Err(Wrong::at(field, desk.language().choose_a_role())) } else { Ok(roles) }
}

fn rename(desk: Desk, id: OrganisationId, form: Sent) {
    let name = form.text("org-name");
    let wrong = name.is_empty().then(|| Wrong::at("org-name", desk.language().enter_org_name()));
    if form.accepts(wrong.as_slice()) {
        let path = format!("/api/admin/organisations/{id}");
        let work = async move { act(Method::Patch, &path, &NameOrganisation { name }).await };
        form.send(work, &[("name", "org-name")], |_| reload());
    }
}

fn set_member(desk: Desk, shared: Shared, id: OrganisationId, form: Sent) {
    let roles = roles(desk, &form, "member-roles");
    if !form.accepts(roles.as_ref().err().map(std::slice::from_ref).unwrap_or_default()) {
        return;
    }
    let path = format!("/api/admin/organisations/{id}/members/{}", form.about("data-of"));
    let wanted = SetMember { roles: roles.unwrap_or_default() };
    let work = async move { act(Method::Put, &path, &wanted).await };
    form.saying("state_conflict", desk.language().last_organiser()).send(
        work,
        &[("roles", "member-roles")],
        move |_| {
            look_again(desk, shared, desk.language().member_is_changed());
        },
    );
}

fn invite(desk: Desk, shared: Shared, id: OrganisationId, form: Sent) {
    let email = form.text("invite-email");
    let roles = roles(desk, &form, "invite-roles");
    let mut wrong = Vec::new();
    if !looks_like_email(&email) {
        wrong.push(Wrong::at("invite-email", desk.language().enter_their_email()));
    }
    wrong.extend(roles.as_ref().err().cloned());
    if !form.accepts(&wrong) {
        return;
    }
    let path = format!("/api/admin/organisations/{id}/invitations");
    let wanted = Invite { email, roles: roles.unwrap_or_default() };
    let work = async move { act(Method::Post, &path, &wanted).await?.read::<Invitation>() };
    let sent = form.clone();
    form.send(work, &[("email", "invite-email"), ("roles", "invite-roles")], move |made| {
        sent.clear();
        dom::html("made", &html::made(desk, &made));
        browser::focus("made");
        spawn_local(async move { refresh(desk, &shared).await });
    });
}

/// What was asked is done: the lists are asked for anew.
fn look_again(desk: Desk, shared: Shared, done: &'static str) {
    desk.answered();
    desk.say(done);
    spawn_local(async move { refresh(desk, &shared).await });
}

async fn refresh(desk: Desk, shared: &Shared) {
    let id = shared.borrow().as_ref().map(|known| known.organisation.id);
    let Some(id) = id else { return };
    let (members, invitations) = futures::join!(members(id, None), invitations(id, None));
    match (members, invitations) {
        (Ok(members), Ok(invitations)) => {
            if let Some(known) = shared.borrow_mut().as_mut() {
                (known.members, known.more_members) = (members.items, members.next_cursor);
                (known.invitations, known.more_invitations) = (invitations.items, invitations.next_cursor);
                write(desk, known);
            }
        }
        // Who took the role of an organiser from themselves is none any more.
        (Err(failure), _) | (_, Err(failure)) => desk.shut(&failure, desk.language().org_word()),
    }
}

fn write(desk: Desk, known: &Known) {
    dom::html(MEMBERS, &html::members(desk.language(), known));
    dom::html(INVITATIONS, &html::invitations(desk.language(), known));
}

fn more_members(desk: Desk, shared: Shared) {
    spawn_local(async move {
        let asked = shared.borrow().as_ref().map(|known| (known.organisation.id, known.more_members.clone()));
        let Some((id, cursor)) = asked else { return };
        match members(id, cursor.as_deref()).await {
            Ok(page) => {
                if let Some(known) = shared.borrow_mut().as_mut() {
                    known.members.extend(page.items);
                    known.more_members = page.next_cursor;
                    write(desk, known);
                }
            }
            Err(failure) => desk.fail(MEMBERS, &failure),
        }
    });
}

fn more_invitations(desk: Desk, shared: Shared) {
    spawn_local(async move {
        let asked = shared.borrow().as_ref().map(|known| (known.organisation.id, known.more_invitations.clone()));
        let Some((id, cursor)) = asked else { return };
        match invitations(id, cursor.as_deref()).await {
            Ok(page) => {
                if let Some(known) = shared.borrow_mut().as_mut() {
                    known.invitations.extend(page.items);
                    known.more_invitations = page.next_cursor;
                    write(desk, known);
                }
            }
            Err(failure) => desk.fail(INVITATIONS, &failure),
        }
    });
}
