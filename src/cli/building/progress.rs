//! A build as it is seen while it runs: live lines on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use monowheel_build::event::{Event, Watch};
use monowheel_build::manifest;

use crate::cli::screen::{BAD, FAINT, GOOD, Screen};

/// How wide a wheel's name is set; the longest default is `musllinux_1_2_aarch64-abi3t`.
const NAME: usize = 30;

/// What shows a build.
pub(crate) struct Progress {
    start: Instant,
    verbose: bool,
    quiet: bool,
    colours: bool,
    live: Option<MultiProgress>,
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Shown {
    step: Option<(&'static str, Instant, ProgressBar)>,
    bars: BTreeMap<String, ProgressBar>,
}

impl Progress {
    /// One live line for each wheel on a terminal; else a plain line for each beginning and end, and
    /// all that the tools print when `verbose`.
    pub(crate) fn new(screen: &Screen, verbose: bool) -> Self {
        let live = screen.is_live() && !verbose;
        Self {
            start: Instant::now(),
            verbose,
            quiet: screen.is_quiet(),
            colours: screen.progress_colours(),
            live: live.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8))),
            shown: Mutex::default(),
        }
    }

    /// Leaves the terminal clean, whatever is still shown.
    pub(super) fn end(&self) {
        let mut shown = self.shown();
        shown.step = None;
        shown.bars.clear();
        if let Some(live) = &self.live {
            let _ = live.clear();
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, text: &str) {
        if self.quiet {
            return;
        }
        let text = if self.colours { text.to_owned() } else { anstream::adapter::strip_str(text).to_string() };
        match &self.live {
            Some(live) => {
                let _ = live.println(text);
            }
            None => {
                let _ = writeln!(std::io::stderr(), "{text}");
            }
        }
    }

    fn timed(&self, text: &str) {
        self.line(&format!("{FAINT}{:7.1} s{FAINT:#}  {text}", self.start.elapsed().as_secs_f64()));
    }

    fn bar(&self, name: &str) -> ProgressBar {
        let Some(live) = &self.live else { return ProgressBar::hidden() };
        let bar = live.add(ProgressBar::new_spinner());
        let style = format!("  {{spinner}} {{prefix:{NAME}}} {{elapsed:>4}}  {{wide_msg}}");
        bar.set_style(ProgressStyle::with_template(&style).unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(125));
        bar
    }

    fn ended(&self, id: &str, wheel: &manifest::Wheel) {
        let style = if wheel.verdict.is_good() { GOOD } else { BAD };
        let detail = match (&wheel.file, wheel.breaches.first(), &wheel.why) {
            (Some(file), _, _) => indicatif::HumanBytes(file.size).to_string(),
            (None, Some(breach), _) => breach.what.clone(),
            (None, None, Some(why)) => {
                let telling = why.lines().find(|line| line.starts_with("error")).or_else(|| why.lines().next());
                telling.unwrap_or_default().to_owned()
            }
            (None, None, None) => String::new(),
        };
        self.timed(&format!("{id:NAME$} {style}{}{style:#}  {detail}", wheel.verdict.word()));
    }
}

impl Watch for Progress {
    fn saw(&self, event: &Event<'_>) {
        let is_live = self.live.is_some();
        match event {
            Event::Note(text) => self.timed(text),
            Event::Step(name) => {
                let bar = self.bar(name);
                self.shown().step = Some((*name, Instant::now(), bar));
                if !is_live {
                    self.timed(name);
                }
            }
            Event::StepLine(line) => {
                if let Some((_, _, bar)) = &self.shown().step {
                    bar.set_message(phase(line));
                }
                if self.verbose {
                    self.line(line);
                }
            }
            Event::StepDone => {
                let Some((name, since, bar)) = self.shown().step.take() else { return };
                bar.finish_and_clear();
                // What took no time needs no second line.
                if is_live || since.elapsed() > Duration::from_secs(2) {
                    self.timed(&format!("{name:NAME$} {GOOD}done{GOOD:#}  {:.1} s", since.elapsed().as_secs_f64()));
                }
            }
            Event::Wheels(ids) => self.timed(&format!("wheels to build: {}", ids.len())),
            Event::Began(job) => {
                let bar = self.bar(&job.id);
                self.shown().bars.insert(job.id.clone(), bar);
                if !is_live {
                    self.timed(&format!("{:NAME$} begins", job.id));
                }
            }
            Event::Line(job, line) => {
                if let Some(bar) = self.shown().bars.get(&job.id) {
                    bar.set_message(phase(line));
                }
                if self.verbose {
                    self.line(&format!("{FAINT}{:NAME$}{FAINT:#} {line}", job.id));
                }
            }
            Event::Ended(job, wheel) => {
                if let Some(bar) = self.shown().bars.remove(&job.id) {
                    bar.finish_and_clear();
                }
                self.ended(&job.id, wheel);
            }
        }
    }
}

/// What a tool is at, in the words of its own line.
fn phase(line: &str) -> String {
    let line = anstream::adapter::strip_str(line.trim()).to_string();
    match line.split_once(' ') {
        Some(("Compiling", rest)) => format!("compiling {rest}"),
        Some(("Finished", _)) => "packing".to_owned(),
        _ => line,
    }
}
