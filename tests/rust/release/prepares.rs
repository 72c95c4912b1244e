//! `release prepare`: its changes, and refusals that write nothing.

use crate::release::project::{Project, git};

/// A project with changes to release.
fn with_news() -> Project {
    let project = Project::new();
    project.change("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n### Fixed\n\n- It no longer hums.\n");
    project.commit();
    project
}

/// Checks that this is refused with this message and a next step, and nothing changes.
fn refused(project: &Project, words: &[&str], said: &str) {
    let before = git(&project.root, &["status", "--porcelain"]);
    let ended = project.release(&[&["prepare"], words].concat());
    assert!(ended.code == 2 && ended.err.contains(said) && ended.err.contains("next:"), "{words:?}: {}", ended.err);
    assert_eq!(git(&project.root, &["status", "--porcelain"]), before);
}

#[test]
fn the_diff_is_shown_and_written_when_told_so() {
    let project = with_news();
    let words = ["prepare", "--bump", "minor", "--date", "2026-11-21"];
    let shown = project.release(&[&words[..], &["--dry-run"]].concat());
    assert_eq!((shown.code, shown.err.as_str()), (0, "nothing was written\n"));
    insta::assert_snapshot!(shown.out);
    assert_eq!(git(&project.root, &["status", "--porcelain"]), "");
    let done = project.release(&[&words[..], &["--yes"]].concat());
    assert_eq!((done.code, &done.out), (0, &shown.out), "{}", done.err);
    assert!(
        done.err.contains("next: git commit -m 'Release 1.1.0' Cargo.toml Cargo.lock CHANGELOG.md"),
        "{}",
        done.err
    );
    assert_eq!(
        git(&project.root, &["diff"]).lines().filter(|line| line.starts_with("+ ") || line.starts_with("- ")).count(),
        0
    );
    let again = project.release(&["prepare", "1.1.0", "--yes"]);
    assert!(
        again.code == 0 && again.err.contains("demo 1.1.0 is already prepared, with the date 2026-11-21"),
        "{}",
        again.err
    );
    project.commit();
    let wrong = project.wrong(&[]);
    assert!(wrong.len() == 1 && wrong[0].starts_with("set: "), "{wrong:?}");
}

#[test]
fn the_first_release_has_the_version_that_is_there() {
    let project = with_news();
    project.change("CHANGELOG.md", "## [1.0.0] - 2026-11-20\n", "");
    project.commit();
    let done = project.release(&["prepare", "1.0.0", "--date", "2026-11-21", "--yes", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((&json["schema"], &json["written"]), (&"monowheel.release-prepare/1".into(), &true.into()));
    let files: Vec<&str> = json["files"].as_array().unwrap().iter().filter_map(|file| file["file"].as_str()).collect();
    assert_eq!(files, ["CHANGELOG.md"]);
    assert!(project.read("CHANGELOG.md").contains("## [Unreleased]\n\n## [1.0.0] - 2026-11-21\n"));
}

#[test]
fn a_pre_release_is_written_in_both_forms() {
    let project = with_news();
    project.change("pyproject.toml", "dynamic = [\"version\"]", "version = '1.0.0'");
    project.commit();
    assert_eq!(project.release(&["prepare", "1.1.0-rc.1", "--yes"]).code, 0);
    assert!(project.read("pyproject.toml").contains("version = '1.1.0rc1'"));
    assert!(project.read("Cargo.toml").contains("version = \"1.1.0-rc.1\" # the one"));
}

#[test]
fn line_ends_of_windows_stay() {
    let project = with_news();
    for name in ["CHANGELOG.md", "Cargo.toml"] {
        project.change(name, "\n", "\r\n");
    }
    project.commit();
    assert_eq!(project.release(&["prepare", "1.1.0", "--yes"]).code, 0);
    for name in ["CHANGELOG.md", "Cargo.toml"] {
        let text = project.read(name);
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{name}");
    }
}

#[test]
fn versions_that_cannot_be_next() {
    let project = with_news();
    refused(&project, &["1.0.0", "--yes"], "section 1.0.0 exists already");
    refused(&project, &["0.9.0", "--yes"], "0.9.0 is not higher than 1.0.0");
    refused(&project, &["v1.1.0", "--yes"], "the v is part of the tag");
    refused(&project, &["1.1.0rc1", "--yes"], "1.1.0-rc.1");
    refused(&project, &["1.1.0-x.1", "--yes"], "PEP 440");
    refused(&project, &["--bump", "pre", "--yes"], "is not a pre-release");
    refused(&project, &["1.1.0", "--yes", "--date", "today"], "is not a date");
    git(&project.root, &["tag", "v1.1.0"]);
    refused(&project, &["1.1.0", "--yes"], "1.1.0 is already tagged");
}

#[test]
fn nobody_can_be_asked_without_a_terminal() {
    let project = with_news();
    refused(&project, &["1.1.0"], "cannot ask for confirmation: no terminal");
    refused(&project, &["1.1.0", "--json"], "--json cannot ask for confirmation");
}

#[test]
fn changelogs_that_cannot_be_released() {
    let project = Project::new();
    refused(&project, &["1.1.0", "--yes"], "nothing is written under Unreleased");
    let text = project.read("CHANGELOG.md");
    for (changed, said) in [
        (text.clone() + "\n## [Unreleased]\n- x\n", "there are two Unreleased sections"),
        ("Version 1.0\n-----------\n* x\n".to_owned(), "no line `## [Unreleased]`"),
    ] {
        project.write("CHANGELOG.md", changed);
        project.commit();
        refused(&project, &["1.1.0", "--yes"], said);
    }
    fs_err::remove_file(project.path("CHANGELOG.md")).unwrap();
    project.commit();
    refused(&project, &["1.1.0", "--yes"], "no changelog found");
}

#[test]
fn what_is_not_committed_is_not_edited() {
    let project = with_news();
    project.change("Cargo.toml", "edition", "description = \"x\"\nedition");
    refused(&project, &["1.1.0", "--yes"], "the files to edit have uncommitted changes");
    git(&project.root, &["checkout", "--", "Cargo.toml"]);
    project.write("src/lib.rs", "// not of it");
    assert_eq!(project.release(&["prepare", "1.1.0", "--yes"]).code, 0);
}

#[test]
fn a_lock_file_of_another_project_is_refused() {
    let project = with_news();
    project.change("Cargo.lock", "name = \"demo\"", "name = \"else\"");
    project.commit();
    refused(&project, &["1.1.0", "--yes"], "no entry for demo");
}
