//! The checks of the distributions in dist/.

use std::path::Path;

use monowheel_error::Result;
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_project::project::Project;
use monowheel_system::exec::quoted;
use monowheel_wheel::filename::same_version;
use monowheel_wheel::names::normalized_name;

use crate::release::check::State;
use crate::release::check::looking::{Looking, short, some};
use crate::release::set::Set;

impl Looking<'_> {
    /// The contents of dist/.
    pub(super) fn set(&mut self, folder: &Path, head: Option<&str>) -> Result<Option<Set>> {
        let place = self.source.shown(folder);
        let Some(set) = self.told("set", &place, Set::read(folder))? else {
            for check in ["files", "complete", "commit", "audit", "proof"] {
                self.add(check, &place, State::Skipped, "no distributions to check");
            }
            return Ok(None);
        };
        let policy = AuditPolicy::for_project(Some(&self.source.project_file.configuration));
        self.name_and_version(&place, &set);
        self.files(&place, &set)?;
        self.complete(&place, &set)?;
        self.commit(&place, &set, head);
        self.audit(&place, folder, &set, &policy)?;
        if let Some(said) = self.told("proof", &place, set.proven())? {
            self.add("proof", &place, State::Ok, said);
        }
        Ok(Some(set))
    }

    fn name_and_version(&mut self, place: &str, set: &Set) {
        let (name, version) = (&set.manifest.name, &set.manifest.version);
        let source = self.source;
        if normalized_name(name) != normalized_name(&source.name) {
            let said = format!("distributions of {name}, not of {}", source.name);
            self.wrong("set", place, said, "pass the right directory: --dist DIR");
        } else if same_version(version, &source.version.python()) == Some(true) {
            self.add("set", place, State::Ok, format!("{name} {version}"));
        } else {
            let said = format!("distributions of version {version}, but Cargo.toml has {}", source.version);
            self.wrong("set", place, said, "monowheel build");
        }
    }

    fn files(&mut self, place: &str, set: &Set) -> Result<()> {
        let Some(faults) = self.told("files", place, set.faults())? else { return Ok(()) };
        if faults.is_empty() {
            self.add(
                "files",
                place,
                State::Ok,
                "unchanged since the build: every hash matches the manifest and SHA256SUMS",
            );
        } else {
            self.wrong("files", place, some(&faults), "remove the unexpected files, then run `monowheel build`");
        }
        Ok(())
    }

    fn complete(&mut self, place: &str, set: &Set) -> Result<()> {
        let project = Project::of(self.source.project_file.clone());
        let looked = project.and_then(|project| set.lacks(&project));
        let Some((count, missing)) = self.told("complete", place, looked)? else { return Ok(()) };
        if missing.is_empty() {
            let said = format!("{count} files: the sdist and every wheel that the project ships");
            self.add("complete", place, State::Ok, said);
        } else {
            let next = "run `monowheel build`, or change `targets` and `abis` of [tool.monowheel]";
            self.wrong("complete", place, format!("missing wheel for {}", some(&missing)), next);
        }
        Ok(())
    }

    fn commit(&mut self, place: &str, set: &Set, head: Option<&str>) {
        match (&set.manifest.commit, head) {
            (_, None) => self.add("commit", place, State::Skipped, "no commit to compare it with"),
            (Some(commit), Some(head)) if commit == head => self.add("commit", place, State::Ok, short(head)),
            (Some(commit), Some(head)) => {
                let said = format!("built from {}, but {} is checked out", short(commit), short(head));
                self.wrong("commit", place, said, "monowheel build");
            }
            (None, Some(_)) => {
                let said = "the sdist was built from uncommitted files";
                self.wrong("commit", place, said, "commit them, then run `monowheel build`");
            }
        }
    }

    fn audit(&mut self, place: &str, folder: &Path, set: &Set, policy: &AuditPolicy) -> Result<()> {
        let Some((said, is_clean)) = self.told("audit", place, set.audited(policy, self.stop))? else { return Ok(()) };
        if is_clean {
            self.add("audit", place, State::Ok, said);
        } else {
            self.wrong("audit", place, said, format!("run monowheel audit {} to see all findings", quoted(folder)));
        }
        Ok(())
    }
}
