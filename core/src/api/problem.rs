//! Errors on the wire: RFC 9457 `application/problem+json`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error as clients read it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody {
    /// A stable address that explains the error, under `/problems/`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The error in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened here, and what to do.
    pub detail: String,
    /// The path that was asked for.
    #[serde(default)]
    pub instance: String,
    /// A stable word for programs.
    pub code: String,
    /// The trace to name when asking for help.
    #[serde(default)]
    pub trace_id: String,
    /// Every field that is wrong, where fields are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Members of its own, e.g. `seats`.
    #[serde(flatten)]
    pub members: serde_json::Map<String, serde_json::Value>,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Its path in the body or its name in the query, e.g. `seats[0].seatId`.
    pub field: String,
    /// A stable word for programs.
    pub code: String,
    /// What to do about it.
    pub message: String,
}
