//! The binaries of a wheel that an import or a program loads, and the bundled files that the loader finds.

mod dylib;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use monowheel_wheel::binary::{Format, Slice};

use crate::facts::{BinaryFacts, Facts, Role};
use crate::finding::Severity;

/// Further run paths of one slice, or of all loaded binaries, are ignored.
const MOST_FOLDERS: usize = 256;

/// Where a library that a binary names is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    /// The loader finds it in the wheel.
    Found,
    /// It is in the wheel, but no search path leads there.
    Astray,
    /// A run path leads to a directory that another distribution would provide.
    Elsewhere,
    /// Nowhere in the wheel.
    Absent,
}

/// The binaries of a wheel and how they find each other.
pub(in crate::rules) struct Reach<'a> {
    facts: &'a Facts,
    /// Every file as it is installed, relative to `site-packages`.
    files: HashSet<&'a str>,
    /// The last component of every file; lower case for Windows.
    names: HashSet<Cow<'a, str>>,
    /// The directories that contain files.
    folders: HashSet<&'a str>,
    /// The paths of the extension modules and programs, and of the binaries that they load.
    loaded: HashSet<&'a str>,
    /// The directories that run paths of loaded binaries refer to, as far as other binaries inherit them: `DT_RPATH` and
    /// `LC_RPATH` are passed on, `DT_RUNPATH` is not.
    inherited: HashSet<String>,
    /// The libraries that some loaded binary finds by its own run paths: they are not searched for again.
    opened: HashSet<&'a str>,
}

impl<'a> Reach<'a> {
    pub(in crate::rules) fn of(facts: &'a Facts) -> Self {
        let members = facts.wheel.iter().flat_map(|wheel| &wheel.members).filter(|member| !member.is_folder);
        let files: HashSet<&str> = members.map(|member| installed(&member.path)).collect();
        let has_pe = facts.binaries.iter().any(|binary| binary.binary.format == Format::Pe);
        let mut names = HashSet::with_capacity(files.len());
        let mut folders = HashSet::new();
        for file in &files {
            let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
            names.insert(Cow::Borrowed(name));
            if has_pe {
                names.insert(Cow::Owned(name.to_ascii_lowercase()));
            }
            let mut folder = Some(folder);
            while let Some(known) = folder.filter(|folder| folders.insert(*folder)) {
                folder = known.rsplit_once('/').map(|(parent, _)| parent);
            }
        }
        let mut reach = Self {
            facts,
            files,
            names,
            folders,
            loaded: HashSet::new(),
            inherited: HashSet::new(),
            opened: HashSet::new(),
        };
        reach.follow();
        reach
    }

    /// Finds everything that is loaded, beginning with the files that Python and the user load. Names count, not
    /// directories: a library is loaded once, by whichever binary comes first.
    fn follow(&mut self) {
        let facts: &'a Facts = self.facts;
        let mut by_name: HashMap<String, Vec<&'a BinaryFacts>> = HashMap::new();
        for binary in &facts.binaries {
            let own = binary.binary.slices.iter().filter_map(|slice| slice.own_name.as_deref());
            let mut known = HashSet::new();
            for name in own.chain([binary.path.as_str()]).map(|name| key(name, binary.binary.format)) {
                if known.insert(name.clone()) {
                    by_name.entry(name).or_default().push(binary);
                }
            }
        }
        let mut left: Vec<&'a BinaryFacts> = facts.binaries.iter().filter(|binary| is_entry(binary)).collect();
        self.loaded.extend(left.iter().map(|binary| binary.path.as_str()));
        while let Some(binary) = left.pop() {
            for slice in &binary.binary.slices {
                let own: Vec<String> = folders_of(binary, slice).flatten().take(MOST_FOLDERS).collect();
                for library in &slice.libraries {
                    if own.iter().any(|folder| self.has(folder, &library.name)) {
                        self.opened.insert(&library.name);
                    }
                    // Each name is followed once.
                    let named = by_name.remove(&key(&library.name, binary.binary.format)).unwrap_or_default();
                    left.extend(named.into_iter().filter(|binary| self.loaded.insert(&binary.path)));
                }
                if binary.binary.format != Format::Elf || slice.link.inherits_run_paths {
                    let room = MOST_FOLDERS.saturating_sub(self.inherited.len());
                    self.inherited.extend(own.into_iter().take(room));
                }
            }
        }
    }

