//! The audit log: what staff did, each entry chained to the one before it.

use crate::ids::{OrganisationId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One act, as it stands in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its place in the chain, from 1 and without holes.
    pub number: i64,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// Who did it; absent where the installation itself acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<UserId>,
    /// Their address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// In which organisation; absent for what is of the whole installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    /// Where it was done, e.g. `admin`.
    pub service: String,
    /// What was done, e.g. `event.publish`.
    pub action: String,
    /// To what kind of thing.
    pub object_type: String,
    /// To which one.
    pub object_id: String,
    /// What else is worth knowing.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// The chain up to this entry, in hex.
    pub hash: String,
}

/// How far the chain has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditHead {
    /// Of the last entry; 0 while there is none.
    pub number: i64,
    /// The chain up to it, in hex. Kept elsewhere, it proves that nothing before it was changed.
    pub hash: String,
}

/// What is looked for in the log.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only what this account did.
    pub actor_id: Option<UserId>,
    /// Only what the account of this address did: the whole address, in capitals or not.
    pub actor: Option<String>,
    /// Only acts whose name starts so, e.g. `event.`.
    pub action: Option<String>,
    /// Only what was done to the thing of this id.
    pub object_id: Option<String>,
    /// From then on.
    pub from: Option<DateTime<Utc>>,
    /// Before then.
    pub until: Option<DateTime<Utc>>,
    /// How many items, 1–100; 50 when absent.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// auth: `POST /internal/audit`: what a service's staff did, in the order of its own table. An empty list asks where to
/// go on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AuditBatch {
    /// At most 500.
    pub acts: Vec<AuditAct>,
}

/// One act, on its way to the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditAct {
    /// Where it stands in its service's table.
    pub place: AuditPlace,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// In which organisation.
    pub organisation_id: Option<OrganisationId>,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub object_type: String,
    /// To which one.
    pub object_id: String,
    /// What else is worth knowing.
    pub detail: serde_json::Value,
}

/// A place in a service's table of acts: the transaction that wrote it, and the row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AuditPlace {
    /// The transaction.
    pub xid: i64,
    /// The row.
    pub position: i64,
}
