//! The three ways to name imports and exports in a Mach-O file.

use monowheel_wheel::binary::{Import, Slice};
use object::macho;

/// Where a slice names its imports and exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Only in the symbol table.
    SymbolTable,
    /// In dyld's opcodes and an export trie; the symbol table is stripped.
    Opcodes,
    /// In chained fixups and an export trie; the symbol table is stripped.
    ChainedFixups,
}

/// All exported names without the leading underscore: those of Python, and others up to the count.
pub fn exported(slice: &Slice) -> Vec<String> {
    let others = slice.exports.count.checked_sub(slice.exports.python.len()).expect("count covers the names");
    let others = (0..others).map(|number| format!("export_{number}"));
    slice.exports.python.iter().cloned().chain(others).collect()
}

/// The library ordinal: its place in the load commands from 1 on, -2 for flat lookup.
fn ordinal(slice: &Slice, import: &Import) -> i8 {
    match &import.library {
        None => macho::BIND_SPECIAL_DYLIB_FLAT_LOOKUP.0 as i8,
        Some(name) => {
            let found = slice.libraries.iter().position(|library| library.name == *name);
            i8::try_from(found.expect("the library is loaded") + 1).expect("few libraries")
        }
    }
}

/// Entries of `LC_SYMTAB` (`nlist`) and their strings: debugger's paths, imports, exports.
pub fn symbol_table(slice: &Slice, names: Names) -> (Vec<u8>, Vec<u8>, u32) {
    let (mut entries, mut strings, mut count) = (Vec::new(), vec![0], 0);
    let mut add = |name: String, kind: u8, section: u8, desc: u16, value: u32| {
        entries.extend((strings.len() as u32).to_le_bytes());
        entries.extend([kind, section]);
        entries.extend(desc.to_le_bytes());
        entries.extend(value.to_le_bytes());
        if slice.is_64 {
            entries.extend([0; 4]);
        }
        strings.extend(name.into_bytes());
        strings.push(0);
        count += 1;
    };
    for path in slice.debug_info.iter().filter(|entry| *entry != "__DWARF") {
        add(path.clone(), macho::N_OSO.0, 0, 1, 0);
    }
    if names == Names::SymbolTable {
        for import in &slice.imports {
            let library = u16::from(ordinal(slice, import) as u8) << 8;
            let weak = if import.weak { macho::N_WEAK_REF.0 } else { 0 };
            add(format!("_{}", import.name), macho::N_EXT.0, 0, library | weak, 0);
        }
        for name in exported(slice) {
            add(format!("_{name}"), macho::N_SECT.0 | macho::N_EXT.0, 1, 0, 0x1000);
        }
    }
    (entries, strings, count)
}

/// Opcodes that bind some imports, for the stream of bindings or lazy bindings.
pub fn opcodes(slice: &Slice, imports: &[Import], lazy: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for import in imports {
        match ordinal(slice, import) {
            special @ ..=0 => out.push(macho::BIND_OPCODE_SET_DYLIB_SPECIAL_IMM.0 | (special as u8 & 0xf)),
            small @ 1..=15 => out.push(macho::BIND_OPCODE_SET_DYLIB_ORDINAL_IMM.0 | small as u8),
            large => out.extend([macho::BIND_OPCODE_SET_DYLIB_ORDINAL_ULEB.0, large as u8]),
        }
        let weak = if import.weak { macho::BIND_SYMBOL_FLAGS_WEAK_IMPORT.0 } else { 0 };
        out.push(macho::BIND_OPCODE_SET_SYMBOL_TRAILING_FLAGS_IMM.0 | weak);
        out.extend(format!("_{}\0", import.name).into_bytes());
        out.push(macho::BIND_OPCODE_SET_TYPE_IMM.0 | macho::BIND_TYPE_POINTER.0);
        out.extend([macho::BIND_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB.0, 0, macho::BIND_OPCODE_DO_BIND.0]);
        if lazy {
            out.push(macho::BIND_OPCODE_DONE.0);
        }
    }
    if !lazy {
        out.push(macho::BIND_OPCODE_DONE.0);
    }
    out
}

/// The payload of `LC_DYLD_CHAINED_FIXUPS`, without any chain.
pub fn chained_fixups(slice: &Slice) -> Vec<u8> {
    const HEADER: usize = 28;
    let (mut imports, mut symbols) = (Vec::new(), vec![0]);
    for import in &slice.imports {
        let word = u32::from(ordinal(slice, import) as u8) | u32::from(import.weak) << 8;
        imports.extend((word | (symbols.len() as u32) << 9).to_le_bytes());
        symbols.extend(format!("_{}\0", import.name).into_bytes());
    }
    let starts = 0_u32.to_le_bytes();
    let imports_at = HEADER + starts.len();
    let header = [0, HEADER, imports_at, imports_at + imports.len(), slice.imports.len(), 1, 0];
    let header: Vec<u8> = header.iter().flat_map(|word| (*word as u32).to_le_bytes()).collect();
    [header, starts.to_vec(), imports, symbols].concat()
}

/// An export trie of these names.
pub fn export_trie(names: &[String]) -> Vec<u8> {
    let mut names: Vec<Vec<u8>> = names.iter().map(|name| format!("_{name}").into_bytes()).collect();
    names.sort();
    let mut out = Vec::new();
    if !names.is_empty() {
        trie_node(&names, 0, &mut out);
    }
    out
}

/// The node of sorted names with the same first `depth` bytes, and all nodes below it.
fn trie_node(names: &[Vec<u8>], depth: usize, out: &mut Vec<u8>) {
    let ends = names[0].len() == depth;
    // Terminal: its size, flags of a regular export, an address in two bytes.
    out.extend_from_slice(if ends { &[3, 0, 0x80, 0x20] } else { &[0] });
    let children: Vec<&[Vec<u8>]> = names[usize::from(ends)..].chunk_by(|a, b| a[depth] == b[depth]).collect();
    out.push(children.len() as u8);
    let mut places = Vec::new();
    for child in &children {
        let common =
            (depth..child[0].len()).take_while(|at| child.iter().all(|name| name.get(*at) == Some(&child[0][*at])));
        let end = depth + common.count();
        out.extend_from_slice(&child[0][depth..end]);
        out.push(0);
        places.push((out.len(), end));
        out.extend([0; 4]);
    }
    for (child, (place, end)) in children.iter().zip(places) {
        let offset = out.len();
        // ULEB128 of a fixed width, so that no offset depends on another one's length.
        for byte in 0..4 {
            let more = if byte < 3 { 0x80 } else { 0 };
            out[place + byte] = (offset >> (7 * byte)) as u8 & 0x7f | more;
        }
        trie_node(child, end, out);
    }
}
