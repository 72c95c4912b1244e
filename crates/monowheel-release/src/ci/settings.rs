//! `[tool.monowheel.ci]` of a pyproject.toml: settings for CI that no other table has.

use std::collections::BTreeMap;

use monowheel_build::lockfile::{FILE, LockFile};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::tables::ci::Table;
use monowheel_system::hash::is_hex;
use serde::Serialize;

use crate::ci::Provider;
use crate::ci::lock::named;
use crate::ci::tools::Tools;
use crate::ci::validate::{self, Words};

/// The images of GitLab's pipeline whose digest can be pinned; tests run in one image per Python.
pub(crate) const IMAGES: [&str; 3] = ["python:3.13", "python:3.13-slim", "rust:1-trixie"];

/// The same with all defaults filled in and every value validated for use in a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Settings {
    /// The lines of the project's own tests.
    pub(crate) test: Vec<String>,
    /// As in [`Table::msvc`].
    pub(crate) msvc: bool,
    /// The environment of the publishing job.
    pub(crate) environment: String,
    /// The index's name.
    pub(crate) index: &'static str,
    /// URL of a project on the index.
    pub(crate) site: &'static str,
    /// Whether the wheels are attested.
    pub(crate) attestations: bool,
    /// The branch whose pushes are tested.
    pub(crate) branch: String,
    /// The Rust toolchain.
    pub(crate) rust: String,
    /// The options of a build that choose its tools.
    pub(crate) words: String,
    /// Packages at one version.
    pub(crate) tools: Vec<String>,
    /// Digests of images, `sha256:…`, by the name that the pipeline has for it.
    pub(crate) image_digests: BTreeMap<String, String>,
    /// Prefix of the file names; empty, or ends with `-`.
    pub(crate) prefix: String,
    /// Time limit of a job.
    pub(crate) timeout_minutes: u16,
}

impl Settings {
    /// Validates each value of the table and the lock of the project's tools.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] naming the key and the characters it may have.
    pub(crate) fn of(table: &Table, lock: Option<&LockFile>) -> Result<Self> {
        let said = |word: &Option<String>, default: &str| word.clone().unwrap_or_else(|| default.to_owned());
        let environment = said(&table.environment, "pypi");
        validate::word("environment", &environment, Words::Name)?;
        let branch = said(&table.branch, "main");
        validate::word("branch", &branch, Words::Branch)?;
        if let Some(rust) = &table.rust {
            validate::word("rust", rust, Words::Name)?;
        }
        for tool in &table.tools {
            let Some((name, version)) = tool.split_once("==") else {
                return Err(Error::new(ErrorKind::Usage, format!("{tool:?} has no version"))
                    .at("[tool.monowheel.ci] tools")
                    .next("tools = [\"maturin==1.16.2\", \"ziglang==0.17.0\"]"));
            };
            validate::word("tools", name, Words::Name)?;
            validate::word("tools", version, Words::Name)?;
            if version.parse::<pep440_rs::Version>().is_err() {
                return Err(Error::new(ErrorKind::Usage, format!("{version:?} is not a version"))
                    .at("[tool.monowheel.ci] tools")
                    .next("name one version exactly: tools = [\"maturin==1.16.2\"]"));
            }
        }
        let Tools { rust, packages, words } = Tools::of(table, lock)?;
        validate::word(FILE, &rust, Words::Name)?;
        let timeout_minutes = table.timeout_minutes.unwrap_or(60);
        // GitHub's limit for a job is six hours.
        if !(1..=360).contains(&timeout_minutes) {
            return Err(Error::new(ErrorKind::Usage, format!("invalid time limit of {timeout_minutes} minutes"))
                .at("[tool.monowheel.ci] timeout-minutes")
                .next("set timeout-minutes = 60 (1 to 360)"));
        }
        Ok(Self {
            test: table.test.as_deref().map(validate::script).transpose()?.unwrap_or_default(),
            msvc: table.msvc,
            environment,
            index: table.index.word(),
            site: table.index.site(),
            attestations: table.attestations.unwrap_or(true),
            branch,
            rust,
            words,
            tools: packages,
            image_digests: digests(&table.image_digests)?,
            prefix: prefix(table)?,
            timeout_minutes,
        })
    }

