//! What is shown a single time: a link, a key. Whoever leaves without it makes another one.

use super::fields::button;
use crate::language::Language;
use onsale_core::text::escape_html;

/// A secret with its button to copy it, and what is to be known of it.
pub(super) fn once(language: Language, id: &str, heading: &str, text: &str, secret: &str) -> String {
    format!(
        "<div class=\"notice good once\" role=\"status\"><div><h3>{}</h3><p>{}</p>{}</div></div>",
        escape_html(heading),
        escape_html(text),
        copied(language, id, secret),
    )
}

/// A text that is copied, not typed.
pub(super) fn copied(language: Language, id: &str, text: &str) -> String {
    let about = format!("data-copy=\"{id}\"");
    format!(
        "<div class=\"row\"><code class=\"secret\" id=\"{id}\">{}</code>{}</div>",
        escape_html(text),
        button("sm", "copy", &about, language.copy()),
    )
}
