//! Wheels as maturin builds them, and objects as rustc compiles them: `./ci/test real` names both directories.

use std::path::PathBuf;
use std::time::Instant;

use monowheel_build::normalize::{Recipe, hide, wheel};

use super::sections::code;
use super::wrong;

#[test]
#[ignore = "needs MONOWHEEL_WHEELS, a directory of wheels: ./ci/test real"]
fn each_is_finished_once_and_clean() {
    let folder = std::env::var_os("MONOWHEEL_WHEELS").map(PathBuf::from).expect("MONOWHEEL_WHEELS is set");
    let out = std::env::var_os("MONOWHEEL_FINISHED").map(PathBuf::from);
    let extra = vec![("monowheel.json".to_owned(), b"{}\n".to_vec())];
    let recipe = Recipe { strip: true, extra, ..Recipe::default() };
    let paths = fs_err::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let (mut before, mut after) = (0, 0);
    for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "whl")) {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs_err::read(&path).unwrap();
        let started = Instant::now();
        let finished = wheel(&bytes, &recipe).unwrap_or_else(|error| panic!("{file}: {error}"));
        let took = started.elapsed().as_secs_f64();
        let again = wheel(&finished.bytes, &recipe).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(again.bytes == finished.bytes, "{file}: finishing twice changes something");
        assert!(code(&bytes) == code(&finished.bytes), "{file}: code was changed");
        // pip builds only for this machine, and the tag says so.
        let wrong = wrong(&file, &finished.bytes).into_iter().filter(|said| !said.starts_with("bare-linux-tag"));
        assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new(), "{file}");
        println!("{file}: {} -> {} bytes in {took:.2} s", bytes.len(), finished.bytes.len());
        for step in &finished.steps {
            println!("    {}: {}", step.member.as_deref().unwrap_or("archive"), step.what);
        }
        before += bytes.len();
        after += finished.bytes.len();
        if let Some(out) = &out {
            fs_err::create_dir_all(out).unwrap();
            fs_err::write(out.join(&file), &finished.bytes).unwrap();
        }
    }
    assert!(before > 0, "no wheels in {}", folder.display());
    println!("all: {before} -> {after} bytes");
}

/// The standard library for macOS, and everything else that rustc passes to a linker.
#[test]
#[ignore = "needs MONOWHEEL_OBJECTS, a directory of objects and rlibs for macOS: ./ci/test real"]
fn objects_differ_in_one_bit_of_each_symbol() {
    let folder = std::env::var_os("MONOWHEEL_OBJECTS").map(PathBuf::from).expect("MONOWHEEL_OBJECTS is set");
    let exported = ["_PyInit__hello_world".to_owned()].into();
    let mut hidden = 0;
    let paths = fs_err::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    for path in paths.filter(|path| path.extension().is_some_and(|end| end == "o" || end == "rlib")) {
        let old = fs_err::read(&path).unwrap();
        let Some(new) = hide(&old, &exported).unwrap() else { continue };
        assert_eq!(new.len(), old.len());
        hidden += old.iter().zip(&new).filter(|(old, new)| old != new).count();
        assert!(old.iter().zip(&new).all(|(old, new)| old == new || *new == old | 0x10));
        assert_eq!(hide(&new, &exported).unwrap(), None);
    }
    println!("{hidden} symbols hidden");
    assert!(hidden > 0, "no objects in {}", folder.display());
}
