//! Finds the twins of a wheel's libraries among those that its build linked, and gives them the libraries' IDs.

use std::path::{Path, PathBuf};

use monowheel_audit::gather;
use monowheel_error::Result;
use monowheel_system::foreign_file;
use monowheel_system::hash::sha256;
use object::{File, Object as _, ObjectSection as _, SectionFlags};

use crate::normalize::members;
use crate::symbols::{FOLDER, Kept, Missing, Row, folder, identity};

/// What is added to the name of a library for its twin, which is linked beside it (`link::twin`).
pub(crate) const TWIN: &str = ".twin";
/// What is added if there is no twin, for the reason.
pub(crate) const REASON: &str = ".no-twin";
/// The largest twin.
const MOST: u64 = 2 << 30;
/// The longest reason.
const MOST_REASON: u64 = 1 << 16;
/// Sections that hold the ID, which a linker derives from the complete file.
const OF_ID: [&str; 2] = [".note.gnu.build-id", ".buildid"];

/// The line tables of the wheel `stem`: `made` is maturin's wheel, `normalized` the one that is shipped; the twins are
/// below the Cargo target directory `target_dir`, in that of a Rust target.
///
/// # Errors
/// When a wheel or a twin cannot be read.
pub(crate) fn of_wheel(
    stem: &str,
    made: &[u8],
    normalized: &[u8],
    target_dir: &Path,
    triples: &[String],
) -> Result<(Kept, Vec<Vec<u8>>)> {
    let (before, after) = (members::read_without_record(made)?, members::read_without_record(normalized)?);
    let twins = Twins::below(target_dir, triples);
    let (mut kept, mut contents) = (Kept::default(), Vec::new());
    for shipped in after.files.iter().filter(|file| gather::is_code(&file.path)) {
        let Some(linked) = before.files.iter().find(|file| file.path == shipped.path) else { continue };
        let pairs = identity::slices(&linked.bytes).into_iter().zip(identity::slices(&shipped.bytes));
        for (linked, shipped_slice) in pairs {
            match twins.of(linked, shipped_slice) {
                Ok((id, bytes)) => {
                    let name = folder::name(&shipped.path, &id);
                    let bytes = folder::packed(&bytes)?;
                    kept.files.push(Row {
                        member: shipped.path.clone(),
                        file: format!("{FOLDER}/{stem}/{name}"),
                        sha256: sha256(&bytes),
                        size: bytes.len() as u64,
                        id,
                    });
                    contents.push(bytes);
                }
                Err(why) => kept.missing.push(Missing { member: shipped.path.clone(), why }),
            }
        }
    }
    Ok((kept, contents))
}

/// The files of all links of a build.
struct Twins {
    twins: Vec<PathBuf>,
    reasons: Vec<PathBuf>,
}

impl Twins {
    fn below(target_dir: &Path, triples: &[String]) -> Self {
        let mut found = Self { twins: Vec::new(), reasons: Vec::new() };
        let inside = |folder: PathBuf| fs_err::read_dir(folder).into_iter().flatten().flatten();
        for profile in triples.iter().flat_map(|triple| inside(target_dir.join(triple))) {
            for entry in inside(profile.path().join("deps")) {
                let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
                if name.ends_with(TWIN) {
                    found.twins.push(path);
                } else if name.ends_with(REASON) {
                    found.reasons.push(path);
                }
            }
        }
        found.twins.sort();
        found.reasons.sort();
        found
    }

    /// The ID of a shipped library and its twin; or why there is none.
    fn of(&self, linked: &[u8], shipped: &[u8]) -> Result<(String, Vec<u8>), String> {
        let Some(id) = identity::of(shipped) else {
            return Err("the linker gave it no ID".to_owned());
        };
        let mut why = None;
        for path in &self.twins {
            // Code that was built can write here too.
            let Ok(mut twin) = foreign_file::read(path, MOST) else { continue };
            match is_twin(linked, &twin) {
                Ok(()) => {
                    let replaced = identity::replace(&mut twin, &id);
                    let twin = replaced.map(|()| (identity::text(&id), twin));
                    return twin.ok_or_else(|| "its ID could not be written into the line tables".to_owned());
                }
                Err(different) => why = Some(different),
            }
        }
        let told = self.reasons.first().and_then(|path| foreign_file::read(path, MOST_REASON).ok());
        let told = told.map(|reason| String::from_utf8_lossy(&reason).into_owned());
        Err(told.or(why).unwrap_or_else(|| "zig did not link it".to_owned()))
    }
}

/// Whether a file has the line tables of a library: everything that is loaded is the same, at the same addresses. A
/// Mach-O companion has no code; it has the library's UUID, a hash of its content.
fn is_twin(library: &[u8], twin: &[u8]) -> Result<(), String> {
    let parsed = |bytes| File::parse(bytes).map_err(|error| error.to_string());
    let (library, twin) = (parsed(library)?, parsed(twin)?);
    if library.format() != twin.format() || library.architecture() != twin.architecture() {
        return Err("it is for another platform".to_owned());
    }
    if let Ok(Some(uuid)) = library.mach_uuid() {
        let is_same = twin.mach_uuid() == Ok(Some(uuid));
        return if is_same { Ok(()) } else { Err("its UUID is another".to_owned()) };
    }
    for section in library.sections().filter(is_loaded) {
        let name = section.name().unwrap_or_default();
        let is_same = twin.section_by_name(name).is_some_and(|other| {
            let is_same_content = OF_ID.contains(&name) || other.data() == section.data();
            (other.address(), other.size()) == (section.address(), section.size()) && is_same_content
        });
        if !is_same {
            return Err(format!("its {name} is another: it was changed after the link, or the links differ"));
        }
    }
    Ok(())
}

/// Whether a loader maps a section.
fn is_loaded<'a>(section: &impl object::ObjectSection<'a>) -> bool {
    match section.flags() {
        SectionFlags::Elf { sh_flags, .. } => sh_flags.contains(object::elf::SHF_ALLOC),
        SectionFlags::Coff { characteristics } => !characteristics.contains(object::pe::IMAGE_SCN_MEM_DISCARDABLE),
        _ => true,
    }
}
