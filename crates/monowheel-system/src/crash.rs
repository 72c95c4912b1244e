//! A panic is a bug in monowheel: it becomes an error, and the details are written to a file that can be reported.
//!
//! It never results in an exit code that says something about a wheel. A worker's panic counts too, even if the rest
//! continued without it.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use monowheel_error::text::{brief, without_credentials};
use monowheel_error::{Error, ErrorKind, Result, VERSION};

use crate::{atomic_write, cache, threads};

/// Where bugs are reported.
const ISSUES: &str = "https://github.com/monowheel/monowheel/issues";
/// How many panics of one run are recorded: the first one matters.
const MOST: usize = 8;
/// The beginning of the standard library's panic when the system refuses a thread.
const NO_THREAD: &str = "failed to spawn thread";

/// The number of running calls of [`guarded`]. Without one, panics are not ours: those of tests, for instance.
static GUARDS: AtomicUsize = AtomicUsize::new(0);
static PANICS: Mutex<Vec<Panic>> = Mutex::new(Vec::new());

thread_local! {
    static IS_WRITING: Cell<bool> = const { Cell::new(false) };
}

struct Panic {
    message: String,
    place: String,
    thread: String,
    backtrace: String,
}

/// Runs the work. When something in it panics, on any thread, the result is an error.
///
/// `command` is the command line, for the report; credentials in it are left out.
///
/// # Errors
/// [`ErrorKind::Defect`] after a panic, with the path of the report; [`ErrorKind::Io`] when only the
/// system refused a thread.
pub fn guarded<T>(command: &[OsString], work: impl FnOnce() -> T) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| if GUARDS.load(Ordering::SeqCst) == 0 { before(info) } else { noted(info) }));
    });
    GUARDS.fetch_add(1, Ordering::SeqCst);
    // Incomplete results are not used any more.
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDS.fetch_sub(1, Ordering::SeqCst);
    let mut panics = std::mem::take(&mut *PANICS.lock().unwrap_or_else(PoisonError::into_inner));
    let done = done.map_err(|payload| said(&*payload));
    if let (Err(message), true) = (&done, panics.is_empty()) {
        // A panic that another guard has handled, or one that no hook saw.
        let unknown = || "unknown".to_owned();
        panics.push(Panic { message: message.clone(), place: unknown(), thread: unknown(), backtrace: String::new() });
    }
    match (done, panics.first()) {
        (Ok(done), None) => Ok(done),
        (_, Some(first)) => Err(error(first, &panics, command)),
        (Err(message), None) => Err(Error::new(ErrorKind::Defect, message)),
    }
}

/// The panic hook. It prints nothing: the error at the end does.
fn noted(info: &PanicHookInfo<'_>) {
    // A panic in here would end the process.
    if IS_WRITING.replace(true) {
        return;
    }
    let panic = Panic {
        message: said(info.payload()),
        place: info.location().map_or_else(|| "unknown".to_owned(), ToString::to_string),
        thread: std::thread::current().name().unwrap_or("unnamed").to_owned(),
        backtrace: Backtrace::force_capture().to_string(),
    };
    let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    if panics.len() < MOST {
        panics.push(panic);
    }
    IS_WRITING.set(false);
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic value that is not text").to_owned()
}

fn error(first: &Panic, panics: &[Panic], command: &[OsString]) -> Error {
    if first.message.starts_with(NO_THREAD) {
        return threads::refused(&first.message);
    }
    // It may quote an untrusted file.
    let error = Error::new(ErrorKind::Defect, format!("monowheel itself failed: {}", brief(&first.message)));
    let error = error.at(&first.place);
    match written(&report(panics, command)) {
        Ok(path) => error.next(format!(
            "report it at {ISSUES} with {}, which says what happened; read it before you send it",
            path.display()
        )),
        Err(why) => error.next(format!("report it at {ISSUES}; no crash report could be written: {}", why.what())),
    }
}

