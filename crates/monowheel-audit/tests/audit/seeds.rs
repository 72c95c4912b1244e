//! Writes the fixtures of the rules and their parts as seeds of the fuzz targets: `cargo run --example fuzz_seeds DIR`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "the run ends where a seed cannot be written")]

#[allow(dead_code, reason = "what a fixture is expected to fire is for the tests")]
mod fixtures;

use std::path::PathBuf;

use monowheel_forge as forge;

fn main() {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).expect("a directory to write to");
    let write = |target: &str, name: String, bytes: &[u8]| {
        let folder = folder.join(target);
        fs_err::create_dir_all(&folder).expect("a folder for seeds");
        fs_err::write(folder.join(name), bytes).expect("a seed");
    };
    // A longer file would be truncated and no longer be an archive.
    let short = fixtures::all().into_iter().filter(|fixture| fixture.bytes.len() <= 1 << 16);
    for (index, fixture) in short.enumerate() {
        for target in ["zip", "finish"] {
            write(target, format!("fixture-{index}"), &fixture.bytes);
        }
    }
    for (index, platform) in [
        "manylinux_2_17_x86_64",
        "musllinux_1_2_aarch64",
        "macosx_10_12_universal2",
        "win_amd64",
        "pyemscripten_2026_0_wasm32",
    ]
    .iter()
    .enumerate()
    {
        let wheel = forge::wheel::Wheel::abi3(platform);
        let binary = forge::binary(&wheel.binaries[0].1);
        for target in ["elf", "macho", "pe", "wasm", "finish"] {
            write(target, format!("forged-{index}"), &binary);
        }
        let mut parts = vec![u8::try_from(index).expect("few platforms")];
        parts.extend(&binary);
        for (path, bytes) in &wheel.members {
            if path.contains(".dist-info/") {
                let target = if path.ends_with("/RECORD") { "record" } else { "metadata" };
                write(target, format!("{index}-{}", path.replace('/', "-")), bytes);
            }
            if ["/METADATA", "/WHEEL"].iter().any(|end| path.ends_with(end)) {
                parts.extend([0xff, 0xfe]);
                parts.extend(bytes);
            }
        }
        write("audit", format!("forged-{index}"), &parts);
        // Two that differ in one byte, in the format that the target splits.
        let mut other = binary.clone();
        other[binary.len() / 2] ^= 1;
        write("compare", format!("forged-{index}"), &[&[0][..], &binary, &[0xff, 0xfe], &other].concat());
    }
    for arm in [true, false] {
        let linked = forge::linked::Linked::new(arm, 1, &["/home/jane/x.o", "_local", "_stub"]).bytes();
        for target in ["macho", "finish"] {
            write(target, format!("linked-{arm}"), &linked);
        }
    }
    write("record", "small".to_owned(), b"a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\nRECORD,,\n");
}
