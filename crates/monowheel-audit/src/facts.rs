//! Everything known about one wheel or one bare binary, gathered before any rule runs.
//!
//! Their serialized form is not published: [`crate::kept`] stores it. What a run decides and not the file is left out
//! of it, and everything else has to be in it.

use std::collections::BTreeMap;

use monowheel_wheel::abi::{Family, PythonVersion};
use monowheel_wheel::archive::{Member, Oddity};
use monowheel_wheel::binary::{Arch, Binary, Slice};
use monowheel_wheel::entry_points::EntryPoints;
use monowheel_wheel::filename::WheelName;
use monowheel_wheel::metadata::{Metadata, WheelFile};
use monowheel_wheel::record::Record;
use monowheel_wheel::requirement::holds_without_extra;
use monowheel_wheel::sbom::Sbom;
use monowheel_wheel::tag::Tag;
use pep440_rs::VersionSpecifiers;
use serde::{Deserialize, Serialize};

/// One wheel, or one shared library outside a wheel.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Facts {
    /// The path or URL by which the user named it.
    #[serde(skip)]
    pub(crate) place: String,
    /// The last part of it.
    pub file: String,
    /// Bytes.
    pub size: u64,
    /// The rest, for a wheel. `None` for a bare binary.
    pub wheel: Option<WheelFacts>,
    /// The shared libraries, by path.
    pub binaries: Vec<BinaryFacts>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// The floor stated by the user for a bare `.abi3.so` or `.pyd`, whose name does not contain one.
    #[serde(skip)]
    pub(crate) stated_floor: Option<PythonVersion>,
}

/// Parts that could not be read; the rule `unreadable` reports each as an error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Unreadable {
    /// The member; `None` for the complete file.
    pub member: Option<String>,
    /// The reason.
    pub why: String,
}

/// A wheel's archive and metadata.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct WheelFacts {
    /// The parsed file name; `None` if it is not a wheel's name.
    pub name: Option<WheelName>,
    /// Every tag of the file name, expanded.
    pub(crate) tags: Vec<Tag>,
    /// The members of the central directory, in its order.
    pub members: Vec<Member>,
    /// Oddities of the archive that installers or the index may refuse.
    pub(crate) oddities: Vec<Oddity>,
    /// Every `*.dist-info` directory, sorted.
    pub(crate) dist_infos: Vec<String>,
    /// `METADATA` of the single dist-info; `None` if it is absent or unreadable.
    pub metadata: Option<Metadata>,
    /// `WHEEL`, likewise.
    pub(crate) wheel_file: Option<WheelFile>,
    /// `RECORD`, likewise.
    pub(crate) record: Option<Record>,
    /// `entry_points.txt`, if there is one.
    pub(crate) entry_points: Option<EntryPoints>,
    /// Everything under `sboms/`.
    pub(crate) sboms: Vec<Sbom>,
    /// Whether Python code in it may load libraries itself or set their location (`ctypes`, `os.add_dll_directory`,
    /// `PATH`); `None` if not checked.
    pub(crate) loads_libraries: Option<bool>,
    /// What rules read of the beginning of scripts, of keys, and of `__init__.py` in shared namespaces, by path.
    pub(crate) heads: BTreeMap<String, String>,
    /// Whose access token a text file contains, by path. The token itself is not kept.
    pub(crate) tokens: BTreeMap<String, String>,
    /// Python files that may have syntax above the oldest Python that installs the wheel, with their text, until they
    /// are parsed.
    #[serde(skip)]
    pub(crate) sources: Vec<(String, String)>,
    /// The result of rendering the description; `None` for one that always renders.
    pub(crate) description: Option<Rendering>,
    /// The result of parsing [`sources`](Self::sources).
    pub(crate) syntax: Syntax,
}

/// The result of rendering a description as the index does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Rendering {
    /// The index accepts it.
    Renders,
    /// The index refuses it; the renderer's message.
    Fails(String),
    /// No renderer was available.
    NotLookedAt(String),
}

/// The result of parsing Python files with the grammar of the oldest Python that installs the wheel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum Syntax {
    /// There is no file to parse.
    #[default]
    Unneeded,
    /// No file has newer syntax.
    Fits,
    /// Files that this Python cannot parse.
    TooNew {
        /// The Python.
        oldest: PythonVersion,
        /// The faults.
        faults: Vec<SyntaxFault>,
    },
    /// No parser was available.
    NotLookedAt(String),
}

/// A line that a Python cannot parse.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SyntaxFault {
    /// The member.
    pub path: String,
    /// From 1.
    pub line: u32,
    /// The message of Python's parser.
    pub why: String,
}

