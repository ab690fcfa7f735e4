//! Amounts of money: integer minor units inside, a decimal string on the wire.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// Why a text or a sum is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three capital letters of a currency that is known here.
    #[error("unknown currency {0:?}: use an ISO 4217 code such as EUR")]
    Currency(String),
    /// Not a decimal number with at most the currency's own digits.
    #[error("{0:?} is not an amount in {1}: use a decimal with at most {2} digits after the point")]
    Amount(String, Currency, u32),
    /// Two amounts of different currencies were added.
    #[error("cannot add {1} to {0}")]
    Mixed(Currency, Currency),
    /// The sum is beyond what fits.
    #[error("the amount is too large")]
    Overflow,
}

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, example = "EUR")]
pub struct Currency([u8; 3]);

/// The currencies with a number of digits other than two (ISO 4217, list one, 2024).
const DIGITS: &[(&[u8; 3], u32)] = &[
    (b"BIF", 0),
    (b"CLP", 0),
    (b"DJF", 0),
    (b"GNF", 0),
    (b"ISK", 0),
    (b"JPY", 0),
    (b"KMF", 0),
    (b"KRW", 0),
    (b"PYG", 0),
    (b"RWF", 0),
    (b"UGX", 0),
    (b"UYI", 0),
    (b"VND", 0),
    (b"VUV", 0),
    (b"XAF", 0),
    (b"XOF", 0),
    (b"XPF", 0),
    (b"BHD", 3),
    (b"IQD", 3),
    (b"JOD", 3),
    (b"KWD", 3),
    (b"LYD", 3),
    (b"OMR", 3),
    (b"TND", 3),
    (b"CLF", 4),
    (b"UYW", 4),
];

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// How many digits follow the point: 2 for EUR, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn digits(self) -> u32 {
        DIGITS.iter().find(|(code, _)| **code == self.0).map_or(2, |(_, digits)| *digits)
    }

    /// Minor units in one major unit: 100 for EUR, 1 for JPY.
    #[must_use]
    pub fn minor_per_major(self) -> i64 {
        10_i64.pow(self.digits())
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(MoneyError::Currency(text.to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount in one currency. `{"amount": "120.00", "currency": "EUR"}` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "WireMoney", try_from = "WireMoney")]
pub struct Money {
    /// Integer minor units: cents for EUR, yen for JPY. Negative for discounts.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// [`Money`] as it is written on the wire.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct WireMoney {
    /// A decimal with the currency's own digits.
    #[schema(example = "120.00")]
    amount: String,
    /// ISO 4217.
    currency: Currency,
}

impl utoipa::__dev::ComposeSchema for Money {
    fn compose(
        generics: Vec<utoipa::openapi::RefOr<utoipa::openapi::Schema>>,
    ) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        <WireMoney as utoipa::__dev::ComposeSchema>::compose(generics)
    }
}

impl ToSchema for Money {
    fn name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        WireMoney::schemas(schemas);
    }
}

impl Money {
    /// An amount of `minor` units of `currency`.
    #[must_use]
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in that currency.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// The sum; an error when the currencies differ or it does not fit.
    #[expect(clippy::should_implement_trait, reason = "the sum can fail, which the operator's trait has no room for")]
    pub fn add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// `count` times the amount.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(i64::from(count)).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The decimal string, e.g. `120.00`.
    #[must_use]
    pub fn decimal(self) -> String {
        let digits = self.currency.digits() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let magnitude = self.minor.unsigned_abs();
        if digits == 0 {
            return format!("{sign}{magnitude}");
        }
        let per_major = self.currency.minor_per_major().unsigned_abs();
        format!("{sign}{}.{:0digits$}", magnitude / per_major, magnitude % per_major)
    }

    /// Reads a decimal string such as `120`, `120.5` or `-3.25`.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let digits = currency.digits();
        let wrong = || MoneyError::Amount(text.to_owned(), currency, digits);
        let (negative, magnitude) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (major, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if major.is_empty() || !all_digits(major) || !all_digits(fraction) || fraction.len() > digits as usize {
            return Err(wrong());
        }
        let padded = format!("{fraction:0<width$}", width = digits as usize);
        let major: i64 = major.parse().map_err(|_| wrong())?;
        let fraction: i64 = if padded.is_empty() { 0 } else { padded.parse().map_err(|_| wrong())? };
        let minor =
            major.checked_mul(currency.minor_per_major()).and_then(|m| m.checked_add(fraction)).ok_or_else(wrong)?;
        Ok(Self::new(if negative { -minor } else { minor }, currency))
    }

    /// The amount as a plain number of major units, as `/api/v1` writes it.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "prices are far below 2^53 minor units")]
    pub fn major(self) -> f64 {
        self.minor as f64 / self.currency.minor_per_major() as f64
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.decimal())
    }
}

impl From<Money> for WireMoney {
    fn from(money: Money) -> Self {
        Self { amount: money.decimal(), currency: money.currency }
    }
}

impl TryFrom<WireMoney> for Money {
    type Error = MoneyError;

    fn try_from(wire: WireMoney) -> Result<Self, MoneyError> {
        Self::parse(&wire.amount, wire.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap_or(Currency::EUR)
    }

    #[test]
    fn each_currency_has_its_own_digits() {
        assert_eq!(Money::new(12_000, currency("EUR")).decimal(), "120.00");
        assert_eq!(Money::new(7_800, currency("JPY")).decimal(), "7800");
        assert_eq!(Money::new(1_500, currency("KWD")).decimal(), "1.500");
        assert_eq!(Money::new(-305, currency("USD")).decimal(), "-3.05");
        assert_eq!(currency("COP").digits(), 2);
    }

    #[test]
    fn wrong_amounts_are_refused() {
        for text in ["", ".", "1.234", "1,5", "1.2.3", "+1", "1e3", "99999999999999999999"] {
            assert!(Money::parse(text, Currency::EUR).is_err(), "{text}");
        }
        assert!(Money::parse("1.5", currency("JPY")).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(minor in -1_000_000_000_000_i64..1_000_000_000_000, code in "EUR|JPY|KWD|COP|USD") {
            let money = Money::new(minor, currency(&code));
            prop_assert_eq!(Money::parse(&money.decimal(), money.currency), Ok(money));
        }
    }
}
