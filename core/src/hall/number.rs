//! Numbers of JSON that come back as they were: read to the last bit, and written without a fraction where there is
//! none.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A number on its own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Number(#[serde(serialize_with = "serialize", deserialize_with = "deserialize")] pub f64);

/// From here on not every whole number is one of ours.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub(super) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.fract() == 0.0 && value.abs() < WHOLE_MAX {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number that fits")]
        return serializer.serialize_i64(*value as i64);
    }
    serializer.serialize_f64(*value)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let text = Box::<RawValue>::deserialize(deserializer)?;
    let value: f64 = text.get().parse().map_err(|_| D::Error::custom("expected a number"))?;
    if value.is_finite() { Ok(value) } else { Err(D::Error::custom("this number is too large")) }
}
