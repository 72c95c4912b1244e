//! The source stage: the sdist that every wheel is built from, and what identifies it.

use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::project::Project;

use super::Context;
use super::workshop::Workshop;
use crate::event::Event;
use crate::manifest::File;
use crate::maturin::{self, Bench};
use crate::normalize;
use crate::plan::ToolFacts;
use crate::prepare::NamedSdist;
use crate::sdist;
use crate::wheel_cache::Ground;

/// An sdist and its unpacked source.
pub(super) struct Source {
    /// The archive, not yet in the output directory.
    pub(super) sdist: PathBuf,
    /// The project's directory inside the unpacked sdist.
    pub(super) folder: PathBuf,
    /// SHA-256 of the bytes that were unpacked.
    pub sha256: String,
    /// The commit that the sdist says it was made from.
    pub commit: Option<String>,
}

impl Source {
    /// Takes the sdist that the user named, which is unpacked already, or makes one of the project and unpacks it.
    ///
    /// # Errors
    /// When maturin cannot make the sdist, or it cannot be read.
    pub(super) fn obtain(
        named: Option<NamedSdist>,
        project: &Project,
        workshop: &Workshop<'_>,
        context: &Context<'_>,
    ) -> Result<Self> {
        context.watch.saw(&Event::Step("source distribution"));
        let (sdist, folder, sha256) = match named {
            Some(named) => (named.path, project.root.clone(), named.sha256),
            None => {
                let workspace = &workshop.workspace;
                let call = Bench::call(&workshop.tools.maturin, &workshop.shims(&workshop.names())?);
                let (out, log) = (&context.request.out, workspace.log("sdist"));
                let sdist = sdist::create(call, &project.root, out, &workspace.path("sdist"), &log, context.stop)?;
                let unpacked = sdist::unpack(&sdist, &workspace.source())?;
                (sdist, unpacked.root, unpacked.sha256)
            }
        };
        context.watch.saw(&Event::StepDone);
        let commit = sdist::Origin::read(&folder).map(|origin| origin.commit);
        Ok(Self { sdist, folder, sha256, commit })
    }

    /// What the bytes of every wheel of this build depend on.
    pub(super) fn ground(&self, tools: &ToolFacts, profile: &str, workshop: &Workshop<'_>) -> Ground {
        Ground::new(
            &[
                monowheel_error::VERSION,
                maturin::REVISION,
                normalize::REVISION,
                &self.sha256,
                &format!("{tools:?}"),
                &workshop.tools.toolchain.verbose_version,
                profile,
            ],
            &self.folder,
        )
    }

    /// Puts the sdist into the output directory; the files of an earlier source leave it.
    ///
    /// # Errors
    /// When the output directory cannot be written.
    pub(super) fn place(&self, workshop: &Workshop<'_>, context: &Context<'_>) -> Result<File> {
        let gone = workshop.dist.forget(&self.sha256)?;
        if !gone.is_empty() {
            let gone = gone.join(", ");
            context.watch.saw(&Event::Note(format!("taken away, for they are of another source: {gone}")));
        }
        let placed = workshop.dist.place(&self.sdist)?;
        if placed.sha256 == self.sha256 {
            return Ok(placed);
        }
        Err(Error::new(ErrorKind::Io, "the sdist changed while it was read")
            .at(self.sdist.display())
            .next("run the command again when nothing else writes this file"))
    }
}
