//! `rust-toolchain.toml`: the compiler that a project requests from rustup. Only its channel counts, by name.

use std::io;
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::inside::quotable;
use monowheel_system::regular_file;
use serde::Deserialize;

use crate::toolchain::rust::Toolchain;

/// A channel that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Channel {
    /// The file.
    pub(super) path: PathBuf,
    /// `stable`, `1.85`, `1.85.0`, `nightly-2026-05-26`.
    pub(super) name: String,
}

/// A project's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// There is no such file.
    Nothing,
    /// A channel.
    Channel(Channel),
    /// This file names a directory, which other machines do not have, and which may be anyone's: it is never used.
    Path(PathBuf),
}

#[derive(Deserialize)]
struct Form {
    toolchain: Table,
}

#[derive(Deserialize)]
struct Table {
    channel: Option<String>,
    path: Option<String>,
}

impl Channel {
    /// The request of the nearest file in `root` or in a directory above it, up to `top`.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when the file names nothing, or cannot be understood.
    pub(super) fn find(root: &Path, top: &Path) -> Result<Asked> {
        for folder in root.ancestors().take_while(|folder| folder.starts_with(top)) {
            // In rustup's order.
            for name in ["rust-toolchain", "rust-toolchain.toml"] {
                let path = folder.join(name);
                match regular_file::read_text(&path) {
                    Ok(text) => return Self::parse(path, &text),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(Error::from(error).at(path.display())),
                }
            }
        }
        Ok(Asked::Nothing)
    }

    fn parse(path: PathBuf, text: &str) -> Result<Asked> {
        let fault = |what: String, next: &str| {
            Err(Error::new(ErrorKind::Project, what).at(path.display()).next(next.to_owned()))
        };
        let is_plain = |name: &str| {
            !name.is_empty() && name.len() < 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
        };
        // The old format contains only the name.
        let only_line = Some(text.trim()).filter(|text| is_plain(text));
        let table = match only_line {
            Some(name) => Table { channel: Some(name.to_owned()), path: None },
            None => match toml::from_str::<Form>(text) {
                Ok(form) => form.toolchain,
                Err(error) => {
                    let what = format!("rustup could not read this file: {}", quotable(&path, &error));
                    return fault(what, "write [toolchain] with a channel, such as channel = \"1.96.0\"");
                }
            },
        };
        match (table.channel, table.path) {
            (Some(name), _) if is_plain(&name) => Ok(Asked::Channel(Self { path, name })),
            (Some(name), _) => fault(format!("{name:?} is not a channel"), "name one, such as channel = \"1.96.0\""),
            (None, Some(_)) => Ok(Asked::Path(path)),
            (None, None) => fault("it does not name a channel".to_owned(), "write [toolchain] channel = \"1.96.0\""),
        }
    }

    /// Whether a toolchain belongs to the channel: by rustup's name, or by its version if the channel is one. `stable`
    /// is every released version.
    pub(super) fn admits(&self, toolchain: &Toolchain) -> bool {
        self.names(toolchain) || self.admits_version(toolchain.release())
    }

    /// Whether a compiler's version is of the channel.
    pub(super) fn admits_version(&self, version: &str) -> bool {
        let named = self.name.as_str();
        let is_of_version = version == named || version.strip_prefix(named).is_some_and(|rest| rest.starts_with('.'));
        is_of_version || (named == "stable" && !version.contains('-'))
    }

    /// Whether it is the toolchain that rustup would use.
    pub(super) fn names(&self, toolchain: &Toolchain) -> bool {
        let name = toolchain.name.as_str();
        toolchain.by_rustup && (name == self.name || name.strip_prefix(&self.name).is_some_and(|rest| rest.starts_with('-')))
            // `nightly` is not `nightly-2026-05-26`.
            && !(self.name == "nightly" && name.starts_with("nightly-20"))
    }
}
