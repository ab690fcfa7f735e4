//! A draft as buyers would see it: the gateway writes the page's main part as it writes the page itself.

use crate::api::{Call, Method, session};
use crate::islands::desk::notice;
use crate::islands::desk::page::Desk;
use leptos::task::spawn_local;

/// Asks for it and shows it.
pub(super) fn begin(desk: Desk, event: &str) {
    desk.listen(|_, _| {}, |_, _| {});
    let event = event.to_owned();
    spawn_local(async move {
        let language = desk.language();
        let path = format!("/organiser/events/{event}/preview/page?lang={}", language.tag());
        match session::send(&Call::new(Method::Get, &path)).await {
            Ok(answer) => {
                let back = format!(
                    "<p><a class=\"btn sm\" href=\"{}\">{}</a></p>",
                    desk.link(&format!("/organiser/events/{event}/edit")),
                    language.ev_back(),
                );
                let told = notice("", language.ev_preview_more(), &back);
                desk.open(&format!("{told}<div class=\"seen\">{}</div>", answer.text)).await;
            }
            Err(failure) => desk.shut(&failure, language.ev_preview()),
        }
    });
}
