//! The wheels of one release, and the data kept of each.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_wheel::abi::{self, PythonVersion, hook};
use monowheel_wheel::binary::{Format, MinimumOs};
use monowheel_wheel::entry_points::EntryPoints;
use monowheel_wheel::metadata::Metadata;
use monowheel_wheel::names::{normalized_name, wheel_name};
use monowheel_wheel::requirement::Requirement;
use monowheel_wheel::tag::Tag;
use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Role};

/// The data kept of a wheel or a bare binary after its facts are dropped: enough for the rules on releases and for
/// every report.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outline {
    /// The path or URL given by the user.
    pub place: String,
    /// The last part of it.
    pub file: String,
    /// Bytes.
    pub size: u64,
    /// The distribution's name as spelled in file names; `None` for a bare binary or a name that is not a wheel's.
    pub name: Option<String>,
    /// Its version as spelled in the file name.
    pub version: Option<String>,
    /// The build tag of the file name.
    pub build: Option<String>,
    /// Every tag of the file name.
    pub tags: Vec<Tag>,
    /// `Requires-Python` of METADATA.
    pub requires_python: Option<String>,
    /// The SHA-256 of each `.py` and `.pyi` file by path (lower-case hexadecimal), carriage returns left out.
    #[serde(skip)]
    pub python_files: BTreeMap<String, String>,
    /// The metadata that resolvers read; `None` without readable metadata.
    #[serde(skip)]
    pub stated: Option<Stated>,
    /// The shared libraries.
    pub binaries: Vec<BinaryOutline>,
    /// `Generator` of WHEEL: the tool that built it.
    #[serde(skip)]
    pub generator: Option<String>,
    /// The symbols of Python that its libraries use; empty unless [`symbols`](crate::audit::Options::symbols) is set.
    #[serde(skip)]
    pub symbols: Vec<UsedSymbol>,
}

/// A symbol of Python that a library of a wheel uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UsedSymbol {
    /// The path of the library in the wheel.
    pub member: String,
    /// The architecture of the slice.
    pub arch: String,
    /// The symbol.
    pub symbol: String,
    /// The version that added it to the stable ABI (`3.8`); `None` for one outside it.
    pub added: Option<String>,
}

/// The metadata of a wheel or an sdist that resolvers read, each value in a comparable form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// Every `Requires-Dist`.
    pub requires_dist: BTreeSet<String>,
    /// `Requires-Python`.
    pub requires_python: BTreeSet<String>,
    /// Every `Provides-Extra`.
    pub provides_extra: BTreeSet<String>,
    /// `[group] name = reference`.
    pub entry_points: BTreeSet<String>,
}

/// The data kept of an sdist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SdistOutline {
    /// Its file name.
    pub file: String,
    /// The distribution's name as spelled in file names.
    pub name: String,
    /// Its version as spelled in PKG-INFO.
    pub version: String,
    /// The fields that a wheel may state differently, in lower case.
    pub dynamic: BTreeSet<String>,
    /// The metadata in PKG-INFO.
    pub stated: Stated,
    /// Why it could not be read.
    pub unread: Option<String>,
}

impl Stated {
    /// Collects the values from `metadata` and the entry points.
    #[must_use]
    pub fn of(metadata: &Metadata, entry_points: Option<&EntryPoints>) -> Self {
        let all = |field: &'static str| metadata.headers.all(field).map(str::trim);
        Self {
            requires_dist: all("Requires-Dist").map(comparable).collect(),
            requires_python: metadata.requires_python().map(specifiers).into_iter().collect(),
            provides_extra: all("Provides-Extra").map(normalized_name).collect(),
            entry_points: entry_points
                .iter()
                .flat_map(|points| &points.entries)
                .map(|(group, name, value)| format!("[{group}] {name} = {value}"))
                .collect(),
        }
    }
}

impl SdistOutline {
    /// The data kept of an sdist, from its PKG-INFO; `None` before metadata 2.2, which made it binding for sdists.
    #[must_use]
    pub fn of(file: &str, pkg_info: &[u8]) -> Option<Self> {
        let metadata = Metadata::parse(pkg_info);
        if metadata.stated_version()? < (2, 2) {
            return None;
        }
        Some(Self {
            file: file.to_owned(),
            name: wheel_name(metadata.name()?),
            version: metadata.version()?.to_owned(),
            dynamic: metadata.headers.all("Dynamic").map(|field| field.trim().to_ascii_lowercase()).collect(),
            stated: Stated::of(&metadata, None),
            unread: None,
        })
    }

