//! Who is calling, as an extractor in the handler's signature.
//!
//! A service verifies the token itself and believes no identity header.

use crate::ServiceRole;
use crate::problem::Problem;
use crate::tokens::TokenVerifier;
use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use onsale_core::{ApiKeyId, OrganisationId, Role, Scope, SessionId, UserId};
use std::sync::Arc;

/// A verified caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A person.
    User {
        /// The account.
        user_id: UserId,
        /// The session that the token belongs to.
        session_id: SessionId,
        /// What the account may do, there.
        roles: Vec<Role>,
        /// The organisation that it acts for.
        organisation: OrganisationId,
    },
    /// A program with an API key.
    ApiKey {
        /// The key.
        key_id: ApiKeyId,
        /// The account that made it.
        user_id: UserId,
        /// What the key may do.
        scopes: Vec<Scope>,
        /// The organisation that it belongs to.
        organisation: OrganisationId,
    },
    /// Another service, on its own behalf.
    Service(ServiceRole),
}

impl Identity {
    /// Whether it is a person with that role.
    #[must_use]
    pub fn has_role(&self, role: Role) -> bool {
        matches!(self, Self::User { roles, .. } if roles.contains(&role))
    }

    /// Whether it is a key with that scope.
    #[must_use]
    pub fn has_scope(&self, scope: Scope) -> bool {
        matches!(self, Self::ApiKey { scopes, .. } if scopes.contains(&scope))
    }

    /// Whose things it reaches: those of one organisation, or with the role admin everybody's.
    #[must_use]
    pub fn reach(&self) -> Reach {
        match self {
            Self::User { roles, .. } if roles.contains(&Role::Admin) => Reach::Everything,
            Self::User { organisation, .. } | Self::ApiKey { organisation, .. } => Reach::Organisation(*organisation),
            Self::Service(_) => Reach::Everything,
        }
    }

    /// The account behind it; none behind a service.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User { user_id, .. } | Self::ApiKey { user_id, .. } => Some(*user_id),
            Self::Service(_) => None,
        }
    }
}

/// What of organisations' things somebody reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// One organisation's.
    Organisation(OrganisationId),
    /// Everybody's.
    Everything,
}

impl Reach {
    /// Whether a thing of that organisation is within it.
    #[must_use]
    pub fn covers(self, organisation: OrganisationId) -> bool {
        self.only().is_none_or(|own| own == organisation)
    }

    /// The one organisation whose things they are; nothing where it is everybody's.
    #[must_use]
    pub fn only(self) -> Option<OrganisationId> {
        match self {
            Self::Organisation(organisation) => Some(organisation),
            Self::Everything => None,
        }
    }
}

/// A signed-in person, whatever their role.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// What the account may do, there.
    pub roles: Vec<Role>,
    /// The organisation that it acts for.
    pub organisation: OrganisationId,
}

impl Caller {
    /// Whose things the person reaches: those of their organisation, or with the role admin everybody's.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.has_role(Role::Admin) { Reach::Everything } else { Reach::Organisation(self.organisation) }
    }

    /// Whether the person has that role.
    #[must_use]
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// A person who runs events: role `organiser` or `admin`.
#[derive(Debug, Clone)]
pub struct Organiser(pub Caller);

/// A person who keeps lines moving: role `organiser`, `admin` or `sre`.
#[derive(Debug, Clone)]
pub struct LineKeeper(pub Caller);

/// A person who watches over the installation: role `admin` or `sre`.
#[derive(Debug, Clone)]
pub struct Operator(pub Caller);

/// A person who runs the installation: role `admin`.
#[derive(Debug, Clone)]
pub struct Admin(pub Caller);

/// Who may sell at the counter: role `box_office` or `admin`, or a key with `tickets:sell`.
#[derive(Debug, Clone)]
pub struct Seller(pub Identity);

/// Who may read ticket queries: role `box_office` or `admin`, or a key with `tickets:read`.
#[derive(Debug, Clone)]
pub struct TicketReader(pub Identity);