fn report(panics: &[Panic], command: &[OsString]) -> String {
    let words: Vec<String> = command.iter().map(|word| without_credentials(&word.to_string_lossy())).collect();
    let mut text = format!("monowheel {VERSION}\n");
    let _ = writeln!(text, "system: {} {}{}", std::env::consts::OS, std::env::consts::ARCH, kernel());
    let _ = writeln!(text, "command: {words:?}");
    for panic in panics {
        let _ = writeln!(text, "\npanic: {}\nat: {}\nthread: {}", panic.message, panic.place, panic.thread);
        let _ = writeln!(text, "{}", panic.backtrace);
    }
    text
}

fn kernel() -> String {
    let release = fs_err::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    if release.is_empty() { release } else { format!(", kernel {}", release.trim()) }
}

/// Writes it into the cache, else into the directory for temporary files, readable only by its owner.
fn written(text: &str) -> Result<PathBuf> {
    let second = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let name = format!("crash-{second}-{}.txt", std::process::id());
    let write = |directory: &Path| -> Result<PathBuf> {
        let path = directory.join(&name);
        atomic_write::write_private(&path, text)?;
        Ok(path)
    };
    let in_cache = || {
        let directory = cache::root()?.join("crashes");
        fs_err::create_dir_all(&directory)?;
        write(&directory)
    };
    in_cache().or_else(|_| write(&std::env::temp_dir()))
}

#[cfg(test)]
mod tests {
    use std::sync::MutexGuard;

    use super::*;

    /// Panics are recorded for the whole process: one test at a time.
    fn alone() -> MutexGuard<'static, ()> {
        static ONE: Mutex<()> = Mutex::new(());
        ONE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    /// The report that an error names.
    fn report_of(error: &Error) -> (PathBuf, String) {
        let next = error.next_step().unwrap();
        let path = next.split(" with ").nth(1).and_then(|rest| rest.split(", which").next()).unwrap();
        (PathBuf::from(path), fs_err::read_to_string(path).unwrap())
    }

    #[test]
    fn a_panic_is_an_error_with_a_report() {
        let _alone = alone();
        let typed = words(&["audit", "--index-url", "https://me:pass@host/simple?token=x", "a.whl"]);
        let error = guarded(&typed, || panic!("no such\u{1b}[2J member")).map(|()| 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Defect);
        assert_eq!(error.what(), "monowheel itself failed: no such<U+001B>[2J member");
        assert!(error.place().is_some_and(|place| place.contains("crash.rs:")), "{error}");
        let (path, text) = report_of(&error);
        assert!(text.starts_with(&format!("monowheel {VERSION}\nsystem: ")), "{text}");
        assert!(text.contains(r#"command: ["audit", "--index-url", "https://…@host/simple?…", "a.whl"]"#), "{text}");
        assert!(text.contains("\npanic: no such\u{1b}[2J member\nat: ") && !text.contains("pass"), "{text}");
        assert!(text.contains("guarded"), "no backtrace: {text}");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs_err::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        fs_err::remove_file(path).unwrap();
    }

    #[test]
    fn a_panic_of_a_worker_counts_also_where_the_rest_went_on() {
        let _alone = alone();
        let work = || std::thread::Builder::new().name("worker".to_owned()).spawn(|| panic!("gone")).unwrap().join();
        let error = guarded(&[], || work().is_err()).unwrap_err();
        assert_eq!(error.what(), "monowheel itself failed: gone");
        let (path, text) = report_of(&error);
        assert!(text.contains("\nthread: worker\n"), "{text}");
        fs_err::remove_file(path).unwrap();
        assert_eq!(guarded(&[], || 1).unwrap(), 1, "the next one begins without it");
    }

    #[test]
    fn a_thread_that_the_system_refused_is_no_defect() {
        let _alone = alone();
        let message = "failed to spawn thread: Os { code: 11, kind: WouldBlock, message: \"…\" }";
        let error = guarded(&[], || std::panic::panic_any(message.to_owned())).map(|()| 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.what().starts_with("the system cannot start more threads or processes: "), "{error}");
    }
}
