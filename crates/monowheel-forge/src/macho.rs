//! Builds Mach-O bundles and dylibs, thin and fat.

use monowheel_wheel::binary::{Arch, Binary, MinimumOs, Segment, Signature, Slice};
use object::macho;

use super::codesign::Signer;
use super::macho_names::{self as names, Names};

/// The page size of arm64, which the linkers use for x86-64 too when they make fat files.
const PAGE: usize = 1 << 14;
/// The part before `__LINKEDIT`: load commands and code.
const TEXT: usize = 2 * PAGE;

/// The bytes of a binary with its names in the symbol tables, or in chained fixups if its description has them.
pub fn forge(binary: &Binary) -> Vec<u8> {
    let chained = binary.slices.iter().any(|slice| slice.link.chained_fixups);
    forge_with(binary, if chained { Names::ChainedFixups } else { Names::SymbolTable })
}

/// The bytes of a binary.
pub fn forge_with(binary: &Binary, names: Names) -> Vec<u8> {
    let slices: Vec<Vec<u8>> = binary.slices.iter().map(|slice| thin(slice, names)).collect();
    if binary.fat {
        return fat(&binary.slices.iter().map(cpu).zip(slices).collect::<Vec<_>>());
    }
    let [one] = <[_; 1]>::try_from(slices).expect("a thin binary has one slice");
    one
}