    /// An sdist of which only the file name is known.
    #[must_use]
    pub fn named(file: &str) -> Self {
        let stem = file.strip_suffix(".tar.gz").unwrap_or(file);
        let (name, version) = stem.rsplit_once('-').unwrap_or((stem, ""));
        Self { file: file.to_owned(), name: wheel_name(name), version: version.to_owned(), ..Self::default() }
    }
}

/// Version specifiers without spaces, sorted.
fn specifiers(text: &str) -> String {
    let mut parts: Vec<String> = text.split(',').map(|part| part.split_whitespace().collect()).collect();
    parts.sort();
    parts.join(",")
}

/// A requirement in a comparable form: tools differ in spaces, quotes and brackets.
fn comparable(text: &str) -> String {
    let Ok(requirement) = Requirement::parse(text) else { return text.to_owned() };
    let end = text.find([' ', '(', '<', '>', '=', '!', '~', ';', '@']).unwrap_or(text.len());
    let name = text.get(..end).unwrap_or(text);
    let mut extras: Vec<String> = match name.split_once('[') {
        Some((_, extras)) => {
            extras.trim_end_matches(']').split(',').map(|extra| normalized_name(extra.trim())).collect()
        }
        None => Vec::new(),
    };
    extras.sort();
    let marker = requirement.marker.unwrap_or_default().replace('\'', "\"").replace(['(', ')', ' '], "");
    let url = requirement.url.unwrap_or_default();
    format!(
        "{}[{}]{}{url};{marker}",
        normalized_name(requirement.name),
        extras.join(","),
        specifiers(requirement.versions)
    )
    .replace("[]", "")
    .trim_end_matches(';')
    .to_owned()
}

/// The data kept of a shared library.
#[derive(Clone, Debug, Serialize)]
pub struct BinaryOutline {
    /// Its path in the wheel.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Its format.
    pub format: Format,
    /// Whether Python imports it.
    pub is_extension: bool,
    /// Its slices.
    pub slices: Vec<SliceOutline>,
}

/// The data kept of a slice.
#[derive(Clone, Debug, Serialize)]
pub struct SliceOutline {
    /// Its architecture.
    pub arch: String,
    /// The number of symbols it provides.
    pub exports: usize,
    /// The module hooks among them: `PyInit_…`, `PyModExport_…`.
    #[serde(skip)]
    pub hooks: Vec<String>,
    /// The number of stable ABI symbols it uses, by the version that added them (`3.8` → 12); `unstable` counts Python
    /// symbols outside it.
    pub python_symbols: BTreeMap<String, usize>,
    /// The libraries it loads.
    pub libraries: Vec<String>,
    /// The oldest system that it declares to run on.
    pub minimum_os: Option<MinimumOs>,
}

/// The wheels of one version of one distribution, from one directory or one command line.
#[derive(Clone, Debug, Default)]
pub struct Set {
    /// The distribution's name as file names write it.
    pub name: String,
    /// Its wheels, by file name.
    pub wheels: Vec<Outline>,
    /// The file names of its sdists.
    pub sdists: Vec<String>,
    /// The metadata of those that could be read.
    pub sdists_read: Vec<SdistOutline>,
    /// The platforms that the project declares, if its `[tool.monowheel]` is known.
    pub declared: Option<Vec<String>>,
}

impl Outline {
    /// The extension modules.
    pub fn extensions(&self) -> impl Iterator<Item = &BinaryOutline> {
        self.binaries.iter().filter(|binary| binary.is_extension)
    }

