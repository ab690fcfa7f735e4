//! Many short texts in one piece of memory.

/// A list of texts that is only read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Adds one at the end.
    pub(crate) fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    /// The one at a place; empty where there is none.
    pub(crate) fn get(&self, place: u32) -> &str {
        let place = place as usize;
        let start = if place == 0 { Some(&0) } else { self.ends.get(place - 1) };
        match (start, self.ends.get(place)) {
            (Some(start), Some(end)) => self.all.get(*start as usize..*end as usize).unwrap_or_default(),
            _ => "",
        }
    }

    /// Where a text is, if it is there.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        (0..).zip(&self.ends).map(|(place, _)| place).find(|place| self.get(*place) == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_again() {
        let mut texts = Texts::default();
        for text in ["a", "", "ñandú", "b"] {
            texts.push(text);
        }
        assert_eq!((0..5).map(|place| texts.get(place)).collect::<Vec<_>>(), ["a", "", "ñandú", "b", ""]);
        assert_eq!((texts.find("ñandú"), texts.find("c")), (Some(2), None));
    }
}
