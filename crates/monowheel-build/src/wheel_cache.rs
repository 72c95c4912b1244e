//! Completed wheels, cached by everything their bytes depend on.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::cargo;
use monowheel_system::hash::{hex, sha256};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::compiler_env::{MAY_REACH_THE_BYTES, is_flag, variables};
use crate::manifest::File;
use crate::plan::Job;
use crate::symbols;
use crate::toolchain::choice::StdFrom;

/// A wheel that can be reused.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Kept {
    /// The wheel's name, hash and size.
    pub(crate) file: File,
    /// The duration of its build.
    pub(crate) seconds: f64,
    /// Its line tables, if they were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) symbols: Option<symbols::Kept>,
}

/// A wheel, and the files with its line tables in the order of [`Kept::symbols`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    /// The wheel's bytes.
    pub(crate) wheel: Vec<u8>,
    /// Those of the files.
    pub(crate) symbols: Vec<Vec<u8>>,
}

/// The directory of cached wheels.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    /// A store in a directory that need not exist.
    #[must_use]
    pub(crate) const fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn entry(&self, job: &Job, key: &str) -> PathBuf {
        self.folder.join(&job.id).join(key)
    }

    /// The cached wheel for `key` and its bytes, if it exists and they are unchanged.
    #[must_use]
    pub(crate) fn get(&self, job: &Job, key: &str) -> Option<(Contents, Kept)> {
        let entry = self.entry(job, key);
        let kept: Kept = serde_json::from_slice(&fs_err::read(entry.join("kept.json")).ok()?).ok()?;
        let read = |name: &str, hash: &str| fs_err::read(entry.join(name)).ok().filter(|bytes| sha256(bytes) == hash);
        let wheel = read(&kept.file.file, &kept.file.sha256)?;
        let rows = kept.symbols.iter().flat_map(|symbols| &symbols.files);
        let symbols = rows.map(|row| read(&row.sha256, &row.sha256)).collect::<Option<_>>()?;
        Some((Contents { wheel, symbols }, kept))
    }

    /// Caches a wheel, replacing those of earlier sources.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn put(&self, job: &Job, key: &str, kept: &Kept, contents: &Contents) -> Result<()> {
        let all = self.folder.join(&job.id);
        if all.exists() {
            fs_err::remove_dir_all(&all)?;
        }
        fs_err::create_dir_all(&all)?;
        // An entry counts only with its record, so the record comes last and the rename makes both atomic.
        let staged = tempfile::tempdir_in(&all)?;
        fs_err::write(staged.path().join(&kept.file.file), &contents.wheel)?;
        let rows = kept.symbols.iter().flat_map(|symbols| &symbols.files);
        for (row, bytes) in rows.zip(&contents.symbols) {
            fs_err::write(staged.path().join(&row.sha256), bytes)?;
        }
        fs_err::write(staged.path().join("kept.json"), serde_json::to_vec(kept).unwrap_or_default())?;
        Ok(fs_err::rename(staged.path(), self.entry(job, key))?)
    }
}

/// Everything that all wheels of one build depend on, in addition to their rows of the plan.
#[derive(Debug)]
pub(crate) struct Ground {
    digest: Vec<u8>,
    environment: Vec<(String, String)>,
}

impl Ground {
    /// `identities` are the sdist's hash and the tools' identities; `source` is the build directory:
    /// cargo reads configuration in every directory above it.
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
        for config in cargo::configs(source) {
            add(config.as_os_str().as_encoded_bytes());
            add(&fs_err::read(&config).unwrap_or_default());
        }
        let mut variables: Vec<(String, String)> =
            variables().filter(|(name, _)| !crate::maturin::is_ours(name)).collect();
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

    /// The flags from the environment, for the manifest.
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
            // A library that will be built from source and one that was are the same.
            let is_own = matches!(std.from, StdFrom::Source | StdFrom::Cache);
            hash.update([u8::from(is_own)]);
        }
        hex(&hash.finalize())[..24].to_owned()
    }
}
