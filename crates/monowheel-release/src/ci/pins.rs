//! The versions of third-party actions and tools that a workflow runs (`actions.toml`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// An action at one commit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), allow(dead_code, reason = "a test reads the source of a hash"))]
pub(crate) struct Action {
    /// `OWNER/NAME`.
    pub(crate) name: String,
    /// The tag at that commit.
    pub version: String,
    /// The date of the commit.
    pub(crate) date: String,
    /// The commit.
    pub(crate) sha: String,
    /// Source of the hash.
    pub(crate) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    name: String,
    version: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    action: Vec<Action>,
    tool: Vec<Tool>,
}

#[allow(clippy::expect_used, reason = "the data is part of this crate and parsed by a test")]
static DATA: LazyLock<Data> =
    LazyLock::new(|| toml::from_str(include_str!("actions.toml")).expect("actions.toml parses"));

/// The values for templates, by name: `uses.upload_artifact` for `actions/upload-artifact`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pins {
    /// The values of `uses:`, with the version as a comment.
    pub(crate) uses: BTreeMap<String, String>,
    /// Versions of packages.
    pub(crate) tool: BTreeMap<String, String>,
}

/// All values.
#[must_use]
pub(crate) fn pins() -> Pins {
    let key = |name: &str| name.rsplit('/').next().unwrap_or(name).replace('-', "_");
    let uses = |action: &Action| format!("{}@{} # {}", action.name, action.sha, action.version);
    Pins {
        uses: DATA.action.iter().map(|action| (key(&action.name), uses(action))).collect(),
        tool: DATA.tool.iter().map(|tool| (key(&tool.name), tool.version.clone())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_pinned_by_a_whole_commit_of_its_source() {
        let names: Vec<&str> = DATA.action.iter().map(|action| action.name.as_str()).collect();
        assert!(names.is_sorted() && names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        for action in &DATA.action {
            let Action { name, version, date, sha, source } = action;
            assert!(sha.len() == 40 && monowheel_system::hash::is_hex(sha), "{name}: {sha} is not a commit");
            let numbers = version.strip_prefix('v').unwrap_or_default();
            assert!(semver::Version::parse(numbers).is_ok(), "{name}: {version} is not a complete version");
            assert_eq!(*source, format!("https://github.com/{name} refs/tags/{version}"));
            assert!(date.len() == 10 && date.starts_with("20"), "{name}: {date}");
        }
        let pins = pins();
        assert_eq!((pins.uses.len(), pins.tool.len()), (DATA.action.len(), DATA.tool.len()), "two have one key");
    }
}
