//! The tools of a tag's pipeline compared with those that built the release: checked before the tag, not in CI.

use crate::release::project::Project;
use crate::said::ran;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const TOOLS: &str = "{\"maturin\":\"1.16.0\",\"zig\":\"0.17.1\",\"toolchain\":\"1.95.0\",\"rustc\":\"rustc 1.95.0 (59807616e 2026-04-14)\"}";

/// A project with the pipeline of a service, whose locks have all hashes, and a release that CI could build.
fn project(service: &str, config: &str) -> Project {
    let project = Project::new();
    let pyproject = project.read("pyproject.toml");
    project.write("pyproject.toml", format!("{pyproject}[tool.monowheel.ci]\nrust = \"1.95.0\"\n{config}\n"));
    write(&project, service);
    let hash = "a".repeat(64);
    for lock in ["monowheel", "build", "publish"] {
        let path = format!(".{service}/monowheel/{lock}.txt");
        let text = project.read(&path);
        let entry = format!("\nmonowheel=={VERSION}\n");
        assert!(text.contains(&entry), "{text}");
        project.write(&path, text.replace(&entry, &format!("\nmonowheel=={VERSION} --hash=sha256:{hash}\n")));
    }
    // In its final form, now that the hashes are known.
    write(&project, service);
    project.commit();
    project.build();
    built_with(&project, TOOLS);
    project
}

fn write(project: &Project, service: &str) {
    let argv = ["ci".into(), service.into(), "--offline".into(), "--project".into(), project.root.clone().into()];
    let ended = ran(&argv);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
}

fn built_with(project: &Project, tools: &str) {
    let manifest = project.read("dist/monowheel.json");
    let mut manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    manifest["tools"] = serde_json::from_str(tools).unwrap();
    manifest["monowheel"] = VERSION.into();
    project.write("dist/monowheel.json", manifest.to_string());
}

#[test]
fn a_set_that_ci_can_make_is_ready() {
    assert_eq!(project("github", "").wrong(&[]), Vec::<String>::new());
    let nightly = project("github", "").release(&["check"]);
    assert!(nightly.out.contains("CI builds with the same tools as dist/: Rust 1.95.0"), "{}", nightly.out);
}

#[test]
fn another_toolchain_than_that_of_the_set_is_wrong_before_the_tag() {
    let project = project("github", "");
    let wrong = |old: &str, new: &str| {
        built_with(&project, &TOOLS.replace(old, new));
        let wrong = project.one_wrong(&[]);
        assert!(wrong.starts_with("tools: CI cannot reproduce these bytes"), "{wrong}");
        let tagged = project.release(&["tag"]);
        assert_eq!(tagged.code, 1, "no tag is made: {}", tagged.out);
        wrong
    };
    let rust = wrong("rustc 1.95.0 (59807616e", "rustc 1.94.1 (0123456789");
    assert!(rust.contains("Rust 1.95.0") && rust.contains("rust = \"1.94.1\""), "{rust}");
    let debian = wrong("2026-04-14)", "2026-04-14) (built from a source tarball)");
    assert!(debian.contains("monowheel build --toolchain 1.95.0"), "{debian}");
    let maturin = wrong("\"1.16.0\"", "\"1.15.9\"");
    assert!(
        maturin.contains("maturin 1.16.0, and dist/ was built with 1.15.9")
            && maturin.contains("pip install maturin=="),
        "{maturin}"
    );
    assert!(wrong("\"zig\":\"0.17.1\",", "").contains("ziglang 0.17.1, and dist/ was built with an unknown version"));
    assert!(wrong("\"rustc\":\"rustc 1.95.0 (59807616e 2026-04-14)\"", "\"rustc\":null").contains("unknown version"));
}

#[test]
fn a_toolchain_that_moves_is_wrong() {
    let project = project("github", "");
    project.change("pyproject.toml", "rust = \"1.95.0\"", "rust = \"stable\"");
    write(&project, "github");
    project.commit();
    project.build();
    built_with(&project, TOOLS);
    let wrong = project.one_wrong(&[]);
    assert!(wrong.contains("Rust stable") && wrong.contains("rust = \"1.95.0\" in [tool.monowheel.ci]"), "{wrong}");
}

#[test]
fn flags_of_the_environment_are_not_ci_s() {
    let project = project("github", "");
    let mut manifest: serde_json::Value = serde_json::from_str(&project.read("dist/monowheel.json")).unwrap();
    manifest["environment"] = serde_json::json!([["RUSTFLAGS", "-g"]]);
    project.write("dist/monowheel.json", manifest.to_string());
    assert!(project.one_wrong(&[]).contains("without RUSTFLAGS"));
}

#[test]
fn a_pipeline_that_drifted_is_wrong() {
    let project = project("github", "");
    let workflow = ".github/workflows/release.yml";
    project.change(workflow, "--require-hashes ", "");
    project.commit();
    project.build();
    built_with(&project, TOOLS);
    let wrong = project.one_wrong(&[]);
    assert!(wrong.starts_with("ci: not up to date for monowheel") && wrong.contains(workflow), "{wrong}");
}

#[test]
fn a_lock_without_hashes_is_wrong() {
    let project = project("github", "");
    let lock = ".github/monowheel/publish.txt";
    for file in ["monowheel", "build", "publish"] {
        fs_err::remove_file(project.path(&format!(".github/monowheel/{file}.txt"))).unwrap();
    }
    write(&project, "github");
    assert!(project.read(lock).contains("hashes of the next package are missing"));
    project.commit();
    project.build();
    built_with(&project, TOOLS);
    let wrong = project.one_wrong(&[]);
    assert!(wrong.starts_with("ci: CI installs only packages with hashes") && wrong.contains("monowheel=="), "{wrong}");
}

#[test]
fn an_image_by_its_tag_is_a_warning_and_one_by_its_digest_is_not() {
    let tagged = project("gitlab", "").release(&["check"]);
    assert!(tagged.code == 0 && tagged.out.contains("warning") && tagged.out.contains("python:3.13"), "{}", tagged.out);
    let digests: Vec<String> = ["python:3.13", "python:3.13-slim", "rust:1-trixie"]
        .map(|image| format!("\"{image}\" = \"sha256:{}\"", "e".repeat(64)))
        .to_vec();
    let pinned = project("gitlab", &format!("image-digests = {{ {} }}", digests.join(", "))).release(&["check"]);
    assert!(pinned.code == 0 && !pinned.out.contains("warning"), "{}", pinned.out);
}
