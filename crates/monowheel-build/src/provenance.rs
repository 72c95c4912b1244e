//! `.dist-info/monowheel.json`: records how a wheel was built, so that anyone can rebuild it.
//!
//! It contains what the wheel's bytes depend on and nothing else: no time, no machine, no directory. The commit is not
//! included, because a build from the sdist does not know it and must give the same bytes.

use std::collections::BTreeMap;

use monowheel_project::abi::{Abi, Floor};
use monowheel_system::own_files;
use serde::{Deserialize, Serialize};

use crate::manifest::File;
use crate::maturin;
use crate::native::linked::Linked;
use crate::plan::{Job, ToolFacts};
pub(crate) use crate::toolchain::choice::Std;
use crate::toolchain::choice::StdFrom;

/// The version of the schema; readers reject any other.
pub const SCHEMA: &str = "monowheel.wheel/1";
/// The file's name in the `.dist-info`.
pub(crate) const FILE: &str = own_files::MANIFEST;

/// How a wheel was built.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Provenance {
    /// [`SCHEMA`].
    pub(crate) schema: String,
    /// The version of monowheel.
    pub(crate) monowheel: String,
    /// The source distribution that was built.
    pub sdist: Source,
    /// The platform, as `--target` takes it.
    pub target: String,
    /// The ABI, as `--abi` takes it.
    pub(crate) abi: Abi,
    /// The floor of abi3 where it was enabled from outside, as `--floor` takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) floor: Option<Floor>,
    /// maturin's arguments.
    pub(crate) arguments: Vec<String>,
    /// The first line of `rustc -vV`.
    pub(crate) rustc: Option<String>,
    /// maturin's version.
    pub(crate) maturin: Option<String>,
    /// The linker: `zig 0.17.1`, or the system's linker.
    pub(crate) linker: String,
    /// The origin of each Rust target's standard library.
    pub(crate) std: BTreeMap<String, Std>,
    /// `SOURCE_DATE_EPOCH` of the build.
    pub(crate) time: String,
    /// Whether all compiled code keeps the frame pointer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) frame_pointers: bool,
    /// The C libraries that monowheel built and the wheel links.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) native: Vec<Linked>,
    /// Flags from the environment that reached the compilers, by variable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) environment: Vec<(String, String)>,
}

/// A source distribution.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Source {
    /// Its name.
    pub file: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// The commit that it was built from, if the sdist records it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

impl Provenance {
    /// The record of one wheel.
    #[must_use]
    pub(crate) fn of(
        job: &Job,
        profile: &str,
        sdist: &File,
        commit: Option<&str>,
        tools: &ToolFacts,
        environment: &[(String, String)],
        frame_pointers: bool,
    ) -> Self {
        let std = job.std.iter().map(|std| {
            let from = match std.from {
                // A library that will be built from source and one that was are the same.
                StdFrom::Source | StdFrom::Cache => Std::Source,
                _ => Std::Toolchain,
            };
            (std.triple.clone(), from)
        });
        Self {
            schema: SCHEMA.to_owned(),
            monowheel: monowheel_error::VERSION.to_owned(),
            sdist: Source { file: sdist.file.clone(), sha256: sdist.sha256.clone(), commit: commit.map(str::to_owned) },
            target: job.target.to_string(),
            abi: job.family,
            floor: job.floor_from_outside(),
            arguments: maturin::arguments(job, profile),
            rustc: tools.rustc.clone(),
            maturin: tools.maturin.clone(),
            linker: job.linker.clone(),
            std: std.collect(),
            time: maturin::epoch(),
            frame_pointers,
            native: Vec::new(),
            environment: environment.to_vec(),
        }
    }

    /// Whether a standard library was built from source.
    pub(crate) fn is_std_from_source(&self) -> bool {
        self.std.values().any(|std| *std == Std::Source)
    }

    /// The JSON form.
    #[must_use]
    pub(crate) fn json(&self) -> String {
        // Plain data can always be serialized.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
