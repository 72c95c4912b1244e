//! The functions by which Python initializes an extension module, as exported by its binary.

use monowheel_wheel::abi::hook::{self, EXPORT, INIT};
use monowheel_wheel::abi::{Ending, Marker, PythonLibrary, exports, lookup};
use monowheel_wheel::binary::{Format, Slice};

use crate::facts::{BinaryFacts, Facts, Role};
use crate::rules::abi::claim::suffix;
use crate::rules::abi::python_imports::python_imports;

/// The name under which Python imports the file: the last part of the module's name.
pub(super) fn module_name(binary: &BinaryFacts) -> Option<&str> {
    let Role::Extension { module, .. } = &binary.role else { return None };
    if module != "__init__" {
        return Some(module);
    }
    // A package whose `__init__` is compiled is imported by the directory's name.
    binary.path.rsplit('/').nth(1)
}

/// The hooks that a slice exports for a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hooks<'a> {
    /// `PyInit_module`.
    pub(super) init: bool,
    /// `PyModExport_module`.
    pub(super) export: bool,
    /// Hooks of other modules.
    pub(super) others: Vec<&'a str>,
}

impl<'a> Hooks<'a> {
    /// The hooks of `slice` for `module`.
    pub(super) fn of(slice: &'a Slice, module: &str) -> Self {
        let (init, export) = (hook::symbol(INIT, module), hook::symbol(EXPORT, module));
        let all = slice.exports.python.iter().map(String::as_str).filter(|name| is_hook(name));
        let mut hooks = Self { init: false, export: false, others: Vec::new() };
        for name in all {
            match name {
                _ if name == init => hooks.init = true,
                _ if name == export => hooks.export = true,
                other => hooks.others.push(other),
            }
        }
        hooks
    }
}

fn is_hook(name: &str) -> bool {
    hook::is_one(INIT, name) || hook::is_one(EXPORT, name)
}

/// Whether a binary exports the hook of any module.
pub(super) fn has_any(binary: &BinaryFacts) -> bool {
    binary.binary.slices.iter().flat_map(|slice| &slice.exports.python).any(|name| is_hook(name))
}

/// Whether the wheel has the module in several files, one of which its own code selects: files that export the hook of
/// one module (`_demo_sse.so` and `_demo_avx2.so`, or `_demo.so` and `_demo_avx2.so`), or files of one name in several
/// directories (`py311/_demo.so` and `py312/_demo.so`).
pub(super) fn has_own_loader(facts: &Facts, binary: &BinaryFacts) -> bool {
    let hooks: Vec<&str> = hooks_of(binary).collect();
    let others = || facts.extensions().filter(|other| other.path != binary.path);
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    // For other interpreters: two packages may each have a module with this name.
    let is_elsewhere = |other: &BinaryFacts| {
        module_name(other) == module_name(binary)
            && folder(&other.path) != folder(&binary.path)
            && suffix(other) != suffix(binary)
    };
    others().any(|other| {
        is_elsewhere(other)
            || hooks_of(other).any(|hook| hooks.contains(&hook) && (!is_own(other, hook) || is_variant(binary, other)))
    })
}

/// Whether a file is named after the module of another one: `_demo_avx2` and `_demo`.
fn is_variant(binary: &BinaryFacts, other: &BinaryFacts) -> bool {
    module_name(binary).zip(module_name(other)).is_some_and(|(name, other)| {
        // `_demo_d` is what a debug build looks for.
        name.strip_prefix(other).is_some_and(|rest| rest.starts_with('_') && rest != "_d")
    })
}

fn hooks_of(binary: &BinaryFacts) -> impl Iterator<Item = &str> {
    let all = binary.binary.slices.iter().flat_map(|slice| &slice.exports.python);
    all.map(String::as_str).filter(|name| is_hook(name))
}

/// Whether one of the hooks matches the file's own name.
fn is_own(binary: &BinaryFacts, name: &str) -> bool {
    module_name(binary)
        .is_some_and(|module| [hook::symbol(INIT, module), hook::symbol(EXPORT, module)].contains(&name.to_owned()))
}

/// Whether a file's name says that Python imports it: a plain `.so` may also be a library for `ctypes`.
pub(super) fn is_marked(binary: &BinaryFacts) -> bool {
    suffix(binary).is_some_and(|suffix| match suffix.marker {
        Marker::Plain => suffix.ending == Ending::Pyd,
        Marker::Stable { .. } | Marker::Version { .. } | Marker::PyPy(_) => true,
        Marker::Other => false,
    })
}

/// Whether a slice calls Python.
pub(super) fn calls_python(binary: &BinaryFacts, slice: &Slice) -> bool {
    match binary.binary.format {
        Format::Pe => slice.libraries.iter().any(|library| PythonLibrary::parse(&library.name).is_some()),
        Format::Elf | Format::MachO | Format::Wasm => python_imports(binary, slice)
            .any(|import| lookup(&import.name).is_some() || exports::is_known(&import.name)),
    }
}

/// Whether a slice creates a module, as each of them does when it is initialized. PyPy's names end alike.
pub(super) fn creates_module(slice: &Slice) -> bool {
    const ALL: [&str; 4] =
        ["PyModuleDef_Init", "PyModule_Create2", "PyModule_FromDefAndSpec2", "PyModule_FromSlotsAndSpec"];
    slice.imports.iter().any(|import| ALL.iter().any(|name| import.name.ends_with(name)))
}

/// Whether a binary is a Python module, not a library with an extension's name, as `ctypes`, cffi's ABI mode and
/// `torch.ops.load_library` load them. A binary that neither exports a hook nor calls Python is not a module, whatever
/// its name.
pub(super) fn is_module(binary: &BinaryFacts) -> bool {
    matches!(binary.role, Role::Extension { .. })
        && (has_any(binary) || binary.binary.slices.iter().any(|slice| calls_python(binary, slice)))
}