    /// The severity if a binary does not load: an error if an import or a program needs it, or if it is the only one.
    /// Only the package's own code knows what else loads it, and when.
    pub(in crate::rules) fn severity(&self, binary: &BinaryFacts) -> Severity {
        let is_needed = self.facts.binaries.len() == 1 || self.is_loaded(binary);
        if is_needed { Severity::Error } else { Severity::Warning }
    }

    /// Whether a directory of the wheel contains a file.
    fn has(&self, folder: &str, name: &str) -> bool {
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        self.files.contains(path.as_str())
    }

    /// Whether an import or a program loads the binary.
    pub(in crate::rules) fn is_loaded(&self, binary: &BinaryFacts) -> bool {
        self.loaded.contains(binary.path.as_str())
    }

    /// Where the library `name` is, for the binary that names it.
    pub(super) fn find(&self, binary: &BinaryFacts, slice: &Slice, name: &str) -> Where {
        if binary.binary.format == Format::Pe {
            // Python code adds directories (`os.add_dll_directory`, which delvewheel writes), so any location will do.
            return if self.names.contains(key(name, Format::Pe).as_str()) { Where::Found } else { Where::Absent };
        }
        // `$ORIGIN/../x.libs/libx.so` is a complete path.
        let direct = name.contains('/').then(|| resolve(binary, name)).flatten();
        if direct.is_some_and(|path| self.files.contains(path.as_str())) {
            return Where::Found;
        }
        let mut leads_out = false;
        for folder in folders_of(binary, slice).take(MOST_FOLDERS) {
            match folder {
                Some(folder) if self.has(&folder, name) => return Where::Found,
                // The path of a file: an old patchelf wrote it there (pypa/auditwheel#722).
                Some(folder) if self.files.contains(folder.as_str()) => {}
                Some(folder) => leads_out |= !self.folders.contains(folder.as_str()),
                None => leads_out = true,
            }
        }
        if self.opened.contains(name) || self.inherited.iter().any(|folder| self.has(folder, name)) {
            return Where::Found;
        }
        let last = name.rsplit('/').next().unwrap_or(name);
        if self.names.contains(last) {
            return Where::Astray;
        }
        if leads_out { Where::Elsewhere } else { Where::Absent }
    }
}

/// Whether Python or the user loads it rather than another binary.
fn is_entry(binary: &BinaryFacts) -> bool {
    match binary.role {
        Role::Program => true,
        Role::Library => false,
        // A `.so` without an init function is loaded by `ctypes` or not at all.
        Role::Extension { .. } => is_module(binary),
    }
}

/// Whether it has an init function of a Python module (PEP 489, 793).
pub(super) fn is_module(binary: &BinaryFacts) -> bool {
    let hooks = ["PyInit_", "PyModExport_", "PyInitU_", "PyModExportU_"];
    let mut exports = binary.binary.slices.iter().flat_map(|slice| &slice.exports.python);
    exports.any(|name| hooks.iter().any(|hook| name.starts_with(hook)))
}

/// The last component of a library's name, as it is compared.
pub(super) fn key(name: &str, format: Format) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    if format == Format::Pe { last.to_ascii_lowercase() } else { last.to_owned() }
}

/// Where a member is installed, relative to `site-packages`: `x-1.data/platlib/x.so` is `x.so`.
pub(super) fn installed(path: &str) -> &str {
    let Some((top, rest)) = path.split_once('/') else { return path };
    let root = rest.strip_prefix("platlib/").or_else(|| rest.strip_prefix("purelib/"));
    root.filter(|_| top.ends_with(".data")).unwrap_or(path)
}

/// The directories that the run paths refer to: relative to `site-packages`, `None` outside it. Absolute ones belong to
/// the build machine and are omitted.
fn folders_of<'a>(binary: &'a BinaryFacts, slice: &'a Slice) -> impl Iterator<Item = Option<String>> + use<'a> {
    let from_here = |path: &&String| below_own_folder(binary, path).is_some();
    slice.run_paths.iter().filter(from_here).map(|path| resolve(binary, path))
}

/// What follows the word by which the loader of this format means the directory of the binary. A loader takes the word
/// of another one for the name of a directory.
fn below_own_folder<'a>(binary: &BinaryFacts, path: &'a str) -> Option<&'a str> {
    let words: &[&str] = match binary.binary.format {
        Format::Elf => &["$ORIGIN", "${ORIGIN}"],
        Format::MachO => &["@loader_path"],
        Format::Pe | Format::Wasm => &[],
    };
    let rest = words.iter().find_map(|word| path.strip_prefix(word))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// A path that begins with `$ORIGIN`, relative to `site-packages`; `None` if it leads outside.
