//! A hostile directory: a project surrounded by programs that leave a mark.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use monowheel_forge::wheel::Wheel;

use crate::traps::program::python;

/// Modules of the standard library that a short script imports, directly or indirectly.
const MODULES: [&str; 12] = [
    "contextlib",
    "functools",
    "json",
    "pathlib",
    "platform",
    "re",
    "struct",
    "subprocess",
    "sysconfig",
    "threading",
    "types",
    "warnings",
];
/// Modules that Python imports by itself if it finds them, and built-in ones of some versions.
const CUSTOMIZE: [&str; 5] = ["sitecustomize", "usercustomize", "importlib", "runpy", "site"];
/// Packages that monowheel runs or searches for.
const PACKAGES: [&str; 8] = ["ensurepip", "id", "monowheel", "pip", "pypi_attestations", "twine", "venv", "ziglang"];
/// Programs that monowheel or its child processes start.
const PROGRAMS: [&str; 30] = [
    "apt-get",
    "cargo",
    "cargo-evil",
    "cargo-zigbuild",
    "cc",
    "diffoscope",
    "dpkg-deb",
    "env",
    "gdb",
    "git",
    "git-lfs",
    "maturin",
    "perf",
    "py-spy",
    "pypy3",
    "python",
    "python3",
    "python3.11",
    "python3.13",
    "rustc",
    "rustup",
    "sccache",
    "sh",
    "sleep",
    "ssh",
    "tar",
    "twine",
    "uv",
    "xonsh",
    "zig",
];
/// Files that a build or a tool for developers runs.
const SCRIPTS: [&str; 4] = ["conftest.py", "evil_backend.py", "noxfile.py", "setup.py"];

/// The directory, and where its traps leave their marks.
pub(super) struct Directory {
    dir: tempfile::TempDir,
}

impl Directory {
    /// A project, its wheel and its sdist, without traps.
    pub(super) fn harmless() -> Self {
        let directory = Self { dir: tempfile::Builder::new().prefix("checkout-").tempdir().unwrap() };
        fs_err::create_dir(directory.marks()).unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hello_world");
        copy(&example, &directory.root());
        let wheel = Wheel::abi3("manylinux_2_17_x86_64.manylinux2014_x86_64");
        directory.write(&format!("dist/{}", wheel.file), wheel.bytes());
        directory
    }

    /// Every trap at once.
    pub(super) fn hostile() -> Self {
        let directory = Self::harmless();
        directory.modules();
        directory.packages();
        directory.programs();
        directory.cargo();
        directory.toolchain();
        directory.scripts();
        directory.environment();
        directory.roots();
        directory.sdist();
        // Last: everything is committed.
        directory.git();
        directory
    }

    pub(super) fn root(&self) -> PathBuf {
        self.dir.path().join("project")
    }

    fn marks(&self) -> PathBuf {
        self.dir.path().join("marks")
    }

    /// The cache of a command: empty, so that it asks for everything again.
    pub(super) fn cache(&self) -> PathBuf {
        self.dir.path().join("cache")
    }

    /// The Python of an empty environment, which is not a trap.
    pub(super) fn empty_environment(&self) -> PathBuf {
        let folder = self.dir.path().join("environment");
        let python = python();
        let done = Command::new(python).args(["-I", "-m", "venv", "--without-pip"]).arg(&folder).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        folder.join("bin/python")
    }

