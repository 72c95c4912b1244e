//! The entire audit: any bytes as the parts of a wheel with a valid archive, so that the readers
//! and all rules see them. The first byte chooses the file name; 0xff 0xfe ends a part.
#![no_main]

use monowheel_audit::audit::{Options, Subject, audit};
use monowheel_audit::report::{Format, Renderable, Text};
use monowheel_forge::zip::{Entry, Zip};

const FILES: [&str; 7] = [
    "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "demo-1.0-cp315-abi3.abi3t-musllinux_1_2_aarch64.whl",
    "demo-1.0-cp38-abi3-macosx_10_12_universal2.macosx_10_12_x86_64.macosx_11_0_arm64.whl",
    "demo-1.0-cp38-abi3-win_amd64.whl",
    "demo-1.0-cp311-cp311-win_arm64.whl",
    "demo-1.0-py3-none-any.whl",
    "demo-1.0-cp38-abi3-pyemscripten_2026_0_wasm32.whl",
];
const MEMBERS: [&str; 6] = [
    "demo/_demo.abi3.so",
    "demo-1.0.dist-info/METADATA",
    "demo-1.0.dist-info/WHEEL",
    "demo-1.0.dist-info/RECORD",
    "demo-1.0.dist-info/entry_points.txt",
    "demo-1.0.dist-info/sboms/demo.cyclonedx.json",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let file = FILES[usize::from(*choice) % FILES.len()];
    let mut parts = Vec::new();
    let mut from = 0;
    for at in 0..rest.len().saturating_sub(1) {
        if rest[at..at + 2] == [0xff, 0xfe] && at >= from && parts.len() + 1 < MEMBERS.len() {
            parts.push(&rest[from..at]);
            from = at + 2;
        }
    }
    parts.push(&rest[from..]);
    let mut archive = Zip::default();
    for (path, part) in MEMBERS.iter().zip(parts) {
        archive.entries.push(Entry::new(path, part));
    }
    let subject = Subject::bytes(file, archive.bytes().into());
    let report = audit(&[subject], &Options::default(), &|_| ()).expect("bytes in memory can always be looked at");
    // Every report format renders any input; one at a time, because they take longer than everything else.
    let formats = [Format::Text, Format::Json, Format::Sarif, Format::Github, Format::Html];
    let format = formats[usize::from(*choice) / FILES.len() % formats.len()];
    assert!(!report.render(format, Text::default()).is_empty());
});
