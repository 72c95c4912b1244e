//! Mach-O: what is removed, what stays, and what is left alone.

use monowheel_build::normalize::Recipe;
use monowheel_wheel::binary::{Binary, Signature};
use object::read::macho::{LoadCommandVariant, MachHeader as _};

use super::forge::linked::Linked;
use super::forge::macho::{command, fat, word};
use super::{finished, said, wrapped};

const PATH: &str = "demo/_demo.abi3.so";
const STRIP: Recipe = Recipe { extra: Vec::new(), paths: Vec::new(), import_names: None, strip: true, time: None };

/// A library, normalized inside a wheel, and the steps.
fn library(bytes: &[u8]) -> (Vec<u8>, Vec<String>) {
    let (wheel, steps) = finished(&wrapped(PATH, bytes), &STRIP).unwrap();
    let members = super::sections::members(&wheel);
    (members.into_iter().find(|(path, _)| path == PATH).unwrap().1, said(&steps, PATH))
}

/// The names of all symbols, and those that the indirect symbol table names.
fn symbols(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let header = object::macho::MachHeader64::<object::Endianness>::parse(bytes, 0).unwrap();
    let endian = header.endian().unwrap();
    let (mut names, mut indirect) = (Vec::new(), Vec::new());
    let mut commands = header.load_commands(endian, bytes, 0).unwrap();
    while let Some(command) = commands.next().unwrap() {
        if let LoadCommandVariant::Symtab(symtab) = command.variant().unwrap() {
            let table = symtab.symbols::<object::macho::MachHeader64<object::Endianness>, _>(endian, bytes).unwrap();
            for symbol in table.iter() {
                use object::read::macho::Nlist as _;
                names.push(String::from_utf8(symbol.name(endian, table.strings()).unwrap().to_vec()).unwrap());
            }
        }
    }
    let dynamic = command(bytes, 0xb);
    let at = word(bytes, dynamic + 56) as usize;
    for index in 0..word(bytes, dynamic + 60) as usize {
        let entry = word(bytes, at + 4 * index);
        indirect.push(names.get(entry as usize).cloned().unwrap_or_else(|| format!("{entry:#x}")));
    }
    (names, indirect)
}

#[test]
fn locals_go_and_the_rest_keeps_its_names() {
    let old = Linked::new(true, 1, &["/home/jane/x.o", "_helper", "_other", "_stub"]).bytes();
    let (new, said) = library(&old);
    assert_eq!(symbols(&old).0.len(), 7);
    let needed = ["_PyErr_SetString", "_malloc", "0x80000000", "_stub"];
    assert_eq!(symbols(&old).1, needed);
    assert_eq!(symbols(&new).0, ["_stub", "_PyInit__demo", "_PyErr_SetString", "_malloc"], "named symbols stay");
    assert_eq!(symbols(&new).1, needed);
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(new.len() < old.len());
    let signature = |bytes: &[u8]| Binary::read(bytes).unwrap().slices[0].signature.clone();
    assert_eq!(signature(&new), signature(&old));
    assert!(matches!(signature(&new), Signature::Valid { ad_hoc: true, .. }));
}

#[test]
fn two_builds_become_one() {
    for arm in [true, false] {
        let first = library(&Linked::new(arm, 1, &["/home/jane/x.o", "_a"]).bytes()).0;
        let second = library(&Linked::new(arm, 9, &["/build/y.o", "_b_of_jack", "_a"]).bytes()).0;
        assert_eq!(first, second);
    }
}

#[test]
fn without_strip_symbols_stay() {
    let old = Linked::new(true, 1, &["_helper"]).bytes();
    let (wheel, _) = finished(&wrapped(PATH, &old), &Recipe::default()).unwrap();
    let (_, new) = super::sections::members(&wheel).into_iter().find(|(path, _)| path == PATH).unwrap();
    assert_eq!(symbols(&new), symbols(&old));
    assert_ne!(new, old, "its UUID is of its content");
}

#[test]
fn fat_files_are_finished_slice_by_slice() {
    let slice = |uuid| {
        [(false, (0x0100_0007, 3)), (true, (0x0100_000c, 0))]
            .map(|(arm, cpu)| (cpu, Linked::new(arm, uuid, &["_local", "_more"]).bytes()))
    };
    let (first, said) = library(&fat(&slice(1)));
    assert_eq!(first, library(&fat(&slice(2))).0);
    assert_eq!(said.iter().filter(|what| what.starts_with("arm64: ")).count(), 3, "{said:?}");
    assert_eq!(said.iter().filter(|what| what.starts_with("x86_64: ")).count(), 2, "{said:?}");
    let slices = Binary::read(&first).unwrap().slices;
    assert_eq!(slices[0].signature, Signature::None, "an unsigned slice stays unsigned");
    assert!(matches!(&slices[1].signature, Signature::Valid { identifier, .. } if identifier == "libdemo.dylib"));
}

#[test]
fn what_is_not_understood_is_left_alone() {
    let mut unknown = Linked::new(true, 1, &["_local"]);
    unknown.unknown = Some(0x7777);
    let mut codesigned = Linked::new(true, 1, &["_local"]);
    codesigned.codesigned = true;
    let mut behind = Linked::new(false, 1, &["_local"]).bytes();
    behind.push(0);
    for (bytes, why) in [
        (unknown.bytes(), "left as it is: it has the unknown load command 0x7777"),
        (codesigned.bytes(), "left as it is: its signature is not a plain linker signature"),
        (behind, "left as it is: it has no __LINKEDIT that ends the file"),
    ] {
        assert_eq!(library(&bytes), (bytes, vec![why.to_owned()]));
    }
}

#[test]
fn odd_tables_keep_their_symbols() {
    let mut bytes = Linked::new(false, 1, &["_local"]).bytes();
    let dynamic = command(&bytes, 0xb);
    bytes[dynamic + 8] = 1;
    let (new, said) = library(&bytes);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("symbols left as they are: its symbols are not in the three groups"), "{said:?}");
    assert_eq!(symbols(&new), symbols(&bytes));
}

#[test]
fn a_signature_for_other_bytes_is_not_hidden() {
    let mut bytes = Linked::new(true, 1, &["_local"]).bytes();
    bytes[0x1000] ^= 1;
    let error = finished(&wrapped(PATH, &bytes), &STRIP).unwrap_err();
    assert!(error.what().contains("the signature of a library does not match its bytes"), "{error}");
    assert_eq!(error.place(), Some(PATH));
}
