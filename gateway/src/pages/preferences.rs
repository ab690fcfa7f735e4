//! `POST /preferences`: the language and the theme that a reader chose by hand, kept in cookies, and back to the page.

use crate::state::State;
use axum::body::Bytes;
use axum::extract;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use onsale_ui::{Language, Theme};
use url::form_urlencoded;

/// The cookie of the language.
pub(super) const LANGUAGE: &str = "onsale_language";
/// The cookie of the theme.
pub(super) const THEME: &str = "onsale_theme";
const YEAR_SECONDS: u32 = 31_536_000;

/// `POST /preferences`. What is no choice of ours changes nothing.
pub(crate) async fn choose(state: extract::State<State>, body: Bytes) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let mut next = "/".to_owned();
    for (name, value) in form_urlencoded::parse(&body) {
        let cookie = match name.as_ref() {
            "language" => Language::of_tag(&value).map(|language| (LANGUAGE, language.tag())),
            "theme" => Theme::of_name(&value).map(|theme| (THEME, theme.name())),
            "next" => {
                next = own_page(&value).unwrap_or(next);
                None
            }
            _ => None,
        };
        if let Some((name, value)) = cookie
            && let Ok(cookie) = HeaderValue::try_from(cookie_text(name, value, state.config.is_https()))
        {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    headers.insert(header::LOCATION, HeaderValue::try_from(next).unwrap_or(HeaderValue::from_static("/")));
    response
}

fn cookie_text(name: &str, value: &str, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={YEAR_SECONDS}; HttpOnly; SameSite=Lax{secure}")
}

/// An address on our own origin: what begins with two slashes, or with a backslash, is another's to browsers.
fn own_page(address: &str) -> Option<String> {
    let own = address.starts_with('/') && !address.starts_with("//");
    let plain = address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (own && plain).then(|| address.to_owned())
}

/// A cookie's value.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for address in ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:alert(1)", "/a\nb"]
        {
            assert_eq!(own_page(address), None, "{address}");
        }
        assert_eq!(own_page("/events/EVT001?a=%C3%B1").as_deref(), Some("/events/EVT001?a=%C3%B1"));
    }
}
