//! A checkout full of traps: a plain git starts each of them, and a [`Checkout`](super::Checkout) none.
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::Result;

use crate::exec::{Call, CancelToken, on_path};
use crate::git::{Checkout, Git};

const LIMIT: Duration = Duration::from_secs(60);

/// A repository with one commit, and a directory where programs leave a mark when they are started.
struct Trap {
    dir: tempfile::TempDir,
}

impl Trap {
    fn set() -> Self {
        let trap = Self { dir: tempfile::tempdir().unwrap() };
        for folder in [trap.top(), trap.marks()] {
            fs_err::create_dir(folder).unwrap();
        }
        fs_err::write(trap.top().join("a.txt"), "a").unwrap();
        fs_err::write(trap.top().join(".gitattributes"), "*.txt filter=evil\n").unwrap();
        for words in [&["init", "-q"][..], &["add", "-A"], &["commit", "-qm", "x"]] {
            assert!(trap.plainly(words), "{words:?}");
        }
        trap
    }

    fn top(&self) -> PathBuf {
        self.dir.path().join("top")
    }

    fn marks(&self) -> PathBuf {
        self.dir.path().join("marks")
    }

    /// A program that leaves a mark with its name.
    fn program(&self, path: &Path, then: &str) -> String {
        let mark = self.marks().join(path.file_name().unwrap());
        fs_err::write(path, format!("#!/bin/sh\n: > '{}'\n{then}\n", mark.display())).unwrap();
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }

    /// Sets a program as the value of a setting of the checkout.
    fn setting(&self, key: &str, then: &str) {
        let program = self.program(&self.dir.path().join(key.replace(['/', ':'], "_")), then);
        assert!(self.plainly(&["config", key, &program]), "{key}");
    }

    fn remote(&self, url: &str) {
        assert!(self.plainly(&["config", "remote.origin.url", url]));
    }

    /// Runs git as a user would.
    fn plainly(&self, words: &[&str]) -> bool {
        let call = Call::new(on_path("git").unwrap()).args(["-c", "user.name=x", "-c", "user.email=x@x"]);
        let call = call.args(words).dir(self.top()).env("GIT_TERMINAL_PROMPT", "0").env("GIT_CONFIG_NOSYSTEM", "1");
        call.capture(LIMIT, &CancelToken::default()).unwrap().status.success()
    }

    /// The programs that were started since the last time.
    fn fired(&self) -> Vec<String> {
        let mut fired = Vec::new();
        for entry in fs_err::read_dir(self.marks()).unwrap() {
            let entry = entry.unwrap();
            fired.push(entry.file_name().to_string_lossy().into_owned());
            fs_err::remove_file(entry.path()).unwrap();
        }
        fired.sort();
        fired
    }

    /// A file whose time differs from the index, so that git has to read it again.
    fn touch(&self, name: &str) {
        let file = fs_err::OpenOptions::new().write(true).open(self.top().join(name)).unwrap();
        let later = std::time::SystemTime::now() + Duration::from_secs(10);
        file.file().set_modified(later).unwrap();
    }

    fn checkout(&self) -> Result<Checkout> {
        Git::find()?.checkout(&self.top(), LIMIT, &CancelToken::default())
    }

    fn changes(&self) -> Result<Vec<String>> {
        self.checkout()?.changes(Path::new(""), LIMIT, &CancelToken::default())
    }

    /// The programs that `ls-remote` starts when it is called directly, and then from a [`Checkout`].
    fn asked_for_tags(&self) -> Result<(Vec<String>, Vec<String>)> {
        let words = ["ls-remote", "--quiet", "origin"];
        self.plainly(&words);
        let plainly = self.fired();
        self.checkout()?.call(&words).capture(LIMIT, &CancelToken::default())?;
        Ok((plainly, self.fired()))
    }
}

#[test]
fn status_starts_no_monitor_no_hook_and_no_filter() -> Result<()> {
    let trap = Trap::set();
    trap.setting("core.fsmonitor", "");
    trap.setting("filter.evil.clean", "cat");
    let hook = trap.top().join(".git/hooks/post-index-change");
    fs_err::create_dir_all(hook.parent().unwrap())?;
    trap.program(&hook, "");
    trap.touch("a.txt");
    trap.plainly(&["status", "--porcelain"]);
    assert_eq!(trap.fired(), ["core.fsmonitor", "filter.evil.clean", "post-index-change"]);
    trap.touch("a.txt");
    let index = fs_err::read(trap.top().join(".git/index"))?;
    assert!(trap.changes()?.is_empty());
    assert!(trap.fired().is_empty());
    assert_eq!(fs_err::read(trap.top().join(".git/index"))?, index, "nothing is written into the checkout");
    fs_err::write(trap.top().join("a.txt"), "b")?;
    assert_eq!(trap.changes()?, [" M a.txt"]);
    assert!(trap.fired().is_empty());
    Ok(())
}

#[test]
fn a_filter_that_is_a_process_is_not_started_either() -> Result<()> {
    let trap = Trap::set();
    trap.setting("filter.evil.process", "");
    assert!(trap.plainly(&["config", "filter.evil.required", "true"]));
    trap.touch("a.txt");
    trap.plainly(&["status", "--porcelain"]);
    assert_eq!(trap.fired(), ["filter.evil.process"]);
    assert!(trap.changes()?.is_empty());
    assert!(trap.fired().is_empty());
    Ok(())
}

