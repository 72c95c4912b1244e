//! What a sample's time was spent on, by its innermost frames: either language, or the boundary between them.

use serde::Serialize;

use super::stack::{Frame, Language, Sample};

/// What time was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Code of Python, and CPython for it.
    Python,
    /// Native code of extension modules.
    Native,
    /// Arguments and results on their way between the languages.
    Conversion,
    /// Taking and releasing the interpreter.
    Attach,
    /// Waiting for the GIL.
    GilWait,
    /// The rest of `PyO3`: calls, references, borrow flags.
    Binding,
}

impl Category {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 6] =
        [Self::Python, Self::Native, Self::Conversion, Self::Attach, Self::GilWait, Self::Binding];

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Native => "native code",
            Self::Conversion => "boundary: conversion of values",
            Self::Attach => "boundary: attaching and detaching",
            Self::GilWait => "boundary: waiting for the GIL",
            Self::Binding => "boundary: calls and references",
        }
    }

    /// Whether it is neither language's own work.
    #[must_use]
    pub const fn is_boundary(self) -> bool {
        matches!(self, Self::Conversion | Self::Attach | Self::GilWait | Self::Binding)
    }
}

const CONVERSION: [&str; 12] = [
    "FromPyObject",
    "IntoPyObject",
    "pyo3::conversion",
    "extract_argument",
    "PyFunctionArgument",
    "PyTypeCheck",
    "::extract",
    "into_pyobject",
    "pyo3::impl_::callback",
    "pyo3::impl_::wrap",
    "PyStringMethods",
    "PyBytesMethods",
];
const ATTACH: [&str; 13] = [
    "pyo3::internal::state",
    "pyo3::gil",
    "AttachGuard",
    "SuspendAttach",
    "SuspendGIL",
    "GILGuard",
    "Python::detach",
    "Python::attach",
    "pyo3::marker",
    "PyEval_SaveThread",
    "PyEval_RestoreThread",
    "PyGILState_",
    "PyThreadState_",
];
/// Functions of the C library and the kernel in which a thread waits.
const WAITS: [&str; 24] = [
    "pthread_cond_timedwait",
    "pthread_cond_wait",
    "pthread_cond_clockwait",
    "futex",
    "sem_wait",
    "sem_clockwait",
    "sem_timedwait",
    "__lll_lock_wait",
    "pthread_mutex_lock",
    "nanosleep",
    "epoll_wait",
    "poll",
    "select",
    "recv",
    "accept",
    "waitpid",
    "wait4",
    "sigwait",
    "read",
    "lock_contended",
    "thread_park",
    "syscall",
    "pselect",
    "sleep",
];
/// Locks of Python: a wait in them is one that the program asked for.
const LOCKS: [&str; 4] = ["lock_PyThread_acquire_lock", "PyThread_acquire_lock", "_PyMutex_Lock", "time_sleep"];
/// Functions that take the GIL. py-spy shows the interpreter's loop as the Python function that it runs.
const TAKES: [&str; 4] = ["take_gil", "PyEval_RestoreThread", "PyGILState_Ensure", "PyEval_AcquireThread"];

/// What a sample was spent on; `None` for a thread that waits for something else than the GIL.
pub(super) fn of(sample: &Sample, is_idle_too: bool) -> Option<Category> {
    let innermost: Vec<&Frame> = sample.frames.iter().rev().take_while(|frame| frame.is_inside()).collect();
    let has = |names: &[&str]| innermost.iter().any(|frame| names.iter().any(|name| frame.function.contains(name)));
    if is_idle_too && (is_waiting(&innermost) || has(&LOCKS) && innermost.first().is_some_and(|one| one.is_c_library()))
    {
        let loop_itself = innermost.iter().all(|frame| frame.is_c_library());
        let is_gil = (has(&TAKES) || loop_itself && below(sample, innermost.len())) && !has(&LOCKS);
        return is_gil.then_some(Category::GilWait);
    }
    if has(&["take_gil"]) {
        return Some(Category::GilWait);
    }
    Some(if has(&ATTACH) {
        Category::Attach
    } else if has(&CONVERSION) {
        Category::Conversion
    } else if innermost.iter().any(|frame| frame.is_pyo3()) {
        Category::Binding
    } else {
        match sample.frames.iter().rev().find(|frame| !frame.is_inside()).map(|frame| frame.language) {
            Some(Language::Native) => Category::Native,
            Some(Language::Python) | None => Category::Python,
        }
    })
}

