//! Organisations: who runs events together, and who may do what there.

use crate::ids::{InvitationId, OrganisationId, UserId};
use crate::role::Role;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
    /// The organisation.
    pub id: OrganisationId,
    /// What it is called.
    pub name: String,
    /// When it was founded.
    pub created_at: DateTime<Utc>,
}

/// `POST /api/admin/organisations`, and `PATCH` of one.
#[derive(Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct NameOrganisation {
    /// What it is called.
    #[garde(length(chars, min = 1, max = 200))]
    pub name: String,
}

/// What an account is in an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// What it is called.
    pub name: String,
    /// What the account may do there: `organiser`, `box_office`, `gate`.
    pub roles: Vec<Role>,
}

/// A member, as the organisation's organisers see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The account.
    pub user_id: UserId,
    /// Where mail reaches the person.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// What the person may do.
    pub roles: Vec<Role>,
    /// Whether signing in needs a second factor.
    pub second_factor: bool,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// `PUT /api/admin/organisations/{id}/members/{userId}`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SetMember {
    /// What the person may do from now on: some of `organiser`, `box_office`, `gate`.
    pub roles: Vec<Role>,
}

/// `POST /api/admin/organisations/{id}/invitations`.
#[derive(Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct Invite {
    /// The address of whoever may accept.
    #[garde(length(max = 254), email)]
    pub email: String,
    /// What they may do then: some of `organiser`, `box_office`, `gate`.
    #[garde(skip)]
    pub roles: Vec<Role>,
}

/// An invitation. Its link is told once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The invitation.
    pub id: InvitationId,
    /// Whom it is for.
    pub email: String,
    /// What they may do then.
    pub roles: Vec<Role>,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
    /// When it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<DateTime<Utc>>,
    /// What accepts it; only in the answer that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// `POST /api/auth/invitations/accept`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct AcceptInvitation {
    /// The invitation's token.
    pub token: String,
}
