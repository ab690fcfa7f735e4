//! In which language a page speaks.

use serde::{Deserialize, Serialize};

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

impl Language {
    /// The language of the address (`?lang=`), else the one that the reader chose by hand before, else the best one
    /// of `Accept-Language` (RFC 9110, 12.5.4).
    #[must_use]
    pub fn choose(asked: Option<&str>, kept: Option<&str>, accepted: &str) -> Self {
        if let Some(chosen) = asked.and_then(Self::of_tag).or_else(|| kept.and_then(Self::of_tag)) {
            return chosen;
        }
        let mut best = (0.0, Self::En);
        for part in accepted.split(',').take(16) {
            let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
            let quality = match parameters.trim().strip_prefix("q=") {
                Some(quality) => quality.parse().unwrap_or(0.0),
                None => 1.0,
            };
            if let Some(language) = Self::of_tag(tag.trim())
                && quality > best.0
            {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The language's tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::En => Self::Es,
            Self::Es => Self::En,
        }
    }

    /// The language of a tag such as `es-CO`, where we speak it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        [Self::En, Self::Es].into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_wins_over_what_was_chosen_and_that_over_what_is_accepted() {
        assert_eq!(Language::choose(Some("es"), Some("en"), "en"), Language::Es);
        assert_eq!(Language::choose(None, Some("es"), "en"), Language::Es);
        assert_eq!(Language::choose(Some("xx"), Some("yy"), "es-CO,es;q=0.9,en;q=0.8"), Language::Es);
        assert_eq!(Language::choose(None, None, "de,en;q=0.5,es;q=0.7"), Language::Es);
        assert_eq!(Language::choose(None, None, "es;q=0.1,en-GB;q=0.7"), Language::En);
        assert_eq!(Language::choose(None, None, "es;q=0"), Language::En);
        assert_eq!(Language::choose(None, None, ""), Language::En);
    }
}
