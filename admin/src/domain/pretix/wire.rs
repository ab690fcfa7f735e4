//! pretix's seating plan, member by member, in the present version of its schema and the first one.

use onsale_core::hall::{Number, Size, Spot};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// A plan in pretix's format.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct PretixPlan {
    /// What the organiser calls it.
    pub name: String,
    /// The categories that seats refer to by name.
    pub categories: Vec<PretixCategory>,
    /// The drawing's size; measured from the seats when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// The zones.
    pub zones: Vec<PretixZone>,
}

/// A category of seats.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct PretixCategory {
    /// Its name.
    pub name: String,
    /// How pretix draws it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// A zone.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct PretixZone {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What its seats' ids are made from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_id: Option<String>,
    /// Its id there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// Whether its outline is drawn there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub displayed: Option<bool>,
    /// Where its origin is.
    pub position: Spot,
    /// Its rows.
    pub rows: Vec<PretixRow>,
    /// Its areas: stage, standing, bars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub areas: Option<Vec<PretixArea>>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct PretixRow {
    /// Its letter or number.
    pub row_number: String,
    /// How it is called in texts.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub row_label: Option<Nullable>,
    /// How its seats are called in texts.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub seat_label: Option<Nullable>,
    /// Its id there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// Its seats.
    pub seats: Vec<PretixSeat>,
    /// How many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_seats: Option<Number>,
    /// How far they are from one another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats_spacing: Option<Number>,
    /// Where its number is shown there.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub row_number_position: Option<Nullable>,
    /// Where its origin is, from the zone's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Spot>,
}

impl PretixRow {
    /// A row of which no more is said.
    #[must_use]
    pub fn new(row_number: String, seats: Vec<PretixSeat>) -> Self {
        Self {
            row_number,
            row_label: None,
            seat_label: None,
            uuid: None,
            seats,
            number_of_seats: None,
            seats_spacing: None,
            row_number_position: None,
            position: None,
        }
    }
}

/// A seat.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct PretixSeat {
    /// Its id.
    pub seat_guid: String,
    /// Its number.
    pub seat_number: String,
    /// Its id as a thing that is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// In which direction its row is filled from here.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub start_direction: Option<Nullable>,
    /// How large it is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius: Option<Number>,
    /// Where it stands, from the row's origin.
    pub position: Spot,
    /// The name of its category.
    pub category: String,
}

/// An area.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct PretixArea {
    /// How it is filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// How its border is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub border_color: Option<String>,
    /// How far it is turned, in degrees clockwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<Number>,
    /// Where its middle is, from the zone's origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Spot>,
    /// Its id there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// `polygon`, `rectangle`, `ellipse`, `circle` or `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<String>,
    /// A polygon's corners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polygon: Option<PretixPolygon>,
    /// A rectangle's size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rectangle: Option<Size>,
    /// An ellipse's radii.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ellipse: Option<PretixEllipse>,
    /// A circle's radius.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circle: Option<PretixCircle>,
    /// What is written on it: in the first version a text alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<PretixText>,
    /// Its width in the first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<Number>,
    /// Its height in the first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<Number>,
}

/// A polygon.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct PretixPolygon {
    /// Its corners, from the area's position.
    pub points: Vec<Spot>,
}

/// An ellipse.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct PretixEllipse {
    /// Its radii.
    pub radius: Spot,
}

/// A circle.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct PretixCircle {
    /// Its radius.
    pub radius: Number,
}

/// What is written on an area.
#[derive(Debug, Clone, PartialEq, ToSchema)]
pub enum PretixText {
    /// The text alone.
    Plain(String),
    /// The text with its looks.
    Styled(PretixWords),
}

/// A text with its looks.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct PretixWords {
    /// The text.
    #[serde(default)]
    pub text: String,
    /// Its colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// How high its letters are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Number>,
    /// Where it stands, from the area's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Spot>,
}

impl PretixText {
    /// A text in the middle of its area.
    #[must_use]
    pub fn styled(text: String, color: &str, size: f64) -> Self {
        let (color, size) = (Some(color.to_owned()), Some(Number(size)));
        Self::Styled(PretixWords { text, color, size, position: Some(Spot::default()) })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Styled(words) => &words.text,
        }
    }
}

impl Serialize for PretixText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Plain(text) => serializer.serialize_str(text),
            Self::Styled(words) => words.serialize(serializer),
        }
    }
}

/// Numbers are read from their own text, which an untagged enum would not hand on: the two forms are told apart here.
impl<'de> Deserialize<'de> for PretixText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let raw = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
        let read = if raw.get().starts_with('"') {
            serde_json::from_str(raw.get()).map(Self::Plain)
        } else {
            serde_json::from_str(raw.get()).map(Self::Styled)
        };
        read.map_err(D::Error::custom)
    }
}

/// A text, or `null` where that was said.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Nullable(Option<String>);

fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Nullable>, D::Error> {
    Nullable::deserialize(deserializer).map(Some)
}

/// What a zone says beside.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct ZoneBeside {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) zone_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) uuid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) displayed: Option<bool>,
}

/// What a row says beside.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct RowBeside {
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub(super) row_label: Option<Nullable>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub(super) seat_label: Option<Nullable>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub(super) row_number_position: Option<Nullable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) uuid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) number_of_seats: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seats_spacing: Option<Number>,
}

/// What a seat says beside.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct SeatBeside {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) uuid: Option<String>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub(super) start_direction: Option<Nullable>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) radius: Option<Number>,
}
