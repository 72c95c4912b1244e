//! `[tool.monowheel.size]`: how large the wheels may be.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use crate::schema_parts;

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// The most that a wheel may take: bytes, or a number with a unit such as `5 MB` or `4.5 MiB`; no limit when absent.
    #[serde(default)]
    #[schemars(schema_with = "schema_parts::byte_size")]
    pub max_wheel: Option<ByteSize>,
}

/// A number of bytes, written as one or with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

/// Units and what they stand for; those with an `i` are powers of 1024.
const UNITS: [(&str, u64); 7] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

impl ByteSize {
    /// Reads `5 MB`, `4.5MiB`, `1000`; `None` for anything else, and for 0.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let unit = unit.trim_start();
        let unit = if unit.is_empty() { "B" } else { unit };
        let (_, factor) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        // More digits than these say nothing, and would be beyond the type.
        if whole.is_empty() || fraction.len() > 9 || (number.ends_with('.')) {
            return None;
        }
        let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
        let bytes = digits.checked_mul(u128::from(*factor))?.checked_div(scale)?;
        u64::try_from(bytes).ok().filter(|bytes| *bytes > 0).map(Self)
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Size;

        impl Visitor<'_> for Size {
            type Value = ByteSize;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of bytes above 0, or one with a unit such as \"5 MB\" or \"4.5 MiB\"")
            }

            fn visit_i64<E: Error>(self, bytes: i64) -> Result<ByteSize, E> {
                let found = || E::invalid_value(serde::de::Unexpected::Signed(bytes), &self);
                u64::try_from(bytes).ok().filter(|bytes| *bytes > 0).map(ByteSize).ok_or_else(found)
            }

            fn visit_u64<E: Error>(self, bytes: u64) -> Result<ByteSize, E> {
                let found = || E::invalid_value(serde::de::Unexpected::Unsigned(bytes), &self);
                Some(bytes).filter(|bytes| *bytes > 0).map(ByteSize).ok_or_else(found)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ByteSize, E> {
                ByteSize::parse(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(Size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_with_and_without_units() {
        for (text, bytes) in [
            ("1000", Some(1000)),
            ("1 B", Some(1)),
            ("5 MB", Some(5_000_000)),
            ("5mb", Some(5_000_000)),
            ("4.5 MiB", Some(4_718_592)),
            ("0.5 kB", Some(500)),
            ("1.25GiB", Some(1_342_177_280)),
            ("0", None),
            ("0.0001 B", None),
            ("-5 MB", None),
            ("5 MiBs", None),
            ("MB", None),
            (".5 MB", None),
            ("5. MB", None),
            ("1.2.3 MB", None),
            ("1e6", None),
            ("99999999999999999999999999999999999999999 GiB", None),
            ("20000000000 GB", None),
            ("", None),
        ] {
            assert_eq!(ByteSize::parse(text).map(|size| size.0), bytes, "{text}");
        }
    }
}
