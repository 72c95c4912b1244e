//! The command's effect on files: it writes them, leaves them, or reports their state.

use crate::ci::repository::{FILES, Repository};

#[test]
fn written_once_and_the_same_ever_after() {
    let repository = Repository::with("", "");
    let before = repository.ci(&["github", "--check"]);
    assert_eq!(before.code, 1, "{}", before.err);
    assert!(before.out.contains("+++ b/.github/workflows/ci.yml") && before.out.contains("missing"), "{}", before.out);
    assert!(!repository.top.join(".github").exists(), "--check writes nothing");
    let first = repository.ci(&["github"]);
    assert_eq!((first.code, first.out.matches(": written (").count()), (0, 6), "{}{}", first.out, first.err);
    let all = repository.all();
    for again in [&["github"][..], &["github", "--check"], &["github", "--force"]] {
        let ended = repository.ci(again);
        assert_eq!((ended.code, ended.out.matches("up to date").count()), (0, 6), "{}{}", ended.out, ended.err);
        assert_eq!(repository.all(), all);
    }
}

#[test]
fn what_drifted_is_shown_and_mended() {
    let repository = Repository::with("", "");
    repository.ci(&["github"]);
    let text = repository.read(FILES[0]);
    repository.write(FILES[0], &text.replace("permissions: {}", "permissions: write-all"));
    let check = repository.ci(&["github", "--check"]);
    assert_eq!(check.code, 1);
    assert!(
        check.out.contains("-permissions: write-all\n+permissions: {}") && check.out.contains("drifted"),
        "{}",
        check.out
    );
    let json: serde_json::Value = serde_json::from_str(&repository.ci(&["github", "--check", "--json"]).out).unwrap();
    assert_eq!(
        (&json["schema"], &json["same"], &json["written"]),
        (&"monowheel.ci/1".into(), &false.into(), &false.into())
    );
    assert_eq!(json["files"][0]["state"], "drifted");
    assert_eq!(json["plan"]["machines"].as_array().unwrap().len(), 6);
    assert_eq!(repository.ci(&["github"]).code, 0);
    assert_eq!(repository.read(FILES[0]), text);
    // As checked out by git on Windows.
    repository.write(FILES[0], &text.replace('\n', "\r\n"));
    assert_eq!(repository.ci(&["github", "--check"]).code, 0);
}

#[test]
fn what_somebody_else_wrote_stays() {
    let repository = Repository::with("", "");
    let theirs = "name: Theirs\non: push\n";
    repository.write(FILES[2], theirs);
    let all = repository.all();
    let refused = repository.ci(&["github"]);
    assert_eq!(refused.code, 2, "{}", refused.out);
    assert!(refused.out.contains("-name: Theirs") && refused.err.contains("--force"), "{}{}", refused.out, refused.err);
    assert!(refused.err.contains("release.yml") && !refused.err.contains("ci.yml"), "{}", refused.err);
    assert_eq!(repository.all(), all, "all of them are written or none");
    assert_eq!(repository.ci(&["github", "--check"]).code, 1);
    assert_eq!(repository.ci(&["github", "--force"]).code, 0);
    assert!(repository.read(FILES[2]).starts_with("# Written by monowheel ci github;"));
    assert_eq!(repository.ci(&["github", "--check", "--force"]).code, 2, "they contradict each other");
}

#[test]
fn projects_of_one_repository_have_files_of_their_own() {
    let repository = Repository::with("crates/py one", "");
    repository.project("crates/two", "other", "");
    assert_eq!(repository.ci(&["github"]).code, 0);
    assert!(repository.top.join(FILES[1]).is_file() && !repository.root.join(".github").exists());
    let two = repository.top.join("crates/two");
    let refused = repository.ci_in(&two, &["github"]);
    assert!(refused.code == 2 && refused.err.contains("prefix"), "{}", refused.err);
    repository.project("crates/two", "other", "[tool.monowheel.ci]\nprefix = \"other\"");
    assert_eq!(repository.ci_in(&two, &["github"]).code, 0);
    assert_eq!(repository.ci(&["github", "--check"]).code, 0, "the first is as it was");
    let called = repository.read(".github/workflows/other-ci.yml");
    assert!(called.contains("uses: ./.github/workflows/other-wheels.yml"), "{called}");
    // Another name, and the old files stay behind: they would run too.
    repository.project("crates/two", "other", "[tool.monowheel.ci]\nprefix = \"second\"");
    let renamed = repository.ci_in(&two, &["github"]);
    assert!(renamed.code == 0 && renamed.out.matches("delete it").count() == 6, "{}", renamed.out);
    assert_eq!(repository.ci_in(&two, &["github", "--check"]).code, 1);
}

#[test]
fn without_git_the_project_is_the_top() {
    let repository = Repository::with("", "");
    fs_err::remove_dir(repository.top.join(".git")).unwrap();
    let ended = repository.ci(&["github"]);
    assert!(ended.code == 0 && ended.err.contains("not a git checkout"), "{}", ended.err);
    assert!(repository.top.join(FILES[0]).is_file());
}

#[test]
fn gitlab_has_one_file() {
    let repository = Repository::with("", "");
    assert_eq!(repository.ci(&["gitlab", "--check"]).code, 1);
    assert_eq!(repository.ci(&["gitlab"]).code, 0);
    assert_eq!(repository.ci(&["gitlab", "--check"]).code, 0);
    let text = repository.read(".gitlab-ci.yml");
    assert!(text.starts_with("# Written by monowheel ci gitlab;"));
    repository.write(".gitlab-ci.yml", &text.replace("ci gitlab", "ci github"));
    assert_eq!(repository.ci(&["gitlab"]).code, 2, "that is not its mark");
}

#[test]
fn this_repository_is_as_it_would_be_written() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = Repository::with("", "");
    let ended = repository.ci_in(root, &["github", "--check"]);
    assert_eq!(ended.code, 0, "monowheel ci github\n{}{}", ended.out, ended.err);
}

/// The workflow that is written by hand runs the same actions, at the same commits.
#[test]
fn the_nightly_workflow_has_the_actions_of_the_others() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let uses = |name: &str| -> Vec<String> {
        let text = fs_err::read_to_string(folder.join(name)).unwrap();
        text.lines().filter_map(|line| line.trim().strip_prefix("uses: ")).map(str::to_owned).collect()
    };
    let known: Vec<String> = ["release.yml", "wheels.yml"].iter().flat_map(|name| uses(name)).collect();
    let nightly = uses("nightly.yml");
    assert!(!nightly.is_empty());
    for action in nightly {
        assert!(known.contains(&action), "{action} is not in actions.toml");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let repository = Repository::with("", "");
    repository.write(".github", "a file where a folder has to be");
    let ended = repository.ci(&["github"]);
    assert!(ended.code == 3 && ended.err.contains(".github"), "{}{}", ended.out, ended.err);
    assert_eq!(repository.read(".github"), "a file where a folder has to be");
}
