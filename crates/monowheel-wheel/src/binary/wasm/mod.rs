//! WebAssembly modules, as Emscripten's dynamic linker sees them: shared libraries of the convention
//! `dylink.0` (WebAssembly tool-conventions, `DynamicLinking.md`).
//!
//! A symbol is imported as `env.NAME` (a function, looked up at its first call) or as `GOT.func.NAME` and
//! `GOT.mem.NAME` (its address, looked up when the module is loaded). Every section is parsed to its end, including
//! the code: truncated or unknown content is rejected, as in a browser.

mod code;
mod dylink;

use monowheel_error::Result;
use serde::{Deserialize, Serialize};
use wasmparser::{Encoding, ExternalKind, KnownCustom, Parser, Payload, TypeRef, WasmFeatures};

use crate::binary::budget::Budget;
use crate::binary::wasm::code::Instructions;
use crate::binary::{Arch, EmbeddedPaths, Import, Slice, unreadable};

/// The facts specific to a WebAssembly module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Wasm {
    /// Whether it is a library for the dynamic linker (`-sSIDE_MODULE`): its first section is `dylink.0`.
    pub side_module: bool,
    /// The names of all its exports, sorted, each once.
    pub exports: Vec<String>,
    /// The features that its compiler used (the custom section `target_features`), sorted.
    pub features: Vec<String>,
    /// Whether its memory is shared between threads.
    pub shared_memory: bool,
    /// Whether its code has atomic instructions.
    pub atomics: bool,
    /// Whether its code has the first form of exception handling (`try`, `catch`, `rethrow`).
    pub legacy_exceptions: bool,
    /// Whether its code has the standardized form (`try_table`, `throw_ref`).
    pub standard_exceptions: bool,
}

/// Whether the bytes begin like WebAssembly.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm")
}

/// Imports of each side module from the loader itself, which no library provides.
const LOADERS_OWN: [&str; 5] =
    ["memory", "__indirect_function_table", "__memory_base", "__table_base", "__stack_pointer"];

pub(super) fn read(bytes: &[u8]) -> Result<Slice> {
    let mut module =
        Module { budget: Budget::new(), slice: Slice::of(Arch::Wasm32), wasm: Wasm::default(), dylink: None };
    let mut instructions = Instructions::default();
    let (mut ended, mut declared, mut bodies) = (false, 0_u32, 0_u32);
    let mut parser = Parser::new(0);
    parser.set_features(WasmFeatures::all());
    for (at, payload) in parser.parse_all(bytes).enumerate() {
        let payload = payload.map_err(|error| unreadable(&error))?;
        match &payload {
            Payload::Version { encoding: Encoding::Component, .. } => {
                return Err(unreadable(&"a WebAssembly component, which Emscripten cannot load"));
            }
            Payload::FunctionSection(section) => declared = section.count(),
            Payload::CodeSectionEntry(body) => {
                bodies += 1;
                instructions.add(body)?;
            }
            Payload::UnknownSection { id, .. } => {
                return Err(unreadable(&format_args!("an unknown WebAssembly section ({id})")));
            }
            Payload::End(_) => ended = true,
            // The version is the first item, and `dylink.0` must be the first section.
            _ => module.add(&payload, at == 1)?,
        }
    }
    if !ended || declared != bodies {
        return Err(unreadable(&"a WebAssembly module without its code: it is truncated"));
    }
    module.wasm.atomics = instructions.atomics;
    module.wasm.legacy_exceptions = instructions.legacy_exceptions;
    module.wasm.standard_exceptions = instructions.standard_exceptions;
    let mut slice = module.finish()?;
    slice.paths = EmbeddedPaths::scan(bytes);
    Ok(slice)
}

/// A module while its sections are being read.
struct Module {
    budget: Budget,
    slice: Slice,
    wasm: Wasm,
    dylink: Option<dylink::Dylink>,
}

