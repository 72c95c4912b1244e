//! wine, extracted from Debian's packages and relocated, with its own Windows prefix.
//!
//! wine's loader and server are the only programs; patchelf points both to the C library next to them.
//! The rest is libraries. The copies of them in a prefix (`drive_c` and a registry) are linked to the
//! originals, which halves its size.
//!
//! The server and Windows' services outlive the program that started them, and keep its pipes open:
//! readers would wait for them. The script of [`Wine::script`] therefore starts both without any pipe
//! before it starts a program.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_system::exec::{Call, CancelToken, quoted};

use super::{Apt, Site, apt, pins, qemu};

/// Part of the recipe's key: increment it when the result changes.
pub(super) const REVISION: &str = "wine 1";

/// The suite with wine 10. wine 8, of the previous one, does not have calls that the pip of Python 3.13 needs.
const SUITE: &str = "trixie";
/// wine and the libraries that it loads for a console program: most of the 190 packages that Debian
/// installs with it are for graphics, sound and printing.
const PACKAGES: &[&str] = &[
    "wine64",
    "libwine",
    "libc6",
    "libgcc-s1",
    "liblzma5",
    "libunwind8",
    "libz-mingw-w64",
    // Without it wine complains about fonts at each start.
    "libbrotli1",
    "libbz2-1.0",
    "libfreetype6",
    "libpng16-16t64",
    "zlib1g",
];
/// Where Debian puts libraries.
const LIBRARIES: &str = "usr/lib/x86_64-linux-gnu";
/// The one library of Windows that Debian's wine imports from another package.
const ZLIB: &str = "usr/x86_64-w64-mingw32/lib/zlib1.dll";
/// Files that no program here needs.
const UNWANTED: &[&str] = &[
    "usr/i686-w64-mingw32",
    "usr/lib/x86_64-linux-gnu/wine/i386-windows",
    "usr/share/doc",
    "usr/share/lintian",
    "usr/share/man",
    "usr/x86_64-w64-mingw32ucrt",
];
/// No .NET, no browser, no debugger with a window that nobody could close, and no changes to the desktop's menu.
const OVERRIDES: &str = "mscoree,mshtml,winedbg.exe=;winemenubuilder.exe=d";
/// How many seconds the server outlives its last program. A start of both costs 0.8 s, one of a program 0.1 s.
const LINGER: u32 = 60;
/// How long the server may take to write its registry and end.
const END: Duration = Duration::from_secs(60);

/// A ready wine, and its Windows prefix.
#[derive(Debug)]
pub(super) struct Wine {
    root: PathBuf,
    prefix: PathBuf,
}

impl Wine {
    /// The lab's wine, installed now if missing.
    ///
    /// # Errors
    /// When it cannot be downloaded, patched or started.
    pub(super) fn ready(site: &Site<'_>) -> Result<Self> {
        let root = site.piece("wine", REVISION, |work, home| unpack(site, work, home))?;
        let key = format!("{REVISION}\n{}", root.display());
        let prefix = site.piece("wine-prefix", &key, |work, _| {
            site.say("creating a Windows prefix");
            let wine = Self { root: root.clone(), prefix: work.to_path_buf() };
            wine.boot(site)?;
            // Never updated by a program's start, whatever the dates of files.
            fs_err::write(work.join(".update-timestamp"), "disable\n")?;
            share(&root.join(LIBRARIES).join("wine/x86_64-windows"), &work.join("drive_c/windows/system32"))
        })?;
        Ok(Self { root, prefix })
    }

