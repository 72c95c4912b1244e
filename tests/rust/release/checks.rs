//! `release check`: each fault is reported, and only that one.

use monowheel_audit::test_report::Verdict;

use crate::release::project::{Project, SDIST, WHEEL, git};
use crate::said::ran;

#[test]
fn all_is_well() {
    let project = Project::new();
    project.build();
    assert_eq!(project.wrong(&[]), Vec::<String>::new());
    let ended = project.release(&["check"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    insta::assert_snapshot!(ended.out.replace(&project.head()[..12], "[commit]"));
}

#[test]
fn what_is_wrong_is_told_with_what_to_do() {
    let project = Project::new();
    project.change("Cargo.lock", "version = \"1.0.0\"", "version = \"0.9.0\"");
    project.change("CHANGELOG.md", " - 2026-11-20", "");
    let ended = project.release(&["check"]);
    assert_eq!(ended.code, 1);
    insta::assert_snapshot!(ended.out);
}

#[test]
fn versions_that_differ() {
    let project = Project::new();
    project.build();
    project.change("pyproject.toml", "dynamic = [\"version\"]", "version = \"1.0.1\"");
    project.change("Cargo.lock", "name = \"demo\"\nversion = \"1.0.0\"", "name = \"demo\"\nversion = \"0.9.0\"");
    project.commit();
    project.build();
    let wrong = project.wrong(&[]);
    assert!(wrong[0].starts_with("lock: 0.9.0, but Cargo.toml has 1.0.0"), "{wrong:?}");
    assert!(wrong[1].starts_with("pyproject: 1.0.1, but Cargo.toml has 1.0.0") && wrong.len() == 2, "{wrong:?}");
}

#[test]
fn a_pre_release_is_the_same_in_both_forms() {
    let project = Project::new();
    for name in ["Cargo.toml", "Cargo.lock", "CHANGELOG.md"] {
        project.change(name, "1.0.0", "1.0.0-rc.1");
    }
    project.change("pyproject.toml", "dynamic = [\"version\"]", "version = \"1.0.0rc1\"");
    project.commit();
    let wrong = project.wrong(&[]);
    assert!(
        wrong.len() == 1 && wrong[0].starts_with("set: no wheels have been built there; run monowheel build"),
        "{wrong:?}"
    );
}

#[test]
fn changelogs() {
    let project = Project::new();
    project.build();
    let text = project.read("CHANGELOG.md");
    for (changed, said) in [
        (text.replace("2026-11-20", "soon"), "is not a date"),
        (text.replace("- All of it.", ""), "nothing is written under 1.0.0"),
        (text.replace("[1.0.0]", "[0.9.0]"), "no section ## [1.0.0] - YYYY-MM-DD"),
        ("Changes\n=======\n\n1.0.0\n-----\n* All of it.\n".to_owned(), "no section ## [1.0.0] - YYYY-MM-DD"),
    ] {
        project.write("CHANGELOG.md", changed);
        project.commit();
        project.record(&project.head());
        assert!(project.one_wrong(&[]).starts_with("changelog: ") && project.one_wrong(&[]).contains(said), "{said}");
    }
    fs_err::remove_file(project.path("CHANGELOG.md")).unwrap();
    project.commit();
    project.record(&project.head());
    assert!(project.one_wrong(&[]).contains("changelog: no changelog found"));
}

#[test]
fn a_dirty_tree() {
    let project = Project::new();
    project.build();
    project.write("src/new file.rs", "");
    let wrong = project.one_wrong(&[]);
    assert!(wrong.starts_with("tree: ") && wrong.contains("new file.rs"), "{wrong}");
}

#[test]
fn sets_that_are_not_what_was_built() {
    let project = Project::new();
    project.build();
    let wheel = fs_err::read(project.path("dist").join(WHEEL)).unwrap();
    project.write("dist/other-2.0-py3-none-any.whl", &wheel);
    let wrong = project.wrong(&[]);
    assert!(wrong[0].contains("files: other-2.0-py3-none-any.whl is not listed in the manifest"), "{wrong:?}");
    assert!(wrong.iter().any(|line| line.starts_with("proof: the test report is for other wheels")), "{wrong:?}");
    fs_err::remove_file(project.path("dist/other-2.0-py3-none-any.whl")).unwrap();

    project.write(&format!("dist/{WHEEL}"), [&wheel[..], &b"\0"[..]].concat());
    let wrong = project.wrong(&[]);
    assert!(wrong[0].contains(&format!("files: {WHEEL} has changed since it was built and audited")), "{wrong:?}");
    project.write(&format!("dist/{WHEEL}"), &wheel);
    assert_eq!(project.wrong(&[]).len(), 0);

    fs_err::rename(project.path("dist").join(SDIST), project.path("dist/gone")).unwrap();
    assert!(project.wrong(&[])[0].contains(&format!("files: {SDIST} is missing")));
    fs_err::rename(project.path("dist/gone"), project.path("dist").join(SDIST)).unwrap();

    project.change("dist/SHA256SUMS", "demo-1.0.tar.gz", "demo-1.1.tar.gz");
    assert!(project.one_wrong(&[]).contains("SHA256SUMS does not match"));
}

#[test]
fn sets_that_are_not_finished() {
    let project = Project::new();
    project.build();
    project.change("dist/monowheel.json", "\"verdict\":\"built\"", "\"verdict\":\"failed\"");
    assert!(project.one_wrong(&[]).contains("complete: missing wheel for manylinux_2_17_x86_64 abi3 (FAILED)"));
    project.build();
    project.change("dist/monowheel.json", "\"clean\":true", "\"clean\":false");
    assert!(project.one_wrong(&[]).contains("; the audit of the build that created it failed"));
    project.build();
    project.prove(Verdict::Failed);
    assert!(project.one_wrong(&[]).starts_with("proof: a wheel failed"));
    project.prove(Verdict::NotRun);
    assert!(project.one_wrong(&[]).starts_with("proof: a test could not be run"));
    project.prove(Verdict::Nothing);
    assert!(project.one_wrong(&[]).starts_with("proof: no interpreter here accepts any"));
    fs_err::remove_file(project.path("dist").join(monowheel_audit::test_report::FILE)).unwrap();
    assert!(project.one_wrong(&[]).starts_with("proof: the wheels were not tested; monowheel test "));
    // The project says that it ships more.
    project.change("pyproject.toml", "targets = [", "targets = [\"win_amd64\", ");
    project.commit();
    project.build();
    let wrong = project.wrong(&[]);
    assert!(wrong.iter().any(|line| line.contains("win_amd64 abi3 (not asked for)")), "{wrong:?}");
    project.change("pyproject.toml", "abis = [\"abi3\"]", "abis = [\"auto\"]");
    project.commit();
    project.build();
    let wrong = project.wrong(&[]);
    for missing in ["manylinux_2_17_x86_64 abi3t (not asked for)", "win_amd64 cp314t (not asked for)"] {
        assert!(wrong.iter().any(|line| line.contains(missing)), "{missing}: {wrong:?}");
    }
}

#[test]
fn a_finding_of_today_counts() {
    let project = Project::new();
    project.build();
    let broken = monowheel_forge::wheel::Wheel::abi3("manylinux_2_17_x86_64.manylinux2014_x86_64")
        .with("demo/no record", "x")
        .recorded(|text| text.replace("demo/no record", "demo/other"));
    project.write(&format!("dist/{WHEEL}"), broken.bytes());
    project.record(&project.head());
    project.prove(Verdict::Ran);
    let wrong = project.one_wrong(&[]);
    assert!(wrong.starts_with("audit: ") && wrong.contains("error"), "{wrong}");
}

#[test]
fn a_set_of_another_commit_or_version() {
    let project = Project::new();
    project.build_of(&"0".repeat(40));
    assert!(project.one_wrong(&[]).contains("commit: built from 000000000000, but "));
    project.build();
    project.change("dist/monowheel.json", &format!("\"{}\"", project.head()), "null");
    assert!(project.one_wrong(&[]).contains("commit: the sdist was built from uncommitted files"));
    project.build();
    project.change("dist/monowheel.json", "\"version\":\"1.0.0\"", "\"version\":\"0.9.0\"");
    assert!(
        project
            .one_wrong(&[])
            .contains("set: distributions of version 0.9.0, but Cargo.toml has 1.0.0; monowheel build")
    );
    for text in ["", "{}", "{\"schema\": \"monowheel.manifest/2\"}"] {
        project.write("dist/monowheel.json", text);
        assert!(project.one_wrong(&[]).contains("set: not a manifest with the schema monowheel.manifest/1"));
    }
}

#[test]
fn a_manifest_does_not_lead_out_of_its_folder() {
    let project = Project::new();
    project.build();
    project.change("dist/monowheel.json", SDIST, "../Cargo.toml");
    assert!(project.one_wrong(&[]).contains("is not a file of this directory"));
}

#[test]
fn a_set_elsewhere_is_named() {
    let project = Project::new();
    project.build();
    let elsewhere = project.root.with_file_name("a set");
    fs_err::rename(project.path("dist"), &elsewhere).unwrap();
    assert!(project.one_wrong(&[]).contains("no wheels have been built there"));
    assert_eq!(project.wrong(&["--dist", &elsewhere.display().to_string()]), Vec::<String>::new());
}

#[test]
fn repositories_that_are_none() {
    let project = Project::new();
    project.build();
    fs_err::remove_dir_all(project.path(".git")).unwrap();
    assert!(project.one_wrong(&[]).starts_with("tree: not in a git checkout"));
    git(&project.root, &["init", "--quiet"]);
    assert!(project.one_wrong(&[]).starts_with("tree: there is no commit yet; git add"));
}

#[test]
fn a_detached_head_is_fine_and_a_shallow_clone_says_what_it_cannot_know() {
    let project = Project::new();
    git(&project.root, &["tag", "-a", "v0.9.0", "-m", "before"]);
    project.commit();
    let clone = project.shallow_clone();
    clone.build();
    git(&clone.root, &["checkout", "--quiet", "--detach"]);
    let wrong = clone.one_wrong(&[]);
    assert!(wrong.starts_with("tag: not here, but this clone is shallow") && wrong.contains("--remote"), "{wrong}");
    assert_eq!(clone.wrong(&["--remote"]), Vec::<String>::new());
}

#[test]
fn a_project_whose_version_nobody_can_read_is_an_error() {
    let project = Project::new();
    project.change("Cargo.toml", "1.0.0", "1.0");
    let ended = project.release(&["check"]);
    assert_eq!((ended.code, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("Cargo.toml") && ended.err.contains("next:"), "{}", ended.err);
    let ended = ran(&["release".into(), "check".into(), project.path("gone").into()]);
    assert!(ended.code == 2 && ended.err.contains("next:"), "{}", ended.err);
}
