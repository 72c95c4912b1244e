//! Building the wheels of one plan, several at a time.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use monowheel_audit::audit::Auditor;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, read_log};
use monowheel_system::foreign_file;
use monowheel_system::threads;
use monowheel_wheel::import_names::ImportNames;

use super::lanes::Lanes;
use super::parts::Parts;
use super::shared_errors::SharedErrors;
use super::workshop::Workshop;
use crate::contract;
use crate::diagnose::{Diagnosis, offered};
use crate::dist::file_ending;
use crate::event::{Event, Watch};
use crate::job_tokens::Tokens;
use crate::manifest::{self, Verdict};
use crate::maturin::{self, Bench};
use crate::native::obtain::Library;
use crate::normalize;
use crate::plan::{Job, ToolFacts};
use crate::prerequisites::MissingStd;
use crate::provenance::{self, Provenance};
use crate::symbols;
use crate::toolchain::remap::Remap;
use crate::wheel_cache::{Contents, Ground, Kept, Store};

/// The maximum size of a wheel: an index accepts a tenth of that.
pub(super) const MOST: u64 = 1 << 30;

/// Shared by the wheels of one build.
pub(super) struct Run<'a> {
    pub(super) store: Store,
    /// The wheels that were built elsewhere: then none is built here.
    pub(super) parts: Option<&'a Parts>,
    /// Set by Ctrl-C, and by the first failure of `--fail-fast`.
    pub(super) halt: CancelToken,
    /// The stop flags of the wheels of one ABI.
    pub(super) shared: SharedErrors,
    pub(super) workshop: &'a Workshop<'a>,
    pub(super) ground: &'a Ground,
    pub(super) profile: &'a str,
    pub(super) sdist: &'a manifest::File,
    /// The commit that the sdist records as its origin.
    pub(super) commit: Option<&'a str>,
    pub(super) tools: &'a ToolFacts,
    pub(super) frame_pointers: bool,
    /// Whether line tables are kept.
    pub(super) symbols: bool,
    /// The import names in the sdist's PKG-INFO.
    pub(super) import_names: Option<&'a ImportNames>,
    /// The last part of the extension module's name.
    pub(super) module: &'a str,
    pub(super) fail_fast: bool,
    pub(super) auditor: &'a Auditor,
    pub(super) watch: &'a dyn Watch,
}