/// Who looks after the sales of events: role `organiser`, `box_office` or `admin`.
#[derive(Debug, Clone)]
pub struct SalesKeeper(pub Caller);

/// Who lets people in: role `gate`, `organiser`, `box_office` or `admin`.
#[derive(Debug, Clone)]
pub struct GateKeeper(pub Caller);

/// Another service.
#[derive(Debug, Clone, Copy)]
pub struct ServiceCaller(pub ServiceRole);

/// The caller of a request, found once and kept in its extensions.
async fn identify<S>(parts: &mut Parts, state: &S) -> Result<Identity, Problem>
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    if let Some(known) = parts.extensions.get::<Identity>() {
        return Ok(known.clone());
    }
    let token = bearer(&parts.headers)
        .ok_or_else(|| Problem::unauthenticated("Send an access token as Authorization: Bearer."))?;
    let verifier = Arc::<TokenVerifier>::from_ref(state);
    let identity = verifier.verify(token).await?;
    parts.extensions.insert(identity.clone());
    Ok(identity)
}

/// The token of the `Authorization` header.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match identify(parts, state).await? {
            Identity::User { user_id, session_id, roles, organisation } => {
                Ok(Self { user_id, session_id, roles, organisation })
            }
            Identity::ApiKey { .. } | Identity::Service(_) => {
                Err(Problem::forbidden("This call is for people: sign in with an account."))
            }
        }
    }
}

impl<S> OptionalFromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if bearer(&parts.headers).is_none() {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state).await.map(Some)
    }
}

async fn caller_with<S>(parts: &mut Parts, state: &S, roles: &[Role]) -> Result<Caller, Problem>
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    let caller = <Caller as FromRequestParts<S>>::from_request_parts(parts, state).await?;
    if roles.iter().any(|role| caller.has_role(*role)) {
        return Ok(caller);
    }
    let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    Err(Problem::forbidden(format!("This call needs the role {}.", names.join(" or "))))
}

impl<S> FromRequestParts<S> for Organiser
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        caller_with(parts, state, &[Role::Organiser, Role::Admin]).await.map(Self)
    }
}

impl<S> FromRequestParts<S> for LineKeeper
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        caller_with(parts, state, &[Role::Organiser, Role::Admin, Role::Sre]).await.map(Self)
    }
}

impl<S> FromRequestParts<S> for SalesKeeper
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        caller_with(parts, state, &[Role::Organiser, Role::BoxOffice, Role::Admin]).await.map(Self)
    }
}

impl<S> FromRequestParts<S> for GateKeeper
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        caller_with(parts, state, &[Role::Gate, Role::Organiser, Role::BoxOffice, Role::Admin]).await.map(Self)
    }
}

impl<S> FromRequestParts<S> for Admin
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        caller_with(parts, state, &[Role::Admin]).await.map(Self)
    }
}

impl<S> FromRequestParts<S> for Operator
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        caller_with(parts, state, &[Role::Admin, Role::Sre]).await.map(Self)
    }
}

async fn counter<S>(parts: &mut Parts, state: &S, scope: Scope) -> Result<Identity, Problem>
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    let identity = identify(parts, state).await?;
    if identity.has_role(Role::BoxOffice) || identity.has_role(Role::Admin) || identity.has_scope(scope) {
        Ok(identity)
    } else {
        Err(Problem::forbidden(format!("This call needs the role box_office or a key with {scope}.")))
    }
}

impl<S> FromRequestParts<S> for Seller
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        counter(parts, state, Scope::TicketsSell).await.map(Self)
    }
}

impl<S> FromRequestParts<S> for TicketReader
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        counter(parts, state, Scope::TicketsRead).await.map(Self)
    }
}

impl<S> FromRequestParts<S> for ServiceCaller
where
    S: Send + Sync,
    Arc<TokenVerifier>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match identify(parts, state).await? {
            Identity::Service(role) => Ok(Self(role)),
            Identity::User { .. } | Identity::ApiKey { .. } => Err(Problem::forbidden("This call is for services.")),
        }
    }
}
