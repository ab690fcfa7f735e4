//! The account's security as HTML.

use super::acting;
use super::desk::Desk;
use super::fields::{Field, button, form, question, send, ways_out};
use super::once::copied;
use super::table::badge;
use crate::islands::desk::notice;
use crate::islands::qr;
use crate::language::Language;
use onsale_core::api::accounts::{Account, RecoveryCodes, SecondFactorSecret};
use onsale_core::text::escape_html;

/// Letters of a secret between two spaces, as people read it.
const GROUP: usize = 4;

/// All of it.
pub(super) fn page(desk: Desk, account: &Account) -> String {
    let language = desk.language();
    let missing =
        if account.second_factor_missing { notice("warn", language.factor_needed_more(), "") } else { String::new() };
    format!(
        "<header class=\"stack\"><h1>{}</h1><p class=\"soft\">{}: <b>{}</b> · {}</p></header>{missing}\
         <section class=\"card stack\" id=\"factor\" aria-labelledby=\"factor-h\">{}</section>{}",
        language.security_title(),
        language.signed_in_as(),
        escape_html(&account.name),
        escape_html(&account.email),
        state(language, account.second_factor),
        acting::sections(desk, account),
    )
}

fn heading(word: &str, more: &str) -> String {
    format!("<h2 id=\"factor-h\" tabindex=\"-1\">{word} {more}</h2>")
}

/// Whether there is one, and what can be done about it.
fn state(language: Language, is_on: bool) -> String {
    if !is_on {
        return format!(
            "{}<p>{}</p><div>{}</div>",
            heading(language.factor(), &badge("", language.factor_off())),
            language.factor_why(),
            button("go", "set-up", "", language.factor_set_up()),
        );
    }
    format!(
        "{}<p>{}</p><div class=\"row\">{}{}</div>",
        heading(language.factor(), &badge("good", language.factor_on())),
        language.factor_is_on(),
        button("", "renew", "", language.factor_renew()),
        button("", "remove", "", language.factor_remove()),
    )
}

/// The code to scan, the secret to type, and the first code of the device.
pub(super) fn setting_up(language: Language, secret: &SecondFactorSecret) -> String {
    let letters: Vec<char> = secret.secret.chars().collect();
    let typed = letters.chunks(GROUP).map(|group| group.iter().collect()).collect::<Vec<String>>().join(" ");
    let drawn = qr::svg(&secret.uri, language.factor_qr()).unwrap_or_default();
    let inside = format!(
        "{}<div class=\"row\">{}{}</div>",
        code_field(language.code(), language.factor_code_hint(), "inputmode=\"numeric\" maxlength=\"7\""),
        send("go", language.factor_confirm(), language.factor_confirming()),
        button("", "leave-setting-up", "", language.desk_leave()),
    );
    format!(
        "{}<ol class=\"set-up\"><li><p>{}</p>{drawn}<p class=\"small\">{}</p>{}</li><li><p>{}</p>{}</li></ol>",
        heading(language.factor_set_up(), ""),
        language.factor_scan(),
        language.factor_type(),
        copied(language, "factor-secret", &typed),
        language.factor_enter(),
        form("confirm", "", &inside),
    )
}

fn code_field(label: &str, hint: &str, more: &str) -> String {
    let more = format!("autocomplete=\"one-time-code\" spellcheck=\"false\" {more}");
    Field { id: "code", label, hint, more: &more, ..Field::default() }.html()
}

/// The recovery codes.
pub(super) fn codes(language: Language, codes: &RecoveryCodes) -> String {
    let items: String =
        codes.recovery_codes.iter().map(|code| format!("<li><code>{}</code></li>", escape_html(code))).collect();
    format!(
        "{}{}<ul class=\"codes print\" id=\"codes\">{items}</ul><div class=\"row\">{}{}{}</div>",
        heading(language.factor_codes(), ""),
        notice("warn", language.factor_codes_more(), ""),
        button("", "copy", "data-copy=\"codes\"", language.copy()),
        button("", "print", "", language.factor_print()),
        button("go", "codes-kept", "", language.factor_codes_kept()),
    )
}

/// Asks for a code before new recovery codes are made.
pub(super) fn renew(language: Language) -> String {
    let inside = format!(
        "{}{}",
        code_field(language.code(), language.code_hint(), ""),
        ways_out(language, language.factor_renew(), language.factor_confirming())
    );
    question(language.factor_renew(), language.factor_renew_more(), &form("renew", "", &inside))
}

/// Asks for a code before it is taken away.
pub(super) fn remove(language: Language) -> String {
    let inside = format!(
        "{}{}",
        code_field(language.code(), language.code_hint(), ""),
        ways_out(language, language.factor_remove(), language.factor_removing())
    );
    question(language.factor_remove(), language.factor_remove_more(), &form("remove", "", &inside))
}
