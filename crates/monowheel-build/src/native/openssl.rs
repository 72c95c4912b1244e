//! OpenSSL for a target: its source from crates.io, compiled by zig into static libraries, once for all projects.
//!
//! Everything that affects the bytes is fixed (`openssl.toml`, zig, the time, the names of the compilers, no path), so
//! that every machine builds the same libraries.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::atomic_write;
use monowheel_system::exec::{Call, CancelToken, quoted, search_path};
use monowheel_system::hash::hex;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::source;
use crate::toolchain::tools::Tool;

/// Part of a library's key: increase it when the calls below produce other bytes.
const REVISION: &str = "1";
/// The time in its version string: 1980-01-01, as in wheels.
const TIME: &str = "315532800";
/// The names of the compilers: OpenSSL records them.
const COMPILERS: [(&str, &str); 3] = [("CC", "monowheel-cc"), ("AR", "monowheel-ar"), ("RANLIB", "monowheel-ranlib")];
/// Variables that its build would read.
const NOT_READ: [&str; 18] = [
    "ARFLAGS",
    "ASFLAGS",
    "CFLAGS",
    "CPPFLAGS",
    "CPPDEFINES",
    "CPPINCLUDES",
    "CROSS_COMPILE",
    "CXX",
    "CXXFLAGS",
    "HASHBANGPERL",
    "LDFLAGS",
    "LDLIBS",
    "MAKEFLAGS",
    "MFLAGS",
    "OPENSSL_LOCAL_CONFIG_DIR",
    "PERL5OPT",
    "RC",
    "WINDRES",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    options: Vec<String>,
    release: Vec<Release>,
    target: Vec<Target>,
}

/// A version of OpenSSL.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Release {
    /// OpenSSL's own version.
    pub(crate) version: String,
    /// The version of the crate `openssl-src` that carries its source.
    #[serde(rename = "crate")]
    pub(crate) carrier: String,
    /// The hash of that crate.
    pub(crate) sha256: String,
    /// The oldest openssl-sys that can use it.
    openssl_sys: [u64; 3],
}

/// A Rust target that it can be built for.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    triple: String,
    zig: String,
    configure: String,
    #[serde(default)]
    options: Vec<String>,
    /// Whether openssl-src cannot configure it.
    #[serde(default)]
    pub(crate) unknown: bool,
}

#[expect(clippy::expect_used, reason = "the table is compiled in, and a test parses it")]
static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("openssl.toml")).expect("openssl.toml parses"));

/// The newest release that this openssl-sys supports.
pub(crate) fn release_for(openssl_sys: &str) -> Option<&'static Release> {
    let mut numbers = openssl_sys.split(['.', '-', '+']).map(|number| number.parse().unwrap_or(0));
    let version: [u64; 3] = std::array::from_fn(|_| numbers.next().unwrap_or(0));
    TABLE.release.iter().find(|release| version >= release.openssl_sys)
}

/// A release by its version.
pub(crate) fn release(version: &str) -> Option<&'static Release> {
    TABLE.release.iter().find(|release| release.version == version)
}

/// How it is built for a Rust target.
pub(crate) fn target(triple: &str) -> Option<&'static Target> {
    TABLE.target.iter().find(|target| target.triple == triple)
}

/// The name of a target's cache entry.
pub(crate) fn entry(release: &Release, target: &Target, zig: &str) -> String {
    let mut hash = Sha256::new();
    let own = [REVISION, &release.sha256, zig, &target.zig, &target.configure];
    for part in own.into_iter().chain(TABLE.options.iter().chain(&target.options).map(String::as_str)) {
        hash.update(part);
        hash.update("\n");
    }
    format!("openssl-{}-{}-{}", release.version, target.triple, &hex(&hash.finalize())[..12])
}

/// The resources for building it.
pub(crate) struct Builder<'a> {
    pub(crate) release: &'a Release,
    pub(crate) target: &'a Target,
    pub(crate) zig: &'a Tool,
    /// cargo, for the source.
    pub(crate) cargo: Call,
    pub(crate) cores: usize,
    pub(crate) log: PathBuf,
    pub(crate) stop: &'a CancelToken,
}

