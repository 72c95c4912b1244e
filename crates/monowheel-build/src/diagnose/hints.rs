//! The next step for an error.

use monowheel_wheel::platform::apple;

use super::Offered;
use super::build_script::BuildScript;
use crate::native::library;

/// For an error in the crate's own code.
pub(super) const COMPILE_ERROR: &str = "fix the crate; `cargo check` in the project shows the same error sooner";
/// For an unknown error.
pub(super) const UNKNOWN: &str =
    "fix the crate for this target, or leave the target out with --target; the log has the full output";

const OWN_HEADER: &str = "the crate's C code includes a header that is missing for the target: depend on a crate that builds \
                          the library and passes its headers on (a -sys crate, DEP_…_INCLUDE), or add the headers";
const OWN_LIBRARY: &str = "the crate needs a system library that is missing for the target: depend on a crate that builds it \
                           (a -sys crate with a feature such as vendored, static or bundled)";
const NOT_FOUND: &str = "the build script uses a file or a program that is missing: a file must be in the crate's directory, or \
                         else the sdist does not have it; a program must be on PATH";
/// For an unknown error of a build script.
const BUILD_SCRIPT: &str = "fix what the build script reports: set a variable or install a program that it needs; the log \
                            has the full output";
const VARIABLE: &str = "set that environment variable and run the command again: a build has your environment";

const SDK: &str = "the crate links an Apple framework: set SDKROOT to a macOS SDK (the directory MacOSX.sdk) and run the command again";
const SDK_HEADERS: &str = "a source file includes headers of an Apple framework, which only an SDK has: set SDKROOT to \
                           a macOS SDK (the directory MacOSX.sdk) and run the command again";
const LATER_MACOS: &str = "build for a later macOS (--target macosx_13_0_universal2), or link the framework weakly \
                           (-weak_framework)";
const NO_MAC_FRAMEWORK: &str = "do not link the framework for macOS";
const NO_STD: &str = "this toolchain has no standard library for the target: see `monowheel plan`";
const NEWER_RUST: &str = "a dependency needs a newer Rust: rustup update stable, or name a toolchain with --toolchain";
const NO_LIBRARY: &str = "a system library is missing for the target: use a feature of the crate that builds its own \
                          copy (vendored, static or bundled), or another crate";
const CMAKE: &str = "a build script runs cmake, which monowheel provides if Cargo.lock has the crate cmake: if there was no \
                     Cargo.lock, run the command again; else pip install cmake (its program must be on PATH), or apt-get \
                     install cmake";
const LIBCLANG: &str = "a build script reads C headers with libclang, which monowheel provides if Cargo.lock has the crate \
                        clang-sys: if there was no Cargo.lock, run the command again; else apt-get install libclang-dev, or pip \
                        install libclang and set LIBCLANG_PATH to the directory of its libclang.so";
const NASM: &str = "a build script assembles with nasm: apt-get install nasm";
const PERL: &str = "a build script runs perl: apt-get install perl";
const AUTOTOOLS: &str = "a build script runs autoconf: apt-get install autoconf automake libtool";
const MAKE: &str = "a build script runs make: apt-get install make";
const PROTOC: &str = "a build script runs protoc: apt-get install protobuf-compiler, or set PROTOC";
const PKG_CONFIG: &str = "a build script runs pkg-config: apt-get install pkg-config";
const NO_OPENSSL_TARGET: &str = "OpenSSL's build system does not support this target: use rustls instead of OpenSSL, or \
                                 leave the target out with --target";
const HEADER: &str = "a C file includes a header that is missing for the target: use the library's own copy (a feature \
                      such as vendored or bundled), which brings its headers";
const UNDEFINED: &str = "no linked library defines these symbols for this target: link the library that does \
                         (cargo:rustc-link-lib), or leave that code out for the target";
const GLIBC: &str = "the library needs a newer glibc: choose a higher level, such as --target manylinux_2_28_x86_64";

