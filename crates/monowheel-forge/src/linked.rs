//! Builds Mach-O libraries as zig links them: local symbols and stabs, an indirect symbol table, an export trie,
//! an LC_UUID, and on arm64 a linker's signature.

use sha2::{Digest as _, Sha256};

/// Where `__text` begins, and `__LINKEDIT`.
const TEXT: usize = 0x1000;
const LINKEDIT: usize = 0x8000;
/// Hash pages of a linker on arm64.
const PAGE: usize = 1 << 14;

/// The description of a library.
#[derive(Clone, Debug)]
pub struct Linked {
    /// Whether it is for arm64 instead of x86-64.
    pub arm: bool,
    /// Local symbols; stabs begin with `/`.
    pub locals: Vec<&'static str>,
    /// The UUID of the linker.
    pub uuid: u8,
    /// An unknown load command.
    pub unknown: Option<u32>,
    /// Another blob after the code directory, as `codesign` writes.
    pub codesigned: bool,
    /// Whether it is signed, which only arm64 needs.
    pub signed: bool,
    /// The search paths for libraries.
    pub run_paths: Vec<&'static str>,
}

impl Linked {
    /// An image with these local symbols.
    pub fn new(arm: bool, uuid: u8, locals: &[&'static str]) -> Self {
        Self {
            arm,
            locals: locals.to_vec(),
            uuid,
            unknown: None,
            codesigned: false,
            signed: arm,
            run_paths: Vec::new(),
        }
    }

    /// The names in the symbol table: locals, an export, and two that are needed.
    fn names(&self) -> Vec<&'static str> {
        self.locals.iter().copied().chain(["_PyInit__demo", "_PyErr_SetString", "_malloc"]).collect()
    }

