//! The executable code in a wheel.

use monowheel_wheel::archive::{Archive, Limits};
use object::read::macho::FatArch as _;
use object::{Object as _, ObjectSection as _, SectionKind};

/// A member's path, a section's name, its address and its bytes.
pub(crate) type Code = (String, String, u64, Vec<u8>);

/// All members, in the order of the archive.
pub(crate) fn members(wheel: &[u8]) -> Vec<(String, Vec<u8>)> {
    let archive = Archive::open(&wheel, &Limits::default()).unwrap();
    let mut oddities = archive.oddities.clone();
    let read = archive.members.iter().map(|member| {
        let mut bytes = Vec::new();
        assert!(archive.read(member, &mut oddities, &mut |piece| bytes.extend_from_slice(piece)).unwrap());
        (member.path.clone(), bytes)
    });
    let read = read.collect();
    assert_eq!(oddities, []);
    read
}

/// Every section of code of every library.
pub(crate) fn code(wheel: &[u8]) -> Vec<Code> {
    let mut all = Vec::new();
    for (path, bytes) in members(wheel) {
        if bytes.starts_with(&[0xca, 0xfe, 0xba, 0xbe]) {
            let fat = object::read::macho::MachOFatFile32::parse(&*bytes).unwrap();
            for arch in fat.arches() {
                sections(&path, arch.data(&*bytes).unwrap(), &mut all);
            }
        } else if monowheel_wheel::binary::Binary::is_one(&bytes) {
            sections(&path, &bytes, &mut all);
        }
    }
    all.sort();
    all
}

fn sections(path: &str, binary: &[u8], all: &mut Vec<Code>) {
    let file = object::File::parse(binary).unwrap();
    for section in file.sections().filter(|section| section.kind() == SectionKind::Text) {
        let name = section.name().unwrap().to_owned();
        all.push((path.to_owned(), name, section.address(), section.data().unwrap().to_vec()));
    }
}