    /// A script that starts `words` and its own arguments under this wine.
    pub(super) fn script(&self, words: &[&Path]) -> String {
        let [wine, server] = [quoted(self.loader()), quoted(self.server())];
        let prefix = quoted(&self.prefix);
        let words: String = words.iter().map(|word| format!("{} ", quoted(word))).collect();
        format!(
            r#"#!/bin/sh
# Settings in the environment belong to another wine, and there is no display.
unset DISPLAY WAYLAND_DISPLAY WINEDLLPATH WINELOADER WINESERVER
export WINEPREFIX={prefix} WINEARCH=win64 WINEDEBUG="${{WINEDEBUG:--all}}" LC_ALL=C.UTF-8
export WINEDLLOVERRIDES='{OVERRIDES}'
# Who finds no server (the others get 2) starts it and Windows' services, apart from any pipe of ours.
(
    flock 9
    if setsid {server} -p{LINGER} 9>&-; then setsid {wine} wineboot 9>&-; fi
) 9>"$WINEPREFIX/.starting" </dev/null >/dev/null 2>&1
exec {wine} {words}"$@"
"#
        )
    }

    /// The directories that must be kept.
    pub(super) fn folders(self) -> Vec<PathBuf> {
        vec![self.root, self.prefix]
    }

    fn loader(&self) -> PathBuf {
        self.root.join("usr/lib/wine/wine64")
    }

    fn server(&self) -> PathBuf {
        self.root.join("usr/lib/wine/wineserver64")
    }

    fn call(&self, program: &Path) -> Call {
        ["DISPLAY", "WAYLAND_DISPLAY", "WINEDLLPATH", "WINELOADER", "WINESERVER"]
            .iter()
            .fold(Call::new(program), |call, name| call.without_env(name))
            .env("WINEPREFIX", &self.prefix)
            .env("WINEARCH", "win64")
            .env("WINEDEBUG", "-all")
            .env("WINEDLLOVERRIDES", OVERRIDES)
            .env("LC_ALL", "C.UTF-8")
    }

    /// Fills the prefix, and ends all started processes: the directory is moved or removed afterwards.
    fn boot(&self, site: &Site<'_>) -> Result<()> {
        let system = self.prefix.join("drive_c/windows/system32");
        fs_err::create_dir_all(&system)?;
        fs_err::copy(self.root.join(ZLIB), system.join("zlib1.dll"))?;
        // Not interrupted by Ctrl-C, which asks for exactly this. `-k` asks Windows to end, `-w` waits for it.
        let apart = CancelToken::default();
        // A server is identified by its directory's inode number. One that outlived a removed directory with
        // the same number would be taken for ours.
        let _ = self.call(&self.server()).arg("-k").capture(END, &apart);
        let booted =
            site.run(&self.call(&self.loader()).args(["wineboot", "-i"]), "wine could not create a Windows prefix");
        if booted.is_err() {
            let _ = self.call(&self.server()).arg("-k").capture(END, &apart);
        }
        let ended = self.call(&self.server()).arg("-w").capture(END, &apart);
        booted.and(ended.map(|_| ()))
    }
}

/// Extracts wine into `work`, to be run in `home`.
fn unpack(site: &Site<'_>, work: &Path, home: &Path) -> Result<()> {
    let patchelf = pins::patchelf(site)?;
    let debs = Apt::open(site, SUITE, "amd64")?.fetch_only(site, PACKAGES)?;
    site.say("extracting wine");
    apt::extract(site, &debs, work)?;
    apt::forget(&debs)?;
    for folder in UNWANTED {
        super::gone(&work.join(folder))?;
    }
    let libraries = work.join(LIBRARIES);
    fs_err::copy(work.join(ZLIB), libraries.join("wine/x86_64-windows/zlib1.dll"))?;
    // The loader looks for the server by this name, and for share/wine/wine/nls.
    let programs = work.join("usr/lib/wine");
    fs_err::remove_file(programs.join("wineserver"))?;
    qemu::link(Path::new("wineserver64"), &programs.join("wineserver"))?;
    qemu::link(Path::new("."), &work.join("usr/share/wine/wine"))?;
    for program in ["wine64", "wineserver64"] {
        let call = Call::new(&patchelf)
            .arg("--set-interpreter")
            .arg(home.join("usr/lib64/ld-linux-x86-64.so.2"))
            // Unlike a RUNPATH, an RPATH also applies to libraries loaded later by wine's own libraries.
            .args(["--force-rpath", "--set-rpath"])
            .arg(home.join(LIBRARIES))
            .arg(programs.join(program));
        site.run(&call, &format!("could not patch {program}"))?;
    }
    Ok(())
}

