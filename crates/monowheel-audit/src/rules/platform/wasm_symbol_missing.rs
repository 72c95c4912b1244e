use std::collections::{BTreeSet, HashSet};

use monowheel_wheel::binary::Slice;
use monowheel_wheel::platform::pyodide::Abi;

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::wasm::{Promised, abis, modules};

rule! {
    /// A WebAssembly module imports a symbol that the Pyodide of its tag does not have.
    ///
    /// # What it does
    /// Looks up the imports of each module in the main module of the tag's Pyodide (libc, the C++ runtime, Python and
    /// the JavaScript functions), in the wheel's other modules, and in itself. Weak imports may be absent. If a library
    /// is needed that the wheel does not contain, another package may provide it and the symbols: a warning names the
    /// library. For an unknown ABI a warning says that nothing was looked up.
    ///
    /// # Why it matters
    /// The WebAssembly linker accepts every undefined symbol. A data symbol, or a function whose address is taken,
    /// stops the import. A function that is only called terminates Pyodide at its first call: "Dynamic linking error:
    /// cannot resolve symbol".
    ///
    /// # Example
    /// A C library that was not linked (`deflate`), code for JavaScript (`wasm-bindgen`), exceptions through JavaScript
    /// (`invoke_vii`), or a function of another Python version.
    ///
    /// # Fix
    /// Link the library statically; compile with `-fwasm-exceptions`; build for the ABI of the tag.
    pub(super) static RULE: "wasm-symbol-missing", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let abis = abis(facts);
    let unknown: Vec<&str> =
        abis.iter().filter(|promised| promised.abi.is_none()).map(|promised| promised.tag).collect();
    if !unknown.is_empty() && modules(facts).next().is_some() {
        let message = format!(
            "the imports were not checked: this monowheel does not know the Pyodide ABI of {}",
            unknown.join(" and ")
        );
        found.add(
            Finding::new(Severity::Warning, Place::file(), message)
                .fix("check whether a newer monowheel knows this ABI, or whether the tag is correct"),
        );
    }
    let shipped: HashSet<&str> = modules(facts).flat_map(|(_, _, wasm)| &wasm.exports).map(String::as_str).collect();
    for (binary, slice, _) in modules(facts) {
        let absent = absent_libraries(facts, slice);
        if !absent.is_empty() {
            let message = format!("needs {}, which is not in the wheel", some_of(&absent));
            let fix = "link it statically, or add the library to the wheel";
            found.add(Finding::new(Severity::Warning, binary.place(slice), message).details(absent).fix(fix));
            continue;
        }
        for promised in &abis {
            if let Some(abi) = promised.abi {
                look(binary, slice, &shipped, promised, abi, found);
            }
        }
    }
}

/// The libraries of a module that are not in the wheel. Emscripten looks for them by their file names.
fn absent_libraries<'a>(facts: &Facts, slice: &'a Slice) -> Vec<&'a str> {
    let file = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let has = |name: &str| facts.binaries.iter().any(|binary| file(&binary.path) == file(name));
    slice.libraries.iter().map(|library| library.name.as_str()).filter(|name| !has(name)).collect()
}

fn look(
    binary: &BinaryFacts,
    slice: &Slice,
    shipped: &HashSet<&str>,
    promised: &Promised<'_>,
    abi: &Abi,
    found: &mut Found<'_>,
) {
    let mut missing: BTreeSet<String> = BTreeSet::new();
    for import in slice.imports.iter().filter(|import| !import.weak) {
        match &import.library {
            Some(module) => drop(missing.insert(format!("{} from the module {module}", import.name))),
            None if abi.offers(&import.name) || shipped.contains(import.name.as_str()) => {}
            None => drop(missing.insert(import.name.clone())),
        }
    }
    if missing.is_empty() {
        return;
    }
    let names: Vec<&String> = missing.iter().collect();
    let fix = if names.iter().any(|name| name.starts_with("invoke_")) {
        "compile it with -fwasm-exceptions (Rust: -Z emscripten-wasm-eh): this Pyodide has no exceptions through JavaScript"
    } else if names.iter().any(|name| name.contains("__wbindgen") || name.contains("wbg")) {
        "build it without wasm-bindgen, whose JavaScript is not available in Pyodide"
    } else {
        "statically link the library that defines them, or build for the ABI of the tag"
    };
    let message =
        format!("imports {}, which Pyodide {} ({}) does not have", some_of(&names), abi.pyodide, promised.tag);
    found.add(Finding::new(Severity::Error, binary.place(slice), message).details(missing).fix(fix));
}
