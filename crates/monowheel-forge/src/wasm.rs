//! WebAssembly modules, as Emscripten's linker writes them.

use monowheel_wheel::binary::{Arch, Slice, Wasm};

use crate::bytes::Bytes;
use crate::write_paths;

/// A function without parameters and results, a function whose address is known, and the like.
const FUNCTION: u8 = 0;
const MEMORY: u8 = 2;
const GLOBAL: u8 = 3;
/// A mutable i32.
const ADDRESS: [u8; 2] = [0x7f, 1];

/// A side module without findings.
pub fn clean() -> Slice {
    let wasm = Wasm { side_module: true, ..Wasm::default() };
    Slice { wasm: Some(wasm), ..Slice::of(Arch::Wasm32) }
}

/// The bytes of a module that reads back as `slice`. Its own exports are those of `slice.wasm`.
pub fn forge(slice: &Slice) -> Vec<u8> {
    let wasm = slice.wasm.as_ref().expect("a module of WebAssembly");
    let mut out = b"\0asm\x01\0\0\0".to_vec();
    if wasm.side_module {
        section(&mut out, 0, &[string("dylink.0"), dylink(slice)].concat());
    }
    section(&mut out, 1, &[1, 0x60, 0, 0]);
    section(&mut out, 2, &imports(slice, wasm));
    section(&mut out, 3, &[1, 0]);
    section(&mut out, 7, &exports(slice, wasm));
    let code = code(wasm);
    section(&mut out, 10, &[vec![1], number(code.len()), code].concat());
    for name in &slice.debug_info {
        section(&mut out, 0, &string(name));
    }
    if !wasm.features.is_empty() {
        let features = wasm.features.iter().map(|name| [vec![b'+'], string(name)].concat());
        section(&mut out, 0, &[string("target_features"), vector(features)].concat());
    }
    let mut paths = Bytes::new(false, false);
    write_paths(&mut paths, &slice.paths);
    section(&mut out, 0, &[string("paths"), paths.bytes].concat());
    out
}

fn dylink(slice: &Slice) -> Vec<u8> {
    let part = |kind: u8, body: Vec<u8>| [vec![kind], number(body.len()), body].concat();
    let weak = slice.imports.iter().filter(|import| import.weak);
    let weak = weak.map(|import| [string("env"), string(&import.name), vec![1]].concat());
    let mut parts = part(1, vec![16, 4, 1, 0]);
    if !slice.libraries.is_empty() {
        parts.extend(part(2, vector(slice.libraries.iter().map(|library| string(&library.name)))));
    }
    parts.extend(part(4, vector(weak)));
    if !slice.run_paths.is_empty() {
        parts.extend(part(5, vector(slice.run_paths.iter().map(|path| string(path)))));
    }
    parts
}

fn imports(slice: &Slice, wasm: &Wasm) -> Vec<u8> {
    // A shared memory has a limit.
    let limits = if wasm.shared_memory { vec![3, 1, 2] } else { vec![0, 1] };
    let memory = [string("env"), string("memory"), vec![MEMORY], limits].concat();
    let base = [string("env"), string("__memory_base"), vec![GLOBAL, 0x7f, 0]].concat();
    let symbols = slice.imports.iter().map(|import| {
        let (from, kind) = match (&import.library, import.delayed) {
            (Some(library), _) => (library.as_str(), vec![FUNCTION, 0]),
            (None, true) => ("env", vec![FUNCTION, 0]),
            (None, false) => ("GOT.mem", [&[GLOBAL][..], &ADDRESS].concat()),
        };
        [string(from), string(&import.name), kind].concat()
    });
    vector([memory, base].into_iter().chain(symbols))
}

fn exports(slice: &Slice, wasm: &Wasm) -> Vec<u8> {
    let functions = slice.imports.iter().filter(|import| import.delayed || import.library.is_some()).count();
    // The only function of the module.
    vector(wasm.exports.iter().map(|name| [string(name), vec![FUNCTION], number(functions)].concat()))
}

fn code(wasm: &Wasm) -> Vec<u8> {
    let mut code = vec![0];
    if wasm.atomics {
        code.extend([0xfe, 0x03, 0x00]); // atomic.fence
    }
    if wasm.legacy_exceptions {
        code.extend([0x06, 0x40, 0x19, 0x0b]); // try, catch_all, end
    }
    if wasm.standard_exceptions {
        code.extend([0x1f, 0x40, 0x00, 0x0b]); // try_table without clauses, end
    }
    code.push(0x0b);
    code
}

fn section(out: &mut Vec<u8>, id: u8, body: &[u8]) {
    out.push(id);
    out.extend(number(body.len()));
    out.extend(body);
}

fn vector(items: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let items: Vec<Vec<u8>> = items.collect();
    [number(items.len()), items.concat()].concat()
}

fn string(text: &str) -> Vec<u8> {
    [number(text.len()), text.as_bytes().to_vec()].concat()
}

/// Unsigned LEB128.
fn number(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}
