//! Who is signed in. The access token lives in this page's memory only; the refresh token is a cookie that no script
//! can read; and a name in the browser's storage remembers that there is a session, so that a page need not ask.
//!
//! Islands are roots of their own and share no owner, so the page's session is the page's one thread-local.

use super::call::{Answer, Call, Method};
use super::failure::Failure;
use crate::browser::local_storage;
use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared};
use js_sys::Date;
use onsale_core::api::accounts::{Account, ActFor, LoginRequest, RegisterRequest, SignedIn};
use onsale_core::{OrganisationId, Role};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::Blob;

/// A token lives 15 minutes; it is renewed before, by the time since it came, not by the browser's calendar.
const TOKEN_MS_MAX: f64 = 13.0 * 60.0 * 1_000.0;
/// Where the browser remembers that there is a session.
const REMEMBERED: &str = "onsale.account";

type Refreshing = Shared<LocalBoxFuture<'static, Result<String, Failure>>>;

struct Token {
    text: String,
    came_at_ms: f64,
}

thread_local! {
    static TOKEN: RefCell<Option<Token>> = const { RefCell::new(None) };
    static REFRESHING: RefCell<Option<Refreshing>> = const { RefCell::new(None) };
    static FOLLOWERS: RefCell<Vec<Rc<dyn Fn()>>> = const { RefCell::new(Vec::new()) };
}

/// What a page shows of the account before it has asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// What the person is called.
    pub name: String,
    /// Whether there is more to see than tickets.
    pub staff: bool,
    /// Whether there are events of one's own to look after.
    #[serde(default)]
    pub organiser: bool,
    /// Whether tickets are sold at a counter.
    #[serde(default)]
    pub seller: bool,
    /// Whether the installation is theirs to run.
    #[serde(default)]
    pub admin: bool,
    /// Whether they keep it going.
    #[serde(default)]
    pub operator: bool,
    /// Whether roles of staff are kept back until there is a second factor.
    #[serde(default)]
    pub factor_missing: bool,
    /// The organisation that is acted for, by its name.
    #[serde(default)]
    pub organisation: Option<String>,
}

impl Remembered {
    fn of(account: &Account) -> Self {
        let has = |wanted: &[Role]| account.roles.iter().any(|role| wanted.contains(role));
        let acted = account.memberships.iter().find(|known| Some(known.organisation_id) == account.organisation);
        Self {
            name: account.name.clone(),
            staff: account.roles.iter().any(|role| role.is_of_staff()),
            organiser: has(&[Role::Organiser, Role::Admin]),
            seller: has(&[Role::BoxOffice]),
            admin: has(&[Role::Admin]),
            operator: has(&[Role::Admin, Role::Sre]),
            factor_missing: account.second_factor_missing,
            organisation: acted.map(|membership| membership.name.clone()),
        }
    }
}

/// Who was signed in here last, if nobody signed out since.
pub fn remembered() -> Option<Remembered> {
    let text = local_storage()?.get_item(REMEMBERED).ok().flatten()?;
    serde_json::from_str(&text).ok()
}

/// Does something now, and again whenever more is known of who is signed in here.
pub fn follow(act: impl Fn() + 'static) {
    act();
    FOLLOWERS.with_borrow_mut(|all| all.push(Rc::new(act)));
}

/// Whether a storage event tells of another tab's signing in or out.
pub fn is_told_by(event: &web_sys::StorageEvent) -> bool {
    // Without a key, all of the storage was emptied.
    event.key().is_none_or(|key| key == REMEMBERED)
}

/// Signs in.
pub async fn sign_in(request: &LoginRequest) -> Result<(), Failure> {
    let answer = Call::new(Method::Post, "/api/auth/login").with_body(request)?.send().await?;
    keep(answer.read()?);
    Ok(())
}

/// Makes an account and signs it in.
pub async fn sign_up(request: &RegisterRequest) -> Result<(), Failure> {
    let answer = Call::new(Method::Post, "/api/auth/register").with_body(request)?.send().await?;
    keep(answer.read()?);
    Ok(())
}

