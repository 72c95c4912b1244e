//! Finished wheels, kept by everything their bytes depend on.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::hash::{hex, sha256};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::manifest::File;
use crate::plan::Job;
use crate::toolchain::choice::StdFrom;
use crate::toolchain::std_cache::cargo_home;

/// Variables that set flags: they are part of a wheel's key, and stand in the manifest.
const FLAGS: [&str; 6] =
    ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CFLAGS", "CXXFLAGS", "SOURCE_DATE_EPOCH"];
/// The beginnings of names that may reach a compiler, a linker or a build script. They are part of
/// the key too, by name and value, and stand nowhere: a prefix also fits names that hold secrets.
const MAY_REACH_THE_BYTES: [&str; 21] = [
    "AR",
    "BINDGEN_",
    "CARGO_PROFILE_",
    "CARGO_TARGET_",
    "CC",
    "CFLAGS",
    "CMAKE_",
    "CPPFLAGS",
    "CXX",
    "HOST_",
    "LDFLAGS",
    "LIBCLANG_",
    "OPENSSL_",
    "PKG_CONFIG",
    "RANLIB",
    "RUSTC_",
    "RUSTFLAGS",
    "SDKROOT",
    "TARGET_",
    "XWIN_",
    "ZIG_",
];

/// Whether a variable sets flags, and is noted down in what is built.
#[must_use]
pub(crate) fn is_flag(name: &str) -> bool {
    FLAGS.contains(&name) || name.starts_with("CARGO_PROFILE_")
}

/// The tools of C whose variables may have the name of a Rust target behind them: `CC_aarch64_unknown_linux_gnu`.
const TOOLS: [&str; 6] = ["AR", "CC", "CFLAGS", "CXX", "CXXFLAGS", "RANLIB"];
/// The beginnings of names that compilers and build scripts read, and that are nobody's secret.
const FOR_COMPILERS: [&str; 8] =
    ["BINDGEN_", "CARGO_PROFILE_", "CARGO_TARGET_", "CMAKE_", "LIBCLANG_", "OPENSSL_", "PKG_CONFIG", "XWIN_"];
/// Parts of the names of secrets.
const SECRET: [&str; 6] = ["AUTH", "CRED", "KEY", "PASS", "SECRET", "TOKEN"];

/// Whether a variable is passed on to the code of others: by fewer beginnings than a wheel's key has, because one of those
/// fits names that hold secrets (`AR` is that of `ARTIFACTORY_TOKEN`).
#[must_use]
pub(crate) fn reaches_a_compiler(name: &str) -> bool {
    let is_of_tool = |tool: &str| name.strip_prefix(tool).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    let is_known = is_flag(name)
        || ["CPPFLAGS", "LDFLAGS", "SDKROOT"].contains(&name)
        || TOOLS.iter().any(|tool| is_of_tool(tool))
        || FOR_COMPILERS.iter().any(|prefix| name.starts_with(prefix));
    is_known && !SECRET.iter().any(|part| name.to_uppercase().contains(part))
}

/// A wheel that can be used again.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Kept {
    /// The wheel's name, hash and size.
    pub(crate) file: File,
    /// How long its build took.
    pub(crate) seconds: f64,
}

/// The folder of kept wheels.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    /// A store in a folder that need not exist.
    #[must_use]
    pub(crate) const fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn entry(&self, job: &Job, key: &str) -> PathBuf {
        self.folder.join(&job.id).join(key)
    }

    /// The kept wheel for `key` and its bytes, if it is there and they are still what they were.
    #[must_use]
    pub(crate) fn get(&self, job: &Job, key: &str) -> Option<(Vec<u8>, Kept)> {
        let entry = self.entry(job, key);
        let kept: Kept = serde_json::from_slice(&fs_err::read(entry.join("kept.json")).ok()?).ok()?;
        let bytes = fs_err::read(entry.join(&kept.file.file)).ok()?;
        (sha256(&bytes) == kept.file.sha256).then_some((bytes, kept))
    }

    /// Keeps a wheel, in place of those of earlier sources.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(crate) fn put(&self, job: &Job, key: &str, name: &str, bytes: &[u8], seconds: f64) -> Result<()> {
        let kept = Kept { file: File::of(name, bytes), seconds };
        let all = self.folder.join(&job.id);
        if all.exists() {
            fs_err::remove_dir_all(&all)?;
        }
        fs_err::create_dir_all(&all)?;
        // The entry is found by its record, so the record comes last and the rename makes both one.
        let staged = tempfile::tempdir_in(&all)?;
        fs_err::write(staged.path().join(name), bytes)?;
        fs_err::write(staged.path().join("kept.json"), serde_json::to_vec(&kept).unwrap_or_default())?;
        Ok(fs_err::rename(staged.path(), self.entry(job, key))?)
    }
}

/// What every wheel of one build depends on, next to its own row of the plan.
#[derive(Debug)]
pub(crate) struct Ground {
    digest: Vec<u8>,
    environment: Vec<(String, String)>,
}

impl Ground {
    /// `identities` are the sdist's hash and the tools' identities; `source` is where it is built:
    /// cargo reads configuration in every folder above it.
    #[must_use]
    pub(crate) fn new(identities: &[&str], source: &Path) -> Self {
        let mut hash = Sha256::new();
        let mut add = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        for identity in identities {
            add(identity.as_bytes());
        }
        for config in cargo_configs(source) {
            add(config.as_os_str().as_encoded_bytes());
            add(&fs_err::read(&config).unwrap_or_default());
        }
        let mut variables: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
            .filter(|(name, _)| !crate::maturin::is_ours(name))
            .collect();
        variables.sort();
        for (name, value) in &variables {
            if is_flag(name) || MAY_REACH_THE_BYTES.iter().any(|prefix| name.starts_with(prefix)) {
                add(name.as_bytes());
                add(value.as_bytes());
            }
        }
        let environment = variables.into_iter().filter(|(name, _)| is_flag(name)).collect();
        Self { digest: hash.finalize().to_vec(), environment }
    }

    /// The flags of the environment, for the manifest.
    #[must_use]
    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The key of one wheel.
    #[must_use]
    pub(crate) fn key(&self, job: &Job, arguments: &[String]) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.digest);
        for text in [&job.tag, &job.linker].into_iter().chain(arguments) {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        for std in &job.std {
            // One that will be built from source and one that was are the same library.
            let is_own = matches!(std.from, StdFrom::Source | StdFrom::Cache);
            hash.update([u8::from(is_own)]);
        }
        hex(&hash.finalize())[..24].to_owned()
    }
}

/// The configuration files that cargo merges for a build in `source`.
pub(super) fn cargo_configs(source: &Path) -> Vec<PathBuf> {
    source
        .ancestors()
        .map(|folder| folder.join(".cargo"))
        .chain(cargo_home())
        .flat_map(|folder| [folder.join("config.toml"), folder.join("config")])
        .filter(|path| path.is_file())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_reaches_a_compiler() {
        for name in ["RUSTFLAGS", "CC", "CC_aarch64_unknown_linux_gnu", "CARGO_PROFILE_RELEASE_LTO", "PKG_CONFIG_PATH"]
        {
            assert!(reaches_a_compiler(name), "{name}");
        }
        for name in
            ["ARTIFACTORY_TOKEN", "CC_API_KEY", "CMAKE_PASSWORD", "CARGO_REGISTRY_TOKEN", "AWS_SECRET_ACCESS_KEY"]
        {
            assert!(!reaches_a_compiler(name), "{name}");
        }
    }
}