/// A fat file of thin ones.
pub fn fat(slices: &[((u32, u32), Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut words = vec![macho::FAT_MAGIC, slices.len() as u32];
    let mut offset = PAGE;
    for ((cpu, subtype), slice) in slices {
        words.extend([*cpu, *subtype, offset as u32, slice.len() as u32, PAGE.ilog2()]);
        offset += slice.len().next_multiple_of(PAGE);
    }
    out.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    for (_, slice) in slices {
        out.resize(out.len().next_multiple_of(PAGE), 0);
        out.extend_from_slice(slice);
    }
    out
}

/// A little-endian word of a forged file.
pub fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// Changes a word of a forged file.
pub fn set(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// Where a load command of a thin file of 64 bits begins.
pub fn command(bytes: &[u8], kind: u32) -> usize {
    let mut at = 32;
    for _ in 0..word(bytes, 16) {
        if word(bytes, at) == kind {
            return at;
        }
        at += word(bytes, at + 4) as usize;
    }
    panic!("no load command {kind:#x}");
}

fn cpu(slice: &Slice) -> (u32, u32) {
    match &slice.arch {
        Arch::X86_64 => (macho::CPU_TYPE_X86_64.0, macho::CPU_SUBTYPE_X86_64_ALL.0),
        Arch::Aarch64 => (macho::CPU_TYPE_ARM64.0, macho::CPU_SUBTYPE_ARM64_ALL.0),
        Arch::I686 => (macho::CPU_TYPE_X86.0, macho::CPU_SUBTYPE_I386_ALL.0),
        Arch::Other(name) if name == "arm64e" => (macho::CPU_TYPE_ARM64.0, macho::CPU_SUBTYPE_ARM64E.0),
        other => panic!("no Mac has {other}"),
    }
}

/// One slice: load commands, code, `__LINKEDIT`, signature.
fn thin(slice: &Slice, names: Names) -> Vec<u8> {
    let mut commands = Commands::default();
    let tables = Tables::of(slice, names);
    let signer = Signer::of(&slice.signature);
    let signed = (TEXT + tables.bytes.len()).next_multiple_of(16);
    let signature = signer.as_ref().map_or(0, |signer| signer.size(signed));
    let end = if signer.is_some() { signed + signature } else { TEXT + tables.bytes.len() };

    for segment in segments(slice) {
        let (at, size) = match segment.name.as_str() {
            "__TEXT" => (0, TEXT),
            "__LINKEDIT" => (TEXT, end - TEXT),
            _ => (TEXT, 0),
        };
        commands.segment(slice.is_64, &segment, at as u32, size as u32);
    }
    if let Some(name) = &slice.own_name {
        commands.dylib(macho::LC_ID_DYLIB.0, name);
    }
    for library in &slice.libraries {
        let kind = match library.weak {
            true => macho::LC_LOAD_WEAK_DYLIB,
            false if slice.link.reexports.contains(&library.name) => macho::LC_REEXPORT_DYLIB,
            false => macho::LC_LOAD_DYLIB,
        };
        commands.dylib(kind.0, &library.name);
    }
    for path in &slice.run_paths {
        commands.add_text(macho::LC_RPATH.0, &[], path);
    }
    if let Some(os) = &slice.minimum_os {
        commands.minimum_os(os, slice.arch == Arch::Aarch64);
    }
    tables.describe(&mut commands, names);
    if signer.is_some() {
        commands.add(macho::LC_CODE_SIGNATURE.0, &[signed as u32, signature as u32]);
    }

    let mut out = header(slice, &commands);
    out.extend(commands.bytes);
    for path in &slice.paths.examples {
        out.extend_from_slice(path.as_bytes());
        out.push(0);
    }
    assert!(out.len() <= TEXT, "the load commands do not fit");
    out.resize(TEXT, 0);
    out.extend(tables.bytes);
    if let Some(signer) = signer {
        out.resize(signed, 0);
        out.extend(signer.sign(&out, TEXT));
    }
    if matches!(slice.signature, Signature::Invalid { .. }) {
        out[TEXT - 1] ^= 1;
    }
    out
}

fn header(slice: &Slice, commands: &Commands) -> Vec<u8> {
    let kind = match slice.own_name {
        _ if slice.link.is_program => macho::MH_EXECUTE,
        Some(_) => macho::MH_DYLIB,
        None => macho::MH_BUNDLE,
    };
    let mut flags = macho::MH_DYLDLINK.0 | macho::MH_TWOLEVEL.0;
    if slice.hardening.executable_stack == Some(true) {
        flags |= macho::MH_ALLOW_STACK_EXECUTION.0;
    }
    let (cpu, subtype) = cpu(slice);
    let magic = if slice.is_64 { macho::MH_MAGIC_64 } else { macho::MH_MAGIC };
    let mut words = vec![magic, cpu, subtype, kind.0, commands.count, commands.bytes.len() as u32, flags];
    words.extend(slice.is_64.then_some(0));
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The slice's segments, with `__TEXT` and `__LINKEDIT`, without which there is no Mach-O file.
fn segments(slice: &Slice) -> Vec<Segment> {
    let named = |name: &str, execute| Segment { name: name.to_owned(), read: true, write: false, execute };
    let mut segments = slice.segments.clone();
    if !segments.iter().any(|segment| segment.name == "__TEXT") {
        segments.insert(0, named("__TEXT", true));
    }
    if !segments.iter().any(|segment| segment.name == "__LINKEDIT") {
        segments.push(named("__LINKEDIT", false));
    }
    segments
}

#[derive(Default)]
struct Commands {
    bytes: Vec<u8>,
    count: u32,
}

impl Commands {
    fn add(&mut self, kind: u32, words: &[u32]) {
        self.add_bytes(kind, &words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>());
    }

    fn add_bytes(&mut self, kind: u32, body: &[u8]) {
        let size = (8 + body.len()).next_multiple_of(8);
        let start = self.bytes.len();
        self.bytes.extend(kind.to_le_bytes());
        self.bytes.extend((size as u32).to_le_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.resize(start + size, 0);
        self.count += 1;
    }

    /// A command whose text follows its words; the first word is the text's offset.
    fn add_text(&mut self, kind: u32, words: &[u32], text: &str) {
        let mut body: Vec<u8> = (12 + 4 * words.len() as u32).to_le_bytes().to_vec();
        body.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        body.extend_from_slice(text.as_bytes());
        body.push(0);
        self.add_bytes(kind, &body);
    }

    fn dylib(&mut self, kind: u32, name: &str) {
        self.add_text(kind, &[2, 0x1_0000, 0x1_0000], name);
    }

    fn segment(&mut self, is_64: bool, segment: &Segment, offset: u32, size: u32) {
        let bit = |on: bool, flag: macho::VmProt| if on { flag.0 } else { 0 };
        let protection = bit(segment.read, macho::VM_PROT_READ)
            | bit(segment.write, macho::VM_PROT_WRITE)
            | bit(segment.execute, macho::VM_PROT_EXECUTE);
        let mut body = segment.name.clone().into_bytes();
        body.resize(16, 0);
        // Address, size in memory, offset, size in the file; then both protections, no sections, no flags.
        for word in [offset, size.next_multiple_of(PAGE as u32), offset, size] {
            body.extend(word.to_le_bytes());
            body.extend(&[0; 4][..if is_64 { 4 } else { 0 }]);
        }
        body.extend([protection, protection, 0, 0].iter().flat_map(|word| word.to_le_bytes()));
        self.add_bytes(if is_64 { macho::LC_SEGMENT_64.0 } else { macho::LC_SEGMENT.0 }, &body);
    }

    fn minimum_os(&mut self, os: &MinimumOs, modern: bool) {
        let version = u32::from(os.version.0) << 16 | u32::from(os.version.1) << 8;
        let platform = match os.platform.as_str() {
            "macos" if !modern => return self.add(macho::LC_VERSION_MIN_MACOSX.0, &[version, version]),
            "macos" => macho::PLATFORM_MACOS,
            "ios" => macho::PLATFORM_IOS,
            "ios-simulator" => macho::PLATFORM_IOSSIMULATOR,
            "maccatalyst" => macho::PLATFORM_MACCATALYST,
            other => panic!("no platform number for {other}"),
        };
        self.add(macho::LC_BUILD_VERSION.0, &[platform.0, version, version, 0]);
    }
}

/// The part of `__LINKEDIT` before the signature.
struct Tables {
    bytes: Vec<u8>,
    /// Offset in the file and size of each table, in the order of the load command's words.
    places: Vec<(u32, u32)>,
    symbols: u32,
}

impl Tables {
    fn of(slice: &Slice, names: Names) -> Self {
        let (symbols, strings, count) = names::symbol_table(slice, names);
        let half = slice.imports.len() / 2;
        let tables = match names {
            Names::SymbolTable => vec![],
            Names::Opcodes => vec![
                names::opcodes(slice, &slice.imports[..half], false),
                names::opcodes(slice, &slice.imports[half..], true),
                names::export_trie(&names::exported(slice)),
            ],
            Names::ChainedFixups => {
                vec![names::chained_fixups(slice), names::export_trie(&names::exported(slice))]
            }
        };
        let mut all = Self { bytes: Vec::new(), places: Vec::new(), symbols: count };
        for table in [symbols, strings].into_iter().chain(tables) {
            all.bytes.resize(all.bytes.len().next_multiple_of(8), 0);
            all.places.push(((TEXT + all.bytes.len()) as u32, table.len() as u32));
            all.bytes.extend(table);
        }
        all
    }

    fn describe(&self, commands: &mut Commands, names: Names) {
        let place = |number: usize| self.places[number];
        let ((symbols, _), (strings, strings_size)) = (place(0), place(1));
        commands.add(macho::LC_SYMTAB.0, &[symbols, self.symbols, strings, strings_size]);
        match names {
            Names::SymbolTable => {}
            Names::Opcodes => {
                let (bind, lazy, trie) = (place(2), place(3), place(4));
                // Rebase, bind, weak bind, lazy bind, export.
                let words = [0, 0, bind.0, bind.1, 0, 0, lazy.0, lazy.1, trie.0, trie.1];
                commands.add(macho::LC_DYLD_INFO_ONLY.0, &words);
            }
            Names::ChainedFixups => {
                let (fixups, trie) = (place(2), place(3));
                commands.add(macho::LC_DYLD_CHAINED_FIXUPS.0, &[fixups.0, fixups.1]);
                commands.add(macho::LC_DYLD_EXPORTS_TRIE.0, &[trie.0, trie.1]);
            }
        }
    }
}