/// Acts for another of one's organisations from now on, in all tabs.
pub async fn act_for(organisation: OrganisationId) -> Result<Account, Failure> {
    let wanted = ActFor { organisation_id: organisation };
    let call = Call::new(Method::Post, "/api/auth/organisation").with_body(&wanted)?;
    let session: SignedIn = send(&call).await?.read()?;
    let account = session.user.clone();
    keep(session);
    Ok(account)
}

/// Asks for a token with the roles of now: what was granted a moment ago holds from here on.
pub async fn renew() -> Result<(), Failure> {
    TOKEN.set(None);
    refresh().await.map(drop)
}

/// Signs out, here and on the server. What cannot be told to the server ends by itself.
pub async fn sign_out() -> Result<(), Failure> {
    let mut call = Call::new(Method::Post, "/api/auth/logout");
    if let Some(token) = held() {
        call = call.with_header("authorization", format!("Bearer {token}"));
    }
    call.send().await?;
    forget();
    Ok(())
}

/// Calls of an account that need no signing in: a mailed link, a forgotten password.
pub async fn tell<B: Serialize>(path: &str, body: &B) -> Result<(), Failure> {
    Call::new(Method::Post, path).with_body(body)?.send().await.map(drop)
}

/// Sends a call as whoever is signed in.
pub async fn send(call: &Call) -> Result<Answer, Failure> {
    signed_in(call, async |call| call.send().await).await
}

/// The same for a file.
pub async fn send_for_file(call: &Call) -> Result<Blob, Failure> {
    signed_in(call, async |call| call.send_for_file().await).await
}

/// A token that is refused is renewed once.
async fn signed_in<T>(call: &Call, send: impl AsyncFn(Call) -> Result<T, Failure>) -> Result<T, Failure> {
    let with = |token: String| call.clone().with_header("authorization", format!("Bearer {token}"));
    let token = match held() {
        Some(token) => token,
        None => refresh().await?,
    };
    match send(with(token)).await {
        Err(Failure::Problem { body, .. }) if body.status == 401 => {
            TOKEN.set(None);
            let renewed = refresh().await?;
            send(with(renewed)).await
        }
        outcome => outcome,
    }
}

/// The token, while it is good for some time.
fn held() -> Option<String> {
    TOKEN.with_borrow(|token| {
        let token = token.as_ref()?;
        (Date::now() - token.came_at_ms < TOKEN_MS_MAX).then(|| token.text.clone())
    })
}

/// A new token by the cookie. The cookie's token rotates at each use, so all who want one at once get the same.
async fn refresh() -> Result<String, Failure> {
    let running = REFRESHING
        .with_borrow_mut(|running| running.get_or_insert_with(|| ask_for_token().boxed_local().shared()).clone());
    let outcome = running.await;
    REFRESHING.set(None);
    outcome
}

async fn ask_for_token() -> Result<String, Failure> {
    match Call::new(Method::Post, "/api/auth/refresh").send().await {
        Ok(answer) => {
            let session: SignedIn = answer.read()?;
            let token = session.token.clone();
            keep(session);
            Ok(token)
        }
        Err(Failure::Problem { body, .. }) if body.status == 401 => {
            forget();
            Err(Failure::SignedOut)
        }
        Err(failure) => Err(failure),
    }
}

fn keep(session: SignedIn) {
    let remembered = Remembered::of(&session.user);
    TOKEN.set(Some(Token { text: session.token, came_at_ms: Date::now() }));
    if let (Some(storage), Ok(text)) = (local_storage(), serde_json::to_string(&remembered)) {
        // Storage may be full or forbidden; then each page asks.
        let _kept_elsewhere = storage.set_item(REMEMBERED, &text);
    }
    for act in FOLLOWERS.with_borrow(Clone::clone) {
        act();
    }
}

fn forget() {
    TOKEN.set(None);
    if let Some(storage) = local_storage() {
        let _nothing_to_forget = storage.remove_item(REMEMBERED);
    }
}
