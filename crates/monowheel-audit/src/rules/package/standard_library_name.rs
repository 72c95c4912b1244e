use std::collections::BTreeSet;
use std::sync::LazyLock;

use monowheel_wheel::abi::admits;

use crate::facts::{Facts, WheelFacts, site_path};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A top-level module has the name of a module of the standard library.
    ///
    /// # What it does
    /// Compares top-level modules and packages with the modules that every CPython from 3.8 to 3.15 has. Wheels for
    /// older Pythons only are ignored.
    ///
    /// # Why it matters
    /// Python finds its own module first, so the wheel's is never imported, and code that expects it gets the other.
    /// With `pip install --target` and `PYTHONPATH` it is the other way round: every program breaks that imports the
    /// standard module. The cause is usually a build that takes each subpackage for a package of its own.
    ///
    /// # Example
    /// `math/`, `scene/` and `tools/` instead of `payton/` (sinanislekdemir/payton#36).
    ///
    /// # Fix
    /// Put the module into the project's package.
    pub(super) static RULE: "standard-library-name", Package, Warning, One(check);
}

/// Top-level modules of every CPython from 3.8 to 3.15 (`sys.stdlib_module_names`), without private ones, and without
/// those that only some platforms have.
const MODULES: &str = "abc argparse array ast asyncio base64 bisect builtins bz2 calendar cmath cmd code codecs codeop \
    collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg csv ctypes dataclasses \
    datetime decimal difflib dis doctest email encodings enum errno faulthandler filecmp fileinput fnmatch fractions \
    ftplib functools gc getopt getpass gettext glob gzip hashlib heapq hmac html http imaplib importlib inspect io \
    ipaddress itertools json keyword linecache locale logging lzma mailbox marshal math mimetypes mmap modulefinder \
    multiprocessing netrc numbers operator os pathlib pdb pickle pickletools pkgutil platform plistlib poplib pprint \
    profile pstats py_compile pyclbr pydoc queue quopri random re reprlib rlcompleter runpy sched secrets select \
    selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 ssl stat statistics string stringprep \
    struct subprocess symtable sys sysconfig tabnanny tarfile tempfile textwrap threading time timeit token tokenize \
    trace traceback tracemalloc types typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser \
    wsgiref xml xmlrpc zipapp zipfile zipimport zlib";

/// The minor versions for which the list holds.
const HOLDS: std::ops::RangeInclusive<u8> = 8..=15;

static KNOWN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| MODULES.split_whitespace().collect());

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let names: BTreeSet<&str> = wheel
        .members
        .iter()
        .filter_map(|member| {
            let path = site_path(&member.path)?;
            let is_module = [".py", ".so", ".pyd"].iter().any(|end| path.ends_with(end));
            is_module.then(|| path.split(['/', '.']).next()).flatten()
        })
        .filter(|name| KNOWN.contains(name))
        .collect();
    if !names.is_empty() && is_for_these(wheel) {
        let names: Vec<&str> = names.into_iter().collect();
        found.add(
            Finding::new(
                Severity::Warning,
                Place::file(),
                format!(
                    "top-level modules with names of the standard library, whose modules Python imports: {}",
                    some_of(&names)
                ),
            )
            .details(names)
            .fix("put them into the project's package"),
        );
    }
}

/// Whether a Python for which the list holds installs the wheel.
fn is_for_these(wheel: &WheelFacts) -> bool {
    let specifiers = wheel.requires_python();
    let is_of_python_2 = !wheel.tags.is_empty() && wheel.tags.iter().all(|tag| tag.python.starts_with("py2"));
    !is_of_python_2 && HOLDS.clone().any(|minor| admits(specifiers.as_ref(), (3, minor)))
}
