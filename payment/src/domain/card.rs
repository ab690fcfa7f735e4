//! Finds card numbers, so that none is ever kept (PCI DSS 4.0, requirement 3; RELIABILITY.md §5, line 20).

/// The shortest and the longest card number (ISO/IEC 7812-1).
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// Whether a run of digits in the text, unbroken, may be a card number.
pub(crate) fn contains_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(is_number)
}

/// The text with everything that may be a card number, also one in groups, made unreadable.
pub(crate) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut group = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() || (!group.is_empty() && matches!(c, ' ' | '-')) {
            group.push(c);
        } else {
            flush(&mut out, &mut group);
            out.push(c);
        }
    }
    flush(&mut out, &mut group);
    out
}

fn flush(out: &mut String, group: &mut String) {
    let digits: String = group.chars().filter(char::is_ascii_digit).collect();
    if is_number(&digits) {
        out.extend(group.chars().map(|c| if c.is_ascii_digit() { '*' } else { c }));
    } else {
        out.push_str(group);
    }
    group.clear();
}

/// The Luhn check (ISO/IEC 7812-1, annex B).
fn is_number(digits: &str) -> bool {
    if !DIGITS.contains(&digits.len()) {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            match (place % 2 == 1, digit * 2) {
                (false, _) => digit,
                (true, doubled) if doubled > 9 => doubled - 9,
                (true, doubled) => doubled,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_found_and_masked() {
        for number in ["4242424242424242", "378282246310005", "6011111111111117"] {
            assert!(contains_number(&format!("pm_{number}")), "{number}");
        }
        assert_eq!(masked("paid with 4242 4242 4242 4242, thanks"), "paid with **** **** **** ****, thanks");
        assert_eq!(masked("4242-4242-4242-4242"), "****-****-****-****");
    }

    #[test]
    fn other_texts_stay() {
        for text in ["pm_card_visa", "4242424242424241", "order 12345", "0193f0c4-1111-7222-8333-444455556666"] {
            assert!(!contains_number(text), "{text}");
            assert_eq!(masked(text), text);
        }
    }
}
