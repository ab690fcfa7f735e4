//! What is said aloud when something about the line changed that stands in its notices.

use crate::language::Language;
use onsale_core::api::queue::QueueView;

/// What concerns everybody in line and is news to whoever reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct News {
    paused: bool,
    message: Option<String>,
}

impl News {
    pub(super) fn of(view: &QueueView) -> Self {
        Self { paused: view.paused, message: view.message.clone() }
    }

    /// What to say of it after what was before.
    pub(super) fn since(&self, before: &Self, language: Language) -> Option<String> {
        let movement = match (before.paused, self.paused) {
            (false, true) => Some(format!("{} {}", language.paused_now(), language.paused_more())),
            (true, false) => Some(language.moving_again().to_owned()),
            _ => None,
        };
        let message = self.message.as_ref().filter(|_| self.message != before.message);
        let message = message.map(|message| format!("{} {message}", language.organiser_says()));
        let parts: Vec<String> = movement.into_iter().chain(message).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_its_reason_and_its_end_are_said_once_each() {
        let moving = News::default();
        let paused = News { paused: true, message: Some("The bank is slow.".to_owned()) };
        let said = paused.since(&moving, Language::En).expect("it is news");
        assert!(said.starts_with("Paused. Nobody is let in") && said.ends_with("The bank is slow."), "{said}");
        assert_eq!(paused.since(&paused, Language::En), None);
        let again = moving.since(&paused, Language::En);
        assert_eq!(again.as_deref(), Some("Moving again. Everyone kept their place."));
    }
}
