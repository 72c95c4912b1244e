//! How dyld finds a symbol: in the library that the linker recorded, or in everything that is loaded.

use monowheel_wheel::abi::PythonLibrary;
use monowheel_wheel::binary::{Format, Import, Slice};
use monowheel_wheel::platform::{apple, apple_symbols, linux_symbols, macos};

use crate::facts::BinaryFacts;
use crate::rules::platform::link::{Linked, Lost, Scope};

/// The symbols of a slice that nothing provides.
pub(in crate::rules::platform) fn lost(linked: &Linked<'_>, binary: &BinaryFacts, slice: &Slice) -> Vec<Lost> {
    let scope = linked.scope(binary, slice);
    let strong = slice.imports.iter().filter(|import| !import.weak);
    strong
        .filter_map(|import| match &import.library {
            Some(library) => two_level(linked, slice, import, library),
            None => flat(linked, &scope, import),
        })
        .collect()
}

/// What libc++ has since LLVM 21, and no macOS to 26 (libc++'s availability.h: `_LIBCPP_AVAILABILITY_HAS_HASH_MEMORY`).
/// LLVM's own clang links it without a complaint.
const OF_LATER_LIBCXX: [&str; 1] = ["_ZNSt3__113__hash_memoryEPKvm"];

/// A symbol of a certain library. The linker has already checked those of the system.
fn two_level(linked: &Linked<'_>, slice: &Slice, import: &Import, library: &str) -> Option<Lost> {
    if library.starts_with("/usr/lib/libc++") && OF_LATER_LIBCXX.contains(&import.name.as_str()) {
        let why = "in libc++ since LLVM 21, which macOS 26 does not have yet".to_owned();
        return Some(Lost { name: import.name.clone(), why, late: false });
    }
    if macos::is_system(library)
        || PythonLibrary::parse(library).is_some()
        || slice.own_name.as_deref() == Some(library)
    {
        return None;
    }
    let found = linked.exporters(slice, library)?;
    (!linked.any_has(&found, &import.name)).then(|| Lost {
        name: import.name.clone(),
        why: format!("{library} is in the wheel but has no such symbol"),
        late: false,
    })
}

/// A symbol that is looked up in everything that is loaded.
fn flat(linked: &Linked<'_>, scope: &Scope<'_>, import: &Import) -> Option<Lost> {
    let name = import.name.as_str();
    let is_pythons = name.starts_with("Py") || name.starts_with("_Py");
    if is_pythons || apple_symbols::libsystem_has(name) || is_runtime(name) {
        return None;
    }
    // A framework that is not loaded is covered by another rule.
    if apple::frameworks_of(name).next().is_some() || linked.has(scope, name, None) {
        return None;
    }
    if scope.outside.iter().any(|library| may_have(library)) {
        return None;
    }
    let why = match linked.elsewhere(scope, name) {
        Some(path) => format!("{path} has it but is not loaded with the module"),
        None => "looked up in everything that is loaded, and neither macOS nor Python has it".to_owned(),
    };
    Some(Lost { name: name.to_owned(), why, late: false })
}

/// What clang writes for a constant CFString (`CFSTR("…")`), in CoreFoundation, which every CPython for macOS loads.
const CONSTANT_STRING: &str = "__CFConstantStringClassReference";

/// The runtimes of C++, Objective-C, Swift and Rust's blocks, which are loaded in most processes.
fn is_runtime(name: &str) -> bool {
    let starts = ["objc_", "OBJC_", "_objc_", "swift_", "$s", "_NSConcrete", "_Block_", "dyld_stub_binder", "__objc_"];
    starts.iter().any(|start| name.starts_with(start))
        || name == CONSTANT_STRING
        || linux_symbols::is_cpp_runtime(name)
        || name.starts_with("_ZNSt3__1")
        || name.starts_with("_ZNKSt3__1")
}

/// Whether a library outside the wheel may have any symbol at all. System libraries are known, or were checked by the
/// linker, except for the few that are not part of libSystem.
fn may_have(library: &str) -> bool {
    let is_known = library.contains("/libSystem.") || library.contains("/libc++") || library.contains("/libobjc.");
    !is_known && !library.contains("/CoreFoundation.framework/") && PythonLibrary::parse(library).is_none()
}

impl Linked<'_> {
    /// The slices that a library's name refers to, and those whose symbols they re-export; `None` if one of them is not
    /// in the wheel.
    fn exporters(&self, slice: &Slice, library: &str) -> Option<Vec<usize>> {
        let mut found: Vec<usize> = self.named(Format::MachO, slice, library).collect();
        if found.is_empty() {
            return None;
        }
        let mut next = 0;
        while let Some(node) = found.get(next).and_then(|index| self.nodes.get(*index)) {
            for passed in &node.slice.link.reexports {
                let more: Vec<usize> = self.named(Format::MachO, slice, passed).collect();
                if more.is_empty() {
                    return None;
                }
                found.extend(more.into_iter().filter(|index| !found.contains(index)).collect::<Vec<_>>());
            }
            next += 1;
        }
        Some(found)
    }

    fn any_has(&self, nodes: &[usize], name: &str) -> bool {
        nodes.iter().any(|index| self.node_has(*index, name, None))
    }
}
