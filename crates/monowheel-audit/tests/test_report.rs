//! A test report built by hand: whether it is accepted for the wheels next to it.

use std::path::Path;

use monowheel_audit::test_report::{FILE, File, Map, Proof, Release, SCHEMA};
use monowheel_error::{ErrorKind, Result};
use monowheel_system::exec::IsolationReport;
use monowheel_system::hash::sha256;

const OLD: &str = "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl";
const NEW: &str = "demo-1.0-cp315-abi3.abi3t-manylinux_2_17_x86_64.whl";

fn full() -> Proof {
    let file = |file: &str| File { file: file.to_owned(), sha256: sha256(file.as_bytes()) };
    Proof {
        schema: SCHEMA.to_owned(),
        monowheel: "0.0.0".to_owned(),
        isolation: Some(IsolationReport { by: Some("bubblewrap 0.8.0".to_owned()), why: None }),
        releases: vec![Release {
            name: "demo".to_owned(),
            version: "1.0".to_owned(),
            wheels: vec![file(OLD), file(NEW)],
            trials: Vec::new(),
            map: Map { pythons: Vec::new(), rows: Vec::new() },
        }],
    }
}

/// A directory with the two wheels, whose content is their name, and the test report.
fn folder(proof: &Proof) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for name in [OLD, NEW] {
        fs_err::write(folder.path().join(name), name)?;
    }
    proof.write(&folder.path().join(FILE))?;
    Ok(folder)
}

fn refusal(folder: &Path) -> String {
    match Proof::of(folder) {
        Err(error) if error.kind() == ErrorKind::Format => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_is_of_the_wheels_beside_it_and_of_no_others() -> Result<()> {
    let full = full();
    let folder = folder(&full)?;
    let at = folder.path();
    assert_eq!(Proof::of(at)?, Some(full.clone()));
    fs_err::write(at.join(NEW), "built anew")?;
    assert!(refusal(at).contains(&format!("{NEW} was not tested, or has changed")));
    fs_err::remove_file(at.join(NEW))?;
    assert!(refusal(at).contains(NEW));
    fs_err::write(at.join(NEW), NEW)?;
    fs_err::write(at.join("other-1.0-py3-none-any.whl"), "")?;
    assert!(refusal(at).contains("other-1.0-py3-none-any.whl was not tested"));
    fs_err::write(at.join(FILE), "{\"schema\": \"monowheel.test/2\"}")?;
    assert!(refusal(at).contains("monowheel.test/1"));
    fs_err::remove_file(at.join(FILE))?;
    assert_eq!(Proof::of(at)?, None);
    Ok(())
}