    /// The file's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let (locals, names) = (self.locals.len() as u32, self.names());
        // Function starts, the symbols, the indirect symbols, their names: in zig's order.
        let starts = [0x80, 0x20, 0, 0, 0, 0, 0, 0];
        let (mut symbols, mut strings) = (Vec::new(), vec![0]);
        for (index, name) in names.iter().enumerate() {
            symbols.extend((strings.len() as u32).to_le_bytes());
            let kind = match index as u32 {
                index if index < locals && name.starts_with('/') => 0x66,
                index if index < locals => 0x0e,
                index if index == locals => 0x0f,
                _ => 0x01,
            };
            symbols.extend([kind, u8::from(kind != 1), 0, if kind == 1 { 0xfe } else { 0 }]);
            symbols.extend(if kind == 1 { 0 } else { TEXT as u64 }.to_le_bytes());
            strings.extend(name.bytes().chain([0]));
        }
        // Both needed ones, one that the linker resolved, and the last local.
        let mut indirect = vec![locals + 1, locals + 2, 0x8000_0000];
        indirect.extend(locals.checked_sub(1));
        let mut commands: Vec<Vec<u32>> = Vec::new();
        let symbols_at = LINKEDIT + starts.len();
        let indirect_at = symbols_at + symbols.len();
        let strings_at = (indirect_at + 4 * indirect.len()).next_multiple_of(8);
        let signed = (strings_at + strings.len()).next_multiple_of(16);
        let signature = if self.signed { self.signature_size(signed) } else { 0 };
        let end = if self.signed { signed + signature } else { strings_at + strings.len() };
        commands.push(segment("__TEXT", 0, LINKEDIT, Some(("__text", TEXT, 0x40))));
        commands.push(segment("__LINKEDIT", LINKEDIT, end - LINKEDIT, None));
        commands.push(vec![0x26, 16, LINKEDIT as u32, starts.len() as u32]);
        commands.push(vec![2, 24, symbols_at as u32, names.len() as u32, strings_at as u32, strings.len() as u32]);
        let mut dynamic = vec![0xb, 80, 0, locals, locals, 1, locals + 1, 2];
        dynamic.extend([0, 0, 0, 0, 0, 0, indirect_at as u32, indirect.len() as u32, 0, 0, 0, 0]);
        commands.push(dynamic);
        commands.push([vec![0x1b, 24], vec![u32::from_le_bytes([self.uuid; 4]); 4]].concat());
        commands.push(vec![0x32, 24, 1, 11 << 16, 11 << 16, 0]);
        commands.extend(self.unknown.map(|kind| vec![kind, 16, LINKEDIT as u32, 0]));
        commands.extend(self.run_paths.iter().map(|path| run_path(path)));
        if self.signed {
            commands.push(vec![0x1d, 16, signed as u32, signature as u32]);
        }
        let size: usize = commands.iter().map(|command| 4 * command.len()).sum();
        let cpu = if self.arm { [0x0100_000c, 0] } else { [0x0100_0007, 3] };
        let header = [0xfeed_facf, cpu[0], cpu[1], 6, commands.len() as u32, size as u32, 0x85, 0];
        let words = header.into_iter().chain(commands.into_iter().flatten());
        let mut out: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
        out.resize(TEXT, 0);
        out.extend((0..0x40).map(|byte| byte ^ 0xa5));
        out.resize(LINKEDIT, 0);
        out.extend(starts);
        out.extend(symbols);
        out.extend(indirect.iter().flat_map(|index| index.to_le_bytes()));
        out.resize(strings_at, 0);
        out.extend(strings);
        if self.signed {
            out.resize(signed, 0);
            out.extend(self.signature(&out));
        }
        assert_eq!(out.len(), end);
        out
    }

    fn identifier(&self) -> &'static [u8] {
        b"libdemo.dylib\0"
    }

    fn signature_size(&self, limit: usize) -> usize {
        let wrap = if self.codesigned { 28 + 2 * 32 + 12 } else { 20 };
        wrap + 88 + self.identifier().len() + 32 * limit.div_ceil(PAGE)
    }

    /// A code directory alone; with an empty set of requirements where `codesign` signed.
    fn signature(&self, code: &[u8]) -> Vec<u8> {
        let whole = self.signature_size(code.len()) as u32;
        let special = if self.codesigned { 2 } else { 0 };
        let hashes = 88 + self.identifier().len() as u32 + 32 * special;
        let mut words = if self.codesigned {
            vec![0xfade_0cc0, whole, 2, 0, 28, 2, whole - 12]
        } else {
            vec![0xfade_0cc0, whole, 1, 0, 20]
        };
        let directory = whole - if self.codesigned { 28 + 12 } else { 20 };
        words.extend([0xfade_0c02, directory, 0x20400, 0x20002, hashes, 88, special, code.len().div_ceil(PAGE) as u32]);
        words.extend([code.len() as u32, 0x2002_000e, 0, 0, 0, 0, 0, 0, 0, 0, 0, LINKEDIT as u32, 0, 0]);
        let mut out: Vec<u8> = words.into_iter().flat_map(u32::to_be_bytes).collect();
        out.extend(self.identifier());
        let requirements: Vec<u8> = [0xfade_0c01_u32, 12, 0].into_iter().flat_map(u32::to_be_bytes).collect();
        if self.codesigned {
            out.extend(Sha256::digest(&requirements));
            out.extend([0; 32]);
        }
        for page in code.chunks(PAGE) {
            out.extend(Sha256::digest(page));
        }
        if self.codesigned {
            out.extend(requirements);
        }
        out
    }
}

/// `LC_RPATH`.
fn run_path(path: &str) -> Vec<u32> {
    let mut bytes = path.as_bytes().to_vec();
    bytes.resize((bytes.len() + 1).next_multiple_of(8) + 4, 0);
    let words = bytes.chunks(4).map(|chunk| chunk.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte)));
    let words: Vec<u32> = words.collect();
    [vec![0x8000_001c, 12 + 4 * words.len() as u32, 12], words].concat()
}

fn segment(name: &str, at: usize, size: usize, section: Option<(&str, usize, usize)>) -> Vec<u32> {
    let text = |text: &str| {
        let mut bytes = [0; 16];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        bytes.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect::<Vec<u32>>()
    };
    let sections = u32::from(section.is_some());
    let mut words = vec![0x19, 72 + 80 * sections];
    words.extend(text(name));
    let memory = size.next_multiple_of(0x4000) as u32;
    words.extend([at as u32, 0, memory, 0, at as u32, 0, size as u32, 0, 5, 5, sections, 0]);
    if let Some((section, at, size)) = section {
        words.extend(text(section));
        words.extend(text(name));
        words.extend([at as u32, 0, size as u32, 0, at as u32, 2, 0, 0, 0x8000_0400, 0, 0, 0]);
    }
    words
}