    pub(super) fn wheel(&self) -> PathBuf {
        let mut files = fs_err::read_dir(self.root().join("dist")).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|end| end == "whl")).unwrap()
    }

    /// Which traps fired since the last time.
    pub(super) fn fired(&self) -> BTreeSet<String> {
        let entries: Vec<_> = fs_err::read_dir(self.marks()).unwrap().map(|entry| entry.unwrap()).collect();
        for entry in &entries {
            fs_err::remove_file(entry.path()).unwrap();
        }
        entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    /// Python modules beside the project, and a `.pth` file.
    pub(super) fn modules(&self) -> Vec<&'static str> {
        for name in MODULES.into_iter().chain(CUSTOMIZE) {
            self.write(&format!("{name}.py"), self.python(&format!("module-{name}")));
        }
        self.write("evil.pth", format!("import os; open({:?}, 'w')\n", self.marks().join("pth")));
        MODULES.to_vec()
    }

    /// Packages of the names of those that are run or searched for.
    pub(super) fn packages(&self) -> Vec<&'static str> {
        for name in PACKAGES {
            self.write(&format!("{name}/__init__.py"), self.python(&format!("module-{name}")));
            self.write(&format!("{name}/__main__.py"), self.python(&format!("main-{name}")));
        }
        self.program("ziglang/zig", "ziglang-zig", "echo 0.17.0");
        PACKAGES.to_vec()
    }

    /// Programs in the directory itself and in `bin`, for a PATH with relative entries.
    pub(super) fn programs(&self) -> Vec<&'static str> {
        for name in PROGRAMS {
            // A directory of this name is a trap, too, or the example's.
            if !self.root().join(name).is_dir() {
                self.program(name, &format!("program-{name}"), "exit 1");
            }
            self.program(&format!("bin/{name}"), &format!("program-{name}"), "exit 1");
        }
        PROGRAMS.to_vec()
    }

    /// Settings of cargo that replace or wrap what it starts.
    pub(super) fn cargo(&self) {
        let wrapper = self.program("evil/wrapper", "rustc-wrapper", "exec \"$@\"");
        let rustc = self.program("evil/rustc", "build-rustc", "exec rustc \"$@\"");
        let provider = self.program("evil/provider", "credential-provider", "exit 1");
        let runner = self.program("evil/runner", "runner", "exit 1");
        let linker = self.program("evil/linker", "linker", "exit 1");
        self.write(
            ".cargo/config.toml",
            format!(
                "[build]\nrustc = '{rustc}'\nrustc-wrapper = '{wrapper}'\nrustc-workspace-wrapper = '{wrapper}'\n\
                 [alias]\nlook = 'evil'\n\
                 [env]\nPYO3_PYTHON = {{ value = './python3', force = true }}\n\
                 [registries.evil]\nindex = 'sparse+http://127.0.0.1:9/'\ncredential-provider = ['{provider}']\n\
                 [target.'cfg(all())']\nrunner = '{runner}'\nlinker = '{linker}'\n"
            ),
        );
        self.write("build.rs", "fn main() { std::fs::write(env!(\"MARK\"), \"\").unwrap(); }\n");
    }

    /// A toolchain file that names a toolchain by its path, in both forms that rustup reads.
    pub(super) fn toolchain(&self) {
        for tool in ["rustc", "cargo"] {
            self.program(&format!("evil/toolchain/bin/{tool}"), &format!("toolchain-{tool}"), "exit 1");
        }
        fs_err::create_dir_all(self.root().join("evil/toolchain/lib")).unwrap();
        let path = self.root().join("evil/toolchain");
        self.write("rust-toolchain.toml", format!("[toolchain]\npath = '{}'\n", path.display()));
        self.write(".python-version", format!("{}\n", path.display()));
    }

    /// Files with code, or names of code, that a build, a test runner or an editor runs.
    pub(super) fn scripts(&self) -> Vec<&'static str> {
        for name in SCRIPTS {
            self.write(name, self.python(&format!("script-{name}")));
        }
        self.write("tox.ini", format!("[testenv]\ncommands = {}\n", self.program("evil/tox", "tox", "exit 1")));
        SCRIPTS.to_vec()
    }

    /// A virtual environment in the project, as tools look for one.
    pub(super) fn environment(&self) -> Vec<&'static str> {
        let programs = ["python", "python3", "maturin", "zig", "pip"];
        for folder in [".venv/bin", "venv/bin"] {
            for name in programs {
                self.program(&format!("{folder}/{name}"), &format!("environment-{name}"), "exit 1");
            }
        }
        for file in [".venv/pyvenv.cfg", "venv/pyvenv.cfg", "pyvenv.cfg"] {
            self.write(file, format!("home = {}\ninclude-system-site-packages = true\n", self.root().display()));
        }
        programs.to_vec()
    }

    /// Interpreters and a toolchain in the layout of pyenv, uv and rustup, if their root were this directory.
    pub(super) fn roots(&self) {
        self.program("versions/3.9.1/bin/python3", "root-python", "exit 1");
        self.program("cpython-3.9/bin/python3", "root-python", "exit 1");
        for tool in ["rustc", "cargo"] {
            self.program(&format!("toolchains/evil/bin/{tool}"), &format!("root-{tool}"), "exit 1");
        }
    }

    /// A wheel that differs from the first.
    pub(super) fn other_wheel(&self) -> PathBuf {
        let wheel = Wheel::abi3("manylinux_2_17_x86_64.manylinux2014_x86_64").with("demo/other.txt", "other");
        self.write(&format!("other/{}", wheel.file), wheel.bytes());
        self.root().join("other").join(&wheel.file)
    }

    /// An sdist whose build backend is in it (PEP 517, `backend-path`).
    pub(super) fn sdist(&self) -> PathBuf {
        let path = self.root().join("evil-1.0.tar.gz");
        let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let project = "[build-system]\nrequires = []\nbuild-backend = \"evil_backend\"\nbackend-path = [\".\"]\n\
            [project]\nname = \"evil\"\nversion = \"1.0\"\n";
        let own = self.python("backend");
        for (name, text) in [("pyproject.toml", project), ("evil_backend.py", &own), ("setup.py", &own)] {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, format!("evil-1.0/{name}"), text.as_bytes()).unwrap();
        }
        fs_err::write(&path, archive.into_inner().unwrap().finish().unwrap()).unwrap();
        path
    }

    /// A checkout that came with its `.git`: hooks, and settings that name programs.
    pub(super) fn git(&self) {
        self.write(".gitattributes", "* filter=evil diff=evil merge=evil\n");
        self.write(".gitignore", "dist/\ntarget/\n");
        let git = |words: &[&str]| {
            let mut call = Command::new("git");
            call.args(["-c", "user.name=x", "-c", "user.email=x@x"]).args(words).current_dir(self.root());
            let done = call.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
            assert!(done.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&done.stderr));
        };
        git(&["init", "--quiet", "--initial-branch=main"]);
        git(&["add", "--all", "--force"]);
        git(&["commit", "--quiet", "-m", "x"]);
        git(&["remote", "add", "origin", "ssh://127.0.0.1:9/x"]);
        for key in [
            "core.fsmonitor",
            "core.sshCommand",
            "core.askPass",
            "core.pager",
            "core.editor",
            "credential.helper",
            "diff.external",
            "diff.evil.textconv",
            "diff.evil.command",
            "filter.evil.clean",
            "filter.evil.smudge",
            "gpg.program",
            "core.alternateRefsCommand",
            "core.gitProxy",
        ] {
            let then = if key.starts_with("filter") || key.ends_with("textconv") { "cat" } else { "exit 1" };
            let program = self.program(&format!(".git/{key}"), &format!("git-{key}"), then);
            git(&["config", key, &program]);
        }
        for hook in ["post-index-change", "reference-transaction", "pre-commit", "post-checkout", "pre-auto-gc"] {
            self.program(&format!(".git/hooks/{hook}"), &format!("git-hook-{hook}"), "exit 0");
        }
        // git has to read the files again, and run the filter on each.
        self.touch("Cargo.toml");
    }

    /// Gives a file a time that git's index does not know.
    pub(super) fn touch(&self, name: &str) {
        let file = fs_err::OpenOptions::new().append(true).open(self.root().join(name)).unwrap();
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(10);
        file.file().set_modified(later).unwrap();
    }

    /// A search path with `.` in it, and an empty entry at its end.
    pub(super) fn search_path() -> OsString {
        let mut path = OsString::from(".:bin:");
        path.push(std::env::var_os("PATH").unwrap());
        path.push(":");
        path
    }

    pub(super) fn mark(&self, name: &str) -> PathBuf {
        self.marks().join(name)
    }

    fn python(&self, mark: &str) -> String {
        format!("open({:?}, 'w').close()\n", self.mark(mark).display().to_string())
    }

    /// Writes a program that leaves a mark, and gives its path.
    fn program(&self, name: &str, mark: &str, then: &str) -> String {
        // Neither its first line nor its second searches for a program.
        self.write(name, format!("#!/bin/sh\n: > '{}'\n{then}\n", self.mark(mark).display()));
        let path = self.root().join(name);
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.root().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if entry.file_type().unwrap().is_dir() {
            if !["target", ".venv", ".tox", "dist"].iter().any(|made| name == *made) {
                copy(&entry.path(), &to.join(name));
            }
        } else {
            fs_err::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}
