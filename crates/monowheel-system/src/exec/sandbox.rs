//! The view of this machine for third-party code: the paths that it may read, and those that it may write.
//!
//! Everything else does not exist for it. The directories of the system's programs are always included.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{Call, Variable};

/// The directories of programs and libraries. If one is a link into another (`/bin` to `usr/bin`), it is a link inside
/// too.
const SYSTEM: [&str; 10] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix/store", "/gnu/store"];
/// The files that programs need in `/etc`. The rest of it may hold secrets: password hashes, keys, access to clusters.
const ETC: [&str; 27] = [
    "alternatives",
    "ca-certificates",
    "ca-certificates.conf",
    "crypto-policies",
    "debian_version",
    "fonts",
    "gai.conf",
    "group",
    "host.conf",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "ld-musl-aarch64.path",
    "ld-musl-x86_64.path",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "os-release",
    "passwd",
    "pki",
    "protocols",
    "python3",
    "resolv.conf",
    "services",
    "ssl",
    "timezone",
];
/// Variables that contain no personal data, and affect how programs run.
const KEPT: [&str; 11] = [
    "COLUMNS",
    "FORCE_COLOR",
    "LANG",
    "LANGUAGE",
    "LD_LIBRARY_PATH",
    "NO_COLOR",
    "PATH",
    "RUST_BACKTRACE",
    "SOURCE_DATE_EPOCH",
    "TERM",
    "TZ",
];
/// The home directory inside. Empty, and in memory.
const HOME: &str = "/tmp/home";

/// The sandbox of one call.
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    readable: Vec<PathBuf>,
    writable: Vec<PathBuf>,
    /// A file, and the path at which it is seen.
    replaced: Vec<(PathBuf, PathBuf)>,
    variables: Vec<OsString>,
    has_network: bool,
}

impl Sandbox {
    /// Allows reading this file or directory, if it exists.
    #[must_use]
    pub fn reads(mut self, path: impl AsRef<Path>) -> Self {
        self.readable.extend(places(path.as_ref()));
        self
    }

    /// Allows writing this directory, which must exist.
    #[must_use]
    pub fn writes(mut self, path: impl AsRef<Path>) -> Self {
        self.writable.extend(places(path.as_ref()));
        self
    }

    /// Shows `file` at `place`, instead of the file that is there.
    #[must_use]
    pub fn reads_at(mut self, file: impl AsRef<Path>, place: impl AsRef<Path>) -> Self {
        self.replaced.push((file.as_ref().to_path_buf(), place.as_ref().to_path_buf()));
        self
    }

    /// Passes on a variable of this process.
    #[must_use]
    pub fn keeps(mut self, name: impl AsRef<OsStr>) -> Self {
        self.variables.push(name.as_ref().to_os_string());
        self
    }

    /// Allows using the network.
    #[must_use]
    pub const fn with_network(mut self) -> Self {
        self.has_network = true;
        self
    }

    /// `call` with the bubblewrap at `bwrap`, in this sandbox. Variables that the call itself sets stay, except for
    /// secrets.
    pub(super) fn around(&self, bwrap: &Path, call: Call) -> Call {
        let mut words = self.words();
        words.extend(call.dir.iter().flat_map(|dir| ["--chdir".into(), dir.into()]));
        words.push("--".into());
        // The directory of the call is one inside; an empty one is kept as long as the call.
        let mut wrapped = Call { dir: None, ..call.within(bwrap, words) };
        let is_kept = |name: &OsString| {
            let text = name.to_string_lossy();
            text.starts_with("LC_") || KEPT.contains(&&*text) || self.variables.contains(name)
        };
        let foreign = std::env::vars_os().map(|(name, _)| name).filter(|name| !is_kept(name));
        let own = std::mem::take(&mut wrapped.env);
        wrapped.env = foreign.map(|name| (name, Variable::Removed)).collect();
        wrapped.env.extend(own.into_iter().filter(|(_, value)| !matches!(value, Variable::Secret(_))));
        wrapped.env("HOME", HOME).env("TMPDIR", "/tmp")
    }

