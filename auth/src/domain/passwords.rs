//! Which passwords are taken (OWASP ASVS 5, 6.2): 8 characters or more, not one of the most common
//! ones, and no rules of composition.

use std::collections::HashSet;
use std::sync::LazyLock;

const CHARACTERS_MIN: usize = 8;
const CHARACTERS_MAX: usize = 256;

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("../../data/common-passwords.txt").lines().filter(|line| !line.starts_with("# ")).collect()
});

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasswordRefusal {
    /// Fewer than 8 characters.
    #[error("use at least {CHARACTERS_MIN} characters")]
    Short,
    /// More than 256 characters.
    #[error("use at most {CHARACTERS_MAX} characters")]
    Long,
    /// On the list.
    #[error("this is one of the most common passwords: choose another one")]
    Common,
}

/// Whether a new password is taken.
pub(crate) fn check(password: &str) -> Result<(), PasswordRefusal> {
    let characters = password.chars().count();
    if characters < CHARACTERS_MIN {
        Err(PasswordRefusal::Short)
    } else if characters > CHARACTERS_MAX {
        Err(PasswordRefusal::Long)
    } else if COMMON.contains(password.to_lowercase().as_str()) {
        Err(PasswordRefusal::Common)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_5_passwords_of_8_to_256_characters_without_rules_of_composition() {
        assert_eq!(check("abcdefg"), Err(PasswordRefusal::Short));
        assert_eq!(check("ääääääää"), Ok(()), "characters are counted, not bytes");
        assert_eq!(check("only lower case letters and spaces"), Ok(()));
        assert_eq!(check(&"long word ".repeat(7)[..64]), Ok(()));
        assert_eq!(check(&"x".repeat(256)), Ok(()));
        assert_eq!(check(&"x".repeat(257)), Err(PasswordRefusal::Long));
    }

    #[test]
    fn security_5_the_3000_most_common_passwords_are_refused() {
        let mut refused = 0;
        for common in COMMON.iter() {
            assert_eq!(check(common), Err(PasswordRefusal::Common), "{common}");
            assert_eq!(check(&common.to_uppercase()), Err(PasswordRefusal::Common), "{common} in capitals");
            refused += 1;
        }
        assert!(refused >= 3_000, "the list has {refused} entries only");
    }
}
