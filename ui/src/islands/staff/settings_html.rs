//! The settings as HTML: a form each, what is in force, and what was before.

use super::desk::{PAGE, moment};
use super::fields::{Field, form, send, tick};
use super::settings::{self, ALL, Known, limit_fields};
use super::table::{badge, nothing, row, table};
use crate::islands::desk::notice;
use crate::islands::dom::{self, listen};
use crate::language::Language;
use onsale_core::api::settings::{CallRate, LiveSettings, SettingsVersion};
use onsale_core::text::escape_html;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// All of it.
pub(super) fn page(language: Language, known: &Known) -> String {
    let forms: String = ALL.iter().map(|name| card(language, known, name)).collect();
    let look = if known.may_change { String::new() } else { notice("", language.settings_look_only(), "") };
    format!(
        "<header class=\"stack\"><h1>{}</h1><p class=\"soft lede\">{}</p><p id=\"in-force\">{}</p></header>{look}\
         <div class=\"settings\">{forms}</div>\
         <section class=\"card stack\" aria-labelledby=\"history-h\"><h2 id=\"history-h\">{}</h2><div id=\"history\">{}</div></section>",
        language.settings_title(),
        language.settings_lede(),
        in_force(language, known),
        language.settings_history(),
        history(language, known),
    )
}

fn card(language: Language, known: &Known, name: &str) -> String {
    format!(
        "<section class=\"card stack\" aria-labelledby=\"h-{name}\"><h2 id=\"h-{name}\">{}</h2><p class=\"soft\">{}</p>\
         <div id=\"s-{name}\">{}</div></section>",
        language.setting(name),
        language.setting_more(name),
        setting(language, known, name),
    )
}

/// One setting's form.
pub(super) fn setting(language: Language, known: &Known, name: &str) -> String {
    let settings = &known.current.settings;
    let fields = match name {
        "sales" => tick("on-sales", language.settings_sales_on(), "", settings.sales),
        "registrations" => tick("on-registrations", language.settings_registrations_on(), "", settings.registrations),
        "organisations" => tick("on-organisations", language.settings_organisations_on(), "", settings.organisations),
        "banner" => banner(language, settings),
        "hold" => {
            let value = settings.hold_seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
            one_number("hold-seconds", language.settings_hold(), language.settings_hold_hint(), &value)
        }
        "inflow" => {
            let value = settings.inflow_max.map(|most| most.to_string()).unwrap_or_default();
            one_number("inflow-max", language.settings_inflow(), language.settings_inflow_hint(), &value)
        }
        name => limit(language, settings, name),
    };
    if known.may_change {
        form(name, "", &format!("{fields}<div>{}</div>", send("ink", language.save(), language.saving())))
    } else {
        format!("<fieldset disabled>{fields}</fieldset>")
    }
}

fn one_number(id: &str, label: &str, hint: &str, value: &str) -> String {
    Field { id, label, hint, value, more: "inputmode=\"decimal\" autocomplete=\"off\" maxlength=\"10\"" }.html()
}

fn limit(language: Language, settings: &LiveSettings, name: &str) -> String {
    let mut limits = settings.limits.clone();
    let rate: Option<CallRate> = settings::limit_of(&mut limits, name).and_then(|rate| *rate);
    let (calls, seconds) = limit_fields(name);
    let value = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    format!(
        "<div class=\"fields\">{}{}</div>",
        one_number(
            calls,
            language.settings_calls(),
            language.settings_calls_hint(),
            &value(rate.map(|rate| rate.calls))
        ),
        one_number(
            seconds,
            language.settings_seconds(),
            language.settings_seconds_hint(),
            &value(rate.map(|rate| rate.seconds))
        ),
    )
}

fn banner(language: Language, settings: &LiveSettings) -> String {
    let text = |pick: fn(&onsale_core::api::settings::Banner) -> &String| {
        settings.banner.as_ref().map(pick).cloned().unwrap_or_default()
    };
    let (en, es) = (text(|banner| &banner.en), text(|banner| &banner.es));
    let field = |id: &str, label: &str, hint: &str, value: &str, tag: &str| {
        let more = format!("lang=\"{tag}\" autocomplete=\"off\" maxlength=\"300\"");
        Field { id, label, hint, value, more: &more }.html()
    };
    format!(
        "{}{}<div class=\"stack preview\"><p class=\"small soft\">{}</p>{}{}</div>",
        field("banner-en", language.settings_banner_en(), language.settings_banner_hint(), &en, "en"),
        field("banner-es", language.settings_banner_es(), language.settings_banner_hint(), &es, "es"),
        language.settings_banner_seen(),
        preview(language, "en", &en),
        preview(language, "es", &es),
    )
}

/// The banner as it stands on top of pages.
fn preview(language: Language, tag: &str, text: &str) -> String {
    let (empty, lang) = if text.is_empty() { (" data-empty", String::new()) } else { ("", format!(" lang=\"{tag}\"")) };
    let text = if text.is_empty() { language.settings_banner_none() } else { text };
    format!("<div class=\"banner\" id=\"seen-{tag}\"{empty}{lang}>{}</div>", escape_html(text))
}

