//! Settings. A setting `NAME` is read from the environment, or from the file that `NAME_FILE` names.

use secrecy::SecretString;
use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

/// A setting that is missing or cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum EnvError {
    /// Nothing is set.
    #[error("{name} is not set: {remedy}")]
    Missing {
        /// The setting.
        name: String,
        /// What to set it to.
        remedy: &'static str,
    },
    /// What is set has another form.
    #[error("{name}={value:?} cannot be used: {reason}")]
    Invalid {
        /// The setting.
        name: String,
        /// What it is set to; never shown for secrets.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file of `NAME_FILE` cannot be read.
    #[error("{name}_FILE={path} cannot be read: {source}")]
    File {
        /// The setting.
        name: String,
        /// The file.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
}

/// A set of settings. Cheap to clone.
#[derive(Clone, Default)]
pub struct Env {
    values: Arc<HashMap<String, String>>,
}

impl Env {
    /// The process's own environment.
    #[must_use]
    pub fn of_process() -> Self {
        std::env::vars().collect()
    }

    /// These settings in front of those that stand already.
    #[must_use]
    pub fn with(&self, more: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut values = (*self.values).clone();
        values.extend(more);
        Self { values: Arc::new(values) }
    }

    /// All settings as they were made, for a process that is to have the same ones.
    pub fn all(&self) -> impl Iterator<Item = (&String, &String)> {
        self.values.iter()
    }

    /// The text of a setting, if it is set and not empty.
    pub fn text(&self, name: &str) -> Result<Option<String>, EnvError> {
        if let Some(value) = self.values.get(name).filter(|value| !value.is_empty()) {
            return Ok(Some(value.clone()));
        }
        match self.values.get(&format!("{name}_FILE")) {
            None => Ok(None),
            Some(path) => match std::fs::read_to_string(path) {
                Ok(value) => Ok(Some(value.trim_end().to_owned())),
                Err(source) => Err(EnvError::File { name: name.to_owned(), path: path.clone(), source }),
            },
        }
    }

    /// The setting as a value; nothing when it is not set.
    pub fn get<T>(&self, name: &str) -> Result<Option<T>, EnvError>
    where
        T: FromStr,
        T::Err: Display,
    {
        let Some(value) = self.text(name)? else { return Ok(None) };
        match value.parse() {
            Ok(parsed) => Ok(Some(parsed)),
            Err(error) => Err(EnvError::Invalid { name: name.to_owned(), value, reason: T::Err::to_string(&error) }),
        }
    }

    /// The setting as a value, or `default`.
    pub fn get_or<T>(&self, name: &str, default: T) -> Result<T, EnvError>
    where
        T: FromStr,
        T::Err: Display,
    {
        Ok(self.get(name)?.unwrap_or(default))
    }

    /// The setting as a value; an error with the remedy when it is not set.
    pub fn require<T>(&self, name: &str, remedy: &'static str) -> Result<T, EnvError>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.get(name)?.ok_or_else(|| EnvError::Missing { name: name.to_owned(), remedy })
    }

    /// The setting as a secret, which no log shows.
    pub fn secret(&self, name: &str) -> Result<Option<SecretString>, EnvError> {
        Ok(self.text(name)?.map(SecretString::from))
    }

    /// Whether `ONSALE_ENV` says that this is production; development where it says nothing.
    pub fn is_production(&self) -> Result<bool, EnvError> {
        match self.text("ONSALE_ENV")?.as_deref() {
            None | Some("development") => Ok(false),
            Some("production") => Ok(true),
            Some(other) => Err(EnvError::Invalid {
                name: "ONSALE_ENV".to_owned(),
                value: other.to_owned(),
                reason: "use development or production".to_owned(),
            }),
        }
    }

    /// The values of a comma-separated setting; empty when it is not set.
    pub fn list(&self, name: &str) -> Result<Vec<String>, EnvError> {
        let text = self.text(name)?.unwrap_or_default();
        Ok(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
    }
}

/// A setting that is `on` or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switch(pub bool);

impl FromStr for Switch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" => Ok(Self(true)),
            "off" => Ok(Self(false)),
            _ => Err("use on or off"),
        }
    }
}

impl FromIterator<(String, String)> for Env {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        Self { values: Arc::new(values.into_iter().collect()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(values: &[(&str, &str)]) -> Env {
        values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn errors_name_the_setting_and_the_remedy() {
        let error = env(&[("PORT", "many")]).get::<u16>("PORT").expect_err("not a number");
        assert_eq!(error.to_string(), "PORT=\"many\" cannot be used: invalid digit found in string");
        let error = env(&[]).require::<u16>("PORT", "give a free port").expect_err("not set");
        assert_eq!(error.to_string(), "PORT is not set: give a free port");
    }

    #[test]
    fn lists_are_split_at_commas() {
        assert_eq!(env(&[("URLS", "a, b,,c")]).list("URLS").expect("readable"), ["a", "b", "c"]);
    }
}
