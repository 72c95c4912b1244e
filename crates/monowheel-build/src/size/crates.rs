//! The bytes of a binary by crate, module and function: what its symbols say, added up.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::image::demangle::Language;
use crate::image::origin::{Origin, is_std};

/// Functions of a module that are listed one by one.
const FUNCTIONS: usize = 100;
/// Bytes of names that are kept apart; what has another name then is counted together.
const NAMES: usize = 64 << 20;

/// A crate in a binary; for other languages, all of their code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CrateSize {
    /// Its name as in symbols (`_` for `-`); what is no crate is in parentheses.
    pub name: String,
    /// Its own name, where a bill of materials lists it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Its version, where the bills of materials list one version of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What tells it from another crate of this name in the binary; empty where its symbols do not say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub copy: String,
    /// Its language; `None` for bytes that no symbol names.
    pub language: Option<Language>,
    /// Whether it is part of Rust's standard library.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_std: bool,
    /// Bytes in the file, of code and of data.
    pub bytes: u64,
    /// Those of code.
    pub code: u64,
    /// Its modules, the largest first.
    pub modules: Vec<ModuleSize>,
}

impl CrateSize {
    /// Name and version for people: `regex-automata 0.4.9`.
    #[must_use]
    pub fn label(&self) -> String {
        let name = self.package.as_ref().unwrap_or(&self.name);
        match &self.version {
            Some(version) => format!("{name} {version}"),
            None => name.clone(),
        }
    }
}

/// A module of a crate; for C, the functions whose names begin with the same word; for C++, a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModuleSize {
    /// Its path in the crate; empty for the crate's root.
    pub name: String,
    /// Bytes in the file, of code and of data.
    pub bytes: u64,
    /// Its functions, the largest first, at most 100.
    pub functions: Vec<FunctionSize>,
    /// How many more there are.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_functions: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A function, with all instantiations of a generic one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FunctionSize {
    /// Its path in the module, `_` for the arguments of generics.
    pub name: String,
    /// Bytes of all copies.
    pub bytes: u64,
    /// How often it is in the binary: the instantiations of a generic function.
    pub copies: usize,
}

/// The crates of a binary while its symbols are gone through.
#[derive(Default)]
pub(super) struct Crates {
    crates: HashMap<(String, String), Entry>,
    name_bytes: usize,
}

struct Entry {
    language: Option<Language>,
    code: u64,
    bytes: u64,
    modules: HashMap<String, Module>,
}

#[derive(Default)]
struct Module {
    bytes: u64,
    functions: HashMap<String, (u64, usize)>,
}

impl Crates {
    /// Counts a symbol.
    pub(super) fn add(&mut self, origin: Origin, bytes: u64, is_code: bool) {
        let Origin { language, mut package, mut copy, mut module, mut function } = origin;
        if self.name_bytes > NAMES {
            (package, copy, module, function) =
                ("(more names than are kept)".to_owned(), String::new(), String::new(), String::new());
        }
        let key = (package, copy);
        if !self.crates.contains_key(&key) {
            self.name_bytes += key.0.len() + key.1.len();
        }
        let entry = self.crates.entry(key).or_insert_with(|| Entry::of(Some(language)));
        entry.bytes = entry.bytes.saturating_add(bytes);
        if !entry.modules.contains_key(&module) {
            self.name_bytes += module.len();
        }
        let module = entry.modules.entry(module).or_default();
        module.bytes = module.bytes.saturating_add(bytes);
        if is_code {
            entry.code = entry.code.saturating_add(bytes);
            if !module.functions.contains_key(&function) {
                self.name_bytes += function.len();
            }
            let (sum, copies) = module.functions.entry(function).or_default();
            *sum = sum.saturating_add(bytes);
            *copies += 1;
        }
    }

    /// Counts bytes that no symbol names.
    pub(super) fn add_nameless(&mut self, bytes: u64, is_code: bool) {
        if bytes == 0 {
            return;
        }
        let key = ("(no symbol)".to_owned(), String::new());
        let entry = self.crates.entry(key).or_insert_with(|| Entry::of(None));
        entry.bytes = entry.bytes.saturating_add(bytes);
        if is_code {
            entry.code = entry.code.saturating_add(bytes);
        }
    }

    /// Adds what is of some crate of a name to the only one of that name: not every symbol tells the crate exactly.
    fn merge(&mut self) {
        let mut copies: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, copy) in self.crates.keys().filter(|(_, copy)| !copy.is_empty()) {
            copies.entry(name.clone()).or_default().push(copy.clone());
        }
        for (name, mut copies) in copies {
            if let (Some(copy), true) = (copies.pop(), copies.is_empty()) {
                let Some(some) = self.crates.remove(&(name.clone(), String::new())) else { continue };
                if let Some(only) = self.crates.get_mut(&(name, copy)) {
                    only.merge(some);
                }
            }
        }
    }

    /// The crates, the largest first.
    pub(super) fn finish(mut self) -> Vec<CrateSize> {
        self.merge();
        let mut crates: Vec<CrateSize> = self.crates.into_iter().map(|(key, entry)| entry.finish(key)).collect();
        crates.sort_by(|a, b| (Reverse(a.bytes), &a.name, &a.copy).cmp(&(Reverse(b.bytes), &b.name, &b.copy)));
        crates
    }
}