fn resolve(binary: &BinaryFacts, path: &str) -> Option<String> {
    let rest = below_own_folder(binary, path)?;
    let folder = installed(&binary.path).rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use monowheel_wheel::archive::Member;
    use monowheel_wheel::binary::{Arch, Binary, Exports, Library};

    use super::*;
    use crate::facts::WheelFacts;

    fn elf(path: &str, needed: &[&str], run_paths: &[&str]) -> BinaryFacts {
        let mut slice = Slice::of(Arch::X86_64);
        slice.libraries =
            needed.iter().map(|name| Library { name: (*name).to_owned(), delayed: false, weak: false }).collect();
        slice.run_paths = run_paths.iter().map(|path| (*path).to_owned()).collect();
        let module = path.ends_with(".abi3.so");
        let role = if module {
            slice.exports = Exports { count: 1, python: vec!["PyInit_x".to_owned()], ..Exports::default() };
            Role::Extension { module: "x".to_owned(), suffix: "abi3.so".to_owned() }
        } else {
            Role::Library
        };
        let binary = Binary { format: Format::Elf, fat: false, slices: vec![slice] };
        BinaryFacts { path: path.to_owned(), size: 1, role, binary }
    }

    fn wheel(binaries: Vec<BinaryFacts>) -> Facts {
        let members = binaries.iter().map(|binary| Member { path: binary.path.clone(), ..Member::default() }).collect();
        Facts { wheel: Some(WheelFacts { members, ..WheelFacts::default() }), binaries, ..Facts::default() }
    }

    fn find(facts: &Facts, index: usize, name: &str) -> Where {
        let binary = &facts.binaries[index];
        Reach::of(facts).find(binary, &binary.binary.slices[0], name)
    }

    #[test]
    fn run_paths_lead_to_shipped_libraries() {
        let facts = wheel(vec![
            elf("x/y/_x.abi3.so", &["liba.so"], &["$ORIGIN/../../x.libs", "/build/lib"]),
            elf("x.libs/liba.so", &["libb.so"], &[]),
            elf("x.libs/libb.so", &[], &[]),
            elf("x/other/libc.so", &[], &[]),
        ]);
        assert_eq!(find(&facts, 0, "liba.so"), Where::Found);
        // `DT_RUNPATH` of the extension is for the extension alone, `DT_RPATH` is inherited.
        assert_eq!(find(&facts, 1, "libb.so"), Where::Astray);
        let mut inherited = facts.clone();
        inherited.binaries[0].binary.slices[0].link.inherits_run_paths = true;
        assert_eq!(find(&inherited, 1, "libb.so"), Where::Found);
        assert_eq!(find(&facts, 0, "libc.so"), Where::Astray);
        assert_eq!(find(&facts, 0, "libd.so"), Where::Absent);
        let reach = Reach::of(&facts);
        let severities: Vec<Severity> = facts.binaries.iter().map(|binary| reach.severity(binary)).collect();
        assert_eq!(severities, [Severity::Error, Severity::Error, Severity::Error, Severity::Warning]);
    }

    #[test]
    fn run_paths_lead_to_other_distributions() {
        let facts = wheel(vec![elf("x/_x.abi3.so", &["libt.so"], &["$ORIGIN/../torch/lib"])]);
        assert_eq!(find(&facts, 0, "libt.so"), Where::Elsewhere);
        let facts = wheel(vec![elf("x/_x.abi3.so", &["libt.so"], &["$ORIGIN/../../../lib"])]);
        assert_eq!(find(&facts, 0, "libt.so"), Where::Elsewhere);
    }

    #[test]
    fn the_data_folder_is_installed_elsewhere() {
        let facts = wheel(vec![
            elf("x-1.data/platlib/x/_x.abi3.so", &["liba.so"], &["${ORIGIN}/lib/."]),
            elf("x/lib/liba.so", &[], &[]),
        ]);
        assert_eq!(find(&facts, 0, "liba.so"), Where::Found);
    }

    #[test]
    fn a_ring_of_libraries_ends() {
        let facts = wheel(vec![
            elf("x/_x.abi3.so", &["liba.so"], &["$ORIGIN"]),
            elf("x/liba.so", &["libb.so"], &[]),
            elf("x/libb.so", &["liba.so", "libb.so"], &[]),
        ]);
        assert_eq!(Reach::of(&facts).loaded.len(), 3);
    }
}
