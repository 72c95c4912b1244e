//! Free-threaded Pythons, which Debian does not have: built from upstream's sources by the machine's
//! compiler.

use monowheel_error::Result;
use monowheel_system::exec::Call;

use super::bench::{Bench, own};
use super::entry::{Made, Runner};
use super::{Site, pins};

/// Part of the recipe's key: increment it when the result changes.
pub(super) const REVISION: &str = "source 1";

/// Options for a fast build. Tests, debug information and optimizations are not needed in a lab.
pub(super) const CONFIGURE: [&str; 4] = ["--disable-test-modules", "--with-ensurepip=no", "--without-readline", "-q"];
/// Replaces `-g -O3`.
pub(super) const OPT: &str = "OPT=-DNDEBUG -O1 -fwrapv -w";

/// A free-threaded Python.
///
/// # Errors
/// When its source cannot be downloaded or built.
pub(super) fn make(site: &Site<'_>) -> Result<Made> {
    let version = install(site, Bench::new(site)?, |call| call, &[])?;
    Ok(made(site, format!("CPython {version}, built with --disable-gil")))
}

/// Builds and installs it; `compiled` adds the compiler, and `renamed` is for [`Bench::finish`]. Returns the version.
///
/// # Errors
/// When its source cannot be downloaded or built.
pub(super) fn install(
    site: &Site<'_>,
    bench: Bench,
    compiled: impl FnOnce(Call) -> Call,
    renamed: &[(&str, &str)],
) -> Result<String> {
    let (tarball, version) = pins::tarball(site, &format!("python{}", site.minor()), "sid")?;
    let source = bench.unpack(site, &tarball, "source")?;
    site.say("configure");
    let mut configure = compiled(own(Call::new("./configure").dir(&source)))
        .arg(format!("--prefix={}", bench.prefix.display()))
        .arg("--disable-gil")
        .args(CONFIGURE)
        .arg(OPT);
    for module in UNWANTED {
        configure = configure.arg(format!("py_cv_module_{module}=n/a"));
    }
    site.run(&configure, "configure failed")?;
    site.say("make");
    site.run(&Bench::make(&source), "make failed")?;
    site.say("make install");
    bench.finish(site, &source, renamed)?;
    Ok(version)
}

/// The result, with its `source`.
pub(super) fn made(site: &Site<'_>, source: String) -> Made {
    Made {
        runner: Runner::Native,
        python: format!("bin/python{}t", site.minor()).into(),
        launch: Vec::new(),
        shared: Vec::new(),
        source,
    }
}

/// Modules that tests of wheels do not need, and that take long or need a library to build.
pub(super) const UNWANTED: &[&str] = &[
    "_codecs_cn",
    "_codecs_hk",
    "_codecs_iso2022",
    "_codecs_jp",
    "_codecs_kr",
    "_codecs_tw",
    "_curses",
    "_curses_panel",
    "_dbm",
    "_gdbm",
    "_tkinter",
];
