//! Which members are shared libraries, and what loads them. Decided by the name, as a loader does; if the name may be
//! that of a library or an extension, by its exports.

use monowheel_wheel::abi::hook;
use monowheel_wheel::binary::Binary;

use crate::facts::Role;

/// The role of a member; `None` if it is not executable code.
pub(super) fn of_member(path: &str) -> Option<Role> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    // A top-level `NAME.data/scripts/` is copied to the environment's `bin/`.
    if folder.split_once('/').is_some_and(|(top, rest)| top.ends_with(".data") && rest == "scripts") {
        return program(file);
    }
    // Debug symbols in files that are named like the library (`x.so.dSYM/Contents/Resources/DWARF/x.so`).
    if folder.split('/').any(|part| part.ends_with(".dSYM")) {
        return None;
    }
    let lower = file.to_ascii_lowercase();
    // Libraries added by a repair tool are loaded by the dynamic linker, not by Python.
    let grafted = folder.split('/').any(|part| part.ends_with(".libs") || part == ".dylibs");
    if lower.ends_with(".dylib") || lower.ends_with(".dll") || is_versioned_library(&lower) {
        return Some(Role::Library);
    }
    if lower.ends_with(".pyd") || lower.ends_with(".so") {
        return Some(if grafted { Role::Library } else { extension(file) });
    }
    None
}

/// The role of a binary whose bytes are known: `libfoo.so` is an extension if it exports the hook for that name, and
/// `libfoo.so`, `libfoo.dylib` and `foo.dll` if they export the one for `foo`, as cargo names what was built for `foo`.
pub(super) fn of_binary(by_name: Role, path: &str, binary: &Binary) -> Role {
    let file = path.rsplit('/').next().unwrap_or(path);
    let Some((module, suffix)) = file.split_once('.').filter(|_| by_name == Role::Library) else { return by_name };
    if !["so", "dylib", "dll"].contains(&suffix) {
        return by_name;
    }
    let of_crate = if suffix == "dll" { module } else { module.strip_prefix("lib").unwrap_or(module) };
    let hooks: Vec<String> = [module, of_crate]
        .into_iter()
        .flat_map(|module| [hook::symbol(hook::INIT, module), hook::symbol(hook::EXPORT, module)])
        .collect();
    let mut exports = binary.slices.iter().flat_map(|slice| &slice.exports.python);
    if exports.any(|name| hooks.contains(name)) {
        return Role::Extension { module: module.to_owned(), suffix: suffix.to_owned() };
    }
    by_name
}

/// The role of a file that the user named: an extension unless its name says otherwise.
pub(super) fn of_bare(file: &str) -> Role {
    of_member(file).unwrap_or(Role::Library)
}

fn extension(file: &str) -> Role {
    let (module, suffix) = file.split_once('.').unwrap_or((file, ""));
    // `libfoo.so` without a Python suffix is found by the linker or by ctypes.
    if module.starts_with("lib") && suffix == "so" {
        return Role::Library;
    }
    Role::Extension { module: module.to_owned(), suffix: suffix.to_owned() }
}

/// `libz.so.1`, `libfoo-1a2b3c.so.1.2.3`.
fn is_versioned_library(lower: &str) -> bool {
    lower.split_once(".so.").is_some_and(|(stem, version)| {
        !stem.is_empty()
            && !version.is_empty()
            && version.split('.').all(|part| part.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// Programs have no extension or `.exe`; other scripts are text. Only the bytes show whether a file without an
/// extension is text.
fn program(file: &str) -> Option<Role> {
    let is_program = match file.rsplit_once('.') {
        None => true,
        Some((_, extension)) => extension.eq_ignore_ascii_case("exe"),
    };
    is_program.then_some(Role::Program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_loads_what() {
        let extension =
            |module: &str, suffix: &str| Some(Role::Extension { module: module.to_owned(), suffix: suffix.to_owned() });
        for (path, role) in [
            ("demo/_demo.abi3.so", extension("_demo", "abi3.so")),
            ("demo/_demo.cp311-win_amd64.pyd", extension("_demo", "cp311-win_amd64.pyd")),
            ("demo/x.so", extension("x", "so")),
            ("demo/libx.so", Some(Role::Library)),
            ("demo/libx.abi3.so", extension("libx", "abi3.so")),
            ("demo.libs/libz-1.so.1.2", Some(Role::Library)),
            ("demo.libs/libz.so", Some(Role::Library)),
            ("demo/.dylibs/libz.dylib", Some(Role::Library)),
            ("demo-1.data/scripts/demo", Some(Role::Program)),
            ("demo-1.data/scripts/demo.py", None),
            ("demo/notes.so.txt", None),
            ("demo/x.so.dSYM/Contents/Resources/DWARF/x.so", None),
            ("demo/t64.exe", None),
            ("demo/__init__.py", None),
        ] {
            assert_eq!(of_member(path), role, "{path}");
        }
    }
}