/// A shared library.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct BinaryFacts {
    /// Its path in the wheel; the file name of a bare one.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Its role: what loads it.
    pub role: Role,
    /// Its parsed content.
    pub binary: Binary,
}

/// What loads a shared library.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Role {
    /// Python imports it.
    Extension {
        /// The last component of the module's name: the file name up to the first dot.
        module: String,
        /// The rest, without the first dot: `abi3.so`, `cpython-311-x86_64-linux-gnu.so`, `pyd`, `so`.
        suffix: String,
    },
    /// The loader, `ctypes` or a program loads it: `NAME.libs/`, `lib*.so.1`, `.dll`, `.dylib`.
    Library,
    /// It is run, not loaded (`NAME.data/scripts/`).
    Program,
}

impl Facts {
    /// Every slice of every binary, with the binary.
    pub(crate) fn slices(&self) -> impl Iterator<Item = (&BinaryFacts, &Slice)> {
        self.binaries.iter().flat_map(|binary| binary.binary.slices.iter().map(move |slice| (binary, slice)))
    }

    /// The extension modules.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = &BinaryFacts> {
        self.binaries.iter().filter(|binary| matches!(binary.role, Role::Extension { .. }))
    }

    /// Whether Python code may have loaded a library before the loader looks for it, or have set its location. True if
    /// not checked.
    pub(crate) fn may_load_libraries(&self) -> bool {
        self.wheel.as_ref().is_some_and(|wheel| wheel.loads_libraries.unwrap_or(true))
    }

    /// Whether another distribution may provide what this wheel is missing: it has a requirement outside all extras, or
    /// its metadata is unknown.
    pub(crate) fn has_requirements(&self) -> bool {
        let metadata = self.wheel.as_ref().and_then(|wheel| wheel.metadata.as_ref());
        metadata.is_none_or(|metadata| metadata.headers.all("Requires-Dist").any(holds_without_extra))
    }

    /// The tags that the file name promises; none for a bare binary.
    #[must_use]
    pub(crate) fn tags(&self) -> &[Tag] {
        self.wheel.as_ref().map_or(&[], |wheel| &wheel.tags)
    }
}

impl WheelFacts {
    /// The member with this path.
    #[must_use]
    pub(crate) fn member(&self, path: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.path == path)
    }

    /// `Requires-Python`; `None` if it is missing or cannot be parsed.
    #[must_use]
    pub(crate) fn requires_python(&self) -> Option<VersionSpecifiers> {
        self.metadata.as_ref()?.requires_python()?.parse().ok()
    }

    /// The dist-info directory, if there is exactly one.
    #[must_use]
    pub(crate) fn dist_info(&self) -> Option<&str> {
        match self.dist_infos.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl WheelFacts {
    /// The place of a finding in a file of the dist-info, such as `METADATA`.
    #[must_use]
    pub(crate) fn info(&self, file: &str) -> crate::finding::Place {
        match self.dist_info() {
            Some(folder) => crate::finding::Place::member(format!("{folder}/{file}")),
            None => crate::finding::Place::file(),
        }
    }
}

impl BinaryFacts {
    /// Whether it is a .NET assembly for any CPU, which .NET loads on every system.
    #[must_use]
    pub(crate) fn is_managed(&self) -> bool {
        self.binary.slices.iter().all(|slice| matches!(&slice.arch, Arch::Other(name) if name == "any-cpu"))
    }

    /// The place of a finding in one slice of it; the architecture is given only if there are several.
    #[must_use]
    pub(crate) fn place(&self, slice: &Slice) -> crate::finding::Place {
        crate::finding::Place {
            member: Some(self.path.clone()),
            slice: self.binary.fat.then(|| slice.arch.name().to_owned()),
            ..crate::finding::Place::file()
        }
    }

    /// The stable ABI promised by its own name: `.abi3.so`, `.abi3t.so`. A `.pyd` does not name one.
    #[must_use]
    pub(crate) fn named_family(&self) -> Option<Family> {
        let Role::Extension { suffix, .. } = &self.role else { return None };
        let word = suffix.split(['.', '-']).next()?;
        Family::ALL.into_iter().find(|family| family.name() == word)
    }
}

/// Where a member is installed in site-packages; `None` for files installed elsewhere, and for metadata.
#[must_use]
pub(crate) fn site_path(path: &str) -> Option<&str> {
    let Some((top, rest)) = path.split_once('/') else { return Some(path) };
    if top.ends_with(".dist-info") {
        return None;
    }
    if top.ends_with(".data") {
        return rest.strip_prefix("purelib/").or_else(|| rest.strip_prefix("platlib/"));
    }
    Some(path)
}
