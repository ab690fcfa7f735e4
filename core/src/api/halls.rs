//! Halls as organisers draw them, and the plans that were published from them.

use crate::hall::{Hall, Problem};
use crate::ids::VenueId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// `POST /api/admin/venues/{venueId}/halls`.
#[derive(Debug, Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewHall {
    /// What the organiser calls it.
    #[garde(length(chars, min = 1, max = 200))]
    pub name: String,
    /// The plan of the venue to go on from; an empty hall when absent.
    #[serde(default)]
    #[garde(skip)]
    pub plan_id: Option<Uuid>,
}

/// A hall without what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HallSummary {
    /// The hall.
    pub hall_id: Uuid,
    /// The venue.
    pub venue_id: VenueId,
    /// What the organiser calls it.
    pub name: String,
    /// Seats in all.
    pub seat_count: usize,
    /// Grows by one with each change.
    pub revision: i32,
    /// The version last published; 0 before the first.
    pub version: i32,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A hall as it is drawn now, and what was published of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HallRecord {
    /// The hall.
    pub hall_id: Uuid,
    /// The venue.
    pub venue_id: VenueId,
    /// Grows by one with each change.
    pub revision: i32,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// What was published, the first version first.
    pub versions: Vec<HallVersion>,
    /// What is to be mended before it is published.
    pub problems: Vec<Problem>,
    /// The hall.
    pub hall: Hall,
}

/// A published version of a hall: a plan, which never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HallVersion {
    /// From 1.
    pub version: i32,
    /// The plan, for events.
    pub plan_id: Uuid,
    /// The change that was published.
    pub revision: i32,
    /// Seats in all.
    pub seat_count: usize,
    /// When.
    pub published_at: DateTime<Utc>,
}

/// `PUT /api/admin/halls/{hallId}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SaveHall {
    /// The change that this one goes on from; where the hall has another by now, nothing is saved.
    pub revision: i32,
    /// The hall as it is to be.
    pub hall: Hall,
}

/// The hall was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SavedHall {
    /// The change that was made.
    pub revision: i32,
    /// When.
    pub updated_at: DateTime<Utc>,
}

/// `POST /api/admin/halls/{hallId}/publish`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishHall {
    /// The change to publish; where the hall has another by now, nothing is published.
    pub revision: i32,
}
