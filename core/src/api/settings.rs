//! Settings that change while everything runs, and hold in all processes within 2 s.

use crate::ids::UserId;
use crate::language::Language;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The settings. What is absent is as each process was started with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, garde::Validate, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LiveSettings {
    /// Reserve works. Off, it answers 503; what is held can still be paid.
    #[garde(skip)]
    pub sales: bool,
    /// New accounts can be made.
    #[garde(skip)]
    pub registrations: bool,
    /// Anybody who is signed in may found an organisation; otherwise admins only.
    #[garde(skip)]
    pub organisations: bool,
    /// How long new holds last, in seconds, in the place of what each event says.
    #[garde(inner(range(min = 60, max = 3_600)))]
    pub hold_seconds: Option<u32>,
    /// The most people a second that any one waiting room lets in.
    #[garde(inner(range(min = 0.0, max = 100_000.0)))]
    pub inflow_max: Option<f64>,
    /// How often one caller may call.
    #[garde(dive)]
    pub limits: LiveLimits,
    /// What stands on top of every page.
    #[garde(dive)]
    pub banner: Option<Banner>,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self {
            sales: true,
            registrations: true,
            organisations: false,
            hold_seconds: None,
            inflow_max: None,
            limits: LiveLimits::default(),
            banner: None,
        }
    }
}

/// Limits in the place of `LIMIT_ACCOUNT` and its like; each process counts for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, garde::Validate, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LiveLimits {
    /// Of one account.
    #[garde(dive)]
    pub account: Option<CallRate>,
    /// Of one API key.
    #[garde(dive)]
    pub api_key: Option<CallRate>,
    /// Of one address without a token.
    #[garde(dive)]
    pub address: Option<CallRate>,
    /// Sign-ins and registrations of one address.
    #[garde(dive)]
    pub sign_in: Option<CallRate>,
}

/// So many calls in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct CallRate {
    /// How many.
    #[garde(range(min = 1, max = 1_000_000))]
    pub calls: u32,
    /// In how many seconds.
    #[garde(range(min = 1, max = 3_600))]
    pub seconds: u32,
}

/// A message to everybody, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct Banner {
    /// In English.
    #[garde(length(chars, min = 1, max = 300))]
    pub en: String,
    /// In Spanish.
    #[garde(length(chars, min = 1, max = 300))]
    pub es: String,
}

impl Banner {
    /// Its text in a language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

/// The settings in force, or that were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettingsVersion {
    /// Grows by one with each change; 0 while nobody has changed anything.
    pub version: i64,
    /// When they were set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom; absent where it was done on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<UserId>,
    /// What they are.
    pub settings: LiveSettings,
}

/// `PUT /api/admin/settings`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, garde::Validate, ToSchema)]
pub struct ChangeSettings {
    /// The version that the change was made from; 409 `state_conflict` when another one is in force.
    #[garde(skip)]
    pub version: i64,
    /// What they are from now on, all of them.
    #[garde(dive)]
    pub settings: LiveSettings,
}
