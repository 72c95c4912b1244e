use std::cell::LazyCell;

use monowheel_wheel::binary::Format;
use monowheel_wheel::platform::{Libc, PlatformTag};

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::linux_promises;
use crate::rules::platform::reach::Reach;

rule! {
    /// A library needs static thread-local storage that a running process may not have left.
    ///
    /// # What it does
    /// Looks for `DF_STATIC_TLS` (the models *initial-exec* and *local-exec*) in files that Python loads, and at the
    /// size of their thread-local storage. glibc reserves 1664 bytes for libraries that are loaded later, and since
    /// 2.32 guarantees 512 of them for this purpose. Up to 512 bytes is a note, more is a warning, more than the total
    /// is an error. musl has no such reserve, and refuses variables of its own in every file that is loaded later: an
    /// error.
    ///
    /// # Why it matters
    /// *cannot allocate memory in static TLS block*, depending on what was imported before; with musl always
    /// *initial-exec TLS resolves to dynamic definition*.
    ///
    /// # Example
    /// A library with `__thread char buffer[4096]`, compiled with `-ftls-model=initial-exec`; jemalloc.
    ///
    /// # Fix
    /// Compile with `-fPIC` and the default model (`global-dynamic`), or `-mtls-dialect=gnu2`; for jemalloc
    /// `--disable-initial-exec-tls`.
    pub(super) static RULE: "static-tls", Platform, Error, One(check);
}

/// glibc's reserve for all libraries together (`TLS_STATIC_SURPLUS`), and for these alone (`rtld.optional_static_tls`).
const SURPLUS: u64 = 1664;
const OPTIONAL: u64 = 512;

fn check(facts: &Facts, found: &mut Found<'_>) {
    // bionic has other limits.
    if facts.tags().iter().any(|tag| matches!(tag.platform(), PlatformTag::Android { .. })) {
        return;
    }
    let is_musl = linux_promises(facts).first().is_some_and(|promise| promise.libc == Libc::Musllinux);
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Elf) {
        let Some(size) = slice.link.static_tls.filter(|_| binary.role != Role::Program) else { continue };
        // Without its own variables it uses those of another library, such as `errno` of the C library.
        if size == 0 {
            continue;
        }
        let severity = match size {
            _ if is_musl => Severity::Error,
            SURPLUS.. => Severity::Error,
            OPTIONAL.. => Severity::Warning,
            _ => Severity::Note,
        };
        let message = match is_musl {
            true => format!("needs {size} bytes of static thread-local storage, which musl gives to programs only"),
            false => {
                format!("needs {size} bytes of static thread-local storage, which a running process may not have left")
            }
        };
        let fix = "compile with the TLS model global-dynamic (`-ftls-model=global-dynamic`)";
        found.add(Finding::new(severity.min(reach.severity(binary)), binary.place(slice), message).fix(fix));
    }
}
