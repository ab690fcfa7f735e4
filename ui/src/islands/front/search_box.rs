//! The search: as one types, the results change below it. Without a script it is a form that does the same.

use crate::api::{self, sleep};
use crate::browser;
use crate::components::FIND;
use crate::language::Language;
use crate::when::When;
use leptos::ev;
use leptos::html::{Input, Select};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Where the results are in the page.
const RESULTS: &str = "results";
/// What is said when they changed: the heading of the results.
const HEADING: &str = "res-h";
/// A pause in typing this long starts a search.
const PAUSE: Duration = Duration::from_millis(200);

/// The form with its fields.
#[island]
pub fn SearchBox(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
    /// The words that were searched for.
    query: String,
    /// The city that was searched in.
    city: String,
    /// When it should be; nothing for any date.
    when: Option<When>,
    /// The kind of event that was chosen; a filter, not a field.
    category: String,
) -> impl IntoView {
    let (what, place, date) = (NodeRef::<Input>::new(), NodeRef::<Input>::new(), NodeRef::<Select>::new());
    let said = RwSignal::new(String::new());
    let asked = StoredValue::new(0_u32);
    let kept = StoredValue::new(Kept { language, chosen, category: category.clone() });
    let search = move |pause: Duration| {
        let turn = asked.get_value() + 1;
        asked.set_value(turn);
        spawn_local(async move {
            sleep(pause).await;
            // Whoever types on is searched for later.
            if asked.get_value() == turn {
                let typed = |node: NodeRef<Input>| node.get_untracked().map(|input| input.value()).unwrap_or_default();
                let when = date.get_untracked().map(|date| date.value()).unwrap_or_default();
                let found = kept.with_value(|kept| kept.query(&typed(what), &typed(place), &when));
                let outcome = show(&found, || asked.get_value() == turn).await;
                said.set(outcome.unwrap_or_else(|| language.search_failed().to_owned()));
            }
        });
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        search(Duration::ZERO);
    };
    let lang = chosen.then(|| view! { <input type="hidden" name="lang" value=language.tag()/> });
    let category = (!category.is_empty()).then(|| view! { <input type="hidden" name="category" value=category/> });
    view! {
        <form class="find" role="search" action="/#results" on:submit=submit>
            {lang}
            {category}
            <label class="what">
                <span>{language.what()}</span>
                <input type="search" name="query" maxlength="200" placeholder=language.what_hint()
                    autocomplete="off" value=query node_ref=what on:input=move |_| search(PAUSE)/>
            </label>
            <label>
                <span>{language.where_()}</span>
                <input type="text" name="city" maxlength="100" placeholder=language.any_city()
                    autocomplete="address-level2" value=city node_ref=place on:input=move |_| search(PAUSE)/>
            </label>
            <label>
                <span>{language.when()}</span>
                <select name="when" node_ref=date on:change=move |_| search(Duration::ZERO)>
                    <option value="">{language.any_date()}</option>
                    {dates(language, when)}
                </select>
            </label>
            <button class="btn go big">
                <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=FIND></svg>
                <span>{language.search()}</span>
            </button>
            <p class="vh" role="status">{move || said.get()}</p>
        </form>
    }
}

/// What can be chosen beside any date.
fn dates(language: Language, chosen: Option<When>) -> impl IntoView {
    When::ALL.map(|when| {
        view! { <option value=when.name() selected=chosen == Some(when)>{language.when_of(when)}</option> }
    })
}

/// What of a search is not typed.
struct Kept {
    language: Language,
    chosen: bool,
    category: String,
}

impl Kept {
    /// The query of the search's address; empty for all events.
    fn query(&self, query: &str, city: &str, when: &str) -> String {
        let lang = if self.chosen { self.language.tag() } else { "" };
        let category = self.category.as_str();
        let parts = [("query", query), ("city", city), ("when", when), ("category", category), ("lang", lang)];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, value)| format!("{name}={}", String::from(js_sys::encode_uri_component(value.trim()))))
            .collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// Puts the results into the page, as the server writes them; gives what to say. Nothing when it did not work.
async fn show(query: &str, is_wanted: impl Fn() -> bool) -> Option<String> {
    let place = document().get_element_by_id(RESULTS)?;
    let _still_readable = place.set_attribute("aria-busy", "true");
    let answer = api::ask(&format!("/results{query}")).await;
    if !is_wanted() {
        return Some(String::new());
    }
    let place = document().get_element_by_id(RESULTS)?;
    match answer {
        Ok(answer) => {
            place.set_outer_html(&answer.text);
            browser::show_address(&format!("/{query}"));
            Some(document().get_element_by_id(HEADING)?.text_content().unwrap_or_default())
        }
        Err(_) => {
            let _still_readable = place.remove_attribute("aria-busy");
            None
        }
    }
}
