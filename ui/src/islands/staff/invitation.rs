//! An invitation's link: who opens it signs in or makes an account first, and comes back to it.

use super::desk::{Desk, act, encoded};
use super::fields::button;
use crate::api::{Failure, Method, session};
use crate::browser::{self, NEXT};
use crate::islands::desk::notice;
use crate::islands::dom;
use leptos::task::spawn_local;
use onsale_core::api::accounts::Account;
use onsale_core::api::organisations::AcceptInvitation;
use onsale_core::text::escape_html;

/// The page's address.
const HERE: &str = "/invitation";
/// Where this tab keeps the token while one signs in: it leaves the address, so that no history or shared link has it.
const KEPT: &str = "onsale.invitation";
/// Where it is said what became of it.
const OUTCOME: &str = "outcome";

/// Shows what can be done with the link.
pub(super) fn begin(desk: Desk) {
    let token = token();
    desk.listen(
        {
            let token = token.clone();
            move |name, _| match (name, &token) {
                ("accept", Some(token)) => accept(desk, token.clone()),
                ("other-account", Some(token)) => other_account(desk, token.clone()),
                _ => {}
            }
        },
        |_, _| {},
    );
    dom::html(super::desk::ROOT, &page(desk, token.as_deref()));
}

/// The token of the address, else the one that was kept.
fn token() -> Option<String> {
    let storage = browser::session_storage();
    match browser::parameter("token") {
        Some(token) => {
            // Without a storage it stays in the address, or signing in would lose it.
            if storage.is_some_and(|storage| storage.set_item(KEPT, &token).is_ok()) {
                browser::show_address(&browser::link(HERE));
            }
            Some(token)
        }
        None => storage.and_then(|storage| storage.get_item(KEPT).ok().flatten()),
    }
}

fn forget() {
    let _nothing_to_forget = browser::session_storage().map(|storage| storage.remove_item(KEPT));
}

/// Where to sign in or up, with the way back here.
fn way(desk: Desk, path: &str, token: &str) -> String {
    let is_kept = browser::parameter("token").is_none();
    let back = if is_kept { HERE.to_owned() } else { format!("{HERE}?token={}", encoded(token)) };
    let link = desk.link(path);
    let separator = if link.contains('?') { '&' } else { '?' };
    format!("{link}{separator}{NEXT}={}", encoded(&desk.link(&back)))
}

fn page(desk: Desk, token: Option<&str>) -> String {
    let language = desk.language();
    let heading = format!("<h1>{}</h1>", language.invitation_title());
    let Some(token) = token else {
        let home = format!("<a class=\"btn\" href=\"{}\">{}</a>", desk.link("/"), language.see_all());
        return format!("{heading}{}", notice("warn", language.invitation_none(), &home));
    };
    let lede = format!("<p class=\"lede\">{}</p>", language.invitation_lede());
    let Some(account) = session::remembered() else {
        return format!(
            "{heading}{lede}<div class=\"card stack narrow\"><p>{}</p><div class=\"row\"><a class=\"btn go\" href=\"{}\">{}</a>\
             <a class=\"btn\" href=\"{}\">{}</a></div></div>",
            language.invitation_sign_in(),
            escape_html(&way(desk, "/sign-in", token)),
            language.sign_in(),
            escape_html(&way(desk, "/sign-up", token)),
            language.make_account(),
        );
    };
    format!(
        "{heading}{lede}<div class=\"card stack narrow\"><p>{} <b>{}</b></p><div class=\"row\">{}{}</div>\
         <div id=\"{OUTCOME}\"></div></div>",
        language.signed_in_as(),
        escape_html(&account.name),
        button("go", "accept", "", language.invitation_accept()),
        button("", "other-account", "", language.other_account()),
    )
}

/// Signs out and leads back here by signing in.
fn other_account(desk: Desk, token: String) {
    spawn_local(async move {
        match session::sign_out().await {
            Ok(()) => browser::go(&way(desk, "/sign-in", &token)),
            Err(failure) => desk.fail(OUTCOME, &failure),
        }
    });
}

fn accept(desk: Desk, token: String) {
    spawn_local(async move {
        let wanted = AcceptInvitation { token: token.clone() };
        let accepted = act(Method::Post, "/api/auth/invitations/accept", &wanted).await;
        match accepted.and_then(|answer| answer.read::<Account>()) {
            Ok(account) => {
                forget();
                welcome(desk, &account).await;
            }
            Err(Failure::SignedOut) => browser::replace(&way(desk, "/sign-in", &token)),
            Err(failure) => refused(desk, &failure),
        }
    });
}

/// The session acts for the organisation from now on, with the roles that were given.
async fn welcome(desk: Desk, account: &Account) {
    if let Some(organisation) = account.organisation {
        // The token of before is refused from now on. Where acting fails, the account's page offers it again.
        let _asked_with_the_next_call = session::renew().await;
        let _acts_for_it_or_not = session::act_for(organisation).await;
    }
    let language = desk.language();
    let member = account.memberships.iter().find(|known| Some(known.organisation_id) == account.organisation);
    let (name, roles) = member.map(|member| (member.name.clone(), language.roles(&member.roles))).unwrap_or_default();
    let runs = session::remembered().is_some_and(|account| account.organiser);
    let (to, word) =
        if runs { ("/organiser", language.your_events()) } else { ("/account/security", language.security_title()) };
    let link = format!("<a class=\"btn ink\" id=\"go-on\" href=\"{}\">{word}</a>", desk.link(to));
    let text = language.invitation_accepted(&name, &roles);
    let html = format!(
        "<h1>{}</h1><div role=\"status\">{}</div>",
        language.invitation_welcome(),
        notice("good", &text, &link)
    );
    dom::html(super::desk::ROOT, &html);
    browser::focus("go-on");
}

fn refused(desk: Desk, failure: &Failure) {
    let language = desk.language();
    let text = match failure.code() {
        Some("other_address") => language.invitation_other().to_owned(),
        Some("invalid") => language.invitation_spent().to_owned(),
        _ => return desk.fail(OUTCOME, failure),
    };
    dom::html(OUTCOME, &format!("<div role=\"alert\">{}</div>", notice("bad", &text, "")));
}
