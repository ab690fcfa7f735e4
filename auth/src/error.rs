//! Why something was not done, and how clients read it.

use crate::domain::passwords::PasswordRefusal;
use axum::http::StatusCode;
use onsale_platform::env::EnvError;
use onsale_platform::problem::Problem;
use std::time::Duration;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    /// Address or password are wrong; which one is never told.
    #[error("address or password is wrong")]
    InvalidCredentials,
    /// There is an account of that address.
    #[error("the address has an account")]
    EmailTaken,
    /// The password breaks a rule.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// Too many tries.
    #[error("too many tries, the next in {0:?}")]
    TooManyTries(Duration),
    /// All places for hashing passwords are taken, and all for waiting.
    #[error("the pool that hashes passwords is full")]
    HashingFull,
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// The refresh token is none, or ended.
    #[error("the refresh token is not good")]
    NotSignedIn,
    /// The refresh token was used before.
    #[error("the refresh token was used twice")]
    TokenReused,
    /// The link of a mail is none, or was used, or ended.
    #[error("the link is not good")]
    LinkNotGood,
    /// The API key is none, or revoked.
    #[error("the API key is not good")]
    ApiKeyNotGood,
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// An account needs a role.
    #[error("no roles were given")]
    NoRoles,
    /// Nobody would be left to run the installation.
    #[error("the last admin would be lost")]
    LastAdmin,
    /// The password is right, and a code is needed beside it.
    #[error("a second factor is needed")]
    SecondFactorRequired,
    /// The code is none of now, or was used.
    #[error("the code is wrong")]
    WrongCode,
    /// There is a second factor, or none, and that does not fit.
    #[error("{0}")]
    SecondFactor(&'static str),
    /// A secret was sealed under another `ONSALE_SECRET`.
    #[error("a second factor was sealed under another ONSALE_SECRET")]
    OtherSecret,
    /// No code can be made of the secret.
    #[error("a second factor cannot be used: {0}")]
    Codes(#[from] totp_rs::TotpError),
    /// Roles that are not had in organisations.
    #[error("these are no roles of an organisation")]
    NotOfOrganisation,
    /// Nobody would be left to run the organisation.
    #[error("the last organiser would be lost")]
    LastOrganiser,
    /// The invitation is for another address.
    #[error("the invitation is for another address")]
    OtherAddress,
    /// That is not done just now.
    #[error("{0}")]
    SwitchedOff(&'static str),
    /// Somebody else changed the settings meanwhile.
    #[error("the settings were changed meanwhile: version {0} is in force")]
    OtherVersion(i64),
    /// PostgreSQL said no.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// Hashing failed.
    #[error("a password could not be hashed: {0}")]
    Hashing(String),
    /// No key can sign.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

/// Why a signing key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It was sealed under another secret.
    #[error(
        "the signing key {kid} was sealed under another ONSALE_SECRET: give that one back, or run `onsale keys rotate --compromised`"
    )]
    OtherSecret {
        /// The key's name.
        kid: String,
    },
    /// There is none that may sign now.
    #[error("there is no key that may sign now: run `onsale keys rotate --compromised`")]
    NoneCurrent,
    /// PostgreSQL said no.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Why auth did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error(transparent)]
    Setting(#[from] EnvError),
    /// PostgreSQL is not reachable, or not migrated.
    #[error("auth's database cannot be used: {0}")]
    Database(#[from] sqlx::Error),
    /// The signing keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Passwords cannot be hashed.
    #[error("passwords cannot be hashed: {0}")]
    Hashing(String),
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::InvalidCredentials => {
                Self::new(StatusCode::UNAUTHORIZED, "invalid_credentials", "The address or the password is wrong.")
            }
            AuthError::EmailTaken => Self::conflict("email_taken", "There is an account of this address: sign in."),
            AuthError::Password(refusal) => password_problem(refusal),
            AuthError::TooManyTries(after) => {
                Self::too_many("There were too many tries: wait, or ask for a new password.", after)
            }
            AuthError::HashingFull => {
                Self::unavailable("Too many people are signing in just now.", Duration::from_secs(1))
            }
            AuthError::Disabled => Self::forbidden("This account is disabled: ask the organiser."),
            AuthError::NotSignedIn => Self::unauthenticated("The session has ended: sign in again."),
            AuthError::TokenReused => Self::new(
                StatusCode::UNAUTHORIZED,
                "token_reused",
                "This refresh token was used before, so the session was ended: sign in again.",
            ),
            AuthError::LinkNotGood => {
                Self::invalid("token", "invalid", "the link was used or its time is over: ask for a new one")
            }
            AuthError::ApiKeyNotGood => Self::unauthenticated("The API key is not good, or was revoked."),
            AuthError::NotFound(what) => Self::not_found(what),
            AuthError::NoRoles => Self::invalid("roles", "empty", "give at least one role, or disable the account"),
            AuthError::LastAdmin => Self::conflict("state_conflict", "This is the last admin: make another one first."),
            AuthError::SecondFactorRequired => {
                Self::new(StatusCode::UNAUTHORIZED, "second_factor_required", "Send the code of your device as well.")
            }
            AuthError::WrongCode => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_code",
                "The code is wrong, or was used: wait for the next one.",
            ),
            AuthError::SecondFactor(why) => Self::conflict("state_conflict", why),
            AuthError::NotOfOrganisation => {
                Self::invalid("roles", "unknown", "give at least one of organiser, box_office, gate")
            }
            AuthError::LastOrganiser => {
                Self::conflict("state_conflict", "This is the last organiser: make another one first.")
            }
            AuthError::OtherAddress => {
                Self::conflict("other_address", "The invitation is for another address: sign in with that one.")
            }
            AuthError::SwitchedOff(what) => Self::forbidden(what),
            AuthError::OtherVersion(version) => {
                Self::conflict("state_conflict", "The settings were changed meanwhile: look at them again.")
                    .with_member("version", version)
            }
            AuthError::Database(error) => Self::from(error),
            AuthError::Keys(KeyError::Database(error)) => Self::from(error),
            AuthError::Hashing(_) | AuthError::Keys(_) | AuthError::OtherSecret | AuthError::Codes(_) => {
                Self::internal(error)
            }
        }
    }
}

fn password_problem(refusal: PasswordRefusal) -> Problem {
    let message = refusal.to_string();
    match refusal {
        PasswordRefusal::Short => Problem::unprocessable("password_too_short", "The password is too short.")
            .with_error("password", "password_too_short", message),
        PasswordRefusal::Common => Problem::unprocessable("password_too_common", "The password is too common.")
            .with_error("password", "password_too_common", message),
        PasswordRefusal::Long => Problem::invalid("password", "too_long", message),
    }
}
