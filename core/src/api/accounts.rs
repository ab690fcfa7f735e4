//! Accounts: register, login, refresh, me; and their administration.

use super::organisations::Membership;
use crate::ids::{ApiKeyId, OrganisationId, UserId};
use crate::language::Language;
use crate::role::{Role, Scope};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// `POST /api/auth/register`.
#[derive(Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct RegisterRequest {
    /// Where mail reaches the person.
    #[garde(length(max = 254), email)]
    pub email: String,
    /// At least 8 characters, not one of the most common ones; up to 256 are taken.
    #[garde(skip)]
    pub password: String,
    /// What the person is called.
    #[garde(length(chars, min = 1, max = 200))]
    pub name: String,
    /// A telephone number.
    #[garde(inner(length(chars, min = 3, max = 40)))]
    pub phone: Option<String>,
    /// In which language the person is written to, as a tag such as `es-CO`; without it, or where mails are not
    /// written in it, the best one of `Accept-Language`.
    #[garde(inner(length(max = 100)))]
    #[serde(default)]
    pub language: Option<String>,
}

/// `POST /api/auth/login`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct LoginRequest {
    /// The account's address.
    pub email: String,
    /// Its password.
    pub password: String,
    /// Where the account has a second factor: the code that the person's device shows, or a recovery code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// The answer of register, login and refresh; the refresh token is in a cookie beside it.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// The access token, for `Authorization: Bearer`.
    pub token: String,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// Whose it is.
    pub user: Account,
}

/// An account, as its owner and admins see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account.
    pub id: UserId,
    /// Where mail reaches the person.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// A telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// In which language the person is written to.
    #[serde(default)]
    pub language: Language,
    /// What the account may do, in the organisation that it acts for.
    pub roles: Vec<Role>,
    /// The organisation that it acts for, where it is a member of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// All organisations that it is a member of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memberships: Vec<Membership>,
    /// Whether signing in needs a second factor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second_factor: bool,
    /// Its roles of staff are kept back until it has a second factor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second_factor_missing: bool,
    /// Whether the address was proven by a mailed link.
    pub email_verified: bool,
    /// Disabled accounts cannot sign in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// `PATCH /api/auth/me`: what is absent stays.
#[derive(Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct UpdateAccount {
    /// What the person is called.
    #[garde(inner(length(chars, min = 1, max = 200)))]
    pub name: Option<String>,
    /// A telephone number.
    #[garde(inner(length(chars, min = 3, max = 40)))]
    pub phone: Option<String>,
    /// In which language the person is written to.
    #[garde(skip)]
    pub language: Option<Language>,
}

/// `POST /api/auth/password/forgot`.
#[derive(Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct ForgotPassword {
    /// The account's address. The answer is the same whether or not there is one.
    #[garde(length(max = 254), email)]
    pub email: String,
}

/// `POST /api/auth/password/reset`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ResetPassword {
    /// The token of the mailed link.
    pub token: String,
    /// The new password, under the rules of registration.
    pub password: String,
}

/// `POST /api/auth/email/verify`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct VerifyEmail {
    /// The token of the mailed link.
    pub token: String,
}

/// `GET /api/admin/users`: which accounts are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountQuery {
    /// Only those with this in their address or name, in capitals or not.
    pub query: Option<String>,
    /// How many items, 1–100; 50 when absent.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// `PATCH /api/admin/users/{id}`: what is absent stays.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdministerUser {
    /// The roles the account has from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
    /// Whether it is disabled from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// `true` takes its second factor away, for somebody who lost it and all recovery codes.
    #[serde(default)]
    pub reset_second_factor: bool,
}

/// `POST /api/auth/organisation`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActFor {
    /// The organisation that the session acts for from now on.
    pub organisation_id: OrganisationId,
}

/// `POST /api/auth/second-factor`: the secret for the person's device, told once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SecondFactorSecret {
    /// To type in, as base 32.
    pub secret: String,
    /// To scan: `otpauth://totp/…`.
    pub uri: String,
}

/// A code of the person's device, or a recovery code.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SecondFactorCode {
    /// Six digits, or a recovery code.
    pub code: String,
}

/// `POST /api/auth/second-factor/confirm`: codes for when the device is lost, told once; each works once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodes {
    /// The codes.
    pub recovery_codes: Vec<String>,
}

/// `POST /api/admin/api-keys`.
#[derive(Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct CreateApiKey {
    /// What the key is for.
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    /// What it may do.
    #[garde(length(min = 1))]
    pub scopes: Vec<Scope>,
}

/// An API key. Its secret is told once, when it is made.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Whose it is: it reaches nothing of other organisations.
    #[serde(default)]
    pub organisation_id: OrganisationId,
    /// The first characters of the secret, to tell keys apart.
    pub prefix: String,
    /// `osk_…`; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
}