/// Replaces the files of `copies` that are equal to those of the same name in `originals` by links to
/// them. If a link cannot be created, the copy stays.
fn share(originals: &Path, copies: &Path) -> Result<()> {
    for entry in fs_err::read_dir(copies)? {
        let copy = entry?.path();
        let Some(name) = copy.file_name() else { continue };
        let original = originals.join(name);
        let of_size =
            |path: &Path| fs_err::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
        if copy.is_symlink() || of_size(&copy).is_none() || of_size(&copy) != of_size(&original) {
            continue;
        }
        if fs_err::read(&copy)? != fs_err::read(&original)? {
            continue;
        }
        let draft = copy.with_extension("linked");
        if fs_err::hard_link(&original, &draft).is_ok() {
            fs_err::rename(&draft, &copy)?;
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// A wine whose programs are scripts: the server says that it was there, the loader shows its words.
    #[test]
    fn the_script_survives_spaces_and_quotes() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("it's a \"lab\" ").tempdir()?;
        let wine = Wine { root: dir.path().join("wine"), prefix: dir.path().join("my prefix") };
        fs_err::create_dir_all(&wine.prefix)?;
        fs_err::create_dir_all(dir.path().join("wine/usr/lib/wine"))?;
        let server = "#!/bin/sh\necho \"server $*\" >>\"$WINEPREFIX/started\"\n";
        let loader = "#!/bin/sh\nif [ \"$1\" = wineboot ]; then echo boot >>\"$WINEPREFIX/started\"; exit; fi\nprintf '%s|' \"$@\"\nprintf %s \"$DISPLAY\"\nexit 7\n";
        qemu::executable(&wine.server(), server)?;
        qemu::executable(&wine.loader(), loader)?;
        let script = dir.path().join("python");
        qemu::executable(&script, &wine.script(&[Path::new("/a b/run.exe"), Path::new("/it's/python.exe")]))?;
        let call = Call::new(&script).args(["-c", "a 'b' \"c\"", ""]).env("DISPLAY", ":0");
        let said = call.capture(Duration::from_secs(20), &CancelToken::default())?;
        assert_eq!(said.stdout, "/a b/run.exe|/it's/python.exe|-c|a 'b' \"c\"||");
        assert_eq!((said.stderr.as_str(), said.status.code()), ("", Some(7)));
        let started = fs_err::read_to_string(wine.prefix.join("started"))?;
        assert_eq!(started, format!("server -p{LINGER}\nboot\n"));
        Ok(())
    }

    #[test]
    fn equal_files_are_shared_and_others_are_not() -> Result<()> {
        use std::os::unix::fs::MetadataExt as _;
        let dir = tempfile::tempdir()?;
        let [originals, copies] = ["originals", "copies"].map(|name| dir.path().join(name));
        for (folder, other) in [(&originals, "original"), (&copies, "changed.")] {
            fs_err::create_dir(folder)?;
            fs_err::write(folder.join("same.dll"), "the same")?;
            fs_err::write(folder.join("other.dll"), other)?;
        }
        fs_err::write(copies.join("own.dll"), "own")?;
        share(&originals, &copies)?;
        let inode = |path: PathBuf| fs_err::metadata(path).map(|file| file.ino());
        assert_eq!(inode(originals.join("same.dll"))?, inode(copies.join("same.dll"))?);
        assert_ne!(inode(originals.join("other.dll"))?, inode(copies.join("other.dll"))?);
        assert_eq!(fs_err::read_to_string(copies.join("other.dll"))?, "changed.");
        assert_eq!(fs_err::read_dir(&copies)?.count(), 3);
        Ok(())
    }
}
