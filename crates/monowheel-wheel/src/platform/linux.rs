//! The promises of a `manylinux` or `musllinux` tag: the libraries, the symbol versions and the symbols
//! that a system with that libc has (PEP 513, 571, 599, 600, 656; the tables are auditwheel's).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::binary::Arch;
use crate::platform::Libc;

/// One policy, for one architecture.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    row: &'static Row<'static>,
    /// The libc version of the requested tag; at or above the policy's own.
    asked: (u16, u16),
    versions: &'static Versions<'static>,
}

/// The symbol versions of one architecture: `GLIBC` → `2.2.5`, `2.3`, …
type Versions<'a> = HashMap<&'a str, HashSet<&'a str>>;

#[derive(Debug, Deserialize)]
struct Row<'a> {
    name: &'a str,
    #[serde(borrow)]
    libs: HashSet<&'a str>,
    #[serde(borrow)]
    blacklist: HashMap<&'a str, HashSet<&'a str>>,
    #[serde(borrow)]
    symbol_versions: HashMap<&'a str, Versions<'a>>,
    #[serde(skip)]
    version: (u16, u16),
}

#[derive(Default, Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    policies: Vec<Row<'a>>,
    /// Policies that maturin has and auditwheel does not have yet.
    #[serde(borrow, default)]
    policies_maturin_1_16_extra: Vec<Row<'a>>,
}

/// The tables, oldest first. A test checks that they parse.
static MANYLINUX: LazyLock<Vec<Row<'static>>> = LazyLock::new(|| rows(include_str!("manylinux.json"), "manylinux_"));
static MUSLLINUX: LazyLock<Vec<Row<'static>>> = LazyLock::new(|| rows(include_str!("musllinux.json"), "musllinux_"));