    /// The data to keep of `facts`.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        let wheel = facts.wheel.as_ref();
        let name = wheel.and_then(|wheel| wheel.name.as_ref());
        let is_python = |path: &str| [".py", ".pyi"].iter().any(|end| path.ends_with(end));
        Self {
            place: facts.place.clone(),
            file: facts.file.clone(),
            size: facts.size,
            name: name.map(|name| wheel_name(&name.name)),
            version: name.map(|name| name.version.clone()),
            build: name.and_then(|name| name.build.clone()),
            tags: facts.tags().to_vec(),
            requires_python: wheel
                .and_then(|wheel| wheel.metadata.as_ref()?.headers.first("Requires-Python"))
                .map(str::to_owned),
            python_files: wheel
                .into_iter()
                .flat_map(|wheel| &wheel.members)
                .filter(|member| is_python(&member.path))
                .filter_map(|member| {
                    Some((member.path.clone(), monowheel_system::hash::hex(&member.unix_sha256.or(member.sha256)?)))
                })
                .collect(),
            stated: wheel.and_then(|wheel| {
                let metadata = wheel.metadata.as_ref().filter(|metadata| metadata.name().is_some())?;
                Some(Stated::of(metadata, wheel.entry_points.as_ref()))
            }),
            binaries: facts.binaries.iter().map(outline).collect(),
            generator: wheel.and_then(|wheel| wheel.wheel_file.as_ref()?.generator()).map(str::to_owned),
            symbols: Vec::new(),
        }
    }
}

/// The symbols of Python that the libraries of `facts` use, sorted, each once per slice.
pub(crate) fn symbols(facts: &Facts) -> Vec<UsedSymbol> {
    let used = facts.slices().flat_map(|(binary, slice)| {
        slice.imports.iter().filter(|import| is_python(&import.name)).map(|import| UsedSymbol {
            member: binary.path.clone(),
            arch: slice.arch.name().to_owned(),
            symbol: import.name.clone(),
            added: abi::lookup(&import.name).map(|symbol| abi::dotted(symbol.added)),
        })
    });
    used.collect::<BTreeSet<_>>().into_iter().collect()
}

fn is_python(symbol: &str) -> bool {
    symbol.starts_with("Py") || symbol.starts_with("_Py")
}

fn is_hook(symbol: &str) -> bool {
    hook::is_one(hook::INIT, symbol) || hook::is_one(hook::EXPORT, symbol)
}

fn outline(binary: &crate::facts::BinaryFacts) -> BinaryOutline {
    let slices = binary.binary.slices.iter().map(|slice| {
        let mut python_symbols = BTreeMap::new();
        for import in slice.imports.iter().filter(|import| is_python(&import.name)) {
            let key =
                abi::lookup(&import.name).map_or_else(|| "unstable".to_owned(), |symbol| abi::dotted(symbol.added));
            *python_symbols.entry(key).or_insert(0) += 1;
        }
        SliceOutline {
            arch: slice.arch.name().to_owned(),
            exports: slice.exports.count,
            hooks: slice.exports.python.iter().filter(|name| is_hook(name)).cloned().collect(),
            python_symbols,
            libraries: slice.libraries.iter().map(|library| library.name.clone()).collect(),
            minimum_os: slice.minimum_os.clone(),
        }
    });
    BinaryOutline {
        path: binary.path.clone(),
        size: binary.size,
        format: binary.binary.format,
        is_extension: matches!(binary.role, Role::Extension { .. }),
        slices: slices.collect(),
    }
}

/// The wheel that an installer selects, for each Python on each platform.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Coverage {
    /// The requested interpreters.
    pub pythons: Vec<Interpreter>,
    /// The platforms, each with one entry per interpreter: the file name of the wheel, or none.
    pub rows: Vec<CoverageRow>,
}

/// A `CPython`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Interpreter {
    /// Its version.
    pub version: PythonVersion,
    /// Whether it is a free-threaded build.
    pub free_threaded: bool,
}

/// `3.8`, `3.14t`.
impl std::fmt::Display for Interpreter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (major, minor) = self.version;
        write!(f, "{major}.{minor}{}", if self.free_threaded { "t" } else { "" })
    }
}

/// One platform of a [`Coverage`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct CoverageRow {
    /// The platform, as a user of pip knows it: `manylinux_2_17_x86_64`, `macosx_11_0_arm64`, `win_amd64`.
    pub platform: String,
    /// The file name of the selected wheel, for each interpreter.
    pub wheels: Vec<Option<String>>,
}
