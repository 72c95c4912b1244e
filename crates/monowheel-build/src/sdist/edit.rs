//! Rewrites maturin's sdist: without files that monowheel wrote, and with its origin.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;
use monowheel_system::git::{Git, slashed};
use monowheel_system::{atomic_write, own_files};
use monowheel_wheel::import_names::ImportNames;
use monowheel_wheel::source::File;
use monowheel_wheel::tarball::{self, FileSystem, Limits, Names};

use crate::gzip;
use crate::lockfile;
use crate::sdist::origin::{FILE as ORIGIN, Origin};

/// How long git may take to list a commit.
const LIMIT: Duration = Duration::from_secs(60);
/// Enough of a file to detect whether monowheel wrote it.
const HEAD: u64 = 2048;

/// The files of the checked-out commit: committed files are sources, no matter who wrote them.
#[derive(Debug, Default)]
pub(super) struct Committed {
    files: BTreeSet<String>,
    /// The project's directory in the checkout, with `/`.
    project: String,
}

impl Committed {
    /// The files of the checkout that contains `project`; none if git cannot list them.
    pub(super) fn of(project: &Path, stop: &CancelToken) -> Self {
        let listed = || {
            let checkout = Git::find().ok()?.checkout(project, LIMIT, stop).ok()?;
            let call = checkout.call(&["ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD"]);
            let files = call.stdout(LIMIT, stop).ok()?;
            let files = files.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            Some(Self { files, project: slashed(project.strip_prefix(checkout.top()).ok()?) })
        };
        listed().unwrap_or_default()
    }

    /// Whether a member of the sdist is such a file. maturin keeps the directories of a workspace, or those of the
    /// project.
    fn has(&self, member: &Path) -> bool {
        let name = slashed(member);
        let in_project = if self.project.is_empty() { name.clone() } else { format!("{}/{name}", self.project) };
        self.files.contains(&name) || self.files.contains(&in_project)
    }
}

/// The files of an sdist that monowheel wrote.
#[derive(Debug, Default)]
struct Own {
    /// The output directories of builds.
    outputs: BTreeSet<PathBuf>,
    /// The work directories of monowheel.
    work: BTreeSet<PathBuf>,
    /// Reports, records and pins.
    reports: BTreeSet<PathBuf>,
}

impl Own {
    /// Examines the content of a member.
    fn look(&mut self, path: &Path, content: &mut dyn Read) -> Result<()> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let parent = || path.parent().map(Path::to_path_buf);
        let mut bytes = Vec::new();
        content.take(HEAD).read_to_end(&mut bytes)?;
        let is_json = bytes.first() == Some(&b'{');
        if is_json || name.ends_with(".whl") {
            content.read_to_end(&mut bytes)?;
        }
        if name == own_files::TAG && own_files::is_own_tag(&bytes) {
            self.work.extend(parent());
        }
        if name == own_files::MANIFEST || (name.ends_with(".whl") && own_files::is_own_wheel(&bytes)) {
            self.outputs.extend(parent());
        }
        if own_files::is_marked(&bytes) {
            self.reports.insert(path.to_path_buf());
        }
        Ok(())
    }

    /// Whether a member is left out.
    fn has(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_of_a_set = own_files::is_of_an_output_directory(&name)
            && path.parent().is_some_and(|folder| self.outputs.contains(folder));
        is_of_a_set
            || own_files::is_unfinished(&name)
            || self.reports.contains(path)
            || path.ancestors().any(|folder| self.work.contains(folder))
    }
}

/// The additions to an sdist, besides its PKG-INFO.
#[derive(Debug, Default)]
pub(super) struct Extra {
    /// The lock of the project, regardless of cargo's `include` and `exclude`.
    pub(super) lock: Option<Vec<u8>>,
    /// The commit that it was built from.
    pub(super) origin: Option<Origin>,
    /// The import names for PKG-INFO.
    pub(super) names: Option<ImportNames>,
}

