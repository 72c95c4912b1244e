//! The workflows that a project's CI runs, written from `[tool.monowheel]`.
//!
//! ```text
//! pyproject, Cargo.toml ─ facts ─┐
//! actions.toml   pins            ├─ plan ─ page ─ files ──────── compared with the checkout ─ written
//! runners.toml   runners ────────┤         (templates: github/, gitlab/)
//! lock/data      lock ───────────┘
//! ```
//!
//! [`plan`](plan::plan) and [`pages`](page::pages) are pure: the same project, version of monowheel and
//! [`Hashes`](lock::Hashes) give the same bytes on any machine. [`Checkout`](place::Checkout) is where they belong,
//! [`Written`](drift::Written) their state there. Only `--force` overwrites a file that monowheel did not write.

pub mod drift;
pub mod facts;
pub mod lock;
pub mod page;
pub(crate) mod pins;
pub mod place;
pub mod plan;
pub(crate) mod runners;
pub(crate) mod settings;
mod tools;
mod validate;

use serde::Serialize;

/// The CI provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// GitHub Actions: `.github/workflows/`.
    Github,
    /// GitLab CI: `.gitlab-ci.yml`.
    Gitlab,
}

impl Provider {
    /// The name on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
        }
    }

    /// The provider's directory at the root of a repository.
    pub(crate) const fn directory(self) -> &'static str {
        match self {
            Self::Github => ".github",
            Self::Gitlab => ".gitlab",
        }
    }

    /// The beginning of the first line of a file that monowheel wrote.
    #[must_use]
    pub(crate) fn mark(self) -> String {
        format!("# Written by monowheel ci {}", self.word())
    }
}
