//! One event: its figures, its house, its orders.

use super::facts::{self, Listed, Venue};
use super::{
    ROOT, Reader, door, figures, hall, house_html, html, line, line_html, listing, looks, orders, orders_html, sales,
};
use crate::api::{self, Failure};
use crate::browser::{self, now_ms};
use crate::islands::dom;
use leptos::prelude::document;
use leptos::task::spawn_local;
use onsale_core::api::events::{EventStatus, TicketTypes};
use onsale_core::api::sales::EventSales;
use onsale_core::api::sales_desk::EventSalesDetail;

/// Asks for all of it, shows it, and keeps it true.
pub(super) fn begin(reader: Reader, event: &str) {
    let id = event.to_owned();
    spawn_local(async move {
        let since = now_ms();
        match load(&id).await {
            Ok((event, venue, sales)) => {
                // What stands below the map is there from the beginning, so that it moves nothing when it comes.
                let standing = standing(reader, &id, &sales).await.unwrap_or_default();
                let detail = detail(&id, !sales.is_empty()).await;
                door::calmly(since).await;
                show(reader, &event, &venue, (&sales, &standing));
                if let Some(detail) = detail {
                    show_detail(reader, &venue.time_zone, &detail);
                }
                follow(reader, (&id, &venue.time_zone), sales, standing).await;
            }
            Err(failure) => door::shut(reader, &failure, reader.language.no_such_event()),
        }
    });
}

async fn load(id: &str) -> Result<(Listed, Venue, Vec<EventSales>), Failure> {
    let (event, sales) = futures::join!(facts::event(id), listing::figures(std::iter::once(id)));
    let event = event?;
    let venue = facts::venue(&event.draft.venue_id).await?;
    Ok((event, venue, sales?))
}

/// Where and how fast it sells; nothing where nobody can say just now, or nothing is sold yet.
async fn detail(id: &str, is_published: bool) -> Option<EventSalesDetail> {
    let path = format!("/api/admin/events/{id}/sales");
    if is_published { api::get_mine(&path).await.ok() } else { None }
}

fn show_detail(reader: Reader, zone: &str, detail: &EventSalesDetail) {
    dom::html("cats", &sales::categories(reader.language, detail));
    // Nothing changes under whoever reads the table of it.
    if dom::all("#mins :focus, #mins details[open]").is_empty() {
        dom::html("mins", &sales::minutes(reader.language, detail, zone));
    }
}

/// The standing places as HTML; nothing where nobody can say.
async fn standing(reader: Reader, id: &str, sales: &[EventSales]) -> Option<String> {
    if sales.is_empty() {
        return None;
    }
    let types: TicketTypes = api::get(&format!("/api/events/{id}/ticket-types")).await.ok()?;
    Some(house_html::standing(reader.language, &types.items))
}

fn show(reader: Reader, event: &Listed, venue: &Venue, (sales, standing): (&[EventSales], &str)) {
    let language = reader.language;
    let is_published = !sales.is_empty();
    let has_map = is_published && event.draft.plan_id.is_some();
    let parts = [
        html::event_head(reader, event, venue, browser::now()),
        format!("<dl class=\"kpis\" id=\"cards\">{}</dl>", figures::cards(language, sales)),
        format!(
            "<div class=\"duo org-duo\">{}{}</div>",
            house_html::hall(language, has_map, is_published, standing),
            orders_html::orders(language)
        ),
        if is_published { sales::cards(language) } else { String::new() },
        line_html::section(language),
        "<p class=\"vh\" id=\"say\" role=\"status\"></p>".to_owned(),
    ];
    dom::html(ROOT, &parts.concat());
    document().set_title(&format!("{} · Onsale", event.draft.name));
    line::begin(reader, &event.id, &venue.time_zone);
    if is_published {
        orders::begin(reader, &event.id, &venue.time_zone);
    } else {
        orders::nothing(reader);
    }
    if has_map && event.status != EventStatus::Draft {
        hall::begin(reader, &event.id, None);
    }
}

/// Figures and standing places, again and again.
async fn follow(reader: Reader, (id, zone): (&str, &str), mut known: Vec<EventSales>, mut written: String) {
    loop {
        looks::next_look().await;
        if let Some(detail) = detail(id, !known.is_empty()).await {
            show_detail(reader, zone, &detail);
        }
        match listing::figures(std::iter::once(id)).await {
            Ok(fresh) => {
                if fresh != known {
                    dom::html("cards", &figures::cards(reader.language, &fresh));
                    known = fresh;
                }
                if let Some(html) = standing(reader, id, &known).await
                    && html != written
                {
                    dom::html("standing", &html);
                    written = html;
                }
                listing::tell_age(reader, true);
            }
            Err(Failure::SignedOut) => {
                door::shut(reader, &Failure::SignedOut, "");
                return;
            }
            Err(_) => listing::tell_age(reader, false),
        }
    }
}
