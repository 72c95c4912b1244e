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
    let minor = site.minor();
    let (tarball, version) = pins::tarball(site, &format!("python{minor}"), "sid")?;
    let bench = Bench::new(site)?;
    let source = bench.unpack(site, &tarball, "source")?;
    site.say("configure");
    let mut configure = own(Call::new("./configure").dir(&source))
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
    bench.finish(site, &source, &[])?;
    Ok(Made {
        runner: Runner::Native,
        python: format!("bin/python{minor}t").into(),
        launch: Vec::new(),
        shared: Vec::new(),
        source: format!("CPython {version}, built with --disable-gil"),
    })
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
