//! What parts of a house and kinds of tickets are called. The plan names the zones; the browser keeps it from the
//! map's page.

use crate::api;
use crate::components::Happening;
use onsale_core::EventId;
use serde::Deserialize;

/// The names, by zone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Names {
    zones: Vec<Zone>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Zone {
    zone_id: u16,
    name: String,
}

impl Names {
    /// What stands over the zone's door, where it is known.
    pub(super) fn name(&self, zone: u16) -> Option<&str> {
        self.zones.iter().find(|known| known.zone_id == zone).map(|known| known.name.as_str())
    }
}

/// Asks for them where there are seats; without an answer, seats go by their category.
pub(super) async fn of(event: &EventId, seated: bool) -> Names {
    if !seated {
        return Names::default();
    }
    api::get(&format!("/api/events/{event}/plan")).await.unwrap_or_default()
}

/// What a ticket type is called; the word of it while nobody knows the event.
pub(super) fn kind_name(event: Option<&Happening>, ticket_type: &str, category: Option<&str>) -> String {
    let mut kinds = event.into_iter().flat_map(|event| &event.ticket_types);
    let known = kinds.find(|kind| kind.ticket_type == ticket_type && kind.category.as_deref() == category);
    known.map_or_else(|| ticket_type.to_owned(), |kind| kind.name.clone())
}
