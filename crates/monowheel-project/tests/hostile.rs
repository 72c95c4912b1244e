//! Hostile manifests.
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_project::project::Project;

const PYPROJECT: &str = "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n\
     [project]\nname = \"x\"\nversion = \"1\"\n";
const CARGO: &str = "[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
     [dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py38\"] }\n";
/// The content of a private file, which must never be shown.
const SECRET: &str = "root:x:0:0:hunter2:/root:/bin/sh\n";

/// `DIR/x-1`, with additions to its two manifests, beside `DIR/secret`.
struct Source {
    dir: tempfile::TempDir,
    root: PathBuf,
}

impl Source {
    fn new(pyproject: &str, cargo: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("x-1");
        fs_err::create_dir_all(root.join("src")).unwrap();
        fs_err::write(root.join("pyproject.toml"), format!("{PYPROJECT}{pyproject}")).unwrap();
        fs_err::write(root.join("Cargo.toml"), format!("{CARGO}{cargo}")).unwrap();
        fs_err::write(root.join("src/lib.rs"), "").unwrap();
        fs_err::write(dir.path().join("secret"), SECRET).unwrap();
        Self { dir, root }
    }

    fn write(&self, path: &str, text: &str) -> &Self {
        let path = self.root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
        self
    }

    fn own(&self) -> Result<Project> {
        Project::read(&self.root)
    }

    fn theirs(&self) -> Result<Project> {
        Project::read_third_party(&self.root)
    }

    /// The error when it is refused, by both readers or only as a third party's.
    #[track_caller]
    fn refused(&self, by_both: bool, why: &str) {
        let theirs = said(self.theirs());
        assert!(theirs.contains(why), "{theirs}");
        if by_both {
            let own = said(self.own());
            assert!(own.contains(why), "{own}");
        } else {
            self.own().unwrap();
        }
    }
}

#[track_caller]
fn said(read: Result<Project>) -> String {
    let said = read.unwrap_err().to_string();
    assert!(!said.contains("hunter2"), "it quotes a file that is not the project's:\n{said}");
    said
}

fn maturin(key: &str, value: &str) -> Source {
    Source::new(&format!("[tool.maturin]\n{key} = {value:?}\n"), "")
}

#[test]
fn a_manifest_path_is_a_cargo_toml_inside() {
    for path in ["/dev/zero", "/dev/stdin", "/etc/passwd"] {
        maturin("manifest-path", path).refused(true, "manifest-path is not a relative path");
    }
    for path in ["../secret", "../../../../../../etc/passwd"] {
        maturin("manifest-path", path).refused(true, "manifest-path ");
    }
    maturin("manifest-path", "pyproject.toml").refused(true, "does not name a Cargo.toml");
    maturin("manifest-path", "src").refused(true, "does not name a Cargo.toml");
    // The user's own project may have its crate beside it.
    let beside = maturin("manifest-path", "../rust/Cargo.toml");
    beside.write("../rust/Cargo.toml", CARGO).write("../rust/src/lib.rs", "");
    beside.refused(false, "points outside the project");
    let inside = maturin("manifest-path", "rust/Cargo.toml");
    inside.write("rust/Cargo.toml", CARGO).theirs().unwrap();
}

#[test]
fn a_checkout_is_one_source() {
    let beside = maturin("manifest-path", "../rust/Cargo.toml");
    beside.write("../rust/Cargo.toml", CARGO);
    assert!(said(Project::read_checkout(&beside.root)).contains("points outside the project"));
    fs_err::create_dir(beside.dir.path().join(".git")).unwrap();
    Project::read_checkout(&beside.root).unwrap();
    // An sdist that is unpacked inside a checkout is not part of it.
    beside.refused(false, "points outside the project");
}

#[test]
fn sources_and_the_library_are_inside() {
    maturin("python-source", "/").refused(true, "python-source is not a relative path");
    maturin("python-source", "..").refused(false, "python-source points outside");
    let library = |path: &str| {
        let source = Source::new("", "");
        let cargo = CARGO.replace("[lib]\n", &format!("[lib]\npath = {path:?}\n"));
        source.write("Cargo.toml", &cargo);
        source
    };
    library("/dev/stdin").refused(true, "[lib] path is not a relative path");
    library("../lib.rs").refused(false, "[lib] path points outside");
    library("rust/lib.rs").theirs().unwrap();
}

#[test]
fn no_workspace_outside_is_inherited_from() {
    let inheriting = Source::new("", "");
    inheriting.write("Cargo.toml", &CARGO.replace("version = \"1.0.0\"", "version.workspace = true"));
    inheriting.write("../Cargo.toml", "[workspace]\nmembers = [\"x-1\"]\n[workspace.package]\nversion = \"2.0.0\"\n");
    inheriting.refused(false, "no workspace above it");
    assert_eq!(inheriting.own().unwrap().version, "1");
    for path in ["/dev", "../", "../../../../.."] {
        let named = Source::new("", "");
        let package = format!("version.workspace = true\nworkspace = {path:?}");
        named.write("Cargo.toml", &CARGO.replace("version = \"1.0.0\"", &package));
        assert!(said(named.theirs()).contains("[package] workspace"), "{path}");
    }
}

#[test]
fn no_lock_file_outside_counts() {
    let source = Source::new("", "");
    source.write("../Cargo.toml", "[workspace]\n").write("../Cargo.lock", "version = 4\n");
    assert!(source.own().unwrap().lock.is_some());
    assert_eq!(source.theirs().unwrap().lock, None);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_is_neither_followed_nor_quoted() {
    use fs_err::os::unix::fs::symlink;
    for (name, what) in [("Cargo.toml", "outside the project"), ("pyproject.toml", "not quoted"), ("Cargo.lock", "")] {
        let source = Source::new("", "");
        let _ = fs_err::remove_file(source.root.join(name));
        symlink("../secret", source.root.join(name)).unwrap();
        let own = said(source.own());
        assert!(own.contains("not quoted"), "{own}");
        match what {
            // It is not a lock of this source.
            "" => assert_eq!(source.theirs().unwrap().lock, None),
            what => assert!(said(source.theirs()).contains(what)),
        }
    }
    let folder = Source::new("", "");
    fs_err::remove_dir_all(folder.root.join("src")).unwrap();
    symlink("/", folder.root.join("src")).unwrap();
    folder.theirs().unwrap();
}

#[cfg(unix)]
#[test]
fn a_fifo_or_a_device_in_the_place_of_a_manifest_is_refused_at_once() {
    for name in ["Cargo.toml", "pyproject.toml", "Cargo.lock"] {
        let source = Source::new("", "");
        let path = source.root.join(name);
        let _ = fs_err::remove_file(&path);
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
        source.refused(true, "is a FIFO");
        fs_err::remove_file(&path).unwrap();
        fs_err::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        let own = said(source.own());
        assert!(own.contains("is a device") || own.contains("not quoted"), "{own}");
    }
}

#[test]
fn a_manifest_is_not_read_without_end() {
    let source = Source::new("", "");
    let file = fs_err::File::create(source.root.join("Cargo.toml")).unwrap();
    // A sparse file: nothing is written.
    file.set_len(1 << 40).unwrap();
    source.refused(true, "is larger than 32 MiB");
}

#[test]
fn deeply_nested_text_is_an_error_and_not_the_end_of_the_stack() {
    let deep = 30_000;
    let texts = [
        format!("a = {}", "[".repeat(deep)),
        format!("a = {}1{}", "[".repeat(deep), "]".repeat(deep)),
        format!("a = {}", "{a=".repeat(deep)),
        format!("[{}a]", "a.".repeat(deep)),
        format!("{}a = 1", "a.".repeat(deep)),
        format!("{}a{}", "[".repeat(deep), "]".repeat(deep)),
    ];
    for text in &texts {
        for name in ["Cargo.toml", "pyproject.toml", "Cargo.lock"] {
            let source = Source::new("", "");
            source.write(name, text);
            let _ = source.theirs();
        }
    }
    let nested = Source::new("", "");
    nested.write("pyproject.toml", &texts[1]);
    assert!(said(nested.own()).contains("not valid"));
}

#[test]
fn features_without_end_are_walked_once_or_refused() {
    let chain = |length: usize| {
        let mut text = "[features]\n".to_owned();
        for number in 0..length {
            text += &format!("f{number} = [\"f{}\"]\n", number + 1);
        }
        text + &format!("f{length} = [\"pyo3/abi3-py38\", \"f0\"]\n")
    };
    let cargo = CARGO.replace(", features = [\"abi3-py38\"]", "");
    let source = Source::new("", "");
    source.write("Cargo.toml", &(cargo.clone() + &chain(12_000)));
    let routes = source.theirs().unwrap().routes(Some(&["abi3".parse().unwrap()]), None).unwrap();
    assert_eq!(routes[0].features, ["f0"]);
    source.write("Cargo.toml", &(cargo + &chain(20_000)));
    source.refused(true, "more than 20000 features");
}

#[test]
fn the_examples_are_read_as_third_parties_too() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    for entry in fs_err::read_dir(examples).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("x-1");
        fs_err::create_dir(&root).unwrap();
        for name in ["pyproject.toml", "Cargo.toml"] {
            fs_err::copy(entry.path().join(name), root.join(name)).unwrap();
        }
        Project::read_third_party(&root).unwrap();
    }
}
