//! The libraries of a Mac: its frameworks (`apple_frameworks.tsv`, written by `ci/apple_frameworks.py`) and the
//! libraries in `/usr/lib` (`apple_libraries.tsv`).

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// A version of macOS with its third part, because a table contains `10.15.4`.
pub type MacVersion = (u16, u16, u16);

/// A framework or a library that comes with macOS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemLibrary {
    /// `CoreFoundation`; `z` for `libz`.
    pub name: &'static str,
    /// The first macOS that has it; `None` for a framework of Apple's other systems (`UIKit`).
    pub since: Option<MacVersion>,
    install: Install,
    /// The prefixes of at least two of a framework's functions and constants.
    words: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Install {
    /// The version in its path: `C` of `AppKit.framework/Versions/C`.
    Framework(&'static str),
    Library(&'static str),
}

static FRAMEWORKS: LazyLock<Vec<SystemLibrary>> =
    LazyLock::new(|| read(include_str!("apple_frameworks.tsv"), Install::Framework));

/// The frameworks by their words.
static BY_WORD: LazyLock<FxHashMap<&'static str, Vec<&'static SystemLibrary>>> = LazyLock::new(|| {
    let mut by_word: FxHashMap<_, Vec<_>> = FxHashMap::default();
    for framework in FRAMEWORKS.iter() {
        for word in framework.words.split(' ').filter(|word| !word.is_empty()) {
            by_word.entry(word).or_default().push(framework);
        }
    }
    by_word
});

static LIBRARIES: LazyLock<Vec<SystemLibrary>> =
    LazyLock::new(|| read(include_str!("apple_libraries.tsv"), Install::Library));

/// The libraries of a table; `install` converts the third column.
fn read(table: &'static str, install: fn(&'static str) -> Install) -> Vec<SystemLibrary> {
    rows(table)
        .map(|[name, since, third, words]| SystemLibrary {
            name,
            since: parse_version(since),
            install: install(third),
            words,
        })
        .collect()
}

/// The rows of a table below its comments and its header; missing columns are empty.
fn rows(table: &'static str) -> impl Iterator<Item = [&'static str; 4]> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| {
        let mut columns = line.split('\t');
        std::array::from_fn(|_| columns.next().unwrap_or_default())
    })
}

/// A version such as `10.15.4`; missing parts are 0.
fn parse_version(text: &str) -> Option<MacVersion> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let first = parts.next()??;
    let mut next = || parts.next().flatten().unwrap_or(0);
    Some((first, next(), next()))
}

impl SystemLibrary {
    /// The path from which a program loads it.
    #[must_use]
    pub fn install_name(&self) -> String {
        let name = self.name;
        match self.install {
            Install::Framework(version) => {
                format!("/System/Library/Frameworks/{name}.framework/Versions/{version}/{name}")
            }
            Install::Library(path) => path.to_owned(),
        }
    }

    /// Whether every macOS from this one on has it.
    #[must_use]
    pub fn is_in(&self, oldest: (u16, u16)) -> bool {
        self.since.is_some_and(|since| since <= (oldest.0, oldest.1, 0))
    }

    /// The display version of the first macOS that has it: `10.15.4`, `12`.
    #[must_use]
    pub fn since_text(&self) -> Option<String> {
        self.since.map(|since| match since {
            (major, minor, 0) if major < 11 || minor > 0 => format!("{major}.{minor}"),
            (major, _, 0) => major.to_string(),
            (major, minor, patch) => format!("{major}.{minor}.{patch}"),
        })
    }
}

/// The framework of this name, in exactly this spelling: the linker of a Mac requires it.
#[must_use]
pub fn framework(name: &str) -> Option<&'static SystemLibrary> {
    find(&FRAMEWORKS, name)
}

/// The library that `-lNAME` means.
#[must_use]
pub fn library(name: &str) -> Option<&'static SystemLibrary> {
    find(&LIBRARIES, name)
}

/// The framework in a load command: `/System/Library/Frameworks/Metal.framework/Versions/A/Metal`, also without
/// the version.
#[must_use]
pub fn loaded_framework(install_name: &str) -> Option<&'static SystemLibrary> {
    let (name, inside) = install_name.strip_prefix("/System/Library/Frameworks/")?.split_once(".framework/")?;
    // A framework inside another one (`Accelerate.framework/…/vecLib.framework`) comes with it.
    (!inside.contains(".framework/")).then(|| framework(name))?
}

/// The frameworks whose functions and constants have such names, by their first word (`CF` of `CFArrayCreate`).
pub fn frameworks_of(symbol: &str) -> impl Iterator<Item = &'static SystemLibrary> {
    let word = first_word(symbol).unwrap_or_default();
    BY_WORD.get(word).into_iter().flatten().copied()
}

