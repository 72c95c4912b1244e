//! SIGKILL, which no process can handle.

use std::time::Duration;

use monowheel_system::exec::{Call, CancelToken};

use crate::other::{comes_true, is_other, marked, start};

/// A tool that starts a tool that starts a compiler, none of which terminates when asked to.
const TREE: &str =
    "trap '' TERM HUP INT; sh -c 'sh -c \"while :; do sleep 1; done\" & while :; do sleep 1; done' & wait";
/// This process, and three trees of three shells, each of which may be about to start its next sleep.
const MOST: usize = 1 + 3 * 3;

#[test]
fn after_fifty_kills_nothing_lives_on() {
    if is_other() {
        return run_three_trees();
    }
    let mut lived = 0;
    for number in 0..50 {
        let mark = format!("killed-{}-{number}", std::process::id());
        let mut other = start(&[], "killed::after_fifty_kills_nothing_lives_on", &mark);
        // From the very beginning: some are killed while they start something.
        std::thread::sleep(Duration::from_micros(1_500 * number));
        lived += marked(&mark);
        other.kill().unwrap();
        other.wait().unwrap();
        assert!(comes_true(|| marked(&mark) == 0), "{} processes live on after kill {number}", marked(&mark));
    }
    assert!(lived > 100, "there was hardly anything to live on: {lived}");
}

#[test]
fn a_watcher_that_was_ended_is_replaced_and_knows_what_runs() {
    if is_other() {
        return run_three_trees();
    }
    let mark = format!("watcher-{}", std::process::id());
    let mut other = start(&[], "killed::a_watcher_that_was_ended_is_replaced_and_knows_what_runs", &mark);
    assert!(comes_true(|| marked(&mark) >= MOST), "{}", marked(&mark));
    let first = watcher_of(other.id()).unwrap();
    assert!(std::process::Command::new("kill").args(["-KILL", &first]).status().unwrap().success());
    // The next program that is started finds that it is gone.
    assert!(comes_true(|| watcher_of(other.id()).is_some_and(|now| now != first)));
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(comes_true(|| marked(&mark) == 0), "{} processes live on", marked(&mark));
}

/// The number of the watcher: the one running child that has a different environment.
fn watcher_of(other: u32) -> Option<String> {
    let threads = std::fs::read_dir(format!("/proc/{other}/task")).ok()?.flatten();
    let children: String =
        threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok()).collect();
    let is_watcher = |pid: &&str| {
        let runs = std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|words| !words.is_empty());
        runs && std::fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| environment.is_empty())
    };
    children.split_whitespace().find(is_watcher).map(str::to_owned)
}

/// Never ends by itself.
fn run_three_trees() {
    let run = |script: &str| {
        Call::new("sh").args(["-c", script]).logged(&mut std::io::sink(), &CancelToken::default(), &mut |_| ())
    };
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| run(TREE));
        }
        // Something that is started again and again, as a build does.
        scope.spawn(|| {
            loop {
                let _ = run("true");
            }
        });
    });
}