/// What is typed for the banner is shown below as people will see it.
pub(super) fn preview_as_typed(language: Language) {
    let Some(page) = dom::by_id(PAGE) else { return };
    listen(&page, "input", move |event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let tag = match input.id().as_str() {
            "banner-en" => "en",
            "banner-es" => "es",
            _ => return,
        };
        if let Some(seen) = dom::by_id(&format!("seen-{tag}")) {
            seen.set_outer_html(&preview(language, tag, input.value().trim()));
        }
    });
}

/// Which version is in force, since when, and by whom.
pub(super) fn in_force(language: Language, known: &Known) -> String {
    let current = &known.current;
    if current.version == 0 {
        return badge("", language.settings_untouched());
    }
    let at = current.changed_at.map(|at| moment(language, at)).unwrap_or_default();
    language.settings_version(current.version, &at, &who(language, known, current))
}

/// Who made a version, as HTML.
pub(super) fn who(language: Language, known: &Known, version: &SettingsVersion) -> String {
    match version.changed_by {
        None => language.settings_by_command().to_owned(),
        Some(id) => known.people.get(&id).map_or_else(|| id.to_string(), |name| escape_html(name)),
    }
}

/// What was changed, the newest first.
pub(super) fn history(language: Language, known: &Known) -> String {
    if known.history.is_empty() {
        return nothing(language.settings_untouched());
    }
    let heads =
        [language.settings_version_word(), language.time_word(), language.audit_who(), language.settings_changes()];
    let rows: String = known
        .history
        .iter()
        .enumerate()
        .map(|(place, version)| {
            let first = LiveSettings::default();
            let before = known.history.get(place + 1).map(|older| &older.settings);
            let before = before.or_else(|| (version.version == 1).then_some(&first));
            let changes = before.map(|before| differences(language, before, &version.settings));
            let cells = [
                version.version.to_string(),
                version.changed_at.map(|at| moment(language, at)).unwrap_or_default(),
                who(language, known, version),
                changes.unwrap_or_else(|| "…".to_owned()),
            ];
            row(&heads, &cells)
        })
        .collect();
    let older = known.older.as_ref().map(|_| super::fields::button("", "older", "", language.show_more()));
    format!("{}{}", table("version-rows", language.settings_history(), &heads, &rows), older.unwrap_or_default())
}

/// The settings by their forms' names, in words.
fn in_words(language: Language, settings: &LiveSettings) -> Vec<(&'static str, String)> {
    let on = |on: bool| if on { language.factor_on() } else { language.factor_off() }.to_owned();
    let unset = || language.settings_unset().to_owned();
    let rate =
        |rate: Option<CallRate>| rate.map_or_else(unset, |rate| language.settings_rate(rate.calls, rate.seconds));
    let text = settings.banner.as_ref().map(|banner| banner.in_language(language.into()).to_owned());
    vec![
        ("sales", on(settings.sales)),
        ("registrations", on(settings.registrations)),
        ("organisations", on(settings.organisations)),
        ("banner", text.unwrap_or_else(unset)),
        ("hold", settings.hold_seconds.map_or_else(unset, |seconds| format!("{seconds} s"))),
        ("inflow", settings.inflow_max.map_or_else(unset, |most| most.to_string())),
        ("limit-account", rate(settings.limits.account)),
        ("limit-key", rate(settings.limits.api_key)),
        ("limit-address", rate(settings.limits.address)),
        ("limit-sign-in", rate(settings.limits.sign_in)),
    ]
}

fn differences(language: Language, before: &LiveSettings, after: &LiveSettings) -> String {
    let pairs = in_words(language, before).into_iter().zip(in_words(language, after));
    let changed: String = pairs
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| {
            format!("<li>{}: {} → {}</li>", language.setting(name), escape_html(&before), escape_html(&after))
        })
        .collect();
    if changed.is_empty() {
        language.settings_same().to_owned()
    } else {
        format!("<ul class=\"changes\">{changed}</ul>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::api::settings::Banner;

    #[test]
    fn a_version_says_what_it_changed_and_nothing_else() {
        let before = LiveSettings::default();
        let banner = Some(Banner { en: "<b>Back at 10".to_owned(), es: "Volvemos a las 10".to_owned() });
        let after = LiveSettings { sales: false, hold_seconds: Some(300), banner, ..before.clone() };
        let told = differences(Language::En, &before, &after);
        assert_eq!(told.matches("<li>").count(), 3, "{told}");
        assert!(told.contains("&lt;b&gt;Back at 10") && told.contains("300 s"), "{told}");
        assert!(differences(Language::Es, &before, &after).contains("Volvemos a las 10"));
        assert!(!differences(Language::Es, &before, &before).contains("<li>"));
        let names: Vec<&str> = in_words(Language::En, &before).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ALL);
    }

    #[test]
    fn who_may_only_look_gets_no_button() {
        let looks = Known::default();
        assert!(ALL.iter().all(|name| !setting(Language::En, &looks, name).contains("data-send")));
        let changes = Known { may_change: true, ..Known::default() };
        assert!(ALL.iter().all(|name| setting(Language::Es, &changes, name).contains("data-send")));
    }
}
