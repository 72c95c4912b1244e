//! The source stage: the sdist that every wheel is built from, and what identifies it.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::cargo::has_git_dependency;
use monowheel_project::project::Project;
use monowheel_system::regular_file;
use monowheel_wheel::import_names::ImportNames;
use monowheel_wheel::metadata::Metadata;

use super::Context;
use super::workshop::Workshop;
use crate::event::Event;
use crate::isolated;
use crate::manifest::File;
use crate::maturin::{self, Bench};
use crate::normalize;
use crate::plan::Plan;
use crate::sdist::{self, PackedSdist, Unpacked, repacked};
use crate::toolchain::std_cache;
use crate::wheel_cache::Ground;

/// An sdist and its unpacked source.
pub(super) struct Source {
    /// The archive's name.
    pub(super) file: String,
    /// Its bytes, not yet in the output directory.
    bytes: Vec<u8>,
    /// Whether the user named an sdist: it is not the user's own project.
    pub(super) is_foreign: bool,
    /// The project's directory inside the unpacked sdist.
    pub(super) folder: PathBuf,
    /// SHA-256 of the bytes that were unpacked.
    pub sha256: String,
    /// The commit that the sdist records as its origin.
    pub commit: Option<String>,
    /// The import names in its PKG-INFO: every wheel of a release has the same (PEP 794).
    pub(super) import_names: Option<ImportNames>,
}

impl Source {
    /// Takes the sdist that the user named, which is already unpacked, or builds one from the project and unpacks it.
    ///
    /// # Errors
    /// When maturin cannot build the sdist, or it cannot be read.
    pub(super) fn obtain(
        named: Option<(PackedSdist, Unpacked)>,
        project: &Project,
        workshop: &Workshop<'_>,
        context: &Context<'_>,
    ) -> Result<Self> {
        context.watch.saw(&Event::Step("source distribution"));
        let is_foreign = named.is_some();
        let (PackedSdist { path, bytes }, Unpacked { root, sha256 }) = match named {
            Some(named) => named,
            None => {
                let sdist = PackedSdist::read(&packed(project, workshop, context)?)?;
                workshop.workspace.without_links()?;
                let source = sdist.unpack(&workshop.workspace.source())?;
                if let Some(problem) = project.left_out_of_sdist(&source.root) {
                    let place = project.root.join("pyproject.toml");
                    return Err(Error::new(ErrorKind::Project, problem.what).at(place.display()).next(problem.next));
                }
                (sdist, source)
            }
        };
        context.watch.saw(&Event::StepDone);
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let commit = sdist::Origin::read(&root).map(|origin| origin.commit);
        let info = regular_file::read(&root.join("PKG-INFO"), regular_file::MOST_TEXT).unwrap_or_default();
        let import_names = ImportNames::stated(&Metadata::parse(&info)).filter(|names| names.fault().is_none());
        Ok(Self { file, sha256, bytes, is_foreign, folder: root, commit, import_names })
    }

    /// What the bytes of every wheel of this build depend on.
    pub(super) fn ground(&self, plan: &Plan, profile: &str, workshop: &Workshop<'_>) -> Ground {
        Ground::new(
            &[
                monowheel_error::VERSION,
                maturin::REVISION,
                normalize::REVISION,
                std_cache::REVISION,
                &self.sha256,
                &format!("{:?}", plan.tools),
                &workshop.tools.toolchain.verbose_version,
                profile,
                if plan.frame_pointers { "frame pointers" } else { "" },
                &plan.native.identity(),
            ],
            &self.folder,
        )
    }

    /// Writes the sdist into the output directory; the files of an earlier source are removed.
    ///
    /// # Errors
    /// When the output directory cannot be written.
    pub(super) fn place(&self, workshop: &Workshop<'_>, context: &Context<'_>) -> Result<File> {
        let gone = workshop.dist.forget(&self.sha256)?;
        if !gone.is_empty() {
            let gone = gone.join(", ");
            context.watch.saw(&Event::Note(format!("removed, because they were built from another source: {gone}")));
        }
        workshop.dist.place(&self.file, &self.bytes)
    }
}

/// Builds the sdist of a project's directory. maturin queries cargo about the project: if isolated, it finds its
/// dependencies fetched; the same if some come from git, which not every cargo can fetch.
fn packed(project: &Project, workshop: &Workshop<'_>, context: &Context<'_>) -> Result<PathBuf> {
    let workspace = &workshop.workspace;
    let shims = workshop.shims(&workshop.names())?;
    let (out, folder, root) = (&context.request.out, workspace.path("sdist"), &project.root);
    let call = Bench::call(&workshop.tools.maturin, &shims).args(["sdist", "--out"]).arg(&folder).dir(root);
    let isolated = &workshop.isolated;
    let manifest = &project.bindings.manifest;
    let lock = project.lock.as_deref();
    if isolated.is_on() || has_git_dependency(manifest, lock, &project.scope)? {
        let fetchers = Bench::fetchers(&shims, workshop.tools.toolchain, context.machine);
        let dir = if isolated.is_on() { Path::new("/") } else { root };
        let log = workspace.log("fetch");
        let needs = sdist::Needs { project: root, manifest, dir, log: &log, stop: context.stop };
        let fetched = sdist::fetch(&fetchers, &needs, &mut |_| {})?;
        if let Some(note) = fetched.note {
            context.watch.saw(&Event::Note(note));
        }
    }
    let copy = workspace.path("repacked");
    let root = if root.join(repacked::METADATA).is_file() {
        sdist::clear(&copy)?;
        &repacked::copy(root, out, &copy)?
    } else {
        root
    };
    let call = call.dir(root);
    sdist::clear(&folder)?;
    let call = isolated.call(call, &[&isolated::top(root)], &[&folder])?;
    sdist::create(call, project, out, &folder, &workspace.log("sdist"), context.stop, &mut |reports| {
        let reports = reports.join(", ");
        context.watch.saw(&Event::Note(format!("left out of the sdist, because monowheel generated it: {reports}")));
    })
}
