//! What threads wait for, by the functions on their stacks, and who waits for whom.
//!
//! A Rust mutex does not record its owner. That a thread holds one is an inference: it is inside the function that
//! another one waits in to lock it, or in another of the same library.

use serde::Serialize;

use super::{Frame, Gil, Language, Thread};

/// Frames, from the innermost one, that show what a thread waits for.
const INNERMOST: usize = 8;
/// Functions, by a part of their name, and what a thread in them waits for.
const FUNCTIONS: [(&str, Wait); 24] = [
    ("lock_contended", Wait::RustMutex),
    ("RawMutex", Wait::RustMutex),
    ("read_contended", Wait::RustRwLock),
    ("write_contended", Wait::RustRwLock),
    ("RawRwLock", Wait::RustRwLock),
    ("once::futex::Once", Wait::RustOnce),
    ("condvar", Wait::RustCondition),
    ("mpmc::", Wait::RustCondition),
    ("thread::park", Wait::RustCondition),
    ("take_gil", Wait::Gil),
    ("PyThread_acquire_lock", Wait::PythonLock),
    ("PyMutex_Lock", Wait::PythonLock),
    ("_PySemaphore_Wait", Wait::PythonLock),
    ("pthread_mutex_lock", Wait::CMutex),
    ("__lll_lock_wait", Wait::CMutex),
    ("nanosleep", Wait::System),
    ("time_sleep", Wait::System),
    ("thread::sleep", Wait::System),
    ("epoll_wait", Wait::System),
    ("poll", Wait::System),
    ("select", Wait::System),
    ("recv", Wait::System),
    ("waitpid", Wait::System),
    ("wait4", Wait::System),
];

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// The GIL.
    Gil,
    /// A `Mutex` of std or `parking_lot`.
    RustMutex,
    /// An `RwLock`.
    RustRwLock,
    /// A `Once`, `OnceLock` or `LazyLock`.
    RustOnce,
    /// A condition variable, a channel, or another thread.
    RustCondition,
    /// A lock of Python.
    PythonLock,
    /// A mutex of the C library.
    CMutex,
    /// The system: time, a file, a socket, a process.
    System,
}

impl Wait {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Gil => "the GIL",
            Self::RustMutex => "a Rust mutex",
            Self::RustRwLock => "a Rust RwLock",
            Self::RustOnce => "a Rust Once",
            Self::RustCondition => "a condition, a channel or a thread of Rust",
            Self::PythonLock => "a lock of Python",
            Self::CMutex => "a mutex of C",
            Self::System => "the system",
        }
    }

    const fn is_lock(self) -> bool {
        matches!(self, Self::RustMutex | Self::RustRwLock | Self::RustOnce | Self::CMutex)
    }
}

/// Who waits for whom.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What kind of defect it is.
    pub kind: Kind,
    /// One sentence.
    pub what: String,
    /// The threads, the holder of the GIL first.
    pub threads: Vec<u32>,
    /// How to fix it.
    pub fix: String,
}

/// The kinds of defects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The GIL and a lock of native code are taken in both orders.
    LockOrder,
    /// A thread that holds the GIL waits for something else, and others wait for the GIL.
    GilHeld,
}

/// What a thread waits for.
pub(super) fn wait(thread: &Thread) -> Option<Wait> {
    if thread.gil == Some(Gil::WaitsFor) {
        return Some(Wait::Gil);
    }
    let innermost = thread.frames.iter().take(INNERMOST).take_while(|frame| frame.language == Language::Native);
    let names: Vec<String> = innermost.map(|frame| frame.function.to_lowercase()).collect();
    let is_in = |part: &str| names.iter().any(|name| name.contains(&part.to_lowercase()));
    FUNCTIONS.iter().find(|(part, _)| is_in(part)).map(|(_, wait)| *wait)
}