    /// The options of bubblewrap. Later mounts cover earlier ones: writable paths come last.
    fn words(&self) -> Vec<OsString> {
        let mut words = Words::default();
        words.add(&["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]);
        if !self.has_network {
            words.add(&["--unshare-net"]);
        }
        words.add(&["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "isolated"]);
        words.add(&["--tmpfs", "/tmp", "--dir", HOME]);
        for directory in SYSTEM {
            words.system(Path::new(directory));
        }
        for name in ETC {
            words.mount("--ro-bind-try", &Path::new("/etc").join(name));
        }
        if self.has_network {
            // systemd's is a link to a path that does not exist otherwise.
            if let Ok(real) = std::fs::canonicalize("/etc/resolv.conf") {
                words.mount("--ro-bind-try", &real);
            }
        }
        words.add(&["--proc", "/proc", "--dev", "/dev"]);
        let mut readable: Vec<PathBuf> = path_directories().chain(self.readable.iter().cloned()).collect();
        // A directory before its content.
        readable.sort();
        readable.dedup();
        readable.retain(|path| !is_too_wide(path));
        let shown: Vec<&PathBuf> = readable.iter().chain(&self.writable).collect();
        for path in readable.iter().filter(|path| !is_shown_link(path, &shown)) {
            words.mount("--ro-bind-try", path);
        }
        for path in self.writable.iter().filter(|path| !is_shown_link(path, &shown)) {
            words.mount("--bind", path);
        }
        for (file, place) in &self.replaced {
            words.0.extend(["--ro-bind".into(), file.into(), place.into()]);
        }
        words.0
    }
}

/// A list of bubblewrap options.
#[derive(Default)]
struct Words(Vec<OsString>);

impl Words {
    fn add(&mut self, words: &[&str]) {
        self.0.extend(words.iter().map(OsString::from));
    }

    /// The same path inside and outside.
    fn mount(&mut self, how: &str, path: &Path) {
        self.0.extend([OsString::from(how), path.into(), path.into()]);
    }

    fn system(&mut self, directory: &Path) {
        match std::fs::read_link(directory) {
            Ok(target) => self.0.extend(["--symlink".into(), target.into(), directory.into()]),
            Err(_) => self.mount("--ro-bind-try", directory),
        }
    }
}

/// A path as it was named, and its real path.
fn places(path: &Path) -> Vec<PathBuf> {
    let named = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let real = std::fs::canonicalize(path).ok().filter(|real| *real != named);
    std::iter::once(named).chain(real).collect()
}

/// Whether a path leads through a link that is already visible, because a directory above it is: nothing can be mounted
/// on it, and its target is mounted anyway ([`places`]).
fn is_shown_link(path: &Path, shown: &[&PathBuf]) -> bool {
    let is_link = std::fs::canonicalize(path).is_ok_and(|real| real != path);
    is_link && shown.iter().any(|other| other.as_path() != path && path.starts_with(other))
}

/// Tools may be anywhere on PATH: in an environment, in `~/.local/bin`.
fn path_directories() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories: Vec<PathBuf> = std::env::split_paths(&path).filter(|path| path.is_absolute()).collect();
    directories.into_iter().filter(|path| !SYSTEM.iter().any(|system| path.starts_with(system)))
}

/// Whether a directory contains too much to show: everything, or somebody's home.
fn is_too_wide(path: &Path) -> bool {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let shared = ["/tmp", "/etc", "/var/tmp", "/run", "/home", "/root"];
    home.is_some_and(|home| home.starts_with(path)) || shared.iter().any(|shared| Path::new(shared).starts_with(path))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn words(sandbox: &Sandbox) -> Vec<String> {
        sandbox.words().into_iter().map(|word| word.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn nothing_wide_is_shown_and_what_is_writable_comes_last() {
        let dir = tempfile::tempdir().unwrap();
        let home = std::env::var("HOME").unwrap_or_default();
        let sandbox = Sandbox::default().reads("/").reads(&home).reads("/tmp").reads(dir.path()).writes(dir.path());
        let words = words(&sandbox);
        let mounted = |how: &str, place: &str| words.windows(2).rposition(|pair| pair[0] == how && pair[1] == place);
        let place = dir.path().display().to_string();
        for wide in ["/", "/tmp", home.as_str()] {
            assert_eq!(mounted("--ro-bind-try", wide), None, "{wide}");
        }
        assert!(mounted("--bind", &place) > mounted("--ro-bind-try", &place));
        assert!(mounted("--ro-bind-try", &place).is_some());
        assert!(words.contains(&"--unshare-net".to_owned()));
        assert!(!self::words(&Sandbox::default().with_network()).contains(&"--unshare-net".to_owned()));
    }

    #[test]
    fn a_secret_of_the_call_stays_outside() {
        let call = Call::new("x").env("A", "1").secret("TOKEN", "s").dir("/usr");
        let wrapped = Sandbox::default().around(Path::new("/usr/bin/bwrap"), call);
        let set =
            |name: &str| wrapped.env.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        assert!(matches!(set("A"), Some(Variable::Set(_))));
        assert!(!matches!(set("TOKEN"), Some(Variable::Secret(_) | Variable::Set(_))));
        assert!(wrapped.shell_line().contains("--chdir /usr -- x"), "{}", wrapped.shell_line());
    }
}