    /// The tools that the project names, with their versions.
    pub(crate) fn named_tools(&self) -> Vec<(String, String)> {
        self.tools.iter().filter_map(|tool| named(tool)).collect()
    }
}

/// The images of a pipeline whose digest could be pinned but is not.
pub(crate) fn unpinned_images(provider: Provider, settings: &Settings) -> Vec<&'static str> {
    let is_pinned = |image: &&str| settings.image_digests.contains_key(*image);
    match provider {
        Provider::Github => Vec::new(),
        Provider::Gitlab => IMAGES.into_iter().filter(|image| !is_pinned(image)).collect(),
    }
}

/// Prefix of the file names; empty, or ends with `-`.
pub(super) fn prefix(table: &Table) -> Result<String> {
    let Some(prefix) = table.prefix.as_deref().filter(|prefix| !prefix.is_empty()) else { return Ok(String::new()) };
    validate::word("prefix", prefix, Words::Name)?;
    Ok(format!("{}-", prefix.trim_end_matches('-')))
}

/// Digests of the pipeline's images.
fn digests(table: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    for (image, digest) in table {
        let fault = |what: String, next: String| {
            Err(Error::new(ErrorKind::Usage, what).at("[tool.monowheel.ci] image-digests").next(next))
        };
        if !IMAGES.contains(&image.as_str()) {
            return fault(
                format!("the pipeline has no image {image:?} to pin"),
                format!("choose from {}", IMAGES.join(", ")),
            );
        }
        let hash = digest.strip_prefix("sha256:").unwrap_or_default();
        if hash.len() != 64 || !is_hex(hash) {
            let next =
                format!("get it with docker buildx imagetools inspect {image}, then set \"{image}\" = \"sha256:…\"");
            return fault(format!("{digest:?} is not the digest of an image"), next);
        }
    }
    Ok(table.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Settings, String> {
        let table = toml::from_str::<Table>(text).map_err(|error| error.to_string())?;
        Settings::of(&table, None).map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_table_means_the_defaults() -> Result<(), String> {
        let settings = of("")?;
        let said = (settings.environment.as_str(), settings.branch.as_str(), settings.index, settings.timeout_minutes);
        assert_eq!(said, ("pypi", "main", "pypi", 60));
        assert!(settings.attestations && !settings.msvc && settings.test.is_empty() && settings.prefix.is_empty());
        assert_eq!(of("prefix = \"demo\"")?.prefix, of("prefix = \"demo-\"")?.prefix);
        Ok(())
    }

    #[test]
    fn what_a_workflow_would_misread_is_refused() {
        for text in [
            "environment = \"a b\"",
            "environment = \"\"",
            "environment = \"x\\n    permissions: write-all\"",
            "environment = \"${{ secrets.TOKEN }}\"",
            "branch = \"-x\"",
            "branch = \"release/*\"",
            "rust = \"stable; rm -rf .\"",
            "rust = \"--help\"",
            "tools = [\"maturin\"]",
            "tools = [\"maturin==1; x\"]",
            "tools = [\"--index-url==x\"]",
            "tools = [\"maturin==1.*\"]",
            "tools = [\"maturin==latest\"]",
            "image-digests = { \"python:3.12\" = \"sha256:0\" }",
            "image-digests = { \"python:3.13\" = \"sha256:0\" }",
            "image-digests = { \"python:3.13\" = \"latest\" }",
            "prefix = \"../../x\"",
            "test = \"\"",
            "test = \"echo ${{ github.event.pull_request.title }}\"",
            "test = \"echo \\u0007\"",
            "timeout-minutes = 0",
            "timeout-minutes = 361",
            "index = \"elsewhere\"",
        ] {
            assert!(of(text).is_err(), "{text}");
        }
        let unknown = of("enviroment = \"x\"").unwrap_err();
        assert!(unknown.contains("enviroment") && unknown.contains("`environment`"), "{unknown}");
    }
}
