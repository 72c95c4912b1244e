//! Problems found in the manifests of a project before anything is built.
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

use std::path::{Path, PathBuf};

use monowheel_error::Error;
use monowheel_project::preflight::{KEYS, Problem};
use monowheel_project::project::Project;

/// A project in a directory that is removed when this is dropped.
struct Fixture(tempfile::TempDir);

const CRATE: &str = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\nname = \"demo\"\ncrate-type = [\"cdylib\"]\n";
const PYO3: &str = "[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py39\"] }\n";

impl Fixture {
    /// With this after [`CRATE`], and as `[tool.maturin]`.
    fn new(cargo: &str, maturin: &str) -> Self {
        let fixture = Self(tempfile::tempdir().unwrap());
        fixture.write("Cargo.toml", &format!("{CRATE}{cargo}"));
        fixture.write("src/lib.rs", "");
        fixture.pyproject("\"maturin\"", &format!("[tool.maturin]\n{maturin}"));
        fixture
    }

    fn pyproject(&self, backend: &str, tables: &str) {
        let text = format!(
            "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = {backend}\n[project]\nname = \"demo\"\nversion = \"1\"\nrequires-python = \">=3.9\"\n{tables}"
        );
        self.write("pyproject.toml", &text);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn problems(&self) -> Vec<Problem> {
        Project::read(self.0.path()).unwrap().problems().unwrap()
    }

    /// The only problem, as `what -> next`.
    fn only(&self) -> String {
        let problems = self.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        format!("{} -> {}", problems[0].what, problems[0].next)
    }

    fn refused(&self) -> String {
        Project::read(self.0.path()).err().map(|error: Error| error.to_string()).unwrap_or_default()
    }
}

#[test]
fn a_project_as_it_should_be_has_no_problem() {
    let features = format!(
        "{PYO3}serde = {{ version = \"1\", optional = true }}\n[features]\nfast = []\n[profile.dist]\ninherits = \"release\"\n"
    );
    let maturin = "features = [\"fast\", \"serde\", \"pyo3/extension-module\", \"serde?/derive\", \"demo/fast\", { feature = \"fast\", python-version = \">=3.11\" }]\n\
        profile = \"dist\"\nstrip = true\ncompatibility = \"pypi\"\nbindings = \"pyo3\"\nauditwheel = \"check\"\nsdist-generator = \"git\"\n";
    assert_eq!(Fixture::new(&features, maturin).problems(), []);
}

#[test]
fn a_feature_that_the_crate_does_not_have_is_blocked_and_the_nearest_is_named() {
    let none = Fixture::new(PYO3, "features = [\"nope\"]\n").only();
    assert!(none.contains("names \"nope\", but the crate has no feature nope"), "{none}");
    assert!(none.contains("[features] of Cargo.toml, which has none"), "{none}");
    let with = format!("{PYO3}serde = {{ version = \"1\", optional = true }}\n[features]\nfaster = [\"dep:serde\"]\n");
    assert!(Fixture::new(&with, "features = [\"fastr\"]\n").only().ends_with("did you mean faster?"));
    // `dep:serde` removes the implicit feature.
    assert!(Fixture::new(&with, "features = [\"serde\"]\n").only().contains("no feature serde"));
    let dependency = Fixture::new(&with, "features = [\"sere/derive\"]\n").only();
    assert!(dependency.contains("no dependency sere") && dependency.contains("did you mean serde?"), "{dependency}");
    let conditional = "features = [{ feature = \"nope\", python-version = \">=3.11\" }]\n";
    assert!(Fixture::new(PYO3, conditional).only().contains("no feature nope"));
}

#[test]
fn a_condition_on_an_abi_and_one_that_is_no_version_are_refused() {
    let abi = "features = [{ feature = \"pyo3/abi3-py311\", python-version = \">=3.11\" }]\n";
    assert!(Fixture::new(PYO3, abi).only().contains("depends on the Python version"));
    let wrong = format!("{PYO3}[features]\nfast = []\n");
    let specifier = "features = [{ feature = \"fast\", python-version = \"3.11+\" }]\n";
    assert!(Fixture::new(&wrong, specifier).only().contains("is not a version specifier"));
}

#[test]
fn a_floor_that_this_pyo3_lacks_is_blocked_with_advice_that_fits_requires_python() {
    let old = "[dependencies]\npyo3 = { version = \"0.22\", features = [\"abi3-py314\"] }\n";
    let said = Fixture::new(old, "").only();
    assert!(said.contains("names pyo3/abi3-py314, which pyo3 0.22 does not have"), "{said}");
    assert!(said.contains("cargo add pyo3@0.25, or use abi3-py39"), "{said}");
    // Even if the feature is not enabled: cargo resolves all of them.
    let off = "[dependencies]\npyo3 = { version = \"0.30\", features = [\"abi3-py39\"] }\n[features]\nold = [\"pyo3/abi3-py38\"]\n";
    let said = Fixture::new(off, "").only();
    assert!(said.contains("pyo3 0.30 does not have") && said.contains("use abi3-py39"), "{said}");
    let on_line = Fixture::new(PYO3, "features = [\"pyo3/abi3-py399\"]\n").only();
    assert!(on_line.contains("pyo3/abi3-py399"), "{on_line}");
    let typo = "[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-39\"] }\n";
    assert!(Fixture::new(typo, "").only().contains("did you mean abi3-py3"));
    let abi3t = "[dependencies]\npyo3 = { version = \"0.28\", features = [\"abi3-py39\"] }\n[features]\nft = [\"pyo3/abi3t-py315\"]\n";
    assert!(Fixture::new(abi3t, "").only().contains("cargo add pyo3@0.29"));
    // Nothing is known of a repository without a lock file.
    let git = "[dependencies]\npyo3 = { git = \"https://example.org/pyo3\", features = [\"abi3-py399\"] }\n";
    assert_eq!(Fixture::new(git, "").problems(), []);
}

/// Of each release of PyO3, the features are known: cargo rejects a crate that names another one.
#[test]
fn a_feature_that_this_pyo3_does_not_have_is_blocked() {
    let pyo3 = |version: &str, features: &str| {
        format!("[dependencies]\npyo3 = {{ version = {version:?}, features = [\"abi3-py39\", {features}] }}\n")
    };
    let only = |version: &str, features: &str| Fixture::new(&pyo3(version, features), "").only();
    let said = only("0.29", "\"extention-module\"");
    assert!(said.contains("Cargo.toml names pyo3/extention-module, which pyo3 0.29 does not have"), "{said}");
    assert!(said.ends_with("did you mean extension-module?"), "{said}");
    assert!(only("0.29", "\"gil-refs\"").ends_with("0.22 was the last version with this feature"));
    assert!(only("0.24", "\"bytes\"").ends_with("cargo add pyo3@0.26, which is the first with this feature"));
    let on_line = Fixture::new(PYO3, "features = [\"pyo3/extention-module\"]\n").only();
    assert!(on_line.contains("[tool.maturin] features names pyo3/extention-module"), "{on_line}");
    assert_eq!(Fixture::new(&pyo3("0.29", "\"extension-module\", \"uuid\", \"full\""), "").problems(), []);
    let ffi = "[dependencies]\npyo3-ffi = { version = \"0.29\", features = [\"abi3-py39\", \"chrono\"] }\n";
    assert!(Fixture::new(ffi, "").only().contains("names pyo3-ffi/chrono"));
    // Under another name.
    let renamed =
        "[dependencies]\npy = { package = \"pyo3\", version = \"0.24\", features = [\"abi3-py39\", \"bytes\"] }\n";
    assert!(
        Fixture::new(renamed, "")
            .only()
            .ends_with("cargo add pyo3@0.26 --rename py, which is the first with this feature")
    );
    // Nothing is known of later versions, nor of a requirement that admits them.
    for version in ["0.31", ">=0.22", "*"] {
        assert_eq!(Fixture::new(&pyo3(version, "\"new\""), "").problems(), [], "{version}");
    }
}

/// cargo reads no crate with such a list, whatever is built.
#[test]
fn an_entry_in_the_features_that_means_nothing_is_blocked() {
    let only = |features: &str| Fixture::new(&format!("{PYO3}serde = \"1\"\n[features]\n{features}\n"), "").only();
    let said = only("fast = []\ndefault = [\"fst\"]");
    assert!(
        said.contains("default in [features] of Cargo.toml names \"fst\", but the crate has no feature fst"),
        "{said}"
    );
    assert!(said.ends_with("did you mean fast?"), "{said}");
    assert!(only("fast = [\"rayon/x\"]").contains("no dependency rayon"));
    assert!(only("fast = [\"dep:rayon\"]").contains("no dependency rayon"));
    assert!(only("fast = [\"dep:serde\"]").contains("no optional dependency serde -> add optional = true"));
    let fine = format!(
        "{PYO3}a = {{ version = \"1\", optional = true }}\n[dev-dependencies]\nt = \"1\"\n[features]\nx = [\"a\", \"t/y\", \"a?/z\"]\n"
    );
    assert_eq!(Fixture::new(&fine, "").problems(), []);
}

#[test]
fn sources_that_cargo_does_not_find_are_blocked() {
    let fixture = Fixture::new(PYO3, "");
    fs_err::remove_file(fixture.path("src/lib.rs")).unwrap();
    assert!(fixture.only().contains("src/lib.rs, does not exist"), "{}", fixture.only());
    let path = format!("{PYO3}core = {{ path = \"../core\" }}\n");
    assert!(
        Fixture::new(&path, "").only().contains("names the path \"../core\" for the dependency core, but no crate")
    );
    let inside = Fixture::new(&format!("{PYO3}core = {{ path = \"core\" }}\n"), "");
    inside.write("core/Cargo.toml", CRATE);
    assert_eq!(inside.problems(), []);
}

#[test]
fn metadata_that_maturin_or_an_index_refuses_is_blocked() {
    let with = |from: &str, to: &str| {
        let fixture = Fixture::new(PYO3, "");
        let text = fs_err::read_to_string(fixture.path("pyproject.toml")).unwrap();
        assert!(text.contains(from), "{text}");
        fixture.write("pyproject.toml", &text.replace(from, to));
        fixture
    };
    let only = |from: &str, to: &str| with(from, to).only();
    assert!(only("name = \"demo\"", "name = \"my demo\"").contains("the name \"my demo\" is not valid"));
    assert!(only("version = \"1\"", "version = \"1.0-foo\"").contains("the version \"1.0-foo\" of [project]"));
    assert!(only("version = \"1\"", "").contains("has no version, and does not list it as dynamic"));
    assert!(
        only("[tool.maturin]", "readme = \"README.md\"\n").contains("readme names README.md, which does not exist")
    );
    assert!(only("[tool.maturin]", "license = { file = \"COPYING\" }\n").contains("license names COPYING"));
    assert!(
        only("[tool.maturin]", "license-files = [\"LICENSE\", \"*.md\"]\n").contains("license-files names LICENSE,")
    );
    assert!(only("requires = [\"maturin\"]", "requires = []").contains("does not name maturin"));
    assert!(only("build-backend = \"maturin\"\n", "").contains("build the sdist with setuptools"));
    assert!(only("\">=3.9\"", "\">=3.12, <3.10\"").contains("admits no Python 3"));
    let bare = with("[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n", "").only();
    assert!(bare.contains("has no [build-system]") && bare.contains("build-backend = \"maturin\""), "{bare}");
    // An empty one says nothing.
    assert_eq!(with(">=3.9", "").problems(), []);
    for (written, meant) in [("3.10", ">=3.10"), ("^3.9", ">=3.9"), ("~3.8.1", ">=3.8.1"), ("three", ">=3.9")] {
        let said = with(">=3.9", written).refused();
        assert!(said.contains(&format!("write it like {meant:?}")), "{said}");
        assert!(said.contains("is not a version specifier\n"), "{said}");
    }
}

#[test]
fn pyo3_for_some_platforms_only_is_known_by_target() {
    let fixture = Fixture::new(
        "[target.'cfg(windows)'.dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py39\"] }\n",
        "",
    );
    let bindings = Project::read(fixture.0.path()).unwrap().bindings;
    assert!(bindings.missing_for("x86_64-unknown-linux-gnu").is_some());
    assert!(bindings.missing_for("x86_64-pc-windows-gnullvm").is_none());
    let both = format!(
        "{PYO3}[target.'cfg(windows)'.dependencies]\npyo3 = {{ version = \"0.29\", features = [\"serde\"] }}\n"
    );
    let bindings = Project::read(Fixture::new(&both, "").0.path()).unwrap().bindings;
    assert!(bindings.missing_for("x86_64-unknown-linux-gnu").is_none());
}

#[test]
fn abi3t_needs_a_python_that_requires_python_admits() {
    let tags = |requires: &str| -> Vec<String> {
        let fixture = Fixture::new(PYO3, "");
        let text = fs_err::read_to_string(fixture.path("pyproject.toml")).unwrap();
        fixture.write("pyproject.toml", &text.replace(">=3.9", requires));
        let routes = Project::read(fixture.0.path()).unwrap().configured_routes().unwrap();
        routes.iter().map(|route| route.python_abi_tag()).collect()
    };
    assert_eq!(tags(">=3.9"), ["cp39-abi3", "cp315-abi3.abi3t"]);
    assert_eq!(tags(">=3.9, <4"), ["cp39-abi3", "cp315-abi3.abi3t"]);
    assert_eq!(tags(">=3.9, <3.14"), ["cp39-abi3"]);
}

#[test]
fn a_profile_that_nobody_defines_is_blocked() {
    let said = Fixture::new(PYO3, "profile = \"relase\"\n").only();
    assert!(said.contains("profile is \"relase\"") && said.contains("did you mean release?"), "{said}");
    // The workspace around a member defines them for all.
    let fixture = Fixture::new(PYO3, "");
    fixture.write("member/Cargo.toml", &format!("{CRATE}{PYO3}"));
    fixture.write("member/src/lib.rs", "");
    fixture.write(
        "member/pyproject.toml",
        &fs_err::read_to_string(fixture.path("pyproject.toml"))
            .unwrap()
            .replace("[tool.maturin]", "[tool.maturin]\nprofile = \"dist\""),
    );
    let problems = || Project::read(&fixture.path("member")).unwrap().problems().unwrap();
    assert_eq!(problems().len(), 1);
    fixture.write("Cargo.toml", "[workspace]\nmembers = [\"member\"]\n[profile.dist]\ninherits = \"release\"\n");
    assert_eq!(problems(), []);
    assert_eq!(Fixture::new(PYO3, "profile = \"x\"\nconfig = [\"profile.x.inherits='release'\"]\n").problems(), []);
}

#[test]
fn a_key_that_maturin_ignores_is_named_with_what_took_its_place() {
    let said = |line: &str| Fixture::new(PYO3, line).only();
    assert!(
        said("python_source = \"python\"\n")
            .contains("has the key `python_source`, which maturin ignores -> did you mean `python-source`?")
    );
    assert!(said("cargo-extra-args = \"--features x\"\n").contains("use features"));
    assert!(said("rustc-extra-args = \"-C x\"\n").ends_with("use rustc-args"));
    assert!(said("zzz = 1\n").contains("docs/build.md lists every key"));
    assert!(said("[tool.maturin.target.x86_64-apple-darwin]\nrustflags = 1\n").contains("the key rustflags"));
    // A third party's source cannot be changed.
    let fixture = Fixture::new(PYO3, "zzz = 1\n");
    let theirs = Project::read_third_party(fixture.0.path()).unwrap().problems().unwrap();
    assert_eq!(theirs.iter().map(|problem| problem.is_fatal).collect::<Vec<_>>(), [false]);
}

#[test]
fn keys_that_contradict_what_is_built_are_refused() {
    let said = |line: &str| Fixture::new(PYO3, line).only();
    assert!(said("compatibility = \"amiga\"\n").contains("which is not a platform"));
    assert!(said("targets = [{ name = \"demo\", kind = \"bin\" }]\n").contains("names no cdylib"));
    assert!(said("locked = true\n").contains("locked is set, but there is no Cargo.lock"));
    assert!(said("frozen = true\n").contains("frozen is set"));
    assert!(said("python-source = \"python\"\n").contains("no such directory"));
    assert!(said("python-packages = [\"other\"]\n").contains("python-packages names \"other\""));
    assert!(said("data = \"demo.data\"\n").contains("data is \"demo.data\", but there is no such directory"));
    assert!(said("strip = \"yes\"\n").contains("strip is \"yes\", which maturin refuses -> write true or false"));
    assert!(said("rustc-args = \"-Cx\"\n").ends_with("write a list of texts: [\"…\"]"));
    assert!(said("sdist-generator = true\n").contains("sdist-generator is true, which maturin refuses"));
    let notes = Fixture::new(PYO3, "pgo-command = \"pytest\"\ncompatibility = \"linux\"\n").problems();
    assert!(notes.len() == 2 && notes.iter().all(|problem| !problem.is_fatal), "{notes:?}");
}

/// The layout of a project whose crate has a separate directory.
fn beside(maturin: &str) -> Fixture {
    let fixture = Fixture(tempfile::tempdir().unwrap());
    fixture.write("rust/Cargo.toml", &format!("{CRATE}{PYO3}"));
    fixture.write("rust/src/lib.rs", "");
    fixture.write("python/demo/__init__.py", "");
    fixture.write("demo.data/scripts/hi", "#!python\n");
    fixture.write("LICENSE.txt", "");
    fixture.pyproject(
        "\"maturin\"",
        &format!("[tool.maturin]\nmanifest-path = \"rust/Cargo.toml\"\npython-source = \"python\"\n{maturin}"),
    );
    fixture
}

#[test]
fn data_that_the_sdist_does_not_get_is_named_with_the_include_that_adds_it() {
    let said = beside("data = \"demo.data\"\n").only();
    assert!(said.contains("demo.data/scripts/hi would be in the wheel by [tool.maturin] data"), "{said}");
    assert!(said.contains("include = [{ path = \"demo.data/**/*\", format = \"sdist\" }]"), "{said}");
    let fixed = "data = \"demo.data\"\ninclude = [{ path = \"demo.data/**/*\", format = \"sdist\" }]\n";
    assert_eq!(beside(fixed).problems(), []);
    let wheel_only = beside("include = [{ path = \"LICENSE.txt\", format = \"wheel\" }]\n").only();
    assert!(wheel_only.contains("LICENSE.txt would be in the wheel by [tool.maturin] include"), "{wheel_only}");
    assert_eq!(beside("include = [\"LICENSE.txt\"]\n").problems(), []);
    // Beside the manifest, cargo lists it itself, unless git ignores it: the unpacked sdist shows it.
    let fixture = Fixture::new(PYO3, "include = [{ path = \"generated.json\", format = \"wheel\" }]\n");
    fixture.write("generated.json", "{}");
    assert_eq!(fixture.problems(), []);
    let project = Project::read(fixture.0.path()).unwrap();
    assert_eq!(project.left_out_of_sdist(fixture.0.path()), None);
    let left_out = project.left_out_of_sdist(Path::new("/nowhere")).unwrap();
    assert!(left_out.what.contains("generated.json"), "{left_out:?}");
}

#[test]
fn bindings_other_than_pyo3_are_refused_with_what_builds_them() {
    for (kind, next) in
        [("cffi", "--bindings cffi"), ("uniffi", "--bindings uniffi"), ("bin", "maturin build --release")]
    {
        let said = Fixture::new(PYO3, &format!("bindings = {kind:?}\n")).refused();
        assert!(said.contains("builds PyO3 extension modules only") && said.contains(next), "{kind}: {said}");
    }
    assert!(Fixture::new(PYO3, "bindings = \"pyo\"\n").refused().contains("did you mean \"pyo3\"?"));
    assert_eq!(Fixture::new(PYO3, "bindings = \"pyo3-ffi\"\n").refused(), "");
    // As maturin detects them if nothing is set.
    assert!(Fixture::new("", "").refused().contains("as a library that cffi loads"));
    assert!(
        Fixture::new("[dependencies]\nuniffi = \"0.29\"\n", "").refused().contains("bindings that uniffi generates")
    );
    let program = Fixture::new("", "");
    program.write("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
    fs_err::remove_file(program.path("src/lib.rs")).unwrap();
    program.write("src/main.rs", "fn main() {}\n");
    let said = program.refused();
    assert!(said.contains("a command-line program") && !said.contains("cargo add"), "{said}");
}

#[test]
fn another_backend_is_sent_to_init() {
    let fixture = Fixture::new(PYO3, "");
    for backend in ["setuptools.build_meta", "hatchling.build", "poetry.core.masonry.api"] {
        fixture.pyproject(&format!("{backend:?}"), "");
        let said = fixture.refused();
        assert!(said.contains(backend) && said.contains("monowheel init --change-backend"), "{said}");
    }
}

#[test]
fn at_a_workspace_without_pyproject_the_members_that_have_one_are_named() {
    let fixture = Fixture(tempfile::tempdir().unwrap());
    fixture.write("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n");
    for member in ["core", "py", "other py"] {
        fixture.write(&format!("crates/{member}/Cargo.toml"), CRATE);
        fixture.write(&format!("crates/{member}/src/lib.rs"), "");
    }
    let said = fixture.refused();
    assert!(said.contains("no pyproject.toml") && said.contains("monowheel init"), "{said}");
    fixture.write("crates/py/pyproject.toml", "");
    fixture.write("crates/other py/pyproject.toml", "");
    let said = fixture.refused();
    let named: Vec<&str> = said.lines().filter(|line| line.contains("monowheel build ")).collect();
    assert_eq!(named.len(), 2, "{said}");
    assert!(named[0].ends_with("crates/other py'") && named[1].ends_with("crates/py"), "{said}");
    // With a pyproject.toml at the root, it must name the member.
    fixture.pyproject("\"maturin\"", "");
    fixture.write("crates/py/Cargo.toml", &format!("{CRATE}{PYO3}"));
    assert!(fixture.refused().contains("manifest-path = \"crates/py/Cargo.toml\""), "{}", fixture.refused());
}

#[test]
fn all_features_count_when_the_abi_is_chosen() {
    let crate_with = "[dependencies]\npyo3 = \"0.29\"\n[features]\nstable = [\"pyo3/abi3-py310\"]\n";
    let enabled = |maturin: &str| {
        let fixture = Fixture::new(crate_with, maturin);
        Project::read(fixture.0.path()).unwrap().bindings.enabled.contains("abi3-py310")
    };
    assert!(!enabled("") && enabled("all-features = true\n"));
}

/// The table in the documentation is the table of the program.
#[test]
fn the_documentation_lists_every_key_of_maturin() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/build.md");
    let page = fs_err::read_to_string(path).unwrap();
    for key in KEYS {
        let row = format!("| `{}` | {} |", key.name, key.effect);
        assert!(page.contains(&row), "docs/build.md lacks: {row}");
    }
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    assert!(names.is_sorted());
}