/// Whether the frame below these is of Python: what waits is the interpreter's loop.
fn below(sample: &Sample, count: usize) -> bool {
    let below = sample.frames.len().checked_sub(count + 1).and_then(|at| sample.frames.get(at));
    below.is_some_and(|frame| frame.language == Language::Python)
}

fn is_waiting(innermost: &[&Frame]) -> bool {
    // The innermost frames may be addresses within the C library.
    let mut named = innermost.iter().filter(|frame| !frame.function.starts_with("0x")).take(2);
    named.any(|frame| {
        let name = frame.function.trim_start_matches('_').trim_start_matches("GI_");
        WAITS.iter().any(|wait| name == *wait || frame.function.contains(wait) && wait.len() > 6)
    })
}

impl Frame {
    /// Whether it works for the frame below it: plumbing, or `PyO3`.
    fn is_inside(&self) -> bool {
        self.is_plumbing() || self.is_pyo3()
    }

    fn is_pyo3(&self) -> bool {
        self.language == Language::Native
            && (self.function.contains("pyo3::")
                || self.function.contains("__pyfunction_")
                || self.function.contains("__pymethod_"))
    }

    fn is_c_library(&self) -> bool {
        self.language == Language::Native && self.file.starts_with("libc")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_words(words: &[&str]) -> Option<Category> {
        let frame = |word: &&str| match word.strip_prefix("py ") {
            Some(name) => Frame::python(name, "a.py"),
            None => Frame::native(word, if word.contains("::") { "m.so" } else { "libc.so.6" }),
        };
        of(&Sample { frames: words.iter().map(frame).collect(), weight: 1 }, true)
    }

    #[test]
    fn the_innermost_frames_decide() {
        for (words, expected) in [
            (&["py f"][..], Some(Category::Python)),
            (&["py f", "PyList_New", "malloc"], Some(Category::Python)),
            (&["py f", "m::work"], Some(Category::Native)),
            (&["py f", "m::work", "alloc::vec::push", "malloc"], Some(Category::Native)),
            (&["py f", "pyo3::impl_::extract_argument::extract", "core::iter::next"], Some(Category::Conversion)),
            (
                &["py f", "m::work", "_$LT$u64$u20$as$u20$pyo3..conversion..IntoPyObject$GT$::into_pyobject::h0"],
                Some(Category::Conversion),
            ),
            (&["py f", "m::work", "pyo3::marker::Python::detach", "PyEval_SaveThread"], Some(Category::Attach)),
            (&["py f", "m::__pyfunction_work"], Some(Category::Binding)),
            // The work inside of a closure is the crate's own.
            (&["py f", "pyo3::marker::Python::detach", "m::work::inner"], Some(Category::Native)),
            (&[], Some(Category::Python)),
        ] {
            assert_eq!(of_words(words), expected, "{words:?}");
        }
    }

    #[test]
    fn of_those_who_wait_only_those_for_the_gil_count() {
        for (words, expected) in [
            (&["py f", "pthread_cond_timedwait", "0x12"][..], Some(Category::GilWait)),
            (&["py f", "m::work", "PyEval_RestoreThread", "pthread_cond_timedwait"], Some(Category::GilWait)),
            (&["py f", "lock_PyThread_acquire_lock", "pthread_cond_timedwait"], None),
            (&["py f", "m::work", "std::sys::sync::mutex::futex::Mutex::lock_contended", "syscall"], None),
            (&["py f", "time_sleep", "clock_nanosleep"], None),
            (&["py f", "lock_PyThread_acquire_lock", "PyThread_acquire_lock_timed", "0x1", "0x2"], None),
        ] {
            assert_eq!(of_words(words), expected, "{words:?}");
        }
    }
}
