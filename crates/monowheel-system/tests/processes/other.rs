//! This program, started again to do one thing; and the processes that it leaves.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// In the environment of the other process and of all its descendants, with a value unique to this test.
const MARK: &str = "MONOWHEEL_TEST_MARK";

/// The time limit for anything on a busy machine.
const LONG: Duration = Duration::from_secs(20);

/// The other process, which is killed if a test fails.
pub(crate) struct Other(Child);

impl Deref for Other {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Other {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether this process is the other one.
pub(crate) fn is_other() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Starts the test of that name, which behaves differently in the other process. `before` are the words that start
/// a program.
pub(crate) fn start(before: &[&str], test: &str, mark: &str) -> Other {
    let this = std::env::current_exe().unwrap();
    let mut words: Vec<&str> = before.to_vec();
    words.push(this.to_str().unwrap());
    words.extend(["--exact", test, "--nocapture", "--test-threads=1"]);
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env(MARK, mark).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    Other(command.spawn().unwrap())
}

/// The number of running processes that have the mark.
pub(crate) fn marked(mark: &str) -> usize {
    let wanted = format!("{MARK}={mark}\0");
    let has = |process: &Path| {
        let is_zombie = std::fs::read_to_string(process.join("stat")).is_ok_and(|stat| stat.contains(") Z "));
        let found = std::fs::read(process.join("environ")).unwrap_or_default();
        !is_zombie && found.windows(wanted.len()).any(|bytes| bytes == wanted.as_bytes())
    };
    std::fs::read_dir("/proc").unwrap().flatten().filter(|entry| has(&entry.path())).count()
}

/// Waits for a condition.
pub(crate) fn comes_true(what: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < LONG {
        if what() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    what()
}
