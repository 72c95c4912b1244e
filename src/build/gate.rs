//! The contract gate: a wheel carries exactly the tag that was planned, and its module can be
//! imported by the family it is for.
//!
//! maturin falls back to version-specific wheels with only a warning, and warns about a missing
//! init function without failing. Here both are breaches, and the wheel never reaches `dist/`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::binary;
use crate::build::family::Family;
use crate::error::Result;
use crate::wheel::archive::Wheel;
use crate::wheel::filename::{WheelName, expand};

/// What a wheel was to be, and is not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Breach {
    /// What is wrong.
    pub what: String,
    /// The next step.
    pub next: String,
}

/// Compares a wheel with its plan; empty when it keeps it.
///
/// # Errors
/// When the wheel or its extension cannot be read.
pub fn check(path: &Path, tag: &str, family: Family, module: &str) -> Result<Vec<Breach>> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let named = WheelName::parse(&file)?.tag;
    let mut breaches = Vec::new();
    if named != tag {
        breaches.push(Breach {
            what: format!("the wheel is tagged {named}, planned was {tag}"),
            next: "maturin fell back to another kind of wheel; the log says why (a Cargo feature that turns abi3 off?)"
                .to_owned(),
        });
    }
    let mut wheel = Wheel::open(path)?;
    let declared = wheel.declared_tags()?;
    if declared != expand(&named) {
        breaches.push(Breach {
            what: format!(
                "WHEEL declares {}, the file name {named}",
                declared.into_iter().collect::<Vec<_>>().join(" ")
            ),
            next: "an installer may trust either: report it to maturin with the log".to_owned(),
        });
    }
    let extensions = wheel.extensions();
    let stem_of = |name: &str| name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or_default().to_owned();
    if !extensions.iter().any(|name| stem_of(name) == module) {
        breaches.push(Breach {
            what: format!("no extension module called {module} in the wheel (found: {})", extensions.join(", ")),
            next: "set [tool.maturin] module-name, or [lib] name in Cargo.toml".to_owned(),
        });
    }
    let is_module =
        |name: &str| name.ends_with(".pyd") || [".abi3", ".cpython-"].iter().any(|suffix| name.contains(suffix));
    for name in &extensions {
        let stem = stem_of(name);
        // A plain `.so` of another name is data of the package, loaded by ctypes.
        if stem != module && !is_module(name) {
            continue;
        }
        for slice in binary::slices(&wheel.read(name)?)? {
            breaches.extend(missing_init(&slice, name, &stem, family));
        }
    }
    Ok(breaches)
}

/// Python looks for one symbol by the file's name; without it the import fails.
fn missing_init(slice: &binary::Slice, file: &str, stem: &str, family: Family) -> Option<Breach> {
    let symbol = family.init_symbol(stem);
    if slice.exports.contains(&symbol) {
        return None;
    }
    let others: Vec<&str> = slice
        .exports
        .iter()
        .filter_map(|name| name.strip_prefix("PyInit_").or_else(|| name.strip_prefix("PyModExport_")))
        .collect();
    let next = match others.first() {
        Some(other) if *other != stem => format!(
            "#[pymodule] is called {other} and the file {stem}: give both one name (rename the #[pymodule] function or module, \
             [lib] name, or the last part of [tool.maturin] module-name)"
        ),
        Some(_) => format!(
            "the module is exported for the other ABI family; the features of the {} build do not reach PyO3",
            family.name()
        ),
        None => {
            "nothing is exported: is #[pymodule] behind a Cargo feature that the build does not turn on?".to_owned()
        }
    };
    Some(Breach { what: format!("{file} ({}) does not export {symbol}, so it cannot be imported", slice.arch), next })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(exports: &[&str]) -> binary::Slice {
        binary::Slice { arch: "x86_64".to_owned(), exports: exports.iter().map(ToString::to_string).collect() }
    }

    #[test]
    fn each_reason_gets_its_own_next_step() {
        let next = |exports: &[&str], family| {
            missing_init(&slice(exports), "m.abi3.so", "m", family).map(|breach| breach.next).unwrap_or_default()
        };
        assert_eq!(next(&["PyInit_m"], Family::Abi3), "");
        assert!(next(&["PyInit_other"], Family::Abi3).contains("called other and the file m"));
        assert!(next(&["PyInit_m"], Family::Abi3t).contains("other ABI family"));
        assert!(next(&[], Family::Abi3).contains("nothing is exported"));
    }

    /// A wheel without an extension, whose WHEEL file declares these tags.
    fn wheel(folder: &Path, file: &str, tags: &[&str]) -> Result<std::path::PathBuf> {
        use std::io::Write as _;
        let path = folder.join(file);
        let mut archive = zip::ZipWriter::new(fs_err::File::create(&path)?);
        let options = zip::write::SimpleFileOptions::default();
        let failed =
            |error: zip::result::ZipError| crate::error::Error::new(crate::error::ErrorKind::Io, error.to_string());
        archive.start_file("x-1.dist-info/WHEEL", options).map_err(failed)?;
        for tag in tags {
            writeln!(archive, "Tag: {tag}")?;
        }
        archive.finish().map_err(failed)?;
        Ok(path)
    }

    fn breaches(file: &str, tags: &[&str], planned: &str) -> Result<String> {
        let dir = tempfile::tempdir()?;
        let found = check(&wheel(dir.path(), file, tags)?, planned, Family::Abi3, "m")?;
        Ok(found.into_iter().map(|breach| breach.what + "\n").collect())
    }

    #[test]
    fn a_version_specific_wheel_is_a_breach() -> Result<()> {
        let said = breaches("x-1-cp38-cp38-win32.whl", &["cp38-cp38-win32"], "cp38-abi3-win32")?;
        assert!(said.contains("tagged cp38-cp38-win32, planned was cp38-abi3-win32"), "{said}");
        Ok(())
    }

    #[test]
    fn a_wheel_file_that_says_otherwise_is_a_breach() -> Result<()> {
        let said = breaches("x-1-cp38-abi3-win32.whl", &["cp38-abi3-win_amd64"], "cp38-abi3-win32")?;
        assert!(said.contains("WHEEL declares cp38-abi3-win_amd64"), "{said}");
        let said = breaches("x-1-cp38-abi3-a.b.whl", &["cp38-abi3-a", "cp38-abi3-b"], "cp38-abi3-a.b")?;
        assert_eq!(said, "no extension module called m in the wheel (found: )\n");
        Ok(())
    }

    #[test]
    fn what_is_no_wheel_cannot_be_judged() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("x-1-cp38-abi3-win32.whl");
        fs_err::write(&path, "PK")?;
        assert!(check(&path, "cp38-abi3-win32", Family::Abi3, "m").is_err());
        Ok(())
    }
}
