//! Order numbers that people can read aloud: `7K3-M9Q-X2TC`.
//!
//! Nine random characters of Crockford's Base32 (<https://www.crockford.com/base32.html>: no I, L, O, U) and a
//! check character of the same alphabet. Crockford's own check symbols include `*~$=`, which nobody reads
//! aloud; so the check is a Reed–Solomon symbol over GF(32) instead (Reed and Solomon 1960): every single wrong
//! character and every two swapped ones are noticed.
//!
//! Nine characters are 45 bits: rare equal numbers are refused by the order table's unique index, and the
//! caller draws again.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters without the check.
const DRAWN: usize = 9;
/// Characters with it.
const LENGTH: usize = DRAWN + 1;
/// x⁵ + x² + 1, primitive over GF(2).
const POLYNOMIAL: u8 = 0b10_0101;

/// Why a text is not an order number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderNumberError {
    /// Not ten characters beside spaces and hyphens.
    #[error("an order number has ten letters and digits, such as 7K3-M9Q-X2TC")]
    Length,
    /// A character that order numbers do not use.
    #[error("order numbers use digits and letters without U")]
    Character,
    /// A character is wrong, or two are swapped.
    #[error("this order number has a typing error: compare it with the confirmation")]
    Check,
}

/// An order number: ten values below 32, the last one the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderNumber([u8; LENGTH]);

impl OrderNumber {
    /// The number made of 45 of these 48 random bits.
    #[must_use]
    pub fn from_random(bytes: [u8; 6]) -> Self {
        let mut bits = bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let mut values = [0; LENGTH];
        for value in &mut values[..DRAWN] {
            *value = (bits & 31) as u8;
            bits >>= 5;
        }
        values[DRAWN] = check_of(&values[..DRAWN]);
        Self(values)
    }
}

/// The sum of `value × α^(place + 1)`: two different weights a place make swaps visible.
fn check_of(values: &[u8]) -> u8 {
    // Horner's scheme; each turn multiplies by α = x.
    values.iter().rev().fold(0, |sum, value| times_alpha(sum ^ value))
}

fn times_alpha(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 32 == 0 { shifted } else { shifted ^ POLYNOMIAL }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        for (place, value) in self.0.iter().enumerate() {
            if place == 3 || place == 6 {
                f.write_char('-')?;
            }
            f.write_char(char::from(ALPHABET[usize::from(*value)]))?;
        }
        Ok(())
    }
}

impl FromStr for OrderNumber {
    type Err = OrderNumberError;

    /// Forgives small letters, spaces, hyphens, O for 0, and I or L for 1.
    fn from_str(text: &str) -> Result<Self, OrderNumberError> {
        let mut values = [0; LENGTH];
        let mut length = 0;
        for character in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let character = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = ALPHABET.iter().position(|known| char::from(*known) == character);
            let value = value.and_then(|value| u8::try_from(value).ok()).ok_or(OrderNumberError::Character)?;
            *values.get_mut(length).ok_or(OrderNumberError::Length)? = value;
            length += 1;
        }
        if length != LENGTH {
            return Err(OrderNumberError::Length);
        }
        if check_of(&values[..DRAWN]) != values[DRAWN] {
            return Err(OrderNumberError::Check);
        }
        Ok(Self(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_reads_like_a_telephone_number() {
        let number = OrderNumber::from_random([0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc]).to_string();
        assert_eq!(number.len(), 12);
        assert_eq!(number.split('-').map(str::len).collect::<Vec<_>>(), [3, 3, 4]);
    }

    #[test]
    fn what_is_no_number_is_told_apart() {
        assert_eq!("".parse::<OrderNumber>(), Err(OrderNumberError::Length));
        assert_eq!("000-000-00000".parse::<OrderNumber>(), Err(OrderNumberError::Length));
        assert_eq!("000-000-000U".parse::<OrderNumber>(), Err(OrderNumberError::Character));
        assert_eq!("000-000-0001".parse::<OrderNumber>(), Err(OrderNumberError::Check));
    }

    proptest! {
        #[test]
        fn it_is_read_back_as_people_write_it(bytes in any::<[u8; 6]>()) {
            let number = OrderNumber::from_random(bytes);
            let text = number.to_string();
            prop_assert_eq!(text.parse(), Ok(number));
            let sloppy = text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            prop_assert_eq!(sloppy.parse(), Ok(number));
        }

        #[test]
        fn one_wrong_or_two_swapped_characters_are_noticed(
            bytes in any::<[u8; 6]>(), place in 0..LENGTH, other in 0..LENGTH, value in 0_usize..32,
        ) {
            let text: Vec<u8> = OrderNumber::from_random(bytes).to_string().bytes().filter(|b| *b != b'-').collect();
            let mut wrong = text.clone();
            wrong[place] = ALPHABET[value];
            let mut swapped = text.clone();
            swapped.swap(place, other);
            for changed in [wrong, swapped] {
                let parsed = String::from_utf8(changed.clone()).expect("ASCII").parse::<OrderNumber>();
                prop_assert_eq!(parsed.is_ok(), changed == text);
            }
        }
    }
}
