//! An event's form in the browser: what is asked for, what changes while one types, and how it is saved.

use super::form::{self, Around};
use super::{acts, acts_html, read, refused, rows};
use crate::api::{self, Failure, Method};
use crate::browser;
use crate::format::money;
use crate::islands::desk::page::{Desk, act};
use crate::islands::desk::sent::Sent;
use crate::islands::dom::{self, listen};
use crate::language::Language;
use chrono::TimeDelta;
use leptos::task::spawn_local;
use onsale_core::api::admin::{EventDraft, EventRecord, PlanSummary, Series, SeriesChanged};
use onsale_core::api::offer::{RefundPolicy, SaleRules, Venue};
use onsale_core::api::page::Page;
use onsale_core::{Currency, VenueId};
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{Element, Event};

/// Plans that are offered, and venues a page.
const OFFERED_MAX: u32 = 100;
const VENUE_PAGES_MAX: u32 = 10;
/// What a new event is given to begin with, in days from now.
const STARTS_IN_DAYS: i64 = 60;
const OPENS_IN_DAYS: i64 = 7;

/// What is known of the event.
pub(super) struct Known {
    /// Nothing while it is not drafted yet.
    pub(super) record: Option<EventRecord>,
    /// What the form was written from.
    pub(super) draft: EventDraft,
    pub(super) around: Around,
    /// The dates of its series, itself among them.
    pub(super) series: Vec<EventRecord>,
}

impl Known {
    /// The event as it is now.
    pub(super) fn keep(&mut self, record: EventRecord) {
        if let Some(date) = self.series.iter_mut().find(|date| date.id == record.id) {
            *date = record.clone();
        }
        self.record = Some(record);
    }
}

pub(super) type Shared = Rc<RefCell<Option<Known>>>;

/// Asks for the event and what it can be made of, and shows its form.
pub(super) fn begin(desk: Desk, event: &str) {
    let shared: Shared = Rc::default();
    let (for_acts, for_forms, for_changes) = (shared.clone(), shared.clone(), shared.clone());
    desk.listen(
        move |name, element| pressed(desk, &for_acts, name, element),
        move |name, form| match name {
            "event" => save(desk, for_forms.clone(), form),
            name => acts::sent(desk, &for_forms, name, form),
        },
    );
    if let Some(page) = dom::by_id(crate::islands::desk::page::PAGE) {
        let typed = for_changes.clone();
        listen(&page, "input", move |event| changed(desk, &typed, &event));
    }
    let event = event.to_owned();
    spawn_local(async move {
        match load(&event, desk.language()).await {
            Ok(known) => {
                let html = page(desk, &known);
                let publishing = known.record.as_ref().is_some_and(acts::is_publishing);
                *shared.borrow_mut() = Some(known);
                desk.open(&html).await;
                if publishing {
                    acts::follow(desk, shared);
                }
            }
            Err(failure) => desk.shut(&failure, desk.language().ev_edit()),
        }
    });
}

async fn load(event: &str, language: Language) -> Result<Known, Failure> {
    let mut around = Around { venues: venues().await?, plans: Vec::new() };
    if event.is_empty() {
        let draft = first_draft(&around, language)?;
        around.plans = plans(draft.venue_id.as_str()).await?;
        return Ok(Known { record: None, draft, around, series: Vec::new() });
    }
    let series: Series = api::get_mine(&format!("/api/admin/events/{event}/series")).await?;
    let record = series.items.iter().find(|record| record.id.as_str() == event).cloned().ok_or(Failure::Unreadable)?;
    let venue = record.draft.venue_id.clone();
    if !around.venues.iter().any(|known| known.id == venue) {
        around.venues.push(api::get_mine(&format!("/api/admin/venues/{venue}")).await?);
    }
    around.plans = plans(venue.as_str()).await?;
    Ok(Known { draft: record.draft.clone(), record: Some(record), around, series: series.items })
}

/// The venues that are offered; those beyond some pages are not.
async fn venues() -> Result<Vec<Venue>, Failure> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    for _ in 0..VENUE_PAGES_MAX {
        let page: Page<Venue> = api::get_mine(&format!("/api/admin/venues?limit={OFFERED_MAX}{cursor}")).await?;
        all.extend(page.items);
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    Ok(all)
}

async fn plans(venue: &str) -> Result<Vec<PlanSummary>, Failure> {
    if venue.is_empty() || venue == "-" {
        return Ok(Vec::new());
    }
    let page: Page<PlanSummary> =
        api::get_mine(&format!("/api/admin/venues/{venue}/plans?limit={OFFERED_MAX}")).await?;
    Ok(page.items)
}