/// Deadlocks, and threads that keep the GIL.
pub(super) fn findings(threads: &[Thread]) -> Vec<Finding> {
    let Some(holder) = threads.iter().find(|thread| thread.gil == Some(Gil::Holds)) else { return Vec::new() };
    let waiting: Vec<&Thread> = threads.iter().filter(|thread| thread.gil == Some(Gil::WaitsFor)).collect();
    let (Some(wait), Some(inside)) = (holder.waits, own_frame(holder, |_| true)) else { return Vec::new() };
    if waiting.is_empty() {
        return Vec::new();
    }
    let ids = |others: &[&Thread]| std::iter::once(holder.id).chain(others.iter().map(|thread| thread.id)).collect();
    // It may hold the lock: it is inside the same function, else inside the same library.
    let owners: Vec<(&Thread, &Frame)> = waiting
        .iter()
        .filter_map(|thread| {
            let same = own_frame(thread, |frame| frame.function == inside.function);
            Some((*thread, same.or_else(|| own_frame(thread, |frame| frame.library == inside.library))?))
        })
        .collect();
    if let (true, Some((owner, frame))) = (wait.is_lock(), owners.first()) {
        let what = format!(
            "deadlock: thread {} has the GIL and waits for {} in {}; thread {} waits for the GIL inside {}, which may \
             hold that lock",
            holder.id,
            wait.label(),
            inside.label(),
            owner.id,
            frame.label()
        );
        let owners: Vec<&Thread> = owners.iter().map(|(owner, _)| *owner).collect();
        return vec![Finding { kind: Kind::LockOrder, what, threads: ids(&owners), fix: FIX_ORDER.to_owned() }];
    }
    let what = format!(
        "thread {} keeps the GIL while it waits for {} in {}; {} waits for the GIL",
        holder.id,
        wait.label(),
        inside.label(),
        if waiting.len() == 1 {
            "one other thread".to_owned()
        } else {
            format!("each of {} other threads", waiting.len())
        }
    );
    vec![Finding { kind: Kind::GilHeld, what, threads: ids(&waiting), fix: FIX_HELD.to_owned() }]
}

const FIX_ORDER: &str = "release the lock before you call Python, or lock it with MutexExt::lock_py_attached or inside \
                         Python::detach";
const FIX_HELD: &str = "wait inside Python::detach, which gives the GIL to other threads";

/// The innermost frame of native code that is neither CPython's nor of the system.
fn own_frame(thread: &Thread, is_wanted: impl Fn(&Frame) -> bool) -> Option<&Frame> {
    let own = thread.frames.iter().filter(|frame| frame.language == Language::Native && !frame.is_plumbing());
    own.into_iter().find(|frame| is_wanted(frame))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(id: u32, gil: Option<Gil>, functions: &[&str]) -> Thread {
        let frame = |function: &&str| Frame {
            language: Language::Native,
            function: (*function).to_owned(),
            file: String::new(),
            line: 0,
            library: if function.contains("::") { "/m.so" } else { "/lib/libc.so.6" }.to_owned(),
            address: None,
            source: String::new(),
            variables: Vec::new(),
        };
        let mut thread =
            Thread { id, name: String::new(), gil, waits: None, frames: functions.iter().map(frame).collect() };
        thread.waits = wait(&thread);
        thread
    }

    #[test]
    fn the_gil_and_a_mutex_in_both_orders_are_a_deadlock() {
        let holder =
            thread(1, Some(Gil::Holds), &["syscall", "std::sys::sync::mutex::futex::Mutex::lock_contended", "m::f"]);
        let waiting = thread(2, Some(Gil::WaitsFor), &["m::g", "m::f"]);
        let found = findings(&[waiting.clone(), holder.clone()]);
        assert_eq!((found[0].kind, found[0].threads.as_slice()), (Kind::LockOrder, [1, 2].as_slice()));
        assert!(found[0].what.contains("waits for a Rust mutex in m::f"), "{}", found[0].what);
        // Nobody waits for the GIL: another thread has the mutex, and will release it.
        assert!(findings(&[holder]).is_empty());
        assert!(findings(&[waiting]).is_empty());
    }

    #[test]
    fn a_thread_that_sleeps_with_the_gil_keeps_it() {
        let holder = thread(1, Some(Gil::Holds), &["clock_nanosleep", "std::thread::sleep", "m::hold"]);
        let waiting = thread(2, Some(Gil::WaitsFor), &["PyEval_RestoreThread"]);
        let found = findings(&[holder.clone(), waiting]);
        assert_eq!(found[0].kind, Kind::GilHeld);
        assert!(found[0].what.contains("in m::hold; one other thread"), "{}", found[0].what);
        // A thread that computes with the GIL is not a defect.
        assert!(
            findings(&[thread(1, Some(Gil::Holds), &["m::compute"]), thread(2, Some(Gil::WaitsFor), &[])]).is_empty()
        );
        assert_eq!(holder.waits, Some(Wait::System));
    }
}
