//! C code of a crate on the command line: code that cannot be built or may not be linked is reported before a build.

use crate::said::said;

const PYPROJECT: &str =
    "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"x\"\n";
const CARGO: &str = "[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition = \"2021\"\nlicense = \"MIT\"\n[lib]\n\
                     crate-type = [\"cdylib\"]\n[dependencies]\npyo3 = { version = \"0.29.3\", features = [\"abi3-py38\"] }\n\
                     gmp-mpfr-sys = \"1\"\n";
const LOCK: &str = "version = 4\n[[package]]\nname = \"x\"\nversion = \"1.0.0\"\ndependencies = [\"pyo3\", \"gmp-mpfr-sys\"]\n\
                    [[package]]\nname = \"pyo3\"\nversion = \"0.29.3\"\n\
                    [[package]]\nname = \"gmp-mpfr-sys\"\nversion = \"1.7.1\"\n";

fn project(table: &str) -> std::io::Result<tempfile::TempDir> {
    let dir = tempfile::tempdir()?;
    fs_err::create_dir_all(dir.path().join("src"))?;
    for (name, text) in [("src/lib.rs", ""), ("Cargo.toml", CARGO), ("Cargo.lock", LOCK)] {
        fs_err::write(dir.path().join(name), text)?;
    }
    fs_err::write(dir.path().join("pyproject.toml"), format!("{PYPROJECT}{table}"))?;
    Ok(dir)
}

#[test]
fn a_license_that_forbids_static_linking_is_an_error_before_anything_is_built() -> std::io::Result<()> {
    let dir = project("")?;
    let path = dir.path().to_string_lossy().into_owned();
    let plan = said(&["plan", &path, "--no-lock"], None);
    assert!(plan.starts_with("exit 1"), "{plan}");
    let build = said(&["build", &path, "--no-lock"], None);
    assert!(build.starts_with("exit 2"), "{build}");
    for shown in [plan, build] {
        for part in ["GMP, MPFR and MPC", "LGPL-3.0-or-later", "accept = [{ crate ="] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
    assert!(!dir.path().join("dist").exists() && !dir.path().join("target").exists());
    Ok(())
}

#[test]
fn a_wrong_table_of_c_code_is_refused_by_every_command() -> std::io::Result<()> {
    let dir = project("[tool.monowheel.native]\nwithout = [\"gcc\"]\n")?;
    for command in ["plan", "build", "doctor"] {
        let shown = said(&[command, &dir.path().to_string_lossy()], None);
        assert!(shown.contains("gcc") && shown.contains("name one of cmake, ninja"), "{command}: {shown}");
    }
    Ok(())
}
