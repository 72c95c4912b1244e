//! What code in a sandbox can reach. If this machine has no working bubblewrap, the tests say so and are skipped;
//! `ci/bootstrap` installs it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]
#![allow(clippy::print_stderr, reason = "a test that stands aside says so")]

use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use monowheel_system::exec::{Call, CancelToken, Captured, Isolation, Isolator, Sandbox};

const LIMIT: Duration = Duration::from_secs(60);

fn isolator() -> Option<Isolator> {
    let isolator = Isolator::choose(Isolation::Auto, &CancelToken::default()).unwrap();
    if !isolator.is_on() {
        eprintln!("skipped: {}", isolator.report().line());
        assert!(Isolator::choose(Isolation::Required, &CancelToken::default()).is_err());
        return None;
    }
    Some(isolator)
}

fn shell(isolator: &Isolator, sandbox: &Sandbox, script: &str) -> Captured {
    let call = Call::new("sh").args(["-c", script]).dir("/");
    isolator.apply(call, sandbox).capture(LIMIT, &CancelToken::default()).unwrap()
}

#[test]
fn the_network_is_not_there() {
    let Some(isolator) = isolator() else { return };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asks = format!("exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached");
    let ask = |sandbox: &Sandbox| {
        let call = Call::new("bash").args(["-c", &asks]).dir("/");
        isolator.apply(call, sandbox).capture(LIMIT, &CancelToken::default()).unwrap().stdout
    };
    // The same words reach it if the sandbox has the network: the namespace makes the difference.
    assert_eq!(ask(&Sandbox::default().with_network()), "reached\n");
    assert_eq!(ask(&Sandbox::default()), "");
}

#[test]
fn inputs_and_the_home_cannot_be_written_and_what_is_not_named_is_not_there() {
    let Some(isolator) = isolator() else { return };
    let dir = tempfile::tempdir().unwrap();
    for name in ["input", "output", "secret"] {
        fs_err::create_dir(dir.path().join(name)).unwrap();
        fs_err::write(dir.path().join(name).join("file"), name).unwrap();
    }
    let at = |name: &str| dir.path().join(name).join("file").display().to_string();
    let sandbox = Sandbox::default().reads(dir.path().join("input")).writes(dir.path().join("output"));
    let script = format!(
        "cat {0}; echo evil > {0}; rm -f {0}; mv {0} {0}.x; echo new > {1}; cat {2}; echo x > {2}; echo x > \"$HOME/mark\"",
        at("input"),
        at("output"),
        at("secret")
    );
    let ended = shell(&isolator, &sandbox, &script);
    assert_eq!(ended.stdout, "input", "{}", ended.stderr);
    assert_eq!(fs_err::read_to_string(at("input")).unwrap(), "input");
    assert_eq!(fs_err::read_to_string(at("output")).unwrap(), "new\n");
    assert_eq!(fs_err::read_to_string(at("secret")).unwrap(), "secret");
    let home = std::env::var("HOME").unwrap();
    assert!(!Path::new(&home).join("mark").exists());
    let seen = shell(&isolator, &sandbox, &format!("echo $HOME; ls -a {home} 2>&1; cat /etc/shadow"));
    assert!(seen.stdout.starts_with("/tmp/home\n"), "{}", seen.stdout);
    assert!(!seen.stdout.contains(".bashrc") && !seen.stdout.contains("root:"), "{}", seen.stdout);
}

/// As in a second build's Cargo home with the registry of the first: the directory is shown, and a link in it is named
/// too.
#[test]
fn a_link_inside_of_what_is_shown_leads_where_it_leads() {
    let Some(isolator) = isolator() else { return };
    let dir = tempfile::tempdir().unwrap();
    let (shared, home) = (dir.path().join("shared"), dir.path().join("home"));
    fs_err::create_dir_all(&shared).unwrap();
    fs_err::create_dir_all(home.join("registry")).unwrap();
    fs_err::write(shared.join("file"), "shared").unwrap();
    let link = home.join("registry/cache");
    fs_err::os::unix::fs::symlink(&shared, &link).unwrap();
    let sandbox = Sandbox::default().reads(home.join("registry")).reads(&link);
    let said = shell(&isolator, &sandbox, &format!("cat '{}'", link.join("file").display()));
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("shared", ""));
}

#[test]
fn a_token_of_the_environment_is_not_passed_on() {
    let Some(isolator) = isolator() else { return };
    // The variables of this process are those of the test runner; a child gets one more, and runs this again.
    let call = Call::new(std::env::current_exe().unwrap())
        .args(["--exact", "prints_its_environment_inside", "--nocapture", "--include-ignored"])
        .env("UPLOAD_TOKEN", "pypi-secret")
        .env("KEPT_FLAG", "kept-value");
    let printed = call.capture(LIMIT, &CancelToken::default()).unwrap().stderr;
    assert!(printed.contains("kept-value"), "{printed}");
    assert!(!printed.contains("pypi-secret"), "{printed}");
    drop(isolator);
}

#[test]
#[ignore = "called by a_token_of_the_environment_is_not_passed_on"]
fn prints_its_environment_inside() {
    let Some(isolator) = isolator() else { return };
    let seen = shell(&isolator, &Sandbox::default().keeps("KEPT_FLAG"), "env; cat /proc/*/environ | tr '\\0' '\\n'");
    eprintln!("{}", seen.stdout);
}

#[test]
fn no_process_outside_is_seen_and_a_daemon_does_not_survive() {
    let Some(isolator) = isolator() else { return };
    let dir = tempfile::tempdir().unwrap();
    let beat = dir.path().join("beat");
    let own = std::process::id();
    let script = format!(
        "(setsid sh -c 'while :; do date +%N > {0}; sleep 0.05; done' </dev/null >/dev/null 2>&1 &)
         while [ ! -s {0} ]; do sleep 0.05; done
         kill -0 {own} 2>/dev/null && [ -d /proc/{own} ] && tr '\\0' ' ' < /proc/{own}/cmdline
         tr '\\0' ' ' < /proc/1/cmdline",
        beat.display()
    );
    let ended = shell(&isolator, &Sandbox::default().writes(dir.path()), &script);
    // The first process inside is bubblewrap's own, and nothing of the test runner is there.
    assert!(ended.stdout.contains("bwrap"), "{}{}", ended.stdout, ended.stderr);
    assert!(!ended.stdout.contains("--exact"), "{}", ended.stdout);
    let read = || {
        let mut text = String::new();
        fs_err::File::open(&beat).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let last = read();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(read(), last, "the daemon still runs");
}

#[test]
fn how_it_ends_is_told_outside() {
    let Some(isolator) = isolator() else { return };
    assert_eq!(shell(&isolator, &Sandbox::default(), "exit 7").status.code(), Some(7));
    let stop = CancelToken::default();
    let call = isolator.apply(Call::new("sh").args(["-c", "sleep 60 & sleep 60"]).dir("/"), &Sandbox::default());
    let error = call.capture(Duration::from_millis(500), &stop).err().unwrap();
    assert!(error.what().contains("did not finish within"), "{error}");
}
