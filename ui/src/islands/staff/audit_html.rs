//! The audit log as HTML.

use super::audit::Wanted;
use super::desk::moment;
use super::fields::{Field, button, form, select, send};
use super::once::copied;
use super::table::{nothing, row, table};
use crate::format::count;
use crate::language::Language;
use onsale_core::api::audit::{AuditEntry, AuditHead};
use onsale_core::text::escape_html;

/// All of it; `list` is the entries as HTML.
pub(super) fn page(language: Language, wanted: &Wanted, head: &AuditHead, list: &str) -> String {
    format!(
        "<header class=\"stack\"><h1>{}</h1><p class=\"soft lede\">{}</p></header>\
         <section class=\"card stack\" aria-labelledby=\"search-h\"><h2 id=\"search-h\">{}</h2>{}</section>\
         <section class=\"card stack\" aria-labelledby=\"entries-h\"><div class=\"row\"><h2 id=\"entries-h\">{}</h2>\
         <span class=\"push\">{}</span></div><p class=\"vh\" id=\"found\" role=\"status\"></p><div id=\"entries\">{list}</div></section>{}",
        language.audit(),
        language.audit_lede(),
        language.audit_search(),
        search(language, wanted),
        language.audit_entries(),
        button("sm", "file", "", language.audit_file()),
        head_card(language, head),
    )
}

fn search(language: Language, wanted: &Wanted) -> String {
    let field = |id, label, hint, value, more| Field { id, label, hint, value, more }.html();
    let kinds = language.audit_kinds();
    let more = "type=\"email\" autocomplete=\"off\" maxlength=\"254\"";
    let inside = format!(
        "<div class=\"fields\">{}{}{}{}{}</div><div class=\"row\">{}{}</div>",
        field("actor", language.audit_who(), language.audit_who_hint(), wanted.actor.as_str(), more),
        select("action", language.audit_what(), &kinds, &wanted.action),
        field(
            "object",
            language.audit_object(),
            language.audit_object_hint(),
            &wanted.object,
            "autocomplete=\"off\" maxlength=\"100\" spellcheck=\"false\""
        ),
        field("from", language.audit_from(), "", &wanted.from, "type=\"date\""),
        field("until", language.audit_until(), "", &wanted.until, "type=\"date\""),
        send("ink", language.search(), language.loading()),
        button("", "all", "", language.audit_all()),
    );
    form("search", "role=\"search\"", &inside)
}

/// The entries as a table.
pub(super) fn entries(language: Language, entries: &[AuditEntry], has_more: bool, is_search: bool) -> String {
    if entries.is_empty() {
        return nothing(if is_search { language.audit_none_found() } else { language.audit_none() });
    }
    let heads = [
        language.audit_number(),
        language.time_word(),
        language.audit_who(),
        language.audit_what(),
        language.audit_on(),
        "",
    ];
    let rows: String = entries
        .iter()
        .map(|entry| {
            let about = format!("data-of=\"{0}\" aria-label=\"{1} {0}\"", entry.number, language.audit_detail());
            let cells = [
                format!("<span class=\"num\">{}</span>", count(language, entry.number)),
                moment(language, entry.at),
                who(language, entry),
                action(language, entry),
                object(entry),
                button("sm", "entry", &about, language.audit_detail()),
            ];
            row(&heads, &cells)
        })
        .collect();
    let more = if has_more { button("", "older", "", language.audit_older()) } else { String::new() };
    format!("{}{more}", table("entry-rows", language.audit_entries(), &heads, &rows))
}

fn who(language: Language, entry: &AuditEntry) -> String {
    match (&entry.actor, entry.actor_id) {
        (Some(address), _) => escape_html(address),
        (None, Some(id)) => format!("<code>{id}</code>"),
        (None, None) => language.audit_itself().to_owned(),
    }
}

fn action(language: Language, entry: &AuditEntry) -> String {
    let code = escape_html(&entry.action);
    match language.audit_action(&entry.action) {
        Some(word) => format!("{word}<small class=\"soft\">{code}</small>"),
        None => format!("<code>{code}</code>"),
    }
}

fn object(entry: &AuditEntry) -> String {
    format!("{}<small class=\"soft\">{}</small>", escape_html(&entry.object_type), escape_html(&entry.object_id))
}

/// All that is known of one entry.
pub(super) fn entry(language: Language, entry: &AuditEntry) -> String {
    let detail = serde_json::to_string_pretty(&entry.detail).unwrap_or_default();
    let organisation = entry.organisation_id.map_or_else(|| language.audit_whole().to_owned(), |id| id.to_string());
    let facts = [
        (language.time_word(), escape_html(&entry.at.to_rfc3339())),
        (language.audit_who(), who(language, entry)),
        (language.audit_what(), action(language, entry)),
        (language.audit_on(), object(entry)),
        (language.org_word(), organisation),
        (language.audit_service(), escape_html(&entry.service)),
    ];
    let facts: String = facts.iter().map(|(word, fact)| format!("<div><dt>{word}</dt><dd>{fact}</dd></div>")).collect();
    format!(
        "<div class=\"stack\"><h2 id=\"dialog-title\">{} {}</h2><dl class=\"about\">{facts}</dl>\
         <h3>{}</h3><pre tabindex=\"0\">{}</pre><h3>{}</h3>{}<div class=\"row\">{}</div></div>",
        language.audit_entry(),
        count(language, entry.number),
        language.audit_detail(),
        escape_html(&detail),
        language.audit_hash(),
        copied(language, "entry-hash", &entry.hash),
        button("", "close", "", language.close()),
    )
}

fn head_card(language: Language, head: &AuditHead) -> String {
    if head.number == 0 {
        return String::new();
    }
    let text = format!("{} {}", head.number, head.hash);
    format!(
        "<section class=\"card stack\" aria-labelledby=\"head-h\"><h2 id=\"head-h\">{}</h2><p>{}</p>{}<p class=\"soft small\">{}</p></section>",
        language.audit_head(),
        language.audit_head_more(),
        copied(language, "head", &text),
        language.audit_head_verify(),
    )
}