impl Module {
    fn add(&mut self, payload: &Payload<'_>, is_first: bool) -> Result<()> {
        match payload {
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    let import = import.map_err(|error| unreadable(&error))?;
                    self.import(import.module, import.name, import.ty)?;
                }
            }
            Payload::MemorySection(section) => {
                for memory in section.clone() {
                    self.memory(memory.map_err(|error| unreadable(&error))?);
                }
            }
            Payload::ExportSection(section) => {
                for export in section.clone() {
                    let export = export.map_err(|error| unreadable(&error))?;
                    self.export(export.name, export.kind)?;
                }
            }
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::Dylink0(reader) if is_first => {
                    self.dylink = Some(dylink::Dylink::read(reader, &mut self.budget)?);
                }
                KnownCustom::Dylink0(_) => return Err(unreadable(&"a dylink.0 section that is not the first")),
                _ if section.name() == "target_features" => {
                    self.wasm.features = dylink::features(section, &mut self.budget)?;
                }
                _ if section.name().starts_with(".debug_") => {
                    self.budget.parts(1)?;
                    let name = self.budget.text_of(section.name().as_bytes())?;
                    self.slice.debug_info.push(name);
                }
                _ => {}
            },
            _ => return self.skim(payload),
        }
        Ok(())
    }

    /// Sections from which nothing is kept are read to their ends as well.
    fn skim(&self, payload: &Payload<'_>) -> Result<()> {
        fn all<T>(items: impl IntoIterator<Item = wasmparser::Result<T>>) -> Result<()> {
            items.into_iter().try_for_each(|item| item.map(drop)).map_err(|error| unreadable(&error))
        }
        match payload {
            Payload::TypeSection(section) => all(section.clone()),
            Payload::TableSection(section) => all(section.clone()),
            Payload::TagSection(section) => all(section.clone()),
            Payload::GlobalSection(section) => all(section.clone()),
            Payload::ElementSection(section) => all(section.clone()),
            Payload::DataSection(section) => all(section.clone()),
            _ => Ok(()),
        }
    }

    fn import(&mut self, from: &str, name: &str, kind: TypeRef) -> Result<()> {
        self.budget.symbols(1)?;
        self.budget.name_of(from.len())?;
        if let TypeRef::Memory(memory) = kind {
            self.memory(memory);
        }
        if from == "env" && LOADERS_OWN.contains(&name) {
            return Ok(());
        }
        self.budget.import()?;
        let is_function = matches!(kind, TypeRef::Func(_) | TypeRef::FuncExact(_));
        let linked = matches!(from, "env" | "GOT.func" | "GOT.mem" | "wasi_snapshot_preview1");
        self.slice.imports.push(Import {
            name: self.budget.text_of(name.as_bytes())?,
            library: (!linked).then(|| from.to_owned()),
            version: None,
            weak: false,
            // A stub replaces it until it is called.
            delayed: linked && is_function,
        });
        Ok(())
    }

    fn memory(&mut self, memory: wasmparser::MemoryType) {
        self.wasm.shared_memory |= memory.shared;
        if memory.memory64 {
            self.slice.arch = Arch::Other("wasm64".to_owned());
            self.slice.is_64 = true;
        }
    }

    fn export(&mut self, name: &str, kind: ExternalKind) -> Result<()> {
        self.budget.symbols(1)?;
        if matches!(kind, ExternalKind::Memory | ExternalKind::Table) {
            return Ok(());
        }
        self.wasm.exports.push(self.budget.text_of(name.as_bytes())?);
        Ok(())
    }

    fn finish(self) -> Result<Slice> {
        let Self { mut slice, mut wasm, dylink, .. } = self;
        wasm.exports.sort_unstable();
        wasm.exports.dedup();
        wasm.side_module = dylink.is_some();
        let dylink = dylink.unwrap_or_default();
        // A module's own exports are looked up there too.
        slice.imports.retain(|import| import.library.is_some() || wasm.exports.binary_search(&import.name).is_err());
        for import in &mut slice.imports {
            import.weak = dylink.weak.contains(&import.name);
        }
        slice.libraries = dylink.libraries;
        slice.run_paths = dylink.run_paths;
        slice.exports.count = wasm.exports.len();
        let python = wasm.exports.iter().filter(|name| name.starts_with("Py") || name.starts_with("_Py"));
        slice.exports.python = python.cloned().collect();
        slice.wasm = Some(wasm);
        Ok(slice)
    }
}
