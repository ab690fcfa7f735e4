//! Invitations to an organisation, and which one a session acts for.

use super::refusals::Refusals;
use crate::service::{act_for, invite};
use crate::state::State;
use axum::extract;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use onsale_core::api::accounts::{Account, ActFor, SignedIn};
use onsale_core::api::organisations::{AcceptInvitation, Invitation, Invite};
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::{InvitationId, OrganisationId};
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Path, Query, Valid};
use onsale_platform::identity::{Caller, Organiser};
use onsale_platform::problem::Problem;
use uuid::Uuid;

/// Answers with a secret are kept by nobody.
type Secret<T> = ([(HeaderName, &'static str); 1], Json<T>);

/// Invites an address. The token is in this answer and nowhere else: pass it on to whoever has the address.
#[utoipa::path(
    post, path = "/api/admin/organisations/{id}/invitations", tag = "organisations", operation_id = "invite",
    params(("id" = OrganisationId, Path)), request_body = Invite,
    responses((status = 201, body = Invitation), Refusals), security(("bearer" = []))
)]
pub(super) async fn create(
    extract::State(state): extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<OrganisationId>,
    Valid(wanted): Valid<Invite>,
) -> Result<(StatusCode, Secret<Invitation>), Problem> {
    let made = invite::invite(&state, &caller, id, &wanted).await?;
    Ok((StatusCode::CREATED, ([(CACHE_CONTROL, "no-store")], Json(made))))
}

/// Its invitations, the newest first, without their tokens.
#[utoipa::path(
    get, path = "/api/admin/organisations/{id}/invitations", tag = "organisations", operation_id = "listInvitations",
    params(("id" = OrganisationId, Path), PageQuery),
    responses((status = 200, body = Page<Invitation>), Refusals), security(("bearer" = []))
)]
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<OrganisationId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Invitation>>, Problem> {
    let limit = cursor::limit(&query, cursor::LIMIT_DEFAULT)?;
    let below: Option<Uuid> = query.cursor.as_deref().map(cursor::decode).transpose()?;
    let mut items = invite::list(&state, &caller, id, (below, limit)).await?;
    let next_cursor = cursor::next(&mut items, limit, |invitation| invitation.id);
    Ok(Json(Page { items, next_cursor }))
}

/// Takes an invitation back that nobody has accepted.
#[utoipa::path(
    delete, path = "/api/admin/organisations/{id}/invitations/{invitationId}", tag = "organisations",
    operation_id = "revokeInvitation", params(("id" = OrganisationId, Path), ("invitationId" = InvitationId, Path)),
    responses((status = 204, description = "It works no more"), Refusals), security(("bearer" = []))
)]
pub(super) async fn revoke(
    extract::State(state): extract::State<State>,
    Organiser(caller): Organiser,
    Path((id, invitation)): Path<(OrganisationId, InvitationId)>,
) -> Result<StatusCode, Problem> {
    invite::revoke(&state, &caller, id, invitation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accepts an invitation that was made for your address. Refresh your token to act for the organisation.
#[utoipa::path(
    post, path = "/api/auth/invitations/accept", tag = "accounts", operation_id = "acceptInvitation",
    request_body = AcceptInvitation, responses((status = 200, body = Account), Refusals), security(("bearer" = []))
)]
pub(super) async fn accept(
    extract::State(state): extract::State<State>,
    caller: Caller,
    Json(wanted): Json<AcceptInvitation>,
) -> Result<Json<Account>, Problem> {
    Ok(Json(invite::accept(&state, &caller, &wanted.token).await?))
}

/// Acts for another one of your organisations from now on, with a token of it.
#[utoipa::path(
    post, path = "/api/auth/organisation", tag = "accounts", operation_id = "actFor", request_body = ActFor,
    responses((status = 200, body = SignedIn), Refusals), security(("bearer" = []))
)]
pub(super) async fn choose(
    extract::State(state): extract::State<State>,
    caller: Caller,
    Json(wanted): Json<ActFor>,
) -> Result<Secret<SignedIn>, Problem> {
    let answer = act_for::act_for(&state, &caller, wanted.organisation_id).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(answer)))
}
