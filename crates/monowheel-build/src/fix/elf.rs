//! ELF: run paths and debug sections, with the crate object-rewrite. The result is read again and compared.

use monowheel_audit::fixes::is_of_a_build;
use monowheel_error::Result;
use monowheel_wheel::binary::{Arch, Binary, Slice};
use object::read::elf::{ElfFile32, ElfFile64};
use object::{Object, ObjectSection};
use object_rewrite::Rewriter;

use crate::normalize::Done;
use crate::normalize::code::{left, same_but};
use crate::normalize::members::File;

/// The magic bytes of an ELF file.
pub(super) const MAGIC: &[u8] = b"\x7fELF";

/// The library without run paths to directories of a build.
pub(super) fn without_build_paths(bytes: &[u8]) -> Result<Done> {
    let paths = run_paths(bytes)?;
    let kept: Vec<&str> = paths.iter().map(String::as_str).filter(|path| !is_of_a_build(path)).collect();
    if kept.len() == paths.len() {
        return Ok(Done::default());
    }
    with_run_paths(bytes, &kept)
}

/// The library with a run path to each library in the wheel that it needs and would not find.
///
/// `paths` are the members of the wheel.
pub(super) fn with_own_folders(file: &File, paths: &[String]) -> Result<Done> {
    if !file.bytes.starts_with(MAGIC) {
        return Ok(left("left as it is: only run paths of ELF libraries can be added"));
    }
    let binary = Binary::read(&file.bytes)?;
    let Some(slice) = binary.slices.first() else { return Ok(Done::default()) };
    let Some((scheme, own)) = installed(&file.path) else { return Ok(Done::default()) };
    let mut wanted = slice.run_paths.clone();
    for library in &slice.libraries {
        let is_it = |path: &&String| path.rsplit('/').next() == Some(library.name.as_str());
        let mut shipped = paths.iter().filter(is_it).filter_map(|path| installed(path));
        // If two have one name, it is ambiguous which is meant.
        let (Some((other, path)), None) = (shipped.next(), shipped.next()) else { continue };
        let folder = origin(own, path);
        if other == scheme && !wanted.contains(&folder) {
            wanted.push(folder);
        }
    }
    if wanted == slice.run_paths {
        return Ok(left("left as it is: the wheel does not ship what is missing, or ships it twice"));
    }
    with_run_paths(&file.bytes, &wanted.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The library without `.debug_*` and `.zdebug_*`.
pub(super) fn without_debug_sections(bytes: &[u8]) -> Result<Done> {
    let names = match bytes.get(..5) {
        Some(b"\x7fELF\x01") => ElfFile32::<object::Endianness>::parse(bytes).map(|file| debug_sections(&file)),
        Some(b"\x7fELF\x02") => ElfFile64::<object::Endianness>::parse(bytes).map(|file| debug_sections(&file)),
        _ => return Ok(left("left as it is: debug sections are removed from ELF libraries only")),
    };
    let names = match names {
        Ok(names) if names.is_empty() => return Ok(Done::default()),
        Ok(names) => names,
        Err(error) => return Ok(left(format!("left as it is: {error}"))),
    };
    rewritten(bytes, "debug sections removed", &|slice| slice.debug_info.clear(), |rewriter| {
        rewriter.delete_sections(&names.iter().cloned().collect());
        Ok(())
    })
}

/// The names of the sections with debug information, and of the relocations for these.
fn debug_sections<'a>(file: &impl Object<'a>) -> Vec<Vec<u8>> {
    let is_debug = |name: &[u8]| {
        let name = [&b".rela"[..], b".rel"].iter().find_map(|start| name.strip_prefix(*start)).unwrap_or(name);
        name.starts_with(b".debug_") || name.starts_with(b".zdebug_")
    };
    let names = file.sections().filter_map(|section| section.name_bytes().ok().map(<[u8]>::to_vec));
    names.filter(|name| is_debug(name)).collect()
}

fn run_paths(bytes: &[u8]) -> Result<Vec<String>> {
    Ok(Binary::read(bytes)?.slices.into_iter().next().map(|slice| slice.run_paths).unwrap_or_default())
}

fn with_run_paths(bytes: &[u8], paths: &[&str]) -> Result<Done> {
    let said = match paths {
        [] => "run path removed".to_owned(),
        paths => format!("run path {}", paths.join(":")),
    };
    let mask = |slice: &mut Slice| {
        slice.run_paths.clear();
        // The dynamic section may have to move into a separate segment, aligned to the processor's pages.
        slice.segments.retain(|segment| segment.name != "LOAD");
        if matches!(slice.arch, Arch::I686 | Arch::X86_64) {
            slice.link.small_alignment = None;
        }
        // It becomes `DT_RUNPATH`.
        slice.link.inherits_run_paths = false;
        slice.paths = monowheel_wheel::binary::EmbeddedPaths::default();
    };
    rewritten(bytes, &said, &mask, |rewriter| match paths {
        [] => rewriter.elf_delete_runpath(),
        paths => rewriter.elf_set_runpath(paths.join(":").into_bytes()),
    })
}

/// The library as object-rewrite writes it; it must read back as the same, except for what `mask` removes.
fn rewritten(
    bytes: &[u8],
    said: &str,
    mask: &dyn Fn(&mut Slice),
    change: impl FnOnce(&mut Rewriter<'_>) -> object_rewrite::Result<()>,
) -> Result<Done> {
    let mut out = Vec::new();
    let written = Rewriter::read(bytes).and_then(|mut rewriter| {
        change(&mut rewriter)?;
        rewriter.write(&mut out)
    });
    if let Err(error) = written {
        return Ok(left(format!("left as it is: {error}")));
    }
    same_but(&Binary::read(bytes)?, &Binary::read(&out)?, mask)?;
    Ok(Done { bytes: Some(out), said: vec![said.to_owned()] })
}

/// The install location of a member: the directory scheme, and the path in it. `None` for locations without libraries.
fn installed(path: &str) -> Option<(&str, &str)> {
    match path.split_once(".data/") {
        Some((top, rest)) if !top.contains('/') => {
            rest.split_once('/').filter(|(scheme, _)| matches!(*scheme, "platlib" | "purelib"))
        }
        _ => Some(("", path)),
    }
}

/// The run path from a library to the directory of another: `$ORIGIN/../demo.libs`.
fn origin(from: &str, to: &str) -> String {
    let folders = |path: &str| -> Vec<String> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (folders(from), folders(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - common);
    let down = to.iter().skip(common).map(String::as_str);
    std::iter::once("$ORIGIN").chain(up).chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_paths_lead_from_one_folder_to_the_other() {
        for (from, to, expected) in [
            ("demo/_demo.so", "demo.libs/libx.so", "$ORIGIN/../demo.libs"),
            ("_demo.so", "demo.libs/libx.so", "$ORIGIN/demo.libs"),
            ("demo/a/b.so", "demo/libx.so", "$ORIGIN/.."),
            ("demo/b.so", "demo/libx.so", "$ORIGIN"),
        ] {
            assert_eq!(origin(from, to), expected);
        }
        assert_eq!(installed("demo-1.0.data/platlib/demo/x.so"), Some(("platlib", "demo/x.so")));
        assert_eq!(installed("demo-1.0.data/scripts/x.so"), None);
    }
}