/// Texts of tools, in lower case, and the next step for each. The first match decides: an entry that names a
/// missing program comes before its consequences.
const KNOWN: &[(&str, &str)] = &[
    ("no space left on device", "free some space on that disk and run the command again; finished wheels are reused"),
    ("unable to find system framework", SDK),
    ("unable to find framework", SDK),
    ("framework not found", SDK),
    // Messages of `link::stubs`.
    ("which monowheel does not know", SDK),
    ("; the wheel promises ", LATER_MACOS),
    ("a framework that no macos has", NO_MAC_FRAMEWORK),
    ("notpresent", VARIABLE),
    ("not defined at compile time", VARIABLE),
    ("can't find crate for `core`", NO_STD),
    ("can't find crate for `std`", NO_STD),
    ("or newer to be built", NEWER_RUST),
    ("requires rustc", NEWER_RUST),
    ("don't know how to configure openssl for", NO_OPENSSL_TARGET),
    ("missing dependency: cmake", CMAKE),
    ("is `cmake` not installed", CMAKE),
    ("cmake: command not found", CMAKE),
    ("cmake: not found", CMAKE),
    ("unable to find libclang", LIBCLANG),
    ("couldn't find any valid shared libraries matching: ['libclang", LIBCLANG),
    ("nasm command not found", NASM),
    ("unable to run nasm", NASM),
    ("missing dependency: nasm", NASM),
    ("is `nasm` not installed", NASM),
    ("nasm: not found", NASM),
    ("command 'perl' not found", PERL),
    ("command \"perl\" not found", PERL),
    ("is `perl` not installed", PERL),
    ("perl: not found", PERL),
    ("can't locate ", PERL),
    ("missing dependency: perl", PERL),
    ("autoreconf", AUTOTOOLS),
    ("autoconf: not found", AUTOTOOLS),
    ("is `autoconf` not installed", AUTOTOOLS),
    ("libtoolize: not found", AUTOTOOLS),
    ("command 'make' not found", MAKE),
    ("is `make` not installed", MAKE),
    ("make: not found", MAKE),
    ("could not find `protoc`", PROTOC),
    ("could not run `pkg-config", PKG_CONFIG),
    ("pkg-config command could not be found", PKG_CONFIG),
    ("pkg-config: not found", PKG_CONFIG),
    ("too-recent versioned symbols", GLIBC),
    ("unable to find dynamic system library", NO_LIBRARY),
    ("unable to find library -l", NO_LIBRARY),
    ("cannot find -l", NO_LIBRARY),
    ("library not found for -l", NO_LIBRARY),
    ("could not find directory of openssl", NO_LIBRARY),
    ("pkg-config has not been configured", NO_LIBRARY),
    ("was not found in the pkg-config search path", NO_LIBRARY),
    ("could not find system library", NO_LIBRARY),
    ("file not found", HEADER),
    ("h: no such file or directory", HEADER),
    ("undefined symbol", UNDEFINED),
    ("undefined reference", UNDEFINED),
];

/// The next step for an error with this text.
pub(super) fn for_text(text: &str) -> Option<&'static str> {
    if text.lines().any(names_framework_header) {
        return Some(SDK_HEADERS);
    }
    let text = text.to_lowercase();
    KNOWN.iter().find(|(known, _)| text.contains(known)).map(|(_, next)| *next)
}

/// Whether a compiler is missing a header such as `'CoreFoundation/CoreFoundation.h'`.
fn names_framework_header(line: &str) -> bool {
    let header =
        line.split_once("' file not found").and_then(|(before, _)| before.rsplit_once('\'')).map(|(_, path)| path);
    header.and_then(|path| path.split_once('/')).is_some_and(|(first, _)| apple::framework(first).is_some())
}

/// The next step for a build script, from `cause`; if a library is missing, the feature of this crate that
/// builds its own copy, if it has one.
pub(super) fn for_build_script(script: &BuildScript<'_>, cause: &str, offered: Offered<'_>) -> String {
    let known = for_text(cause).or_else(|| for_text(&script.text()));
    let is_of_a_library = |next: &&'static str| [NO_LIBRARY, HEADER, PKG_CONFIG].contains(next);
    if let Some(next) = known.filter(|next| !is_of_a_library(next)) {
        return next.to_owned();
    }
    let BuildScript { package, version, .. } = script;
    if script.is_own {
        return match known {
            Some(HEADER) => OWN_HEADER,
            Some(_) => OWN_LIBRARY,
            None if ["NotFound", "No such file"].iter().any(|word| cause.contains(word)) => NOT_FOUND,
            None => BUILD_SCRIPT,
        }
        .to_owned();
    }
    if known.is_none() && !package.ends_with("-sys") {
        return BUILD_SCRIPT.to_owned();
    }
    let features = offered(package, version);
    let known = library::feature_of(package).and_then(|known| features.iter().find(|feature| *feature == known));
    match known.or_else(|| own_copy(&features)) {
        Some(feature) => format!(
            "the library is missing for the target; {package} can build its own copy: cargo add {package}@{version} \
             --features {feature}{}",
            if *package == "openssl-sys" { " (needs perl and make; or use rustls instead of OpenSSL)" } else { "" }
        ),
        None => format!(
            "the library is missing for the target, and {package} {version} has no feature that builds its own copy: \
             use another crate, or leave the target out with --target"
        ),
    }
}

/// The feature that builds the library from source.
fn own_copy(features: &[String]) -> Option<&String> {
    let named = |name: &str| features.iter().find(|feature| *feature == name);
    let like = |part: &str| features.iter().find(|feature| feature.contains(part));
    ["vendored", "bundled", "static", "build-from-source"]
        .iter()
        .find_map(|name| named(name))
        .or_else(|| ["vendored", "bundled"].iter().find_map(|part| like(part)))
}