#[test]
fn a_setting_in_an_included_file_counts() -> Result<()> {
    let trap = Trap::set();
    let program = trap.program(&trap.dir.path().join("included"), "cat");
    fs_err::write(trap.top().join("more"), format!("[filter \"evil\"]\n\tclean = {program}\n"))?;
    assert!(trap.plainly(&["config", "include.path", "../more"]));
    trap.touch("a.txt");
    trap.plainly(&["status", "--porcelain"]);
    assert_eq!(trap.fired(), ["included"]);
    trap.touch("a.txt");
    trap.changes()?;
    assert!(trap.fired().is_empty());
    Ok(())
}

#[test]
fn a_submodule_is_looked_at_without_its_programs() -> Result<()> {
    let (trap, inner) = (Trap::set(), Trap::set());
    let add =
        ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &inner.top().display().to_string(), "sub"];
    assert!(trap.plainly(&add) && trap.plainly(&["commit", "-qm", "sub"]));
    let program = trap.program(&trap.dir.path().join("monitor"), "");
    assert!(trap.plainly(&["-C", "sub", "config", "core.fsmonitor", &program]));
    trap.plainly(&["status", "--porcelain"]);
    assert_eq!(trap.fired(), ["monitor"]);
    assert!(trap.changes()?.is_empty());
    fs_err::write(trap.top().join("sub/new"), "")?;
    assert_eq!(trap.changes()?, [" M sub"], "a change in it counts");
    assert!(trap.fired().is_empty());
    Ok(())
}

#[test]
fn a_remote_is_asked_with_nobodys_ssh_but_the_users() -> Result<()> {
    let trap = Trap::set();
    trap.remote("ssh://127.0.0.1:9/x");
    trap.setting("core.sshCommand", "exit 1");
    assert_eq!(trap.asked_for_tags()?, (vec!["core.sshCommand".to_owned()], vec![]));
    Ok(())
}

#[test]
fn a_remote_is_asked_through_no_program_of_the_checkouts() -> Result<()> {
    let trap = Trap::set();
    trap.remote("git://127.0.0.1:9/x");
    trap.setting("core.gitProxy", "exit 1");
    assert_eq!(trap.asked_for_tags()?, (vec!["core.gitProxy".to_owned()], vec![]));
    Ok(())
}

#[test]
fn a_remote_that_wants_a_password_gets_none_from_the_checkouts_helper() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    // It ends with the process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(head.as_bytes());
        }
    });
    let trap = Trap::set();
    trap.remote(&format!("http://{address}/x"));
    trap.setting("credential.helper", "");
    trap.setting(&format!("credential.http://{address}.helper"), "");
    trap.setting("core.askPass", "exit 1");
    let (plainly, carefully) = trap.asked_for_tags()?;
    assert!(plainly.len() == 3, "{plainly:?}");
    assert!(carefully.is_empty(), "{carefully:?}");
    Ok(())
}

#[test]
fn a_program_in_the_checkout_is_not_found_by_a_relative_path() -> Result<()> {
    let trap = Trap::set();
    trap.remote("ssh://127.0.0.1:9/x");
    trap.program(&trap.top().join("ssh"), "exit 1");
    let path = format!(".:{}", std::env::var("PATH").unwrap());
    // By the shell: our own calls have no relative entry.
    let plainly = format!("cd '{}'; PATH={path} git ls-remote origin", trap.top().display());
    Call::new("sh").args(["-c", &plainly]).capture(LIMIT, &CancelToken::default())?;
    assert_eq!(trap.fired(), ["ssh"]);
    let call = trap.checkout()?.call(&["ls-remote", "origin"]).env("PATH", &path);
    call.capture(LIMIT, &CancelToken::default())?;
    assert!(trap.fired().is_empty());
    Ok(())
}

#[test]
fn an_object_that_is_missing_is_not_fetched_by_the_way() -> Result<()> {
    let trap = Trap::set();
    trap.remote("ssh://127.0.0.1:9/x");
    trap.setting("core.sshCommand", "exit 1");
    for (key, value) in [
        ("core.repositoryformatversion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
    ] {
        assert!(trap.plainly(&["config", key, value]));
    }
    let missing = ["cat-file", "-t", "1234567890123456789012345678901234567890"];
    trap.plainly(&missing);
    assert_eq!(trap.fired(), ["core.sshCommand"]);
    trap.checkout()?.call(&missing).capture(LIMIT, &CancelToken::default())?;
    assert!(trap.fired().is_empty());
    Ok(())
}

#[test]
fn a_program_that_cannot_be_switched_off_is_an_error() -> Result<()> {
    for key in ["filter.a=b.clean", "remote.origin.uploadpack"] {
        let trap = Trap::set();
        trap.setting(key, "cat");
        let error = trap.checkout().err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(key) && error.contains("--unset-all"), "{error}");
    }
    Ok(())
}

#[test]
fn the_users_own_settings_apply() -> Result<()> {
    let trap = Trap::set();
    let home = tempfile::tempdir()?;
    let program = trap.program(&trap.dir.path().join("lfs"), "cat");
    fs_err::write(home.path().join(".gitconfig"), format!("[filter \"evil\"]\n\tclean = {program}\n"))?;
    trap.touch("a.txt");
    let status = trap.checkout()?.status().env("HOME", home.path()).without_env("GIT_CONFIG_GLOBAL");
    status.stdout(LIMIT, &CancelToken::default())?;
    assert_eq!(trap.fired(), ["lfs"]);
    Ok(())
}

#[test]
fn a_call_outside_a_checkout_reads_the_settings_of_none() -> Result<()> {
    let trap = Trap::set();
    assert!(trap.plainly(&["config", "x.y", "z"]));
    let call = Git::find()?.call(&["config", "--get", "x.y"])?;
    assert_eq!(call.capture(LIMIT, &CancelToken::default())?.stdout, "");
    Ok(())
}