/// What a new event begins with: the first venue, an evening in some weeks.
fn first_draft(around: &Around, language: Language) -> Result<EventDraft, Failure> {
    let venue_id = match around.venues.first() {
        Some(venue) => venue.id.clone(),
        // The page says then that there must be a venue first.
        None => VenueId::new("-").map_err(|_| Failure::Unreadable)?,
    };
    let zone = around.zone(venue_id.as_str());
    let at = |days: i64, hour: u32| {
        let day = crate::zone::local(browser::now() + TimeDelta::days(days), zone).date();
        crate::zone::utc(day.and_hms_opt(hour, 0, 0).unwrap_or_default(), zone)
    };
    Ok(EventDraft {
        id: None,
        venue_id,
        plan_id: None,
        name: String::new(),
        description: String::new(),
        kind: "concert".to_owned(),
        starts_at: at(STARTS_IN_DAYS, 20),
        sale: SaleRules {
            currency: Currency::EUR,
            on_sale_at: at(OPENS_IN_DAYS, 10),
            off_sale_at: None,
            hold_seconds: 600,
            max_per_account: Some(6),
            bank_transfers: false,
            refund: RefundPolicy { until_hours_before: Some(48), fees_refunded: false },
        },
        ticket_types: Vec::new(),
        quotas: Vec::new(),
        promo_codes: Vec::new(),
        charges: Some(acts_html::usual_charges(language)),
    })
}

fn page(desk: Desk, known: &Known) -> String {
    let language = desk.language();
    if known.around.venues.is_empty() {
        return form::no_venue(language, &desk.link("/organiser/halls"));
    }
    format!(
        "<div id=\"head\">{}</div>{}<div id=\"acts\">{}</div>",
        acts_html::head(desk.reader(), known),
        form::event_form(language, &known.draft, &known.around),
        acts_html::acts(desk.reader(), known),
    )
}

/// Writes what stands around the form anew; dates that were typed stay.
pub(super) fn write_around(desk: Desk, shared: &Shared) {
    if let Some(known) = shared.borrow().as_ref() {
        let typed = read::value("dates-list");
        dom::html("head", &acts_html::head(desk.reader(), known));
        dom::html("acts", &acts_html::acts(desk.reader(), known));
        read::fill("dates-list", &typed);
    }
}

fn pressed(desk: Desk, shared: &Shared, name: &str, element: &Element) {
    match name {
        "add" => add(desk.language(), shared, &element.get_attribute("data-kind").unwrap_or_default()),
        "drop" => {
            if let Ok(Some(row)) = element.closest("[data-row]") {
                let heading =
                    row.closest("section").ok().flatten().and_then(|part| part.get_attribute("aria-labelledby"));
                row.remove();
                if let Some(heading) = heading {
                    browser::focus(&heading);
                }
            }
        }
        "stop" => {
            let zone = zone(shared);
            read::fill("e-off", &form::shown(browser::now(), &zone));
            desk.say(desk.language().ev_stop_then());
            browser::focus("e-off");
        }
        name => acts::pressed(desk, shared, name),
    }
}

/// The clocks of the venue that is chosen.
fn zone(shared: &Shared) -> String {
    let known = shared.borrow();
    known.as_ref().map_or_else(|| "UTC".to_owned(), |known| known.around.zone(&read::value("e-venue")).to_owned())
}

/// The price categories of the plan that is chosen.
fn categories(shared: &Shared) -> Vec<String> {
    let known = shared.borrow();
    known.as_ref().map(|known| known.around.categories(Some(&read::value("e-plan"))).to_vec()).unwrap_or_default()
}

/// A row more at the end, which has the focus then.
fn add(language: Language, shared: &Shared, kind: &str) {
    let number = next(kind);
    if number >= rows::ROWS_MAX {
        return;
    }
    let row = match kind {
        "t" => rows::ticket_type(language, number, None, None, &categories(shared)),
        "q" => rows::quota_row(language, number, None),
        _ => rows::code_row(language, number, None, &zone(shared)),
    };
    append(kind, &row);
    browser::focus(&format!("{kind}-{number}-code"));
}

fn next(kind: &str) -> usize {
    read::rows(kind).into_iter().max().map_or(0, |last| last + 1)
}

fn append(kind: &str, row: &str) {
    if let Some(list) = dom::by_id(&format!("rows-{kind}")) {
        let _a_good_place = list.insert_adjacent_html("beforeend", row);
    }
}

