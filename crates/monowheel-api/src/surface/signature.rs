//! Signatures.

use serde::{Deserialize, Serialize};

/// How an argument is passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// By position.
    PositionalOnly,
    /// By position or name.
    #[default]
    Either,
    /// `*args`.
    Arguments,
    /// By name.
    KeywordOnly,
    /// `**kwargs`.
    Keywords,
}

impl Kind {
    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::PositionalOnly => "by position only",
            Self::Either => "by position or name",
            Self::Arguments => "as *args",
            Self::KeywordOnly => "by name only",
            Self::Keywords => "as **kwargs",
        }
    }

    /// Whether a call can pass it by position.
    #[must_use]
    pub const fn is_positional(self) -> bool {
        matches!(self, Self::PositionalOnly | Self::Either)
    }

    /// Whether a call can pass it by name.
    #[must_use]
    pub const fn is_named(self) -> bool {
        matches!(self, Self::KeywordOnly | Self::Either)
    }
}

/// A parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// How it is passed.
    pub kind: Kind,
    /// Its default in Python; `...` if it has one that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Its type, with the complete names of imported ones: `collections.abc.Sequence[int]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotation: Option<String>,
    /// Of `**kwargs`, the names that it takes (PEP 692); empty if it takes any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

impl Parameter {
    /// Whether a call has to pass it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.default.is_none() && !matches!(self.kind, Kind::Arguments | Kind::Keywords)
    }
}

/// A signature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Without `self` and `cls`.
    pub parameters: Vec<Parameter>,
    /// The type of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
}

impl Signature {
    /// Whether its `**kwargs` take an argument of this name.
    #[must_use]
    pub fn collects(&self, name: &str) -> bool {
        let mut all = self.parameters.iter().filter(|one| one.kind == Kind::Keywords);
        all.any(|one| one.names.is_empty() || one.names.iter().any(|known| known == name))
    }

    /// As Python writes it, with `first` before the others: `(self, a, /, b: int = 1) -> str`. `show` has the last word
    /// on each annotation.
    pub fn render(&self, first: Option<&str>, show: &mut dyn FnMut(&str) -> String) -> String {
        let mut parts: Vec<String> = first.map(str::to_owned).into_iter().collect();
        let last_only = self.parameters.iter().rposition(|one| one.kind == Kind::PositionalOnly);
        let mut has_star = false;
        for (index, one) in self.parameters.iter().enumerate() {
            has_star |= one.kind == Kind::Arguments;
            if one.kind == Kind::KeywordOnly && !has_star {
                parts.push("*".to_owned());
                has_star = true;
            }
            let stars = match one.kind {
                Kind::Arguments => "*",
                Kind::Keywords => "**",
                _ => "",
            };
            let mut part = format!("{stars}{}", one.name);
            if let Some(annotation) = &one.annotation {
                part += ": ";
                part += &show(annotation);
            }
            if let Some(default) = &one.default {
                part += if one.annotation.is_some() { " = " } else { "=" };
                part += default;
            }
            parts.push(part);
            if last_only == Some(index) {
                parts.push("/".to_owned());
            }
        }
        let returns = self.returns.as_deref().map(|returns| format!(" -> {}", show(returns))).unwrap_or_default();
        format!("({}){returns}", parts.join(", "))
    }
}

impl std::fmt::Display for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(None, &mut str::to_owned))
    }
}