fn rows(text: &'static str, prefix: &str) -> Vec<Row<'static>> {
    let file: File = serde_json::from_str(text).unwrap_or_default();
    let mut rows: Vec<Row<'static>> = file.policies.into_iter().chain(file.policies_maturin_1_16_extra).collect();
    for row in &mut rows {
        row.version = row.name.strip_prefix(prefix).and_then(|version| leading_version(version, '_')).unwrap_or((0, 0));
    }
    rows.sort_by_key(|row| row.version);
    rows
}

/// `2.3.4` is `(2, 3)`.
fn leading_version(text: &str, separator: char) -> Option<(u16, u16)> {
    let mut parts = text.split(separator);
    let version = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.all(|part| part.parse::<u16>().is_ok()).then_some(version)
}

const fn table(libc: Libc) -> &'static LazyLock<Vec<Row<'static>>> {
    match libc {
        Libc::Manylinux => &MANYLINUX,
        Libc::Musllinux => &MUSLLINUX,
    }
}

/// The promise of a tag with this libc, version and architecture.
///
/// glibc versions between two policies are tags too (PEP 600: `manylinux_2_29`): they get the nearest
/// older policy, and every glibc symbol up to their own version. An architecture that no older policy
/// supports gets the oldest that does. `None` if no policy supports the architecture.
#[must_use]
pub fn policy(libc: Libc, version: (u16, u16), arch: &Arch) -> Option<Policy> {
    let mut known = table(libc).iter().filter_map(|row| Some((row, row.symbol_versions.get(arch.name())?)));
    let first = known.clone().find(|(row, _)| row.version > version);
    let (row, versions) = known.rfind(|(row, _)| row.version <= version).or(first)?;
    Some(Policy { row, asked: version, versions })
}

/// Whether a policy of this libc, however new, has the library: it is a system library, not a third party's.
#[must_use]
pub fn any_policy_has(libc: Libc, library: &str) -> bool {
    table(libc).iter().any(|row| row.libs.contains(library))
}

/// Whether a library is the dynamic loader, which every process loads: `ld-linux-x86-64.so.2`, `ld64.so.1`,
/// `ld-musl-x86_64.so.1`.
#[must_use]
pub fn is_loader(library: &str) -> bool {
    library.starts_with("ld-linux") || library.starts_with("ld64.so.") || library.starts_with("ld-musl-")
}

/// Whether a library is musl itself: `libc.so`, or `libc.musl-x86_64.so.1` as named by Alpine's compiler.
#[must_use]
pub fn is_musl(library: &str) -> bool {
    library == "libc.so" || library.starts_with("libc.musl-") || library.starts_with("ld-musl-")
}

/// Whether a library is glibc itself or a part of it that is not a separate file in musl. (musl
/// treats most of these names as itself, but does not have glibc's symbols.)
#[must_use]
pub fn is_glibc(library: &str) -> bool {
    const PARTS: [&str; 9] = [
        "libc.so.6",
        "libm.so.6",
        "libmvec.so.1",
        "libpthread.so.0",
        "libdl.so.2",
        "librt.so.1",
        "libutil.so.1",
        "libresolv.so.2",
        "libanl.so.1",
    ];
    PARTS.contains(&library) || library.starts_with("ld-linux") || library.starts_with("ld64.so.")
}

impl Policy {
    /// The policy's name without its architecture: `manylinux_2_17`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.row.name
    }

    /// Whether the policy is that of the tag itself, not of a neighboring version.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.row.version == self.asked
    }

    /// Whether every system of the policy has the library.
    #[must_use]
    pub fn allows_library(&self, library: &str) -> bool {
        // auditwheel lists `libc.so`, and adds Alpine's name for each architecture.
        is_loader(library) || self.row.libs.contains(library) || (is_musl(library) && self.row.libs.contains("libc.so"))
    }

    /// Whether every system of the policy has the symbol version (`GLIBC_2.17`, `GLIBCXX_3.4.19`).
    ///
    /// A version of a library that no policy mentions (`OPENSSL_3.0.0`) is allowed, as in auditwheel.
    #[must_use]
    pub fn allows_version(&self, version: &str) -> bool {
        let Some((library, number)) = version.split_once('_') else { return true };
        let Some(known) = self.versions.get(library) else { return true };
        if known.contains(number) {
            // 2_17 on aarch64 has GLIBC_2.18, according to the table: CentOS 7 has it there.
            return true;
        }
        library == "GLIBC" && leading_version(number, '.').is_some_and(|number| number <= self.asked)
    }

    /// Whether a library of the policy does not have the symbol on some systems, although the library exists there.
    #[must_use]
    pub fn blacklists(&self, library: &str, symbol: &str) -> bool {
        self.row.blacklist.get(library).is_some_and(|symbols| symbols.contains(symbol))
    }

    /// The libraries in which the policy blacklists symbols.
    pub fn blacklisted_libraries(&self) -> impl Iterator<Item = &'static str> {
        self.row.blacklist.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glibc(version: (u16, u16), arch: Arch) -> Policy {
        policy(Libc::Manylinux, version, &arch).unwrap_or_else(|| panic!("no policy for {version:?} {arch}"))
    }

    #[test]
    fn the_tables_parse() {
        let names = |rows: &[Row<'static>]| rows.iter().map(|row| row.name).collect::<Vec<_>>();
        let manylinux = names(&MANYLINUX);
        assert_eq!(manylinux.first(), Some(&"manylinux_2_5"));
        assert!(manylinux.contains(&"manylinux_2_17") && manylinux.len() >= 17, "{manylinux:?}");
        assert_eq!(names(&MUSLLINUX), ["musllinux_1_1", "musllinux_1_2"]);
        assert!(MANYLINUX.iter().all(|row| row.version > (2, 0)));
    }

    #[test]
    fn versions_of_symbols() {
        let policy = glibc((2, 17), Arch::X86_64);
        assert!(policy.is_exact());
        for allowed in ["GLIBC_2.2.5", "GLIBC_2.17", "GLIBCXX_3.4.19", "CXXABI_TM_1", "OPENSSL_3.0.0", "none"] {
            assert!(policy.allows_version(allowed), "{allowed}");
        }
        for refused in ["GLIBC_2.18", "GLIBC_2.28", "GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR", "GLIBCXX_3.4.20", "GCC_7.0.0"]
        {
            assert!(!policy.allows_version(refused), "{refused}");
        }
    }

    #[test]
    fn aarch64_has_glibc_2_18_at_2_17() {
        let policy = glibc((2, 17), Arch::Aarch64);
        assert!(policy.allows_version("GLIBC_2.18") && !policy.allows_version("GLIBC_2.19"));
    }

    #[test]
    fn a_version_between_two_policies_gets_the_older_and_its_own_glibc() {
        let policy = glibc((2, 29), Arch::X86_64);
        assert_eq!((policy.name(), policy.is_exact()), ("manylinux_2_28", false));
        assert!(policy.allows_version("GLIBC_2.29") && !policy.allows_version("GLIBC_2.30"));
        assert_eq!(glibc((2, 99), Arch::X86_64).name(), "manylinux_2_42");
    }

    #[test]
    fn an_architecture_too_new_for_the_tag_gets_its_first_policy() {
        let policy = glibc((2, 17), Arch::Riscv64);
        assert_eq!(policy.name(), "manylinux_2_31");
        assert!(super::policy(Libc::Manylinux, (2, 17), &Arch::Other("vax".to_owned())).is_none());
        assert_eq!(glibc((2, 17), Arch::Other("ppc64".to_owned())).name(), "manylinux_2_17");
    }

    #[test]
    fn libraries() {
        let old = glibc((2, 17), Arch::X86_64);
        assert!(old.allows_library("libc.so.6") && old.allows_library("ld-linux-x86-64.so.2"));
        assert!(!old.allows_library("libmvec.so.1") && !old.allows_library("libssl.so.1.1"));
        assert!(glibc((2, 28), Arch::X86_64).allows_library("libmvec.so.1"));
        let musl = policy(Libc::Musllinux, (1, 2), &Arch::X86_64).map(|policy| {
            ["libc.so", "libc.musl-x86_64.so.1", "libgcc_s.so.1", "libc.so.6"].map(|name| policy.allows_library(name))
        });
        assert_eq!(musl, Some([true, true, false, false]));
        assert!(any_policy_has(Libc::Manylinux, "libmvec.so.1") && !any_policy_has(Libc::Manylinux, "libssl.so.1.1"));
    }

    #[test]
    fn blacklists() {
        let policy = glibc((2, 17), Arch::X86_64);
        assert!(policy.blacklists("libz.so.1", "zcalloc"));
        assert!(!policy.blacklists("libz.so.1", "inflate") && !policy.blacklists("libfoo.so", "zcalloc"));
    }
}
