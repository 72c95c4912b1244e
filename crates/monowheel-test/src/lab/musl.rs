//! A Python for musl, built from upstream's sources by zig, with Debian's musl as its C library.
//!
//! zig offers the symbols of the newest musl; the loader is the one of 1.2.3, the oldest version of
//! `musllinux_1_2`, so that wheels that need more fail here as well. pip and others recognize musl by
//! the loader's path, which therefore contains the name.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, quoted};

use super::bench::{Bench, own};
use super::entry::{Made, Runner};
use super::source::{CONFIGURE, OPT, UNWANTED};
use super::zig::{self, Tools};
use super::{Apt, Site, apt, pins};

/// Part of the recipe's key: increment it when the result changes.
pub(super) const REVISION: &str = "musl 1";
/// The suite with musl 1.2.3.
const MUSL_SUITE: &str = "bookworm";
/// The suite with the sources, if the pinned ones are gone.
const SOURCE_SUITE: &str = "trixie";
/// Functions of the C library that zig's musl has but 1.2.3 does not, or that configure finds by mistake.
const NOT_THERE: &[&str] = &["ac_cv_lib_intl_textdomain=no", "ac_cv_func_preadv2=no", "ac_cv_func_pwritev2=no"];

/// A musl Python.
///
/// # Errors
/// When there is no zig, or something cannot be downloaded or built.
pub(super) fn make(site: &Site<'_>) -> Result<Made> {
    let minor = site.minor();
    let zig = zig::found(site, "to compile for musl")?;
    let musl = libc(site)?;
    let loader = musl.join("lib").join(LOADER);
    let bench = Bench::new(site)?;
    let tools = Tools::write(&bench, "musl", &zig, &compiler(&quoted(&zig.path), &loader))?;
    let deps = bench.path.join("deps");
    zlib(site, &bench, &tools, &deps)?;
    libffi(site, &bench, &tools, &deps)?;
    let (tarball, version) = pins::tarball(site, &format!("python{minor}"), SOURCE_SUITE)?;
    let source = bench.unpack(site, &tarball, "source")?;
    site.say("configure");
    site.run(&configure(&bench, &tools, &source, &deps), "configure failed")?;
    site.say("make");
    site.run(&Bench::make(&source), "make failed")?;
    site.say("make install");
    let here = bench.path.display().to_string();
    let [used, there] = tools.keep(site)?;
    bench.finish(site, &source, &[(used.as_str(), there.as_str()), (here.as_str(), "/build")])?;
    Ok(Made {
        runner: Runner::Native,
        python: format!("bin/python{minor}").into(),
        launch: Vec::new(),
        shared: vec![musl],
        source: format!("CPython {version}, built by zig {} for musl 1.2.3", zig.version),
    })
}

/// Debian's C library, which the lab shares.
fn libc(site: &Site<'_>) -> Result<PathBuf> {
    site.piece("musl", REVISION, |work, _| {
        let debs = Apt::open(site, MUSL_SUITE, "amd64")?.fetch_only(site, &["musl"])?;
        apt::extract(site, &debs, &work.join("all"))?;
        fs_err::create_dir_all(work.join("lib"))?;
        // libc.so and the loader are one file; suites after bookworm have it below /usr.
        let all = work.join("all");
        let places = ["lib", "usr/lib"].map(|lib| all.join(lib).join("x86_64-linux-musl/libc.so"));
        let Some(libc) = places.iter().find(|path| path.is_file()) else {
            return Err(Error::new(
                ErrorKind::Tool,
                "Debian's package musl does not have libc.so in the expected place",
            ));
        };
        fs_err::copy(libc, work.join("lib").join(LOADER))?;
        super::gone(&all)
    })
}

