//! The checks of the pipeline that a tag starts: whether it is as monowheel writes it, and whether it can make the bytes
//! of the set. What fails here would fail in CI, after the tag was pushed.

use monowheel_build::lockfile::{FILE, LockFile};
use monowheel_build::manifest::Manifest;
use monowheel_error::{Result, VERSION};

use crate::ci::Provider;
use crate::ci::drift::{State as FileState, Written, releasing};
use crate::ci::facts::Facts;
use crate::ci::lock::{Hashes, build_tools};
use crate::ci::page::pages;
use crate::ci::place::Checkout;
use crate::ci::plan::{Plan, plan};
use crate::ci::settings::unpinned_images;
use crate::release::check::State;
use crate::release::check::looking::{Looking, some};
use crate::release::set::Set;

/// A pipeline of the checkout.
struct Pipeline {
    provider: Provider,
    /// Its file, from the top of the repository.
    file: String,
    plan: Plan,
    /// Packages whose hashes its locks lack.
    missing: Vec<String>,
    written: Written,
}

impl Pipeline {
    /// What writes its files.
    fn command(&self) -> String {
        format!("monowheel ci {}", self.provider.word())
    }
}

impl Looking<'_> {
    /// Whether the set was built with the tools of `monowheel.lock`.
    pub(super) fn locked(&mut self, set: Option<&Set>) -> Result<()> {
        let read = LockFile::read(&self.source.root);
        let Some(Some((lock, _))) = self.told("tools", FILE, read)? else { return Ok(()) };
        let Some(set) = set else {
            self.add("tools", FILE, State::Skipped, "no set to compare with");
            return Ok(());
        };
        let built = &set.manifest;
        let rustc = format!("rustc {}", lock.rust.rustc);
        let rows = [
            ("rustc", Some(rustc.as_str()), built.tools.rustc.as_deref()),
            ("maturin", Some(lock.tools.maturin.as_str()), built.tools.maturin.as_deref()),
            ("zig", lock.tools.zig.as_deref(), built.tools.zig.as_deref()),
            ("monowheel", Some(lock.tools.monowheel.as_str()), Some(built.monowheel.as_str())),
        ];
        let differences: Vec<String> = rows
            .iter()
            .filter(|(_, locked, built)| locked != built)
            .map(|(what, locked, built)| {
                format!("{what}: {} there, and {} built the set", locked.unwrap_or("none"), built.unwrap_or("none"))
            })
            .collect();
        if differences.is_empty() {
            self.add("tools", FILE, State::Ok, "the set was built with the tools of the lock");
        } else {
            let next =
                "monowheel build --locked; or monowheel build --upgrade moves the lock to the tools that are here";
            self.wrong("tools", FILE, some(&differences), next);
        }
        Ok(())
    }

    /// Every pipeline that monowheel wrote for this project.
    pub(super) fn pipelines(&mut self, set: Option<&Set>) -> Result<()> {
        let looked = self.found();
        let Some(found) = self.told("ci", ".", looked)? else { return Ok(()) };
        if found.is_empty() {
            self.add("ci", ".", State::Ok, "monowheel wrote no workflow for this project");
        }
        for pipeline in &found {
            self.written(pipeline);
            match set {
                Some(set) => self.tools(pipeline, &set.manifest),
                None => self.add("tools", &pipeline.file, State::Skipped, "no set to compare with"),
            }
        }
        Ok(())
    }

    fn found(&self) -> Result<Vec<Pipeline>> {
        let checkout = Checkout::of(&self.source.root)?;
        let facts = Facts::read(&self.source.root, &checkout.folder)?;
        let mut found = Vec::new();
        for provider in [Provider::Github, Provider::Gitlab] {
            let Some(file) = releasing(&checkout.top, &facts, provider)? else { continue };
            let plan = plan(&facts, provider)?;
            let hashes = Hashes::in_checkout(&checkout, &plan, provider)?;
            let written = Written::look(&checkout, provider, plan.clone(), pages(&plan, provider, &hashes)?)?;
            found.push(Pipeline { provider, file, missing: hashes.missing(&plan), plan, written });
        }
        Ok(found)
    }

    /// Whether the files are as this monowheel writes them, and what they install is pinned.
    fn written(&mut self, pipeline: &Pipeline) {
        let next = format!("{}, and commit what it writes", pipeline.command());
        let differs = |file: &&crate::ci::drift::File| file.state != FileState::Same;
        let files: Vec<String> = pipeline.written.files.iter().filter(differs).map(|file| file.path.clone()).collect();
        if !files.is_empty() {
            let said = format!("not as monowheel {VERSION} writes it: {}", some(&files));
            self.wrong("ci", &pipeline.file, said, next);
        } else if !pipeline.missing.is_empty() {
            let said =
                format!("CI installs nothing without a hash, and the locks lack those of {}", some(&pipeline.missing));
            self.wrong("ci", &pipeline.file, said, next);
        } else {
            let images = unpinned_images(pipeline.provider, &pipeline.plan.settings);
            if images.is_empty() {
                self.add("ci", &pipeline.file, State::Ok, "all that it installs is pinned by hash");
            } else {
                let said =
                    format!("packages are pinned by hash, but a tag names {}: it can be moved", images.join(", "));
                self.add("ci", &pipeline.file, State::Warning, said);
                if let Some(check) = self.checks.last_mut() {
                    let digests: Vec<String> =
                        images.iter().map(|image| format!("\"{image}\" = \"sha256:…\"")).collect();
                    check.next = Some(format!("[tool.monowheel.ci] image-digests = {{ {} }}", digests.join(", ")));
                }
            }
        }
    }

    /// Whether CI builds with what built the set.
    fn tools(&mut self, pipeline: &Pipeline, manifest: &Manifest) {
        let plan = &pipeline.plan;
        let mut differences = Vec::new();
        let mut next = Vec::new();
        if let Some((said, step)) = toolchain(&plan.settings.rust, manifest) {
            differences.push(said);
            next.push(step);
        }
        let mut ours = build_tools(plan);
        if !plan.own {
            ours.push(("monowheel".to_owned(), VERSION.to_owned()));
        }
        for (name, version) in ours {
            let built = match name.as_str() {
                "maturin" => manifest.tools.maturin.as_deref(),
                "ziglang" => manifest.tools.zig.as_deref(),
                "monowheel" => Some(manifest.monowheel.as_str()),
                // The manifest says nothing of the others.
                _ => continue,
            };
            if built == Some(version.as_str()) {
                continue;
            }
            let built = built.unwrap_or("of unknown version");
            differences.push(format!("{name} {version}, and {built} built the set"));
            next.push(format!("pip install {name}=={version}"));
        }
        if let Some((name, _)) = manifest.environment.first() {
            differences.push(format!("without {name}, which was set when the set was built"));
            next.push(format!("unset {name}"));
        }
        if differences.is_empty() {
            self.add(
                "tools",
                &pipeline.file,
                State::Ok,
                format!("CI builds with what built the set: Rust {}", plan.settings.rust),
            );
            return;
        }
        let said = format!("CI cannot make these bytes. It builds with {}", differences.join("; with "));
        let next = format!(
            "{}; then monowheel build; or name the tools of the set in [tool.monowheel.ci] and run {}",
            next.join("; "),
            pipeline.command()
        );
        self.wrong("tools", &pipeline.file, said, next);
    }
}

/// How CI's Rust is another one than the set's, and what to do.
fn toolchain(rust: &str, manifest: &Manifest) -> Option<(String, String)> {
    let built = manifest.tools.rustc.as_deref().unwrap_or("rustc of unknown version");
    let version = built.split_whitespace().nth(1).unwrap_or_default();
    // Of a nightly the manifest has the day before: only its toolchain's name says which.
    let is_that_nightly = rust.starts_with("nightly-20")
        && manifest.tools.toolchain.as_deref().is_some_and(|name| name.starts_with(rust));
    // A distribution's compiler says another version of itself, and has another standard library.
    if is_that_nightly || (version == rust && !built.contains("built from a source tarball")) {
        return None;
    }
    let said = format!("Rust {rust}, and {built} built the set");
    let is_version = semver::Version::parse(version).is_ok_and(|version| version.pre.is_empty());
    let step = if version == rust {
        format!("rustup toolchain install {rust}, and build with it: monowheel build --toolchain {rust}")
    } else if is_version {
        format!("rust = \"{version}\" in [tool.monowheel.ci]")
    } else {
        "name one version in [tool.monowheel.ci], such as rust = \"1.95.0\", and build with it".to_owned()
    };
    Some((said, step))
}