/// Rewrites an sdist: without the files that monowheel wrote, including those in `out` (relative to the project),
/// unless they are committed; and with the lock and its origin, as far as they are known. Returns the names of the
/// reports outside of output directories that it leaves out.
pub(super) fn edit(sdist: &Path, out: Option<&Path>, committed: &Committed, extra: &Extra) -> Result<Vec<String>> {
    let file = File::open(sdist)?;
    let limits = Limits::default();
    let inside = |path: &Path| path.components().skip(1).collect::<PathBuf>();
    let mut own = Own { outputs: out.map(Path::to_path_buf).into_iter().collect(), ..Own::default() };
    let mut names = Names::new(FileSystem::HERE);
    tarball::each(&file, &limits, &mut |member, content| {
        let path = names.add(member)?.map(|(path, _)| inside(&path)).unwrap_or_default();
        if committed.has(&path) { Ok(()) } else { own.look(&path, content) }
    })?;
    let mut packed = tar::Builder::new(Vec::new());
    let mut added: Vec<(&str, Vec<u8>)> = extra.lock.iter().cloned().map(|lock| (lockfile::FILE, lock)).collect();
    added.extend(extra.origin.as_ref().map(|origin| (ORIGIN, origin.json().into_bytes())));
    let is_added = |path: &Path| added.iter().any(|(name, _)| path == Path::new(name));
    let mut like: Option<(tar::Header, PathBuf)> = None;
    let mut names = Names::new(FileSystem::HERE);
    tarball::each(&file, &limits, &mut |member, content| {
        let written = || PathBuf::from(String::from_utf8_lossy(&member.path).into_owned());
        let path = names.add(member)?.map_or_else(written, |(path, _)| path);
        if own.has(&inside(&path)) || is_added(&inside(&path)) {
            return Ok(());
        }
        let mut header = member.header.clone();
        if inside(&path) == Path::new("PKG-INFO") {
            like = Some((header.clone(), path.clone()));
            if let Some(names) = &extra.names {
                let mut info = Vec::new();
                content.read_to_end(&mut info)?;
                let info = names.written(&info);
                header.set_size(info.len() as u64);
                return Ok(packed.append_data(&mut header, &path, info.as_slice())?);
            }
        }
        Ok(packed.append_data(&mut header, &path, content)?)
    })?;
    if let Some((header, info)) = like {
        for (name, text) in &added {
            let mut header = header.clone();
            header.set_size(text.len() as u64);
            packed.append_data(&mut header, info.with_file_name(name), text.as_slice())?;
        }
    }
    let gzip = gzip::packed(&packed.into_inner()?)
        .map_err(|error| Error::new(ErrorKind::Format, format!("cannot pack the sdist: {error}")))?;
    atomic_write::write(sdist, gzip)?;
    let is_elsewhere = |path: &&PathBuf| path.parent().is_none_or(|folder| !own.outputs.contains(folder));
    Ok(own.reports.iter().filter(is_elsewhere).map(|path| slashed(path)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdist::PackedSdist;
    use crate::unpack::tests::packed;

    #[test]
    fn what_builds_put_there_is_left_out_of_the_sdist() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let sdist = dir.path().join("x.tar.gz");
        let members = [
            ("x-1/a.rs", "a"),
            ("x-1/dist/x.whl", "of the build that was stopped"),
            ("x-1/dist/y.rs", "d"),
            ("x-1/old/x.whl", "of an earlier build"),
            ("x-1/old/monowheel.json", "{}"),
            ("x-1/tests/data.whl", "the project's own"),
        ];
        fs_err::write(&sdist, packed(&members)?)?;
        edit(&sdist, Some(Path::new("dist")), &Committed::default(), &Extra::default())?;
        let once = fs_err::read(&sdist)?;
        edit(&sdist, Some(Path::new("dist")), &Committed::default(), &Extra::default())?;
        assert_eq!(fs_err::read(&sdist)?, once);
        let project = PackedSdist::read(&sdist)?.unpack(&dir.path().join("src"))?.root;
        let is_there = |name: &str| project.join(name).exists();
        assert!(is_there("a.rs") && is_there("dist/y.rs") && is_there("tests/data.whl"));
        assert!(!is_there("dist/x.whl") && !is_there("old/x.whl") && !is_there("old/monowheel.json"));
        Ok(())
    }

    #[test]
    fn what_any_command_wrote_is_left_out_of_the_sdist_until_it_is_committed() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let sdist = dir.path().join("x.tar.gz");
        let report = own_files::first_line("audit") + "clean";
        let members = [
            ("x-1/dist/monowheel.proof.json", "{\n  \"schema\": \"monowheel.test/1\"\n}"),
            ("x-1/dist/SHA256SUMS", ""),
            ("x-1/wheels/x-1.whl", "PK x-1.dist-info/monowheel.json of a build that was killed"),
            ("x-1/wheels/x-1.tar.gz", "its sdist"),
            ("x-1/wheels/.monowheel-aBc.part", ""),
            ("x-1/report.txt", report.as_str()),
            ("x-1/docs/audit.html", "<!DOCTYPE html><meta name=\"generator\" content=\"monowheel 0.1.0\">"),
            ("x-1/docs/index.html", "<!DOCTYPE html><meta name=\"generator\" content=\"sphinx\">"),
            ("x-1/kept/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# Created by monowheel.\n"),
            ("x-1/kept/elsewhere/Cargo.toml", ""),
            ("x-1/tests/audit.json", "{\"schema\": \"monowheel.audit/1\"}"),
        ];
        fs_err::write(&sdist, packed(&members)?)?;
        let committed =
            Committed { files: BTreeSet::from(["py/tests/audit.json".to_owned()]), project: "py".to_owned() };
        let reports = edit(&sdist, Some(Path::new("dist")), &committed, &Extra::default())?;
        assert_eq!(reports, ["docs/audit.html", "report.txt"]);
        let mut left = Vec::new();
        tarball::each(&File::open(&sdist)?, &Limits::default(), &mut |member, _| {
            left.push(String::from_utf8_lossy(&member.path).into_owned());
            Ok(())
        })?;
        assert_eq!(left, ["x-1/docs/index.html", "x-1/tests/audit.json"]);
        Ok(())
    }

    #[test]
    fn what_is_left_out_leaves_no_trace_in_the_compression() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let sdist = dir.path().join("x.tar.gz");
        // Some text, and wheels that do not compress, so that they move the boundaries of each read.
        let mut seed = 1_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 24
        };
        let text: String = (0..60_000).map(|_| ["fn ", "let ", "\n", "x", "y(", ") "][random() as usize % 6]).collect();
        let wheel: String = (0..200_000).map(|_| char::from(b' ' + (random() % 95) as u8)).collect();
        let mut seen = BTreeSet::new();
        for length in (0..wheel.len()).step_by(10_007) {
            let members = [("x-1/dist/x.whl", &wheel[..length]), ("x-1/PKG-INFO", ""), ("x-1/src/lib.rs", &text)];
            fs_err::write(&sdist, packed(&members)?)?;
            edit(&sdist, Some(Path::new("dist")), &Committed::default(), &Extra::default())?;
            seen.insert(fs_err::read(&sdist)?);
        }
        assert_eq!(seen.len(), 1);
        Ok(())
    }

    #[test]
    fn it_says_where_it_comes_from_and_has_the_lock_of_the_project() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let sdist = dir.path().join("x.tar.gz");
        let members = [("x-1/PKG-INFO", "Name: x"), ("x-1/sub/PKG-INFO", ""), ("x-1/monowheel.lock", "old")];
        fs_err::write(&sdist, packed(&members)?)?;
        let origin = Origin { commit: "0123456789abcdef0123456789abcdef01234567".to_owned(), path: "py".to_owned() };
        let names = Some(ImportNames { names: vec!["x".to_owned()], namespaces: Vec::new() });
        let extra = Extra { lock: Some(b"new".to_vec()), origin: Some(origin.clone()), names };
        edit(&sdist, None, &Committed::default(), &extra)?;
        let project = PackedSdist::read(&sdist)?.unpack(&dir.path().join("src"))?.root;
        assert_eq!(Origin::read(&project), Some(origin));
        assert!(!project.join("sub").join(ORIGIN).exists());
        assert_eq!(fs_err::read_to_string(project.join(lockfile::FILE))?, "new");
        assert_eq!(fs_err::read_to_string(project.join("PKG-INFO"))?, "Name: x\nImport-Name: x\n");
        Ok(())
    }
}
