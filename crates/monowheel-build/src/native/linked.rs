//! The C libraries built by monowheel in a wheel: license and bill of materials are added to the wheel.

use std::path::Path;

use monowheel_error::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::openssl;

/// A C library that was built and linked into a wheel.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Linked {
    /// `openssl`.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// The origin of its source: the crate on crates.io that contains it.
    pub(crate) source: String,
    /// The hash of that crate.
    pub(crate) sha256: String,
    /// Its license, an SPDX expression.
    pub(crate) license: String,
}

/// OpenSSL's license from 3.0 on.
const OPENSSL_LICENSE: &str = "Apache-2.0";

impl Linked {
    /// OpenSSL in this version.
    pub(crate) fn openssl(release: &openssl::Release) -> Self {
        Self {
            name: "openssl".to_owned(),
            version: release.version.clone(),
            source: format!("openssl-src {}", release.carrier),
            sha256: release.sha256.clone(),
            license: OPENSSL_LICENSE.to_owned(),
        }
    }

    /// The files for the `.dist-info`: the license text `text`, and an SBOM (PEP 770).
    pub(crate) fn files(&self, text: &[u8]) -> Vec<(String, Vec<u8>)> {
        let sbom = serde_json::to_vec_pretty(&self.sbom()).unwrap_or_default();
        vec![
            (format!("licenses/{}-{}/LICENSE.txt", self.name, self.version), text.to_vec()),
            (format!("sboms/{}.cyclonedx.json", self.name), sbom),
        ]
    }

    fn sbom(&self) -> Value {
        let Self { name, version, source, sha256, license } = self;
        let (carrier, carried) = source.split_once(' ').unwrap_or((source, version));
        let purl = format!("pkg:generic/{name}@{version}");
        json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "components": [{
                "type": "library",
                "bom-ref": purl,
                "name": name,
                "version": version,
                "purl": purl,
                "licenses": [{ "expression": license }],
                "externalReferences": [{
                    "type": "source-distribution",
                    "url": format!("https://crates.io/crates/{carrier}/{}", carried.replace('+', "%2B")),
                    "hashes": [{ "alg": "SHA-256", "content": sha256 }],
                }],
            }],
        })
    }
}

/// Whether a build in the Cargo target directory `target_dir` linked the OpenSSL in `files`: the build script of
/// openssl-sys reported it to cargo.
///
/// # Errors
/// When the directory cannot be read.
pub(crate) fn has_openssl(target_dir: &Path, triple: &str, files: &Path) -> Result<bool> {
    let profiles = target_dir.join(triple);
    if !profiles.is_dir() {
        return Ok(false);
    }
    let place = files.display().to_string();
    for profile in fs_err::read_dir(profiles)? {
        let scripts = profile?.path().join("build");
        if !scripts.is_dir() {
            continue;
        }
        for script in fs_err::read_dir(scripts)? {
            let script = script?;
            if script.file_name().to_string_lossy().starts_with("openssl-sys-") {
                let said = fs_err::read_to_string(script.path().join("output")).unwrap_or_default();
                if said.lines().any(|line| line.starts_with("cargo:rustc-link-search") && line.contains(&place)) {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_linked_is_listed() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let files = Path::new("/cache/native/openssl-4/files");
        let triple = "aarch64-apple-darwin";
        assert!(!has_openssl(dir.path(), triple, files)?);
        let script = dir.path().join(triple).join("release/build/openssl-sys-0a");
        fs_err::create_dir_all(&script)?;
        fs_err::write(script.join("output"), "cargo:rustc-link-search=native=/usr/lib\n")?;
        assert!(!has_openssl(dir.path(), triple, files)?);
        fs_err::write(script.join("output"), format!("cargo:rustc-link-search=native={}/lib\n", files.display()))?;
        assert!(has_openssl(dir.path(), triple, files)?);
        assert!(!has_openssl(dir.path(), "x86_64-apple-darwin", files)?);
        Ok(())
    }

    #[test]
    fn the_license_and_the_bill_of_materials_name_the_source() -> Result<()> {
        let Some(release) = openssl::release("4.0.3") else { panic!("a release") };
        let files = Linked::openssl(release).files(b"Apache License");
        assert_eq!(files[0], ("licenses/openssl-4.0.3/LICENSE.txt".to_owned(), b"Apache License".to_vec()));
        let sbom = monowheel_wheel::sbom::Sbom::parse("x", &files[1].1);
        assert_eq!((sbom.format.as_deref(), sbom.unreadable, sbom.paths.len()), (Some("CycloneDX 1.5"), None, 0));
        let text = String::from_utf8_lossy(&files[1].1).into_owned();
        assert!(text.contains(&release.sha256) && text.contains("Apache-2.0"), "{text}");
        Ok(())
    }
}
