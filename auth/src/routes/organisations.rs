//! Organisations and their members.

use super::refusals::Refusals;
use crate::service::organise;
use crate::state::State;
use axum::extract;
use axum::http::StatusCode;
use onsale_core::api::organisations::{Member, NameOrganisation, Organisation, SetMember};
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::{OrganisationId, UserId};
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Path, Query, Valid};
use onsale_platform::identity::{Caller, Organiser};
use onsale_platform::problem::Problem;
use uuid::Uuid;

/// Founds an organisation. Who is no admin becomes its first organiser, where the installation lets anybody found one.
#[utoipa::path(
    post, path = "/api/admin/organisations", tag = "organisations", operation_id = "foundOrganisation",
    request_body = NameOrganisation, responses((status = 201, body = Organisation), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn found(
    extract::State(state): extract::State<State>,
    caller: Caller,
    Valid(wanted): Valid<NameOrganisation>,
) -> Result<(StatusCode, Json<Organisation>), Problem> {
    Ok((StatusCode::CREATED, Json(organise::found(&state, &caller, &wanted.name).await?)))
}

/// Your organisation; for admins all of them, the newest first.
#[utoipa::path(
    get, path = "/api/admin/organisations", tag = "organisations", operation_id = "listOrganisations",
    params(PageQuery), responses((status = 200, body = Page<Organisation>), Refusals), security(("bearer" = []))
)]
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    Organiser(caller): Organiser,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Organisation>>, Problem> {
    let limit = cursor::limit(&query, cursor::LIMIT_DEFAULT)?;
    let below: Option<Uuid> = query.cursor.as_deref().map(cursor::decode).transpose()?;
    let mut items = organise::list(&state, &caller, below, limit).await?;
    let next_cursor = cursor::next(&mut items, limit, |organisation| organisation.id);
    Ok(Json(Page { items, next_cursor }))
}

/// Gives an organisation another name.
#[utoipa::path(
    patch, path = "/api/admin/organisations/{id}", tag = "organisations", operation_id = "renameOrganisation",
    params(("id" = OrganisationId, Path)), request_body = NameOrganisation,
    responses((status = 200, body = Organisation), Refusals), security(("bearer" = []))
)]
pub(super) async fn rename(
    extract::State(state): extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<OrganisationId>,
    Valid(wanted): Valid<NameOrganisation>,
) -> Result<Json<Organisation>, Problem> {
    Ok(Json(organise::rename(&state, &caller, id, &wanted.name).await?))
}

/// Its members.
#[utoipa::path(
    get, path = "/api/admin/organisations/{id}/members", tag = "organisations", operation_id = "listMembers",
    params(("id" = OrganisationId, Path), PageQuery),
    responses((status = 200, body = Page<Member>), Refusals), security(("bearer" = []))
)]
pub(super) async fn members(
    extract::State(state): extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<OrganisationId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Member>>, Problem> {
    let limit = cursor::limit(&query, cursor::LIMIT_DEFAULT)?;
    let after: Option<Uuid> = query.cursor.as_deref().map(cursor::decode).transpose()?;
    let mut items = organise::members(&state, &caller, id, (after.unwrap_or_default(), limit)).await?;
    let next_cursor = cursor::next(&mut items, limit, |member| member.user_id);
    Ok(Json(Page { items, next_cursor }))
}

/// Sets what a member may do. Their tokens are refused everywhere within 2 seconds; their sessions go on.
#[utoipa::path(
    put, path = "/api/admin/organisations/{id}/members/{userId}", tag = "organisations", operation_id = "setMember",
    params(("id" = OrganisationId, Path), ("userId" = UserId, Path)), request_body = SetMember,
    responses((status = 204, description = "Set"), Refusals), security(("bearer" = []))
)]
pub(super) async fn set_member(
    extract::State(state): extract::State<State>,
    Organiser(caller): Organiser,
    Path(member): Path<(OrganisationId, UserId)>,
    Json(wanted): Json<SetMember>,
) -> Result<StatusCode, Problem> {
    organise::must_be_of_organisation(&wanted.roles)?;
    organise::set_member(&state, &caller, member, &wanted.roles).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a member out.
#[utoipa::path(
    delete, path = "/api/admin/organisations/{id}/members/{userId}", tag = "organisations",
    operation_id = "removeMember", params(("id" = OrganisationId, Path), ("userId" = UserId, Path)),
    responses((status = 204, description = "Out"), Refusals), security(("bearer" = []))
)]
pub(super) async fn remove_member(
    extract::State(state): extract::State<State>,
    Organiser(caller): Organiser,
    Path(member): Path<(OrganisationId, UserId)>,
) -> Result<StatusCode, Problem> {
    organise::set_member(&state, &caller, member, &[]).await?;
    Ok(StatusCode::NO_CONTENT)
}
