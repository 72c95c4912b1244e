//! `release tag`: created once, with the checksums of the release, and never over another tag.

use crate::release::project::{Project, SDIST, WHEEL, git};

fn message(project: &Project) -> String {
    git(&project.root, &["for-each-ref", "--format=%(contents)", "refs/tags/v1.0.0"])
}

#[test]
fn the_tag_carries_the_sums_and_is_made_once() {
    let project = Project::new();
    project.build();
    let first = project.release(&["tag"]);
    assert_eq!(first.code, 0, "{}{}", first.out, first.err);
    assert!(first.out.contains("tagged v1.0.0\nnext: git push REMOTE v1.0.0\n"), "{}", first.out);
    assert_eq!(git(&project.root, &["cat-file", "-t", "v1.0.0"]), "tag");
    assert_eq!(git(&project.root, &["rev-parse", "v1.0.0^{commit}"]), project.head());
    let sums = project.read("dist/SHA256SUMS");
    assert!(sums.contains(WHEEL) && sums.contains(SDIST));
    assert_eq!(message(&project).trim_end(), format!("demo 1.0.0\n\nSHA256SUMS:\n\n{sums}").trim_end());
    let object = git(&project.root, &["rev-parse", "v1.0.0"]);
    let second = project.release(&["tag"]);
    assert!(second.code == 0 && second.out.contains("v1.0.0 exists already: nothing to do here"), "{}", second.out);
    assert_eq!(git(&project.root, &["rev-parse", "v1.0.0"]), object);
    let json: serde_json::Value = serde_json::from_str(&project.release(&["tag", "--json"]).out).unwrap();
    assert_eq!(
        (&json["schema"], &json["made"], &json["is_there"]),
        (&"monowheel.release-tag/1".into(), &false.into(), &true.into())
    );
}

#[test]
fn nothing_is_tagged_when_a_check_fails() {
    let project = Project::new();
    project.build();
    project.write("left over", "");
    let ended = project.release(&["tag"]);
    assert!(ended.code == 1 && ended.err.contains("no tag was created"), "{}{}", ended.out, ended.err);
    assert_eq!(git(&project.root, &["tag"]), "");
}

#[test]
fn a_tag_of_another_commit_or_other_sums_is_refused() {
    let project = Project::new();
    project.build();
    assert_eq!(project.release(&["tag"]).code, 0);
    let object = git(&project.root, &["rev-parse", "v1.0.0"]);
    // Another sdist of the same commit.
    project.write(&format!("dist/{SDIST}"), "another sdist");
    project.record(&project.head());
    let wrong = project.one_wrong(&[]);
    assert!(
        wrong.contains("tag: the tag exists at this commit, but its message does not have the SHA256SUMS of dist/"),
        "{wrong}"
    );
    assert_eq!(project.release(&["tag"]).code, 1);
    project.commit();
    project.build();
    assert!(project.one_wrong(&[]).starts_with("tag: the tag exists at "));
    assert_eq!(project.release(&["tag"]).code, 1);
    assert_eq!(git(&project.root, &["rev-parse", "v1.0.0"]), object);
}

#[test]
fn a_tag_without_a_message_is_refused() {
    let project = Project::new();
    project.build();
    git(&project.root, &["tag", "v1.0.0"]);
    assert!(project.one_wrong(&[]).contains("has no message with SHA256SUMS"));
}

#[test]
fn a_tag_may_be_called_otherwise() {
    let project = Project::new();
    project.write(
        "pyproject.toml",
        project.read("pyproject.toml") + "[tool.monowheel.release]\ntag = \"py/demo-{version}\"\n",
    );
    project.commit();
    project.build();
    assert_eq!(project.release(&["tag"]).code, 0);
    assert_eq!(git(&project.root, &["tag"]), "py/demo-1.0.0");
}

#[test]
fn the_remote_is_asked_when_that_is_wanted() {
    let project = Project::new();
    project.build();
    let wrong = project.wrong(&["--remote"]);
    assert!(
        wrong.len() == 1 && wrong[0].contains("remote: could not determine which remote to check; git remote add"),
        "{wrong:?}"
    );
    let there = project.root.with_file_name("the remote");
    git(&project.root, &["clone", "--quiet", "--bare", ".", &there.display().to_string()]);
    git(&project.root, &["remote", "add", "up stream".replace(' ', "-").as_str(), &there.display().to_string()]);
    assert_eq!(project.wrong(&["--remote"]), Vec::<String>::new());
    assert!(project.one_wrong(&["--remote=other"]).contains("no remote \"other\"; choose one: --remote up-stream"));
    let ended = project.release(&["tag", "--remote"]);
    assert!(ended.out.contains("next: git push up-stream v1.0.0\n"), "{}", ended.out);
    git(&project.root, &["push", "--quiet", "up-stream", "v1.0.0"]);
    assert_eq!(project.wrong(&["--remote"]), Vec::<String>::new());
    // Somebody else's tag of that name.
    git(&project.root, &["tag", "-d", "v1.0.0"]);
    assert!(
        project
            .one_wrong(&["--remote"])
            .contains("remote: v1.0.0 exists there at this commit, but not here; git fetch up-stream tag v1.0.0")
    );
    project.commit();
    project.build();
    assert!(project.one_wrong(&["--remote"]).contains("remote: v1.0.0 exists there at "));
    assert_eq!(project.release(&["tag", "--remote"]).code, 1);
    assert_eq!(git(&project.root, &["tag"]), "");
    // It cannot be known locally.
    assert_eq!(project.wrong(&[]), Vec::<String>::new());
    fs_err::remove_dir_all(&there).unwrap();
    assert!(project.one_wrong(&["--remote"]).starts_with("remote: could not query the remote"));
    assert_eq!(project.release(&["tag", "--remote"]).code, 3);
}

#[test]
fn a_key_that_is_not_there_is_said_and_no_tag_is_left() {
    let project = Project::new();
    project.build();
    git(&project.root, &["config", "gpg.program", "/no/such/gpg"]);
    let ended = project.release(&["tag", "--sign"]);
    assert!(ended.code == 3 && ended.err.contains("user.signingkey"), "{}{}", ended.out, ended.err);
    assert_eq!(git(&project.root, &["tag"]), "");
}

#[test]
fn a_signed_tag_says_the_same() {
    let project = Project::new();
    project.build();
    let key = project.root.with_file_name("key");
    let keygen =
        std::process::Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).output();
    if !keygen.is_ok_and(|done| done.status.success()) {
        println!("not looked at: there is no ssh-keygen");
        return;
    }
    git(&project.root, &["config", "gpg.format", "ssh"]);
    git(&project.root, &["config", "user.signingkey", &key.display().to_string()]);
    let ended = project.release(&["tag", "--sign"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(message(&project).contains("-----BEGIN SSH SIGNATURE-----"));
    assert!(project.release(&["tag"]).out.contains("exists already"));
}
