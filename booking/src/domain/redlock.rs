//! What the Redis masters' answers mean for one request.
//!
//! The lock is Redlock's (<https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/>):
//! a majority of independent masters. It only damps contention; the row in PostgreSQL decides
//! (Kleppmann, "How to do distributed locking", 2016), so a lock that is lost costs nothing but a look.

/// What one master said.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Answer {
    /// All keys are set to this request's value.
    Granted,
    /// These keys, by their place in the request, have another value; none was set.
    Taken(Vec<usize>),
    /// It did not answer in time, or with an error: it may or may not have set the keys.
    Silent,
}

/// What all answers together mean.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// A majority granted.
    Locked,
    /// Refused: these keys, by their place in the request, are another's.
    Refused(Vec<usize>),
    /// Masters were silent rather than against it: PostgreSQL decides alone.
    Undecided,
}

/// How many masters are a majority.
#[must_use]
pub fn majority(masters: usize) -> usize {
    masters / 2 + 1
}

/// The verdict over the answers, in the fixed order in which masters are asked; masters known to be
/// dead count as [`Answer::Silent`]. The first that answers at all has the first word: where it
/// refuses, the request is refused and the others need not be asked.
#[must_use]
pub fn decide(answers: &[Answer]) -> Verdict {
    if let Some(Answer::Taken(keys)) = answers.iter().find(|answer| **answer != Answer::Silent) {
        return Verdict::Refused(keys.clone());
    }
    let granted = answers.iter().filter(|answer| **answer == Answer::Granted).count();
    let refused = answers.iter().filter(|answer| matches!(answer, Answer::Taken(_))).count();
    if granted >= majority(answers.len()) {
        return Verdict::Locked;
    }
    if refused > 0 && answers.len() - refused < majority(answers.len()) {
        return Verdict::Refused(all_taken(answers));
    }
    Verdict::Undecided
}

fn all_taken(answers: &[Answer]) -> Vec<usize> {
    let mut keys: Vec<usize> = answers
        .iter()
        .flat_map(|answer| match answer {
            Answer::Taken(keys) => keys.as_slice(),
            Answer::Granted | Answer::Silent => &[],
        })
        .copied()
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_majority_locks() {
        assert_eq!(decide(&[Answer::Granted, Answer::Granted, Answer::Silent]), Verdict::Locked);
        assert_eq!(decide(&[Answer::Granted, Answer::Taken(vec![0]), Answer::Granted]), Verdict::Locked);
    }

    #[test]
    fn the_first_live_master_has_the_first_word() {
        assert_eq!(decide(&[Answer::Taken(vec![1])]), Verdict::Refused(vec![1]));
        assert_eq!(decide(&[Answer::Silent, Answer::Taken(vec![1]), Answer::Silent]), Verdict::Refused(vec![1]));
    }

    #[test]
    fn others_refuse_only_when_no_majority_is_left() {
        let split = [Answer::Granted, Answer::Taken(vec![1]), Answer::Taken(vec![0])];
        assert_eq!(decide(&split), Verdict::Refused(vec![0, 1]));
        assert_eq!(decide(&[Answer::Granted, Answer::Taken(vec![1]), Answer::Silent]), Verdict::Undecided);
    }

    #[test]
    fn silence_leaves_it_to_the_database() {
        assert_eq!(decide(&[Answer::Silent, Answer::Silent, Answer::Silent]), Verdict::Undecided);
        assert_eq!(decide(&[Answer::Granted, Answer::Silent, Answer::Silent]), Verdict::Undecided);
        assert_eq!(decide(&[]), Verdict::Undecided);
    }
}
