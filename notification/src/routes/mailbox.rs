//! `/dev/mail`: the mails that would have been sent, where there is no mail server. In development only: whoever sees
//! this page reads everybody's mail.

use crate::documents::File;
use crate::press::PressError;
use crate::state::State;
use crate::store::mails::{self, KeptMail};
use axum::extract::State as Extract;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use onsale_core::text::escape_html;
use onsale_platform::extract::Path;
use onsale_platform::problem::Problem;
use std::fmt::Write;
use uuid::Uuid;

/// Mails listed, newest first.
const LISTED_MAX: i64 = 100;
const STYLE: &str = include_str!("mailbox.css");
/// For our own pages: a style sheet and frames of ours, and no script.
const CSP_PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// For what a mail says: nothing of it is loaded, runs or knows where it is; its links open elsewhere.
const CSP_MAIL: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
);

/// The mails, newest first.
pub(super) async fn list(Extract(state): Extract<State>) -> Result<Response, Problem> {
    let mails = mails::list_kept(&state.pool, LISTED_MAX).await?;
    let mut body = String::from("<h1>Mail</h1><p class=\"soft\">What would have been sent: SMTP_URL is not set.</p>");
    if mails.is_empty() {
        body.push_str("<p>Nothing yet. Sign up, or buy a ticket.</p>");
    }
    body.push_str("<ul class=\"mails\">");
    for mail in &mails {
        let [subject, recipient] = [&mail.subject, &mail.recipient].map(|text| escape_html(text));
        // A string never fails to take more.
        let _ = write!(
            body,
            "<li><a href=\"/dev/mail/{}\"><b>{subject}</b></a><span class=\"soft\">{recipient} · {} · {} UTC</span></li>",
            mail.id,
            escape_html(&mail.template),
            mail.created_at.format("%Y-%m-%d %H:%M:%S"),
        );
    }
    Ok(page("Mail", &(body + "</ul>")))
}

/// One mail: as HTML in a frame, as text, and its files.
pub(super) async fn show(Extract(state): Extract<State>, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let (mail, files) = read(&state, id).await?;
    let [subject, recipient, text] = [&mail.subject, &mail.recipient, &mail.body_text].map(|text| escape_html(text));
    let mut body = format!(
        "<p><a href=\"/dev/mail\">All mail</a></p><h1>{subject}</h1><p class=\"soft\">{recipient} · {} · {}</p>",
        escape_html(&mail.template),
        escape_html(&mail.language),
    );
    let attached: Vec<&File> = files.iter().filter(|file| file.content_id.is_none()).collect();
    if !attached.is_empty() {
        body.push_str("<ul class=\"files\">");
        for file in attached {
            let name = escape_html(&file.name);
            let _ = write!(
                body,
                "<li><a href=\"/dev/mail/{id}/files/{name}\">{name}</a> <span class=\"soft\">{} kB</span></li>",
                file.bytes.len().div_ceil(1_000)
            );
        }
        body.push_str("</ul>");
    }
    let _ = write!(
        body,
        "<iframe title=\"HTML\" src=\"/dev/mail/{id}/html\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\"></iframe>\
         <h2>Text</h2><pre>{text}</pre>"
    );
    Ok(page(&subject, &body))
}

/// What the frame shows: the mail's HTML with its pictures inside.
pub(super) async fn html(Extract(state): Extract<State>, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let (mail, files) = read(&state, id).await?;
    let mut html = mail.body_html.replacen("<head>", "<head>\n<base target=\"_blank\">", 1);
    for file in files {
        let Some(content_id) = &file.content_id else { continue };
        let picture = format!("data:{};base64,{}", file.content_type, STANDARD.encode(&file.bytes));
        html = html.replace(&format!("cid:{content_id}"), &picture);
    }
    Ok(([(CONTENT_SECURITY_POLICY, CSP_MAIL), (CACHE_CONTROL, NO_STORE)], Html(html)).into_response())
}

/// One of its files, to be kept.
pub(super) async fn file(
    Extract(state): Extract<State>,
    Path((id, name)): Path<(Uuid, String)>,
) -> Result<Response, Problem> {
    let (_, files) = read(&state, id).await?;
    let file = files.into_iter().find(|file| file.name == name).ok_or_else(|| Problem::not_found("file"))?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(file.content_type)),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
        (CACHE_CONTROL, NO_STORE),
    ];
    Ok((headers, file.bytes).into_response())
}

/// The pages' style.
pub(super) async fn style() -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], STYLE).into_response()
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

async fn read(state: &State, id: Uuid) -> Result<(KeptMail, Vec<File>), Problem> {
    let mail = mails::kept(&state.pool, id).await?.ok_or_else(|| Problem::not_found("mail"))?;
    let files = match &mail.enclosed {
        Some(enclosed) => {
            let made = state.press.make(enclosed.0.clone()).await;
            made.map_err(|error: PressError| Problem::internal(format!("the files of mail {id}: {error}")))?
        }
        None => Vec::new(),
    };
    Ok((mail, files))
}

fn page(title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · Onsale</title>\n<link rel=\"stylesheet\" href=\"/dev/mail/style.css\">\n</head>\n\
         <body>\n<header><a href=\"/\">Onsale</a></header>\n<main>{body}</main>\n</body>\n</html>\n"
    );
    ([(CONTENT_SECURITY_POLICY, CSP_PAGE), (CACHE_CONTROL, NO_STORE)], Html(html)).into_response()
}
