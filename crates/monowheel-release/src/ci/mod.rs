//! The workflows that a project's CI runs, written from `[tool.monowheel]`.
//!
//! ```text
//! pyproject, Cargo.toml ─ facts ─┐
//! actions.toml   pins            ├─ plan ─ page ─ set of files ─ compared with the checkout ─ written
//! runners.toml   runners ────────┤         (templates: github/, gitlab/)
//! lock/data      lock ───────────┘
//! ```
//!
//! [`plan`](plan::plan) and [`pages`](page::pages) are pure: the same project, the same version of monowheel and the same
//! [`Hashes`](lock::Hashes) give the same bytes on any machine. [`Checkout`](place::Checkout) says where they belong, [`Written`](drift::Written) how they stand
//! there. A file that somebody else wrote is never overwritten unless that is asked for.

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

/// Whose CI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// GitHub Actions: `.github/workflows/`.
    Github,
    /// GitLab CI: `.gitlab-ci.yml`.
    Gitlab,
}

impl Provider {
    /// The word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
        }
    }

    /// The directory at the top of a repository that is the service's own.
    pub(crate) const fn directory(self) -> &'static str {
        match self {
            Self::Github => ".github",
            Self::Gitlab => ".gitlab",
        }
    }

    /// How the first line of a file begins that monowheel wrote.
    #[must_use]
    pub(crate) fn mark(self) -> String {
        format!("# Written by monowheel ci {}", self.word())
    }
}
