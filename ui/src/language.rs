//! In which language a page speaks.

use onsale_core::Language as Spoken;
use serde::{Deserialize, Serialize};

/// A language of the pages: [`Spoken`], with what the pages say in it (`words/`).
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
        Spoken::accepted(accepted).map(Into::into).unwrap_or_default()
    }

    /// The language's tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        Spoken::from(self).tag()
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
        Spoken::of_tag(tag).map(Into::into)
    }
}

impl From<Spoken> for Language {
    fn from(spoken: Spoken) -> Self {
        match spoken {
            Spoken::English => Self::En,
            Spoken::Spanish => Self::Es,
        }
    }
}

impl From<Language> for Spoken {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::English,
            Language::Es => Self::Spanish,
        }
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
