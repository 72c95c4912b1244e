//! SIGKILL, which nobody can answer.

use std::time::Duration;

use monowheel_system::exec::{Call, CancelToken};

use crate::other::{comes_true, is_other, marked, start};

/// A tool that starts a tool that starts a compiler, none of which ends when it is asked to.
const TREE: &str =
    "trap '' TERM HUP INT; sh -c 'sh -c \"while :; do sleep 1; done\" & while :; do sleep 1; done' & wait";
/// This process, and three trees of three shells with a sleep each or two.
const ALL: usize = 1 + 3 * 5;

#[test]
fn after_fifty_kills_nothing_lives_on() {
    if is_other() {
        return run_three_trees();
    }
    let mut lived = 0;
    for number in 0..50 {
        let mark = format!("killed-{}-{number}", std::process::id());
        let mut other = start(&[], "killed::after_fifty_kills_nothing_lives_on", &mark);
        // From the first moment on: some are killed while they start something.
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
    assert!(comes_true(|| marked(&mark) >= ALL), "{}", marked(&mark));
    // The watcher is the one child with an environment of its own. The last of the trees starts after this.
    let threads = std::fs::read_dir(format!("/proc/{}/task", other.id())).unwrap().flatten();
    let all: String =
        threads.map(|thread| std::fs::read_to_string(thread.path().join("children")).unwrap() + " ").collect();
    let is_watcher =
        |pid: &&str| std::fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| environment.is_empty());
    let watcher = all.split_whitespace().find(is_watcher).unwrap_or_else(|| panic!("no watcher among {all}"));
    assert!(std::process::Command::new("kill").args(["-KILL", watcher]).status().unwrap().success());
    // One more is started once the watcher is gone.
    assert!(comes_true(|| marked(&mark) > ALL), "{}", marked(&mark));
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(comes_true(|| marked(&mark) == 0), "{} processes live on", marked(&mark));
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
