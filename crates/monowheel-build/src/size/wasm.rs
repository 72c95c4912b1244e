//! A WebAssembly module by section, and by crate where it has the names of its functions.

use std::collections::HashMap;

use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef, WasmFeatures};

use crate::image::origin::{Naming, Origin};
use crate::size::binary::{Part, SectionSize, Symbols, stripped};
use crate::size::crates::Crates;

/// More functions are not told apart.
const MOST: usize = 2 << 20;

pub(super) fn part(bytes: &[u8]) -> Part {
    match Module::read(bytes) {
        Ok(module) => module.finish(bytes.len()),
        Err(why) => Part::unreadable(bytes.len(), format!("not a readable WebAssembly module: {why}")),
    }
}

/// What is counted of a module.
#[derive(Default)]
struct Module<'a> {
    sections: Vec<SectionSize>,
    /// Functions that come from elsewhere have the first numbers.
    imported: u32,
    /// Bytes of each function of its own.
    bodies: Vec<u64>,
    names: HashMap<u32, &'a str>,
    code: u64,
}

impl<'a> Module<'a> {
    fn read(bytes: &'a [u8]) -> wasmparser::Result<Self> {
        let mut module = Self::default();
        let mut parser = Parser::new(0);
        parser.set_features(WasmFeatures::all());
        for payload in parser.parse_all(bytes) {
            module.add(payload?)?;
        }
        Ok(module)
    }

    fn add(&mut self, payload: Payload<'a>) -> wasmparser::Result<()> {
        match &payload {
            Payload::CodeSectionEntry(body) => {
                if self.bodies.len() < MOST {
                    let range = body.range();
                    self.bodies.push(range.end.saturating_sub(range.start));
                }
                return Ok(());
            }
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    let is_function = matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
                    self.imported = self.imported.saturating_add(u32::from(is_function));
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    // Names that are damaged are none: no engine looks at them.
                    for name in names.into_iter().map_while(Result::ok) {
                        let Name::Function(map) = name else { continue };
                        for naming in map.into_iter().map_while(Result::ok).take(MOST) {
                            self.names.insert(naming.index, naming.name);
                        }
                    }
                }
            }
            _ => {}
        }
        let (name, holds) = match &payload {
            Payload::CodeSectionStart { .. } => ("code".to_owned(), "code"),
            Payload::DataSection(_) => ("data".to_owned(), "data"),
            Payload::TypeSection(_) => ("type".to_owned(), "addresses"),
            Payload::ImportSection(_) => ("import".to_owned(), "addresses"),
            Payload::FunctionSection(_) => ("function".to_owned(), "addresses"),
            Payload::TableSection(_) => ("table".to_owned(), "addresses"),
            Payload::GlobalSection(_) => ("global".to_owned(), "addresses"),
            Payload::ExportSection(_) => ("export".to_owned(), "addresses"),
            Payload::ElementSection(_) => ("element".to_owned(), "addresses"),
            Payload::CustomSection(section) => {
                let name = section.name();
                let is_debug = name == "name" || name.starts_with(".debug");
                (name.to_owned(), if is_debug { "debug" } else { "addresses" })
            }
            _ => return Ok(()),
        };
        let Some((_, range)) = payload.as_section() else { return Ok(()) };
        let bytes = range.end.saturating_sub(range.start);
        if holds == "code" {
            self.code = bytes;
        }
        let memory = if matches!(holds, "code" | "data") { bytes } else { 0 };
        self.sections.push(SectionSize { name, holds, bytes, memory });
        Ok(())
    }

    fn finish(mut self, bytes: usize) -> Part {
        let is_present = self.names.len() > self.bodies.len() / 2;
        let mut crates = Crates::default();
        if is_present {
            let (mut index, mut named) = (self.imported, 0_u64);
            for body in &self.bodies {
                if let Some(name) = self.names.get(&index) {
                    crates.add(Origin::of(name.as_bytes(), Naming::default()), *body, true);
                    named = named.saturating_add(*body);
                }
                index = index.saturating_add(1);
            }
            let data = self.sections.iter().filter(|section| section.holds == "data").map(|section| section.bytes);
            crates.add_nameless(data.fold(0, u64::saturating_add), false);
            crates.add_nameless(self.code.saturating_sub(named), true);
        }
        let inside = self.sections.iter().map(|section| section.bytes).fold(0, u64::saturating_add);
        self.sections.sort_by(|a, b| (b.bytes, &a.name).cmp(&(a.bytes, &b.name)));
        Part {
            architecture: "wasm32".to_owned(),
            bytes: bytes as u64,
            symbols: if is_present { Symbols::Present } else { Symbols::Stripped },
            note: (!is_present).then(stripped),
            outside: (bytes as u64).saturating_sub(inside),
            sections: self.sections,
            crates: crates.finish(),
        }
    }
}
