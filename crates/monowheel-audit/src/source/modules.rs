//! The files of a crate: from its root, by `mod name;`, as rustc finds them.

use std::collections::HashSet;
use std::io::ErrorKind as Io;
use std::path::{Path, PathBuf};

use monowheel_system::exec::check_signals;
use monowheel_system::regular_file;
use rayon::prelude::*;

use crate::finding::Place;
use crate::source::declared::Declared;
use crate::source::{File, Source, Unreadable, parse, suppress};

/// A file to read.
struct Wanted {
    path: PathBuf,
    /// The directory of the modules that it declares.
    folder: PathBuf,
    /// The path of its module.
    module: Vec<String>,
}

/// What the files of a crate have in common.
#[derive(Clone, Copy, Default)]
struct Common {
    krate: Option<usize>,
    is_2024: bool,
    is_outline: bool,
}

/// Reads a crate's files into `source`, the root first; paths are relative to `base`.
pub(super) fn read(root: &Path, base: &Path, krate: usize, seen: &mut HashSet<PathBuf>, source: &mut Source) {
    let folder = root.parent().unwrap_or(Path::new("")).to_path_buf();
    let is_2024 = source.crates.get(krate).is_some_and(|krate| krate.is_2024);
    let common = Common { krate: Some(krate), is_2024, is_outline: source.is_outline };
    let mut wanted = vec![Wanted { path: root.to_path_buf(), folder, module: Vec::new() }];
    while !wanted.is_empty() {
        // A symbolic link may lead back.
        wanted.retain(|file| seen.insert(fs_err::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone())));
        let level: Vec<(File, Vec<Wanted>, Vec<Unreadable>)> =
            wanted.par_iter().map(|wanted| one(wanted, base, common)).collect();
        wanted = Vec::new();
        for (file, inner, unreadable) in level {
            wanted.extend(inner);
            source.files.push(file);
            source.unreadable.extend(unreadable);
        }
    }
}

/// Reads files given by the user, without a crate.
pub(super) fn alone(paths: &[PathBuf], base: &Path, source: &mut Source) {
    let common = Common { is_outline: source.is_outline, ..Common::default() };
    let wanted = |path: &PathBuf| Wanted { path: path.clone(), folder: PathBuf::new(), module: Vec::new() };
    let read: Vec<_> = paths.par_iter().map(|path| one(&wanted(path), base, common)).collect();
    for (file, _, unreadable) in read {
        source.files.push(file);
        source.unreadable.extend(unreadable);
    }
}

/// Reads one file; returns the files of the modules that it declares.
fn one(wanted: &Wanted, base: &Path, common: Common) -> (File, Vec<Wanted>, Vec<Unreadable>) {
    let Common { krate, is_2024, is_outline } = common;
    let file =
        File { path: shown(&wanted.path, base), krate, is_2024, module: wanted.module.clone(), ..File::default() };
    let read = check_signals()
        .map_err(|_| Io::Interrupted.into())
        .and_then(|()| regular_file::read(&wanted.path, regular_file::MOST_TEXT));
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) => {
            let why = match error.kind() {
                Io::InvalidInput | Io::IsADirectory => "it is not a regular file".to_owned(),
                Io::FileTooLarge => format!("it is larger than {} MiB", regular_file::MOST_TEXT >> 20),
                kind => format!("it could not be read: {kind}"),
            };
            let unreadable = Unreadable { place: Place::member(&file.path), why, is_partial: false };
            return (file, Vec::new(), vec![unreadable]);
        }
    };
    let (mut file, declared, mut unreadable) = text(file, bytes, is_outline);
    let mut inner = Vec::new();
    for module in declared.iter().filter(|_| krate.is_some()) {
        match locate(module, wanted) {
            Some(found) => inner.push(found),
            // A file excluded by a #[cfg] may not exist, and a build script may write it.
            None if module.is_included => {
                file.may_define_module = true;
                let what = module.file.as_deref().unwrap_or("a file that a build script writes");
                let why = format!("include! of {what} was not read");
                unreadable.push(Unreadable { place: file.place(&module.at), why, is_partial: true });
            }
            None if module.is_conditional || module.file.is_some() => file.may_define_module = true,
            None => {
                let why = format!("the file of its module {} does not exist", module.path.join("::"));
                unreadable.push(Unreadable { place: Place::member(&file.path), why, is_partial: false });
            }
        }
    }
    (file, inner, unreadable)
}

/// Reads the content of a file, or only its outline; returns the modules that it declares.
pub(super) fn text(mut file: File, bytes: Vec<u8>, is_outline: bool) -> (File, Vec<Declared>, Vec<Unreadable>) {
    let refused = |place: Place, why: String| vec![Unreadable { place, why, is_partial: false }];
    file.size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let lines = before.iter().filter(|byte| **byte == b'\n').count();
            let line = u32::try_from(lines + 1).ok();
            let place = Place { line, ..Place::member(&file.path) };
            return (
                file,
                Vec::new(),
                refused(place, "it is not UTF-8, which Rust source files have to be".to_owned()),
            );
        }
    };
    file.lines = text.lines().count();
    let declared = if is_outline {
        parse::parse_outline(&text, &mut file)
    } else {
        file.suppressions = suppress::of(&text);
        parse::parse(&text, &mut file)
    };
    match declared {
        Ok(declared) => (file, declared, Vec::new()),
        Err((at, why)) => {
            let place = file.place(&at);
            (file, Vec::new(), refused(place, format!("it could not be parsed as Rust: {why}")))
        }
    }
}

/// Where the file of `mod name;` is: `name.rs` or `name/mod.rs` in the directory of the modules.
fn locate(declared: &Declared, by: &Wanted) -> Option<Wanted> {
    let (from, folder) = (by.path.as_path(), by.folder.as_path());
    let module: Vec<String> = by.module.iter().chain(&declared.path).cloned().collect();
    if declared.is_included {
        // The path is relative to the including file, and modules are searched where those of that file are.
        let path = from.parent().unwrap_or(Path::new("")).join(declared.file.as_ref()?);
        return path.is_file().then(|| Wanted { path, folder: folder.to_path_buf(), module });
    }
    let (name, around) = declared.path.split_last()?;
    let mut inside = folder.to_path_buf();
    inside.extend(around);
    if let Some(file) = &declared.file {
        // Directly in a file the path is relative to the directory of that file (Rust reference, "The path attribute").
        let start = if around.is_empty() { from.parent().unwrap_or(Path::new("")).to_path_buf() } else { inside };
        let path = start.join(file);
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        return path.is_file().then_some(Wanted { path, folder, module });
    }
    let own = inside.join(name);
    [inside.join(format!("{name}.rs")), own.join("mod.rs")].into_iter().find(|path| path.is_file()).map(|path| Wanted {
        path,
        folder: own,
        module,
    })
}

/// A path relative to `base`, with `/`; with `..` if it is outside.
pub(super) fn shown(path: &Path, base: &Path) -> String {
    let from_base = base.ancestors().enumerate().find_map(|(up, above)| {
        let rest = path.strip_prefix(above).ok().filter(|_| !above.as_os_str().is_empty() || up == 0)?;
        let mut from_base: PathBuf = std::iter::repeat_n("..", up).collect();
        from_base.push(rest);
        Some(from_base)
    });
    let text = from_base.as_deref().unwrap_or(path).display().to_string();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text };
    text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
}