/// What depends on what was typed: the plans of another venue, the prices of another plan, what a ticket costs.
fn changed(desk: Desk, shared: &Shared, event: &Event) {
    let Some((_, id)) = dom::marked(event.target(), "id") else { return };
    match id.as_str() {
        "e-venue" => {
            let (venue, shared) = (read::value("e-venue"), shared.clone());
            spawn_local(async move {
                let Ok(plans) = plans(&venue).await else { return };
                if let Some(known) = shared.borrow_mut().as_mut() {
                    known.around.plans = plans;
                    dom::html("plan-place", &form::plan(desk.language(), &known.around, None));
                }
                show_categories(desk.language(), &shared);
            });
        }
        "e-plan" => show_categories(desk.language(), shared),
        _ => {}
    }
    for n in read::rows("t") {
        let price = read::price_of(n).map(|price| money(desk.language(), price.total));
        dom::text(&format!("t-{n}-pays"), &price.unwrap_or_default());
    }
}

/// Offers the plan's categories in each row of prices, and a row for each that has none.
fn show_categories(language: Language, shared: &Shared) {
    let categories = categories(shared);
    for row in dom::all("[data-row=t]") {
        let n = row.get_attribute("data-n").and_then(|n| n.parse::<usize>().ok());
        if n.is_some_and(read::is_empty) {
            row.remove();
        }
    }
    let mut priced = Vec::new();
    for n in read::rows("t") {
        let chosen = read::value(&format!("t-{n}-category"));
        let chosen = Some(chosen).filter(|chosen| categories.contains(chosen));
        dom::html(&format!("t-{n}-where"), &rows::of_category(language, n, chosen.as_deref(), &categories));
        priced.extend(chosen);
    }
    let missing: Vec<Option<&str>> =
        categories.iter().filter(|known| !priced.contains(known)).map(|known| Some(known.as_str())).collect();
    let missing = if missing.is_empty() && read::rows("t").is_empty() { vec![None] } else { missing };
    for category in missing {
        let n = next("t");
        append("t", &rows::ticket_type(language, n, None, category, &categories));
        if let Some(category) = category {
            read::fill(&format!("t-{n}-name"), category);
            read::fill(&format!("t-{n}-code"), "adult");
        }
    }
}

/// Saves the draft: a new one, this one, or all of its series that are not on sale yet.
fn save(desk: Desk, shared: Shared, form: Sent) {
    let language = desk.language();
    let before = shared.borrow().as_ref().map(|known| (known.draft.clone(), known.record.clone()));
    let Some((before, record)) = before else { return };
    let draft = match read::draft(language, &zone(&shared), &before) {
        Ok(draft) => draft,
        Err(wrong) => {
            form.accepts(&wrong);
            return;
        }
    };
    form.accepts(&[]);
    let all = read::ticked("all-dates");
    let work = async move {
        let outcome = match record {
            None => {
                api::effect(Method::Post, "/api/admin/events", &draft).await.map(|record| Saved::New(Box::new(record)))
            }
            Some(record) if all => {
                let path = format!("/api/admin/events/{}/series", record.id);
                let answer = act(Method::Put, &path, &draft).await;
                answer.and_then(|answer| answer.read()).map(|changed| Saved::Series(Box::new(draft), changed))
            }
            Some(record) => {
                let answer = act(Method::Put, &format!("/api/admin/events/{}", record.id), &draft).await;
                answer.and_then(|answer| answer.read()).map(|record| Saved::This(Box::new(record)))
            }
        };
        match outcome {
            Ok(saved) => Ok(Ok(saved)),
            Err(Failure::SignedOut) => Err(Failure::SignedOut),
            Err(failure) => Ok(Err(refused::wrong(language, &failure))),
        }
    };
    let told = form.clone();
    form.send(work, &[], move |outcome| match outcome {
        Err(wrong) => {
            told.accepts(&wrong);
        }
        Ok(Saved::New(record)) => browser::go(&format!("/organiser/events/{}/edit", record.id)),
        Ok(Saved::This(record)) => {
            if let Some(known) = shared.borrow_mut().as_mut() {
                known.draft = record.draft.clone();
                known.keep(*record);
            }
            saved(desk, &shared, language.ev_saved().to_owned());
        }
        Ok(Saved::Series(draft, changed)) => {
            if let Some(known) = shared.borrow_mut().as_mut() {
                if let Some(record) = &mut known.record {
                    record.draft = (*draft).clone();
                }
                known.draft = *draft;
            }
            saved(desk, &shared, language.ev_saved_all(changed.changed.len(), changed.left.len()));
        }
    });
}

/// What came of saving.
enum Saved {
    New(Box<EventRecord>),
    This(Box<EventRecord>),
    Series(Box<EventDraft>, SeriesChanged),
}

fn saved(desk: Desk, shared: &Shared, words: String) {
    write_around(desk, shared);
    dom::text("saved", &words);
    desk.say(words);
}