/// CPython's configure, which finds only the libraries that were built for musl in `deps`.
fn configure(bench: &Bench, tools: &Tools, source: &Path, deps: &Path) -> Call {
    let include = format!("-I{}/include", deps.display());
    let mut configure = tools
        .given_to(own(Call::new("./configure").dir(source)))
        // configure recognizes musl by this name, on which the names of extension modules depend;
        // musl's own stdarg.h defines it, but zig's compiler has its own.
        .env("CPP", format!("{} -E -D__DEFINED_va_list", tools.compiler().display()))
        .env("CPPFLAGS", &include)
        .env("LDFLAGS", format!("-L{}/lib", deps.display()))
        // The machine's libraries are for another C library.
        .env("PKG_CONFIG_LIBDIR", deps.join("lib/pkgconfig"))
        .env("PKG_CONFIG_PATH", "")
        .env("ZLIB_CFLAGS", &include)
        .env("ZLIB_LIBS", deps.join("lib/libz.a"))
        .env("LIBFFI_CFLAGS", &include)
        .env("LIBFFI_LIBS", deps.join("lib/libffi.a"))
        .arg(format!("--prefix={}", bench.prefix.display()))
        .args(CONFIGURE)
        .arg(OPT)
        .args(NOT_THERE);
    for module in UNWANTED {
        configure = configure.arg(format!("py_cv_module_{module}=n/a"));
    }
    configure
}

const LOADER: &str = "ld-musl-x86_64.so.1";

/// Programs name the loader by its full path: no musl is installed in the system's place.
fn compiler(zig: &str, loader: &Path) -> String {
    let loader = quoted(format!("-Wl,--dynamic-linker={}", loader.display()));
    format!(
        "#!/bin/sh\nexec {zig} cc -target x86_64-linux-musl -dynamic {loader} -fno-sanitize=all -g0 -Wno-date-time \"$@\"\n"
    )
}

fn zlib(site: &Site<'_>, bench: &Bench, tools: &Tools, deps: &Path) -> Result<()> {
    let (tarball, _) = pins::tarball(site, "zlib", SOURCE_SUITE)?;
    let source = bench.unpack(site, &tarball, "zlib")?;
    site.say("zlib");
    let call = tools.given_to(own(Call::new("./configure").dir(&source))).env("CFLAGS", "-O2 -fPIC");
    site.run(&call.arg("--static").arg(format!("--prefix={}", deps.display())), "zlib: configure failed")?;
    site.run(&Bench::make(&source).arg("libz.a"), "zlib: make failed")?;
    for folder in ["include", "lib"] {
        fs_err::create_dir_all(deps.join(folder))?;
    }
    for (from, to) in [("zlib.h", "include/zlib.h"), ("zconf.h", "include/zconf.h"), ("libz.a", "lib/libz.a")] {
        fs_err::copy(source.join(from), deps.join(to))?;
    }
    Ok(())
}

fn libffi(site: &Site<'_>, bench: &Bench, tools: &Tools, deps: &Path) -> Result<()> {
    let (tarball, _) = pins::tarball(site, "libffi", SOURCE_SUITE)?;
    let source = bench.unpack(site, &tarball, "libffi")?;
    site.say("libffi");
    let call = tools
        .given_to(own(Call::new("./configure").dir(&source)))
        .env("CFLAGS", "-O2 -fPIC")
        .args([
            "--disable-shared",
            "--disable-docs",
            "--with-pic",
            "--disable-multi-os-directory",
            "--disable-exec-static-tramp",
            "-q",
        ])
        .arg(format!("--prefix={}", deps.display()))
        .arg(format!("--libdir={}/lib", deps.display()));
    site.run(&call, "libffi: configure failed")?;
    site.run(&Bench::make(&source).arg("install"), "libffi: make failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_names_the_loader_by_its_path() {
        let text = compiler("/opt/zig", Path::new("/my lab/shared/musl/lib/ld-musl-x86_64.so.1"));
        assert!(text.contains(" '-Wl,--dynamic-linker=/my lab/shared/musl/lib/ld-musl-x86_64.so.1' "), "{text}");
        assert!(text.ends_with(" \"$@\"\n"), "{text}");
    }
}
