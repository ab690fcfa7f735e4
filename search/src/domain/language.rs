//! What words mean to those who look for a night out: other words for the same, and words that say nothing.

/// Words for the same thing, folded, a group a line; in the languages of the pages and as cities call themselves.
const SAME: &[&[&str]] = &[
    &["concert", "concierto", "gig", "recital"],
    &["theatre", "theater", "teatro", "play"],
    &["dance", "danza", "baile", "ballet"],
    &["comedy", "comedia", "standup", "humor"],
    &["festival", "fest"],
    &["football", "futbol", "soccer"],
    &["basketball", "baloncesto"],
    &["film", "movie", "cine", "cinema", "pelicula"],
    &["exhibition", "exposicion", "expo"],
    &["family", "familia", "kids", "children", "ninos", "infantil"],
    &["classical", "clasica", "clasico"],
    &["symphony", "sinfonia"],
    &["orchestra", "orquesta"],
    &["opera", "zarzuela"],
    &["choir", "coro"],
    &["sports", "sport", "deporte", "deportes"],
    &["circus", "circo"],
    &["magic", "magia"],
    &["night", "noche"],
    &["electronic", "electronica", "techno"],
    &["seville", "sevilla"],
    &["london", "londres"],
    &["lisbon", "lisboa", "lisbonne"],
    &["rome", "roma"],
    &["milan", "milano"],
    &["munich", "munchen"],
    &["vienna", "wien", "viena"],
    &["cologne", "koln", "colonia"],
    &["florence", "firenze", "florencia"],
    &["saragossa", "zaragoza"],
    &["havana", "habana"],
];

/// Words that are left out of a query that has others.
const FILLERS: &[&str] = &[
    "a", "an", "and", "at", "by", "de", "del", "el", "en", "entrada", "entradas", "for", "in", "la", "las", "los",
    "near", "of", "on", "para", "the", "ticket", "tickets", "to", "with", "y",
];

/// Other words for a folded word.
pub fn others_for(word: &str) -> impl Iterator<Item = &'static str> {
    let group = SAME.iter().find(|group| group.contains(&word)).copied().unwrap_or_default();
    group.iter().copied().filter(move |other| *other != word)
}

/// The words without those that say nothing; all of them when none says anything.
#[must_use]
pub fn telling(words: Vec<String>) -> Vec<String> {
    let says = |word: &String| !FILLERS.contains(&word.as_str());
    if words.iter().any(says) { words.into_iter().filter(says).collect() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::indexed;

    #[test]
    fn words_have_one_group_and_are_folded() {
        let all: Vec<&str> = SAME.iter().copied().flatten().copied().collect();
        let mut once = all.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), all.len(), "a word is in two groups");
        assert!(all.iter().chain(FILLERS).all(|word| indexed(word) == **word));
    }

    #[test]
    fn the_same_is_found_by_other_words() {
        assert_eq!(others_for("gig").collect::<Vec<_>>(), ["concert", "concierto", "recital"]);
        assert_eq!(others_for("xylophone").count(), 0);
    }

    #[test]
    fn words_that_say_nothing_are_left_out() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(telling(words("tickets for hamlet in madrid")), ["hamlet", "madrid"]);
        assert_eq!(telling(words("the in")), ["the", "in"]);
    }
}
