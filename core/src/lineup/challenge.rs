//! A sum that costs a device some time before it joins, where the organiser asks for it.

use super::bytes::sha256;

/// More than this many bits no telephone does in a minute.
pub const BITS_MAX: u8 = 24;

/// Whether SHA-256 of `challenge ‖ ":" ‖ nonce` begins with so many zero bits.
#[must_use]
pub fn is_solved(challenge: &str, nonce: &str, bits: u8) -> bool {
    let hash = sha256(&[challenge.as_bytes(), b":", nonce.as_bytes()]);
    let mut zeros = 0;
    for byte in hash.0 {
        zeros += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    zeros >= u32::from(bits)
}

/// The nonce from `start` on that solves it, tried `tries` times; nothing when none of these does.
#[must_use]
pub fn solve(challenge: &str, bits: u8, start: u64, tries: u64) -> Option<String> {
    (start..start.saturating_add(tries)).map(|nonce| nonce.to_string()).find(|nonce| is_solved(challenge, nonce, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solution_is_of_its_challenge_and_bits() {
        let nonce = solve("a challenge", 10, 0, 1 << 20).expect("about 1,024 tries");
        assert!(is_solved("a challenge", &nonce, 10) && is_solved("a challenge", &nonce, 9));
        assert!(!is_solved("a challenge", &nonce, 32) && !is_solved("another", &nonce, 10));
        assert_eq!(solve("a challenge", 64, 0, 10), None);
    }
}
