//! Programs that are run to their end, or killed.

use std::time::{Duration, Instant};

use super::*;

const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn captures_both_streams() -> Result<()> {
    let out = Call::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]).capture(LIMIT, &CancelToken::default())?;
    assert_eq!((out.stdout.as_str(), out.stderr.as_str(), out.status.code()), ("out\n", "err\n", Some(3)));
    Ok(())
}

#[test]
fn a_time_limit_ends_the_whole_group() {
    let start = Instant::now();
    let call = Call::new("sh").args(["-c", "sleep 60 & sleep 60"]);
    let error = call.capture(Duration::from_millis(200), &CancelToken::default()).err();
    assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Tool));
    assert!(start.elapsed() < LIMIT);
}

#[test]
fn a_time_limit_ends_a_logged_call_and_keeps_what_it_said() {
    let mut log = Vec::new();
    let call = Call::new("sh").args(["-c", "echo begun; sleep 62 & sleep 62"]);
    let limit = Some(Duration::from_millis(300));
    let error = call.logged_within(limit, &mut log, &CancelToken::default(), &mut |_| {}).err();
    assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Tool));
    assert!(String::from_utf8_lossy(&log).ends_with("begun\n"));
}

#[test]
fn stop_ends_a_logged_call_and_what_it_started() -> Result<()> {
    let stop = CancelToken::default();
    let seen = stop.clone();
    let mut log = Vec::new();
    let call = Call::new("sh").args(["-c", "sleep 61 & echo $!; wait"]);
    let mut pid = String::new();
    let error = call.logged(&mut log, &stop, &mut |line| {
        line.clone_into(&mut pid);
        seen.set();
    });
    assert_eq!(error.err().map(|error| error.kind()), Some(ErrorKind::Interrupted));
    assert!(!pid.is_empty());
    // A zombie whose parent is gone may linger for a moment; it must not be running.
    let state = Call::new("ps").args(["-o", "stat=", "-p", &pid]).capture(LIMIT, &CancelToken::default())?;
    assert!(state.stdout.trim().is_empty() || state.stdout.trim().starts_with('Z'), "{}", state.stdout);
    Ok(())
}

#[test]
fn a_daemon_that_holds_the_pipe_does_not_hold_us() -> Result<()> {
    let start = Instant::now();
    let status = Call::new("sh").args(["-c", "sleep 30 & echo done"]).logged(
        &mut Vec::new(),
        &CancelToken::default(),
        &mut |_| {},
    )?;
    assert!(status.success());
    assert!(start.elapsed() < Duration::from_secs(10));
    Ok(())
}

#[test]
fn a_secret_reaches_the_child_and_nothing_else() -> Result<()> {
    let call = Call::new("sh").args(["-c", "test \"$TOKEN\" = pypi-x"]).secret("TOKEN", "pypi-x");
    let mut log = Vec::new();
    assert!(call.logged(&mut log, &CancelToken::default(), &mut |_| {})?.success());
    let said = format!("{call:?}\n{}", String::from_utf8_lossy(&log));
    assert!(said.contains("TOKEN=…") && !said.contains("=pypi-x"), "{said}");
    assert!(!said.contains("Secret(\"pypi-x"), "{said}");
    Ok(())
}