impl Builder<'_> {
    /// Builds it into the empty directory `files`: `include`, `lib`, `LICENSE.txt`.
    ///
    /// # Errors
    /// When its source cannot be fetched, or perl, make or zig fails.
    pub(crate) fn build(&self, files: &Path) -> Result<()> {
        let work = tempfile::tempdir()?;
        let mut log = fs_err::File::create(&self.log)?;
        let archive =
            source::archive("openssl-src", &self.release.carrier, &self.release.sha256, &self.cargo, work.path())?;
        let source = archive.unpack(&work.path().join("source"))?.root.join("openssl");
        self.compilers(&work.path().join("bin"), work.path())?;
        let calls = [
            self.call("perl", work.path()).arg("./Configure").args(self.options()),
            self.call("make", work.path()).arg(format!("-j{}", self.cores)).arg("build_libs"),
        ];
        for call in calls {
            let status = call.dir(&source).logged(&mut log, self.stop, &mut |_| {})?;
            self.stop.check()?;
            if !status.success() {
                return Err(self.failed(&format!("ended with {status}")));
            }
        }
        self.install(&source, files)
    }

    fn options(&self) -> Vec<String> {
        let target = self.target;
        // On Windows, "/usr/local/ssl" is a directory that anybody may create (CVE-2019-1552): openssl-src uses this
        // too.
        let config = if target.triple.contains("windows") { "SYS$MANAGER:[OPENSSL]" } else { "/usr/local/ssl" };
        let own = [
            target.configure.clone(),
            "--prefix=/usr/local".to_owned(),
            "--libdir=lib".to_owned(),
            format!("--openssldir={config}"),
        ];
        own.into_iter().chain(TABLE.options.iter().chain(&target.options).cloned()).collect()
    }

    /// zig under names without a path.
    fn compilers(&self, folder: &Path, work: &Path) -> Result<()> {
        fs_err::create_dir_all(folder)?;
        let zig = quoted(&self.zig.path);
        let map = quoted(format!("-ffile-prefix-map={}=/openssl", work.display()));
        let cc = format!("exec {zig} cc -target {} -g0 -fno-sanitize=all {map} \"$@\"", self.target.zig);
        for (name, line) in [
            ("monowheel-cc", cc),
            ("monowheel-ar", format!("exec {zig} ar \"$@\"")),
            ("monowheel-ranlib", format!("exec {zig} ranlib \"$@\"")),
        ] {
            atomic_write::write_executable(&folder.join(name), &format!("#!/bin/sh\n{line}\n"))?;
        }
        Ok(())
    }

    fn call(&self, program: &str, work: &Path) -> Call {
        let path = std::iter::once(work.join("bin")).chain(search_path());
        let path = std::env::join_paths(path).unwrap_or_else(|_| std::env::var_os("PATH").unwrap_or_default());
        let call = NOT_READ.iter().fold(Call::new(program), |call, name| call.without_env(name));
        let call = COMPILERS.iter().fold(call, |call, (variable, name)| call.env(variable, name));
        call.env("PATH", path).env("SOURCE_DATE_EPOCH", TIME).env("LC_ALL", "C").env("TZ", "UTC")
    }

    fn install(&self, source: &Path, files: &Path) -> Result<()> {
        let (headers, libraries) = (files.join("include/openssl"), files.join("lib"));
        fs_err::create_dir_all(&headers)?;
        fs_err::create_dir_all(&libraries)?;
        for entry in fs_err::read_dir(source.join("include/openssl"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "h") {
                fs_err::copy(&path, headers.join(path.file_name().unwrap_or_default()))?;
            }
        }
        for name in ["libcrypto.a", "libssl.a"] {
            let built = source.join(name);
            if !built.is_file() {
                return Err(self.failed(&format!("did not produce {name}")));
            }
            fs_err::copy(built, libraries.join(name))?;
        }
        fs_err::copy(source.join("LICENSE.txt"), files.join("LICENSE.txt"))?;
        Ok(())
    }

    fn failed(&self, how: &str) -> Error {
        let (version, triple) = (&self.release.version, &self.target.triple);
        Error::new(ErrorKind::Tool, format!("OpenSSL {version} could not be built for {triple}: its build {how}"))
            .at(self.log.display())
            .next(
                "see the log; or set OPENSSL_DIR to your own OpenSSL, or build only the other platforms with --target",
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_openssl_sys_gets_the_newest_openssl_that_it_knows() {
        let version = |openssl_sys: &str| release_for(openssl_sys).map(|release| release.version.as_str());
        assert_eq!(version("0.9.118"), Some("4.0.3"));
        assert_eq!(version("0.9.114"), Some("4.0.3"));
        assert_eq!(version("0.9.113"), Some("3.6.3"));
        assert_eq!(version("0.10.0"), Some("4.0.3"));
        assert_eq!(version("0.9.50"), None);
    }

    #[test]
    fn the_default_targets_are_all_there() -> Result<()> {
        use monowheel_project::target::{Target, WindowsAbi};
        for target in Target::select(None, WindowsAbi::Gnullvm)? {
            for triple in &target.triples {
                assert!(super::target(triple).is_some(), "{triple}");
            }
        }
        assert!(TABLE.release.iter().all(|release| release.sha256.len() == 64));
        Ok(())
    }

    /// A zig that prints how it was called.
    fn echo() -> Tool {
        Tool { path: "/bin/echo".into(), version: "0.17.1".to_owned() }
    }

    fn builder<'a>(zig: &'a Tool, stop: &'a CancelToken, dir: &Path) -> Builder<'a> {
        let (Some(release), Some(target)) = (release("4.0.3"), target("aarch64-apple-darwin")) else { panic!("rows") };
        let (cargo, log) = (Call::new("/nowhere"), dir.join("log"));
        Builder { release, target, zig, cargo, cores: 1, log, stop }
    }

    #[cfg(unix)]
    #[test]
    fn its_build_sees_no_flags_of_the_user_and_always_the_same_names() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a directory ").tempdir()?;
        let (zig, stop) = (echo(), CancelToken::default());
        let builder = builder(&zig, &stop, dir.path());
        builder.compilers(&dir.path().join("bin"), dir.path())?;
        let script = "unset HOME; $CC -c x.c; $AR qc x.a; echo $SOURCE_DATE_EPOCH ${MAKEFLAGS-none} ${CFLAGS-none}";
        let call = builder.call("/bin/sh", dir.path()).args(["-c", script]);
        let said = call.stdout(std::time::Duration::from_secs(10), builder.stop)?;
        let map = format!("-ffile-prefix-map={}=/openssl", dir.path().display());
        let cc = format!("cc -target aarch64-macos.11.0-none -g0 -fno-sanitize=all {map} -c x.c");
        assert_eq!(said, format!("{cc}\nar qc x.a\n315532800 none none\n"));
        let options = builder.options();
        assert_eq!(options[0], "darwin64-arm64-cc");
        assert!(options.iter().all(|option| !option.contains(&*dir.path().to_string_lossy())), "{options:?}");
        Ok(())
    }

    #[test]
    fn what_is_kept_are_headers_libraries_and_the_license() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (zig, stop) = (echo(), CancelToken::default());
        let builder = builder(&zig, &stop, dir.path());
        let (source, files) = (dir.path().join("source"), dir.path().join("files"));
        fs_err::create_dir_all(source.join("include/openssl"))?;
        for name in ["include/openssl/ssl.h", "include/openssl/ssl.h.in", "libcrypto.a", "LICENSE.txt"] {
            fs_err::write(source.join(name), name)?;
        }
        let missing = builder.install(&source, &files).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(missing.contains("did not produce libssl.a"), "{missing}");
        fs_err::write(source.join("libssl.a"), "")?;
        builder.install(&source, &files)?;
        for (name, is_kept) in [
            ("include/openssl/ssl.h", true),
            ("include/openssl/ssl.h.in", false),
            ("lib/libssl.a", true),
            ("LICENSE.txt", true),
        ] {
            assert_eq!(files.join(name).is_file(), is_kept, "{name}");
        }
        Ok(())
    }

    #[test]
    fn another_zig_or_source_is_another_entry() {
        let (Some(new), Some(old)) = (release("4.0.3"), release("3.6.3")) else { panic!("two releases") };
        let Some(target) = target("x86_64-unknown-linux-gnu") else { panic!("a target") };
        let entries = [entry(new, target, "0.17.1"), entry(new, target, "0.17.0"), entry(old, target, "0.17.1")];
        assert!(entries[0].starts_with("openssl-4.0.3-x86_64-unknown-linux-gnu-"), "{}", entries[0]);
        assert!(entries[0] != entries[1] && entries[0] != entries[2]);
    }
}
