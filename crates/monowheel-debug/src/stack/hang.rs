//! Waits for a command to hang: it still runs, and its threads hardly use the processor for a while.
//!
//! Not "never": a thread that waits for the GIL wakes up every 5 ms to ask for it.

use std::time::{Duration, Instant};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, Captured, last_lines};

use crate::running::Running;

use super::{LONGEST, Options, Report, TICK, of_process, supported};

/// Ticks of the kernel's clock in a second (`USER_HZ`), the same on every Linux that CPython runs on.
const TICKS: u64 = 100;

/// How a command ended, or did not.
#[derive(Clone, Debug)]
pub enum Ended {
    /// With success.
    Well,
    /// It was idle for so long: its stacks.
    Hangs(Box<Report>),
    /// It was still busy at the time limit: its stacks.
    Busy(Box<Report>),
}

/// Runs a command until it ends, hangs, or exceeds the limit.
///
/// # Errors
/// When it fails, cannot be started or read, or pystack is missing.
pub fn hang(
    words: &[String],
    idle: Duration,
    limit: Duration,
    options: Options<'_>,
    stop: &CancelToken,
) -> Result<Ended> {
    supported()?;
    let running = Running::start(words, limit + LONGEST, stop)?;
    let begin = Instant::now();
    let (mut used, mut since) = (processor_time(running.id), Instant::now());
    // A twentieth of the time.
    let most = idle.as_secs() * TICKS / 20;
    loop {
        stop.wait(TICK)?;
        if let Some(ended) = running.poll()? {
            return if ended.status.success() { Ok(Ended::Well) } else { Err(failed(&ended)) };
        }
        let now = processor_time(running.id);
        if now.saturating_sub(used) > most {
            (used, since) = (now, Instant::now());
        }
        let (is_idle, is_over) = (since.elapsed() >= idle, begin.elapsed() >= limit);
        if is_idle || is_over {
            let stacks = of_process(running.id, options, stop)?;
            return Ok(if is_idle { Ended::Hangs(Box::new(stacks)) } else { Ended::Busy(Box::new(stacks)) });
        }
    }
}

fn failed(ended: &Captured) -> Error {
    let printed = last_lines(if ended.stderr.trim().is_empty() { &ended.stdout } else { &ended.stderr }, 8);
    let what = format!("the command did not hang: it failed with {}\n{printed}", ended.status);
    Error::new(ErrorKind::Tool, what.trim_end())
        .next("fix that first, or run it without monowheel to see all of its output")
}

/// The processor time of a process and its children that have ended, in ticks: fields 14 to 17 of `/proc/ID/stat`,
/// counted from the end of the program's name, which may contain anything.
fn processor_time(id: u32) -> u64 {
    let stat = fs_err::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace().skip(11);
    fields.take(4).filter_map(|field| field.parse::<u64>().ok()).sum()
}