#[test]
fn quotes_what_a_shell_would_split() {
    assert_eq!(quoted("a b"), "'a b'");
    assert_eq!(quoted("it's"), r#""it's""#);
    assert_eq!(quoted(""), "''");
    for bare in ["--target=x", "x==1.0", "-Wl,-x", "/a/b.c:d@e+f%g"] {
        assert_eq!(quoted(bare), bare);
    }
    for odd in ["=ls", "$HOME", "it's $x!", "a\"b'c`d`\\", "~", "*", "a;b", "a\nb", "\u{e9} x", "{a,b}", "a^b", "#"] {
        let words = shlex::split(&quoted(odd));
        assert_eq!(words, Some(vec![odd.to_owned()]));
        let call = Call::new("sh").arg("-c").arg(format!("printf %s {}", quoted(odd)));
        assert_eq!(call.stdout(LIMIT, &CancelToken::default()).unwrap(), odd.trim(), "{}", quoted(odd));
    }
}

#[test]
fn a_missing_program_is_named() {
    let error = Call::new("/no/such/tool").capture(LIMIT, &CancelToken::default()).err();
    assert!(error.is_some_and(|error| error.to_string().contains("/no/such/tool")));
}

#[test]
fn last_lines_are_those_with_something_and_fit_a_screen() {
    assert_eq!(last_lines("a\n\nb\n  \nc\n", 2), "b\nc");
    assert_eq!(last_lines("a", 2), "a");
    assert_eq!(last_lines("", 2), "");
    let long = last_lines(&format!("a\n{}\n", "\u{e9}".repeat(1 << 16)), 2);
    assert_eq!(long.chars().count(), 2 + 2000 + 1);
}

/// The largest resident size of this process so far, in MiB.
#[cfg(target_os = "linux")]
fn peak() -> Result<usize> {
    let status = fs_err::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kibibytes: Option<usize> = line.trim().trim_end_matches(" kB").parse().ok();
    Ok(kibibytes.ok_or_else(|| Error::new(ErrorKind::Io, "no VmHWM in /proc/self/status"))? / 1024)
}

/// A wheel that prints without end: this once took 3 GiB.
#[cfg(target_os = "linux")]
#[test]
fn a_program_that_prints_without_end_takes_no_memory() -> Result<()> {
    let before = peak()?;
    let limit = Duration::from_secs(2);
    for (what, call) in [
        ("lines", Call::new("yes").arg("0".repeat(100))),
        ("one line", Call::new("cat").arg("/dev/zero")),
        ("stderr", Call::new("sh").args(["-c", "exec cat /dev/zero >&2"])),
    ] {
        let error = call.capture(limit, &CancelToken::default()).unwrap_err();
        assert!(error.what().contains("did not finish within"), "{what}: {error}");
        let log = tempfile::NamedTempFile::new()?;
        let error =
            call.logged_within(Some(limit), &mut log.as_file(), &CancelToken::default(), &mut |_| ()).unwrap_err();
        assert!(error.what().contains("did not finish within"), "{what}: {error}");
        assert!(log.as_file().metadata()?.len() < 260 << 20, "{what}");
        let grown = peak()? - before;
        assert!(grown < 100, "{what}: {grown} MiB");
    }
    // A program that reads it needs all or nothing, and does not wait for the end.
    let error = Call::new("cat").arg("/dev/zero").stdout(LIMIT, &CancelToken::default()).unwrap_err();
    assert!(error.what().contains("cat printed more than the limit of 64.0 MiB"), "{error}");
    Ok(())
}

#[test]
fn both_ends_of_what_was_printed_are_kept() -> Result<()> {
    let script = "echo first; head -c 5000000 /dev/zero | tr '\\0' x; echo; echo last";
    let printed = Call::new("sh").args(["-c", script]).capture(LIMIT, &CancelToken::default())?.stdout;
    assert!(printed.starts_with("first\nxxx") && printed.ends_with("xxx\nlast\n"), "{}", printed.len());
    assert!(printed.contains("x\n[2.8 MiB left out here]\nx"));
    assert!(printed.len() < (2 << 20) + 100);
    // A caller that asks for all of it gets all of it.
    let all = Call::new("sh").args(["-c", script]).stdout(LIMIT, &CancelToken::default())?;
    assert_eq!(all.len(), 5_000_000 + "first\n\nlast\n".len());
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_daemon_that_prints_without_end_does_not_hold_us() -> Result<()> {
    let start = Instant::now();
    let call = Call::new("sh").args(["-c", "(while :; do echo on; sleep 0.01; done) & echo done"]);
    let status = call.logged(&mut Vec::new(), &CancelToken::default(), &mut |_| {})?;
    assert!(status.success() && start.elapsed() < LIMIT);
    Ok(())
}