impl Run<'_> {
    fn key(&self, job: &Job) -> String {
        self.ground.key(job, &maturin::arguments(job, self.profile))
    }

    /// The result of a job that needs no build: blocked, or kept from an earlier run.
    pub(super) fn without_building(&self, job: &Job) -> Result<Option<manifest::Wheel>> {
        let wheel = if let Some(blocked) = &job.blocked {
            Some(manifest::Wheel {
                why: Some(format!("{}; {}", blocked.why, blocked.next_step)),
                ..self.entry(job, Verdict::Blocked)
            })
        } else if let Some(parts) = self.parts {
            Some(self.built_elsewhere(job, parts)?)
        } else if let Some((contents, kept)) = self.kept(job) {
            // Audited again: the rules, or the project's ignores, may have changed since.
            let mut wheel = self.judged(job, &kept, contents, Verdict::Reused, |_| Ok(()))?;
            wheel.seconds = Some(kept.seconds);
            Some(wheel)
        } else {
            None
        };
        if let Some(wheel) = &wheel {
            self.watch.saw(&Event::Ended(job, wheel));
        }
        Ok(wheel)
    }

    /// The wheel of an earlier run; without line tables it will not do where they are kept.
    fn kept(&self, job: &Job) -> Option<(Contents, Kept)> {
        let kept = self.store.get(job, &self.key(job));
        kept.filter(|(_, kept)| kept.symbols.is_some() || !self.symbols)
    }

    pub(super) fn entry(&self, job: &Job, verdict: Verdict) -> manifest::Wheel {
        manifest::Wheel {
            target: job.target.to_string(),
            abi: job.family,
            tag: job.tag.clone(),
            triples: job.target.triples.clone(),
            linker: job.linker.clone(),
            arguments: maturin::arguments(job, self.profile),
            added_features: job.added_features.clone(),
            verdict,
            file: None,
            symbols: None,
            seconds: None,
            why: None,
            breaches: Vec::new(),
            findings: Vec::new(),
            outline: None,
        }
    }

    /// Builds all jobs, several at a time, and returns their results in order.
    ///
    /// # Errors
    /// When the system cannot start threads.
    pub(super) fn all(
        &self,
        jobs: &[&Job],
        bench: &Bench,
        missing_std: &[MissingStd],
        cores: usize,
    ) -> Result<Vec<manifest::Wheel>> {
        let lanes = Lanes::of(jobs, bench, self.workshop, cores);
        self.watch.saw(&Event::Wheels(jobs.iter().map(|job| job.id.as_str()).collect()));
        std::thread::scope(|scope| {
            let running: Result<Vec<_>> = (0..lanes.count())
                .map(|lane| {
                    let lanes = &lanes;
                    threads::scoped(scope, move || {
                        let mut ended: Vec<(usize, manifest::Wheel)> = Vec::new();
                        lanes.each(lane, &self.halt, |index, folder| {
                            ended.push((index, self.one(jobs[index], bench, missing_std, folder, &lanes.tokens)));
                        });
                        ended
                    })
                })
                .collect();
            // Running lanes are not waited for.
            let running = running.inspect_err(|_| self.halt.set())?;
            let mut ends: Vec<Option<manifest::Wheel>> = jobs.iter().map(|_| None).collect();
            for (index, wheel) in running.into_iter().filter_map(|lane| lane.join().ok()).flatten() {
                ends[index] = Some(wheel);
            }
            // A lane that panicked leaves its wheels unfinished; they are not dropped. The command's own result
            // reports the panic.
            let lost = |job: &Job| manifest::Wheel {
                why: Some("monowheel itself failed here".to_owned()),
                ..self.entry(job, Verdict::Failed)
            };
            Ok(ends.into_iter().zip(jobs).map(|(end, job)| end.unwrap_or_else(|| lost(job))).collect())
        })
    }

    /// One wheel from its build to its place in `dist/`.
    fn one(
        &self,
        job: &Job,
        bench: &Bench,
        missing_std: &[MissingStd],
        lane: &Path,
        tokens: &Tokens,
    ) -> manifest::Wheel {
        if self.halt.is_set() {
            return self.entry(job, Verdict::Skipped);
        }
        if let Some(why) = self.shared.why(job) {
            let wheel = manifest::Wheel { why: Some(why), ..self.entry(job, Verdict::Skipped) };
            self.watch.saw(&Event::Ended(job, &wheel));
            return wheel;
        }
        self.watch.saw(&Event::Began(job));
        let start = Instant::now();
        let without_std = missing_std.iter().find(|(triple, _)| job.target.triples.contains(triple));
        let result = match without_std {
            Some((_, error)) => Err(error.clone()),
            None => self.built(job, bench, lane, tokens, start),
        };
        let mut wheel = match result {
            Ok(wheel) => wheel,
            Err(error) if error.kind() == ErrorKind::Interrupted => {
                manifest::Wheel { why: self.shared.why(job), ..self.entry(job, Verdict::Skipped) }
            }
            Err(error) => manifest::Wheel { why: Some(error.to_string()), ..self.entry(job, Verdict::Failed) },
        };
        wheel.seconds = Some((start.elapsed().as_secs_f64() * 100.0).round() / 100.0);
        if self.fail_fast && !wheel.verdict.is_good() {
            self.halt.set();
        }
        self.watch.saw(&Event::Ended(job, &wheel));
        wheel
    }

    fn built(&self, job: &Job, bench: &Bench, lane: &Path, tokens: &Tokens, start: Instant) -> Result<manifest::Wheel> {
        let log = self.workshop.workspace.log(&job.id);
        let out = self.workshop.workspace.unfinished()?;
        let stop = self.shared.stop(job, &self.halt);
        bench.import_library(job, lane, stop)?;
        let call = tokens.shared(bench.wheel(job, lane, out.path())?);
        let mut file = fs_err::File::create(&log)?;
        let status = call.logged(&mut file, stop, &mut |line| self.watch.saw(&Event::Line(job, line)))?;
        let made = file_ending(out.path(), ".whl");
        let (true, Some(made)) = (status.success(), made) else {
            let text = read_log(&log)?;
            self.shared.failed(job, &text, &bench.unpacked);
            let Diagnosis { lines, next } = Diagnosis::of(&text, &offered);
            let what = format!("maturin ended with {status}\n{lines}");
            return Err(Error::new(ErrorKind::Tool, what).at(log.display()).next(next));
        };
        // Read once, after everything that this build started has ended or can no longer write here. From here on the
        // wheel exists in memory: the file in the build script's directory is not read again.
        let made_bytes = foreign_file::read(&made, MOST)?;
        let bytes = self.normalized(job, &made, &made_bytes, &bench.names, &bench.linked(job, lane)?)?;
        let name = made.file_name().unwrap_or_default().to_string_lossy();
        let target_dir = bench.target_dir(job, lane);
        let (symbols, files) = self.line_tables(job, &name, &made_bytes, &bytes, &target_dir)?;
        let kept = Kept { file: manifest::File::of(&name, &bytes), seconds: start.elapsed().as_secs_f64(), symbols };
        let contents = Contents { wheel: bytes, symbols: files };
        let put = |contents: &Contents| self.store.put(job, &self.key(job), &kept, contents);
        let mut wheel = self.judged(job, &kept, contents, Verdict::Built, put)?;
        if wheel.verdict == Verdict::Broken {
            wheel.why = Some(format!("log: {}", log.display()));
        }
        Ok(wheel)
    }

    /// The line tables of a wheel's libraries, where they are kept.
    fn line_tables(
        &self,
        job: &Job,
        name: &str,
        made: &[u8],
        normalized: &[u8],
        target_dir: &Path,
    ) -> Result<(Option<symbols::Kept>, Vec<Vec<u8>>)> {
        if !self.symbols {
            return Ok((None, Vec::new()));
        }
        let stem = name.trim_end_matches(".whl");
        let (kept, files) = symbols::collect::of_wheel(stem, made, normalized, target_dir, &job.target.triples)?;
        for missing in &kept.missing {
            self.watch.saw(&Event::Note(format!("no line tables for {} of {name}: {}", missing.member, missing.why)));
        }
        Ok((Some(kept), files))
    }

    /// The bytes that every machine would produce from maturin's wheel.
    fn normalized(
        &self,
        job: &Job,
        made: &Path,
        made_bytes: &[u8],
        names: &Remap,
        linked: &[&Library],
    ) -> Result<Vec<u8>> {
        let mut provenance = Provenance::of(
            job,
            self.profile,
            self.sdist,
            self.commit,
            self.tools,
            self.ground.environment(),
            self.frame_pointers,
        );
        provenance.native = linked.iter().map(|library| library.linked.clone()).collect();
        let mut extra = vec![(provenance::FILE.to_owned(), provenance.json().into_bytes())];
        for library in linked {
            extra.extend(library.linked.files(&fs_err::read(library.files.join("LICENSE.txt"))?));
        }
        let paths = names.names().map(|(folder, name)| (folder.display().to_string(), name.to_owned()));
        let recipe = normalize::Recipe {
            extra,
            paths: paths.collect(),
            import_names: self.import_names.cloned(),
            strip: true,
            time: maturin::epoch().parse().ok(),
        };
        let normalized = normalize::wheel(made_bytes, &recipe);
        Ok(normalized.map_err(|error| error.at(made.display()))?.bytes)
    }

    /// The result of a wheel that exists: it is cached and goes to `dist/`, unless the gate finds a breach. The audited
    /// bytes are the ones that are written.
    pub(super) fn judged(
        &self,
        job: &Job,
        kept: &Kept,
        contents: Contents,
        verdict: Verdict,
        keep: impl FnOnce(&Contents) -> Result<()>,
    ) -> Result<manifest::Wheel> {
        let name = &kept.file.file;
        let bytes: Arc<[u8]> = contents.wheel.as_slice().into();
        let (report, breaches) = contract::check(name, &bytes, &job.tag, self.module, self.auditor)?;
        if !breaches.is_empty() {
            return Ok(manifest::Wheel { breaches, ..self.entry(job, Verdict::Broken) });
        }
        keep(&contents)?;
        let symbols = kept.symbols.as_ref().filter(|_| self.symbols);
        if let Some(symbols) = symbols {
            self.workshop.dist.place_symbols(name, symbols, &contents.symbols)?;
        }
        Ok(manifest::Wheel {
            symbols: symbols.cloned(),
            file: Some(self.workshop.dist.place(name, &bytes)?),
            findings: report.findings,
            outline: Some(report.outline),
            ..self.entry(job, verdict)
        })
    }
}
