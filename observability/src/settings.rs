//! The settings of logs and traces.

use std::io::IsTerminal;

/// Quiet where a library's `info` is noise to an operator.
const FILTER_DEFAULT: &str = "info,sqlx=warn,hyper=warn,h2=warn,tower=warn,tonic=warn,rustls=warn,librdkafka=warn";

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One line for people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// What to log and where to send traces.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// `RUST_LOG`: the directives of `tracing_subscriber::EnvFilter`.
    pub filter: String,
    /// `LOG_FORMAT`: `pretty` or `json`; by default pretty on a terminal, else JSON.
    pub format: LogFormat,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where spans go by OTLP over gRPC; none are made when it is not set.
    pub otlp_endpoint: Option<String>,
    /// `OTEL_TRACES_SAMPLER_ARG`: the share, 0–1, of traces begun here that are kept. A trace begun elsewhere is
    /// kept when its parent is.
    pub sampler_ratio: f64,
}

/// A setting that cannot be understood.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingsError {
    name: &'static str,
    value: String,
    reason: String,
}

impl SettingsError {
    pub(crate) fn new(name: &'static str, value: &str, reason: impl Into<String>) -> Self {
        Self { name, value: value.to_owned(), reason: reason.into() }
    }
}

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={:?} cannot be used: {}", self.name, self.value, self.reason)
    }
}

impl std::error::Error for SettingsError {}

impl Settings {
    /// Reads the settings by name, from the environment or whatever else `lookup` knows.
    ///
    /// # Errors
    /// When one is set to what cannot be used.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let set = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let format = match set("LOG_FORMAT").as_deref() {
            None if std::io::stderr().is_terminal() => LogFormat::Pretty,
            None | Some("json") => LogFormat::Json,
            Some("pretty") => LogFormat::Pretty,
            Some(other) => return Err(SettingsError::new("LOG_FORMAT", other, "use pretty or json")),
        };
        let sampler_ratio = match set("OTEL_TRACES_SAMPLER_ARG") {
            None => 1.0,
            Some(text) => ratio(&text)?,
        };
        let otlp_endpoint = set("OTEL_EXPORTER_OTLP_ENDPOINT");
        if let Some(endpoint) = &otlp_endpoint
            && !endpoint.starts_with("http://")
            && !endpoint.starts_with("https://")
        {
            let reason = "use http://host:4317 or https://host:4317";
            return Err(SettingsError::new("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, reason));
        }
        let filter = set("RUST_LOG").unwrap_or_else(|| FILTER_DEFAULT.to_owned());
        Ok(Self { filter, format, otlp_endpoint, sampler_ratio })
    }
}

fn ratio(text: &str) -> Result<f64, SettingsError> {
    match text.parse::<f64>() {
        Ok(ratio) if (0.0..=1.0).contains(&ratio) => Ok(ratio),
        _ => Err(SettingsError::new("OTEL_TRACES_SAMPLER_ARG", text, "use a number from 0 to 1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::read(|name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_set_traces_nowhere() {
        let settings = read(&[]).expect("defaults");
        assert_eq!(settings.otlp_endpoint, None);
        assert!((settings.sampler_ratio - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn errors_name_the_setting_and_the_remedy() {
        let remedy = |values| read(values).expect_err("refused").to_string();
        assert_eq!(remedy(&[("LOG_FORMAT", "xml")]), "LOG_FORMAT=\"xml\" cannot be used: use pretty or json");
        assert!(remedy(&[("OTEL_TRACES_SAMPLER_ARG", "1.5")]).contains("from 0 to 1"));
        assert!(remedy(&[("OTEL_TRACES_SAMPLER_ARG", "NaN")]).contains("from 0 to 1"));
        assert!(remedy(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "jaeger:4317")]).contains("http://host:4317"));
    }
}
