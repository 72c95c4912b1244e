//! The parts of rustdoc's format that are read.

use std::collections::HashMap;
use std::fmt;

use monowheel_audit::source::public::PublicKind;
use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
pub(super) struct Crate {
    pub(super) format_version: u32,
    pub(super) root: Id,
    pub(super) index: HashMap<Id, Item>,
}

/// A number; a text in older formats, and as a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id(String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct IdVisitor;
        impl Visitor<'_> for IdVisitor {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of an item")
            }
            fn visit_u64<E>(self, number: u64) -> std::result::Result<Id, E> {
                Ok(Id(number.to_string()))
            }
            fn visit_str<E>(self, text: &str) -> std::result::Result<Id, E> {
                Ok(Id(text.to_owned()))
            }
        }
        deserializer.deserialize_any(IdVisitor)
    }
}

#[derive(Deserialize)]
pub(super) struct Item {
    pub(super) name: Option<String>,
    pub(super) span: Option<Span>,
    pub(super) visibility: serde_json::Value,
    pub(super) docs: Option<String>,
    pub(super) inner: Inner,
}

#[derive(Deserialize)]
pub(super) struct Span {
    pub(super) filename: String,
    pub(super) begin: (u32, u32),
}

/// What an item is: one of these is there, or none that counts.
#[derive(Default)]
pub(super) struct Inner(pub(super) Kinds);

#[derive(Default, Deserialize)]
pub(super) struct Kinds {
    pub(super) module: Option<Items>,
    #[serde(rename = "use", alias = "import")]
    pub(super) reexport: Option<Use>,
    #[serde(rename = "struct")]
    pub(super) structure: Option<Struct>,
    #[serde(rename = "enum")]
    pub(super) enumeration: Option<Enum>,
    pub(super) union: Option<Union>,
    #[serde(rename = "trait")]
    pub(super) of_trait: Option<Items>,
    #[serde(rename = "impl")]
    pub(super) implementation: Option<Impl>,
    pub(super) function: Option<IgnoredAny>,
    pub(super) constant: Option<IgnoredAny>,
    #[serde(rename = "static")]
    pub(super) of_static: Option<IgnoredAny>,
    pub(super) assoc_const: Option<IgnoredAny>,
}

impl<'de> Deserialize<'de> for Inner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct InnerVisitor;
        impl<'de> Visitor<'de> for InnerVisitor {
            type Value = Inner;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the kind of an item")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<Inner, A::Error> {
                Kinds::deserialize(MapAccessDeserializer::new(map)).map(Inner)
            }
            // A kind without more, such as `extern_type`.
            fn visit_str<E>(self, _kind: &str) -> std::result::Result<Inner, E> {
                Ok(Inner::default())
            }
        }
        deserializer.deserialize_any(InnerVisitor)
    }
}

#[derive(Deserialize)]
pub(super) struct Items {
    pub(super) items: Vec<Id>,
}

#[derive(Deserialize)]
pub(super) struct Use {
    pub(super) source: String,
    pub(super) name: String,
    pub(super) id: Option<Id>,
    #[serde(alias = "glob")]
    pub(super) is_glob: bool,
}

#[derive(Deserialize)]
pub(super) struct Struct {
    pub(super) kind: StructKind,
    pub(super) impls: Vec<Id>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StructKind {
    Unit,
    Tuple(IgnoredAny),
    Plain { fields: Vec<Id> },
}

#[derive(Deserialize)]
pub(super) struct Enum {
    pub(super) variants: Vec<Id>,
    pub(super) impls: Vec<Id>,
}

#[derive(Deserialize)]
pub(super) struct Union {
    pub(super) impls: Vec<Id>,
}

#[derive(Deserialize)]
pub(super) struct Impl {
    #[serde(rename = "trait")]
    pub(super) of: Option<IgnoredAny>,
    pub(super) items: Vec<Id>,
}

impl Item {
    pub(super) fn is_public(&self) -> bool {
        self.visibility == "public"
    }

    /// What it is, outside of types and traits; none of a kind that does not count.
    pub(super) const fn kind(&self) -> Option<PublicKind> {
        match &self.inner.0 {
            Kinds { function: Some(_), .. } => Some(PublicKind::Function),
            Kinds { constant: Some(_), .. } | Kinds { of_static: Some(_), .. } => Some(PublicKind::Constant),
            Kinds { structure: Some(_), .. } | Kinds { enumeration: Some(_), .. } | Kinds { union: Some(_), .. } => {
                Some(PublicKind::Type)
            }
            Kinds { of_trait: Some(_), .. } => Some(PublicKind::Trait),
            _ => None,
        }
    }

    pub(super) fn member_kind(&self) -> Option<PublicKind> {
        let Kinds { function, assoc_const, .. } = &self.inner.0;
        let method = function.as_ref().map(|_| PublicKind::Method);
        method.or_else(|| assoc_const.as_ref().map(|_| PublicKind::Constant))
    }
}