impl Entry {
    fn of(language: Option<Language>) -> Self {
        Self { language, code: 0, bytes: 0, modules: HashMap::new() }
    }

    fn merge(&mut self, other: Self) {
        self.code = self.code.saturating_add(other.code);
        self.bytes = self.bytes.saturating_add(other.bytes);
        for (name, module) in other.modules {
            let known = self.modules.entry(name).or_default();
            known.bytes = known.bytes.saturating_add(module.bytes);
            for (name, (bytes, copies)) in module.functions {
                let function = known.functions.entry(name).or_default();
                *function = (function.0.saturating_add(bytes), function.1 + copies);
            }
        }
    }

    fn finish(self, (name, copy): (String, String)) -> CrateSize {
        let mut modules: Vec<ModuleSize> = self.modules.into_iter().map(|(name, module)| module.finish(name)).collect();
        modules.sort_by(|a, b| (Reverse(a.bytes), &a.name).cmp(&(Reverse(b.bytes), &b.name)));
        let is_std = self.language == Some(Language::Rust) && is_std(&name);
        let (language, bytes, code) = (self.language, self.bytes, self.code);
        CrateSize { is_std, name, package: None, version: None, copy, language, bytes, code, modules }
    }
}

impl Module {
    fn finish(self, name: String) -> ModuleSize {
        let mut functions: Vec<FunctionSize> =
            self.functions.into_iter().map(|(name, (bytes, copies))| FunctionSize { name, bytes, copies }).collect();
        functions.sort_by(|a, b| (Reverse(a.bytes), &a.name).cmp(&(Reverse(b.bytes), &b.name)));
        let more_functions = functions.len().saturating_sub(FUNCTIONS);
        functions.truncate(FUNCTIONS);
        ModuleSize { name, bytes: self.bytes, functions, more_functions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::origin::Naming;

    #[test]
    fn instantiations_are_one_function_and_the_largest_is_first() {
        let mut crates = Crates::default();
        for (name, bytes, is_code) in [
            ("_RINvCsa_4demo3maphEB2_", 30, true),
            ("_RINvCsa_4demo3mapmEB2_", 40, true),
            ("_RNvCsa_4demo3run", 10, true),
            ("_RNvCsa_4demo5TABLE", 5, false),
            ("memcpy", 100, true),
        ] {
            crates.add(Origin::of(name.as_bytes(), Naming::default()), bytes, is_code);
        }
        crates.add_nameless(7, false);
        crates.add_nameless(0, true);
        let crates = crates.finish();
        let names: Vec<(&str, u64, u64)> = crates.iter().map(|one| (one.name.as_str(), one.bytes, one.code)).collect();
        assert_eq!(names, [("(C, not mangled)", 100, 100), ("demo", 85, 80), ("(no symbol)", 7, 0)]);
        let [module] = crates[1].modules.as_slice() else { panic!("{:?}", crates[1].modules) };
        let functions: Vec<(&str, u64, usize)> =
            module.functions.iter().map(|one| (one.name.as_str(), one.bytes, one.copies)).collect();
        assert_eq!(functions, [("map<_>", 70, 2), ("run", 10, 1)]);
    }

    /// A default method of a trait has no disambiguator of the trait's crate where it can be read.
    #[test]
    fn symbols_that_do_not_tell_the_crate_exactly_count_for_the_only_one() {
        let mut crates = Crates::default();
        for name in [
            "_RNvCsa_4demo3run",
            "_RNvYhNtCsa_4demo3Ser3ser",
            "_RNvCsb_3two1f",
            "_RNvCsc_3two1f",
            "_RNvYhNtCsc_3two3Ser3ser",
        ] {
            crates.add(Origin::of(name.as_bytes(), Naming::default()), 10, true);
        }
        let crates = crates.finish();
        let names: Vec<(&str, &str, u64)> =
            crates.iter().map(|one| (one.name.as_str(), one.copy.as_str(), one.bytes)).collect();
        assert_eq!(names, [("demo", "a", 20), ("two", "", 10), ("two", "b", 10), ("two", "c", 10)]);
    }

    #[test]
    fn a_module_lists_so_many_functions() {
        let mut crates = Crates::default();
        for number in 0..FUNCTIONS + 5 {
            crates.add(Origin::of(format!("f{number}").as_bytes(), Naming::default()), 1, true);
        }
        let crates = crates.finish();
        assert_eq!((crates[0].modules[0].functions.len(), crates[0].modules[0].more_functions), (FUNCTIONS, 5));
        assert_eq!(crates[0].bytes, FUNCTIONS as u64 + 5);
    }
}
