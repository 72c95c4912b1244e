use monowheel_wheel::platform::PlatformTag;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A name or a path is longer than file systems allow.
    ///
    /// # What it does
    /// Measures the names between the slashes (255 bytes on Linux, 255 UTF-16 units on macOS and Windows) and, in
    /// wheels that install on Windows, the complete path.
    ///
    /// # Why it matters
    /// A name that is too long stops every installer: *File name too long*. Windows accepts paths of at most 259
    /// characters unless the machine is configured for more, and site-packages alone takes 32
    /// (`C:\Python314\Lib\site-packages\`) to over 130 (Python from the Microsoft Store): *No such file or directory*
    /// in the middle of an install. A path that fits only short prefixes (over 160 characters) is a note.
    ///
    /// # Example
    /// A generated client with a class name of 200 characters in its file name (oracle/oci-cli#822).
    ///
    /// # Fix
    /// Shorten the names, or leave the files out.
    pub(super) static RULE: "name-too-long", Package, Error, One(check);
}

/// Bytes of one name.
const NAME: usize = 255;
/// `MAX_PATH` without its final zero and without `C:\Python314\Lib\site-packages\`.
const PATH: usize = 259 - 32;
/// Without the site-packages path of the Microsoft Store's Python in a user directory, rounded.
const PATH_OF_MANY: usize = 160;

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let paths = || wheel.members.iter().map(|member| member.path.as_str());
    let long: Vec<&str> = paths().filter(|path| path.split('/').any(|name| name.len() > NAME)).collect();
    if let Some(first) = long.first() {
        let message = format!("a name of over {NAME} bytes, which no common file system accepts: {}", shown(first));
        found.add(
            Finding::new(Severity::Error, Place::file(), message)
                .details(long.iter().copied())
                .fix("shorten the name, or leave the file out"),
        );
    }
    let is_windows =
        |tag: &monowheel_wheel::tag::Tag| matches!(tag.platform(), PlatformTag::Windows { .. } | PlatformTag::Any);
    if !wheel.tags.iter().any(is_windows) {
        return;
    }
    let over = |most: usize| {
        // Most paths are short and ASCII.
        paths().filter(|path| path.len() > most && path.encode_utf16().count() > most).collect::<Vec<_>>()
    };
    let (severity, most, paths) = match (over(PATH), over(PATH_OF_MANY)) {
        (long, _) if !long.is_empty() => (Severity::Warning, PATH, long),
        (_, long) if !long.is_empty() => (Severity::Note, PATH_OF_MANY, long),
        _ => return,
    };
    let names: Vec<String> = paths.iter().map(|path| shown(path)).collect();
    let message = format!("paths of over {most} characters, too long for Windows: {}", some_of(&names));
    found.add(
        Finding::new(severity, Place::file(), message).details(paths).fix("shorten the names of files and directories"),
    );
}

/// The beginning and the end of a path.
fn shown(path: &str) -> String {
    const SHOWN: usize = 40;
    let letters: Vec<char> = path.chars().collect();
    match (letters.get(..SHOWN), letters.get(letters.len().saturating_sub(SHOWN)..)) {
        (Some(start), Some(end)) if letters.len() > 2 * SHOWN => {
            format!("{}…{}", start.iter().collect::<String>(), end.iter().collect::<String>())
        }
        _ => path.to_owned(),
    }
}