/// `CF` of `CFArrayCreate`, `kSec` of `kSecClass`, `Authorization` of `AuthorizationCreate`, `nw_` of `nw_path_copy`:
/// called the first word in `ci/apple_frameworks.py`.
fn first_word(symbol: &str) -> Option<&str> {
    let symbol = symbol.strip_prefix("OBJC_CLASS_$_").unwrap_or(symbol);
    let count = |from: usize, is: fn(&u8) -> bool| symbol.bytes().skip(from).take_while(is).count();
    let start = usize::from(symbol.starts_with('k'));
    let upper = count(start, u8::is_ascii_uppercase);
    let lower = count(start + upper, u8::is_ascii_lowercase);
    let end = match (upper, lower) {
        (0, _) => {
            let end = count(0, u8::is_ascii_lowercase);
            return (end > 0 && symbol[end..].starts_with('_')).then(|| &symbol[..=end]);
        }
        (_, 0) => return None,
        (1, _) => start + upper + lower,
        _ => start + upper - 1,
    };
    Some(&symbol[..end])
}

fn find(table: &'static [SystemLibrary], name: &str) -> Option<&'static SystemLibrary> {
    table.iter().find(|library| library.name == name)
}

/// Names of frameworks, to suggest similar ones.
pub fn framework_names() -> impl Iterator<Item = &'static str> {
    FRAMEWORKS.iter().map(|framework| framework.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_whole() {
        for library in FRAMEWORKS.iter().chain(LIBRARIES.iter()) {
            assert!(!library.name.is_empty() && library.install_name().starts_with('/'), "{library:?}");
            assert!(library.since.is_some() || matches!(library.install, Install::Framework(_)), "{library:?}");
        }
        assert!(FRAMEWORKS.is_sorted_by_key(|framework| framework.name));
        assert!(FRAMEWORKS.len() > 150 && LIBRARIES.len() > 20);
    }

    /// Install names that PySide6 6.11, wxPython 4.3 and watchfiles 1.3 load.
    #[test]
    fn install_names_are_those_that_a_mac_writes() {
        for (name, version) in [("CoreFoundation", "A"), ("AppKit", "C"), ("Foundation", "C"), ("Cocoa", "A")] {
            let path = format!("/System/Library/Frameworks/{name}.framework/Versions/{version}/{name}");
            assert_eq!(framework(name).map(SystemLibrary::install_name), Some(path.clone()));
            assert_eq!(loaded_framework(&path), framework(name));
        }
        assert_eq!(library("objc").map(SystemLibrary::install_name).as_deref(), Some("/usr/lib/libobjc.A.dylib"));
        assert_eq!(loaded_framework("/System/Library/Frameworks/A.framework/B.framework/B"), None);
        assert_eq!(loaded_framework("@rpath/Metal.framework/Metal"), None);
    }

    #[test]
    fn a_framework_is_in_every_macos_from_its_first_on() {
        let is_in = |name: &str, oldest| framework(name).is_some_and(|framework| framework.is_in(oldest));
        assert!(is_in("CoreFoundation", (10, 12)) && is_in("Metal", (10, 12)));
        assert!(!is_in("Metal", (10, 10)) && !is_in("ScreenCaptureKit", (11, 0)));
        assert!(!is_in("UIKit", (26, 0)), "a framework of iOS");
        let since = |name: &str| framework(name).and_then(SystemLibrary::since_text);
        assert_eq!(since("Metal").as_deref(), Some("10.11"));
        assert_eq!(since("ScreenCaptureKit").as_deref(), Some("12.3"));
        assert_eq!(since("UniformTypeIdentifiers").as_deref(), Some("11"));
    }

    #[test]
    fn a_symbol_tells_its_framework() {
        for (symbol, owner) in [
            ("CFArrayCreate", "CoreFoundation"),
            ("kCFAllocatorDefault", "CoreFoundation"),
            ("kSecClass", "Security"),
            ("AuthorizationCreate", "Security"),
            ("FSEventStreamCreate", "CoreServices"),
            ("SCDynamicStoreCreate", "SystemConfiguration"),
            ("IOServiceMatching", "IOKit"),
            ("MTLCreateSystemDefaultDevice", "Metal"),
            ("OBJC_CLASS_$_NSString", "Foundation"),
            ("nw_path_copy_interface", "Network"),
        ] {
            assert!(frameworks_of(symbol).any(|framework| framework.name == owner), "{symbol}");
        }
        for stranger in ["malloc", "_Unwind_Resume", "", "k", "K", "deflate", "ABC"] {
            assert_eq!(frameworks_of(stranger).count(), 0, "{stranger}");
        }
    }
}
