//! A build as it is seen while it runs: live lines on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use monowheel_build::event::{Event, Watch};
use monowheel_build::manifest;
use monowheel_error::terminal::{TerminalText, lines};
use monowheel_error::text;
use monowheel_error::text::harmless;

use crate::cli::screen::{BAD, FAINT, GOOD, Notes, Screen};

/// How wide a wheel's name is set; the longest default is `musllinux_1_2_aarch64-abi3t`.
const NAME: usize = 30;

/// What shows a build.
pub(crate) struct Progress {
    start: Instant,
    verbose: bool,
    notes: Notes,
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
            notes: screen.notes(),
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

    fn line(&self, text: TerminalText) {
        match &self.live {
            // Bars that are drawn over lines have to move first.
            Some(live) => live.suspend(|| self.notes.line(text)),
            None => self.notes.line(text),
        }
    }

    fn timed(&self, text: TerminalText) {
        self.line(text!("{}  {}", FAINT.paint(text!("{:>7.1} s", self.start.elapsed().as_secs_f64())), text));
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
        self.timed(text!("{:NAME$} {}  {}", id, style.paint(wheel.verdict.word()), detail));
    }
}

impl Watch for Progress {
    fn saw(&self, event: &Event<'_>) {
        let is_live = self.live.is_some();
        match event {
            Event::Note(text) => self.timed(lines(text)),
            Event::Step(name) => {
                let bar = self.bar(name);
                self.shown().step = Some((*name, Instant::now(), bar));
                if !is_live {
                    self.timed(text!("{}", name));
                }
            }
            Event::StepLine(line) => {
                if let Some((_, _, bar)) = &self.shown().step {
                    bar.set_message(phase(line));
                }
                if self.verbose {
                    self.line(tool(line));
                }
            }
            Event::StepDone => {
                let Some((name, since, bar)) = self.shown().step.take() else { return };
                bar.finish_and_clear();
                // What took no time needs no second line.
                if is_live || since.elapsed() > Duration::from_secs(2) {
                    self.timed(text!("{:NAME$} {}  {:.1} s", name, GOOD.paint("done"), since.elapsed().as_secs_f64()));
                }
            }
            Event::Wheels(ids) => self.timed(text!("wheels to build: {}", ids.len())),
            Event::Began(job) => {
                let bar = self.bar(&job.id);
                self.shown().bars.insert(job.id.clone(), bar);
                if !is_live {
                    self.timed(text!("{:NAME$} begins", job.id));
                }
            }
            Event::Line(job, line) => {
                if let Some(bar) = self.shown().bars.get(&job.id) {
                    bar.set_message(phase(line));
                }
                if self.verbose {
                    self.line(text!("{} {}", FAINT.paint(text!("{:NAME$}", job.id)), tool(line)));
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

/// A tool's own line, without its colors.
fn tool(line: &str) -> TerminalText {
    lines(&anstream::adapter::strip_str(line).to_string())
}

/// What a tool is at, in the words of its own line.
fn phase(line: &str) -> String {
    let line = anstream::adapter::strip_str(line.trim()).to_string();
    match line.split_once(' ') {
        Some(("Compiling", rest)) => format!("compiling {}", harmless(rest)),
        Some(("Finished", _)) => "packing".to_owned(),
        _ => harmless(&line).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_a_tool_prints_is_a_command_to_nobody() {
        let page = Page::default();
        let screen = Screen::of(Box::new(std::io::sink()), Box::new(page.clone())).obeyed();
        let progress = Progress::new(&screen, true);
        for line in ["::error::x", "  ::add-mask::x", "a ##[error]x", "\x1b[1m::error::x\x1b[0m", "a\r::error::\u{9b}x"]
        {
            progress.saw(&Event::StepLine(line));
        }
        progress.saw(&Event::Note("one\n::error::two".to_owned()));
        let text = String::from_utf8_lossy(&page.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..4], [": :error::x", "  : :add-mask::x", "a ## [error]x", ": :error::x"]);
        assert_eq!((lines[4], lines[6]), ("a\\r::error::<U+009B>x", ": :error::two"));
    }
}
