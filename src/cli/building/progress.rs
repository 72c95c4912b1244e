//! Progress of a build: live lines on a terminal, plain lines elsewhere.

mod estimate;
mod heartbeat;
mod running;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use monowheel_build::event::{Event, Watch};
use monowheel_build::manifest;
use monowheel_error::terminal::{TerminalText, lines};
use monowheel_error::text;

use crate::cli::building::progress::estimate::Estimate;
use crate::cli::building::progress::heartbeat::Heartbeat;
use crate::cli::building::progress::running::{Running, phase};
use crate::cli::screen::{BAD, FAINT, GOOD, Notes, Screen};

/// Width of the column of wheel names; the longest default is `musllinux_1_2_aarch64-abi3t`.
const NAME: usize = 30;
/// Width of the time before a line.
const TIME: usize = 11;
/// Terminals with fewer columns show a wheel's name and what it is at, and nothing else.
const NARROW: usize = 60;
/// How often a build without live lines prints its progress.
const BEAT: Duration = Duration::from_secs(30);

/// The progress display of a build.
pub(crate) struct Progress {
    start: Instant,
    verbose: bool,
    notes: Notes,
    live: Option<MultiProgress>,
    /// The width of live lines.
    width: Option<usize>,
    shown: Arc<Mutex<Shown>>,
    _heartbeat: Option<Heartbeat>,
}

#[derive(Default)]
struct Shown {
    step: Option<(&'static str, Instant, ProgressBar)>,
    bars: BTreeMap<String, ProgressBar>,
    /// The number of finished wheels, below the lines of those being built.
    count: Option<ProgressBar>,
    running: Running,
}

impl Shown {
    fn counted(&self) {
        if let Some(count) = &self.count {
            count.set_message(self.running.count());
        }
    }
}

impl Progress {
    /// One live line per wheel on a terminal; else a plain line for each start and end, regular lines with what is
    /// being compiled, and the tools' full output when `verbose`.
    pub(crate) fn new(screen: &Screen, verbose: bool) -> Self {
        Self::beating(screen, verbose, BEAT)
    }

    fn beating(screen: &Screen, verbose: bool, every: Duration) -> Self {
        let is_live = screen.is_live() && !verbose;
        let (start, notes, shown) = (Instant::now(), screen.notes(), Arc::<Mutex<Shown>>::default());
        // A build continues without it if no thread can be started.
        let heartbeat = (!is_live && !verbose && !screen.is_quiet())
            .then(|| {
                let (notes, shown) = (notes.clone(), Arc::clone(&shown));
                let beat = move || {
                    let said = shown.lock().unwrap_or_else(PoisonError::into_inner).running.line();
                    if let Some(said) = said {
                        notes.line(timed(start, text!("{}", said)));
                    }
                };
                Heartbeat::start(every, beat).ok()
            })
            .flatten();
        Self {
            start,
            verbose,
            notes,
            live: is_live.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8))),
            width: screen.live_width().filter(|_| is_live),
            shown,
            _heartbeat: heartbeat,
        }
    }

    /// Estimates the rest of the build by these times of the last one, by wheel.
    pub(super) fn expect(&self, last: BTreeMap<String, f64>, lanes: usize) {
        self.shown().running.estimate = Estimate::new(last, lanes);
    }

    /// Whether a terminal has no room for the time and a detail on a wheel's line.
    fn is_narrow(&self) -> bool {
        self.width.is_some_and(|width| width < NARROW)
    }

    /// Clears everything that is still shown.
    pub(super) fn end(&self) {
        let mut shown = self.shown();
        shown.step = None;
        shown.bars.clear();
        shown.count = None;
        shown.running = Running::default();
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
        self.line(if self.is_narrow() { text } else { timed(self.start, text) });
    }

    fn bar(&self, name: &str) -> ProgressBar {
        let Some(live) = &self.live else { return ProgressBar::hidden() };
        let bar = ProgressBar::new_spinner();
        let bar = match &self.shown().count {
            Some(count) => live.insert_before(count, bar),
            None => live.add(bar),
        };
        let style = match self.is_narrow() {
            true => "{spinner} {prefix} {wide_msg}".to_owned(),
            false => format!("  {{spinner}} {{prefix:{NAME}}} {{elapsed:>4}}  {{wide_msg}}"),
        };
        bar.set_style(ProgressStyle::with_template(&style).unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(125));
        bar
    }

    /// The line below the wheels.
    fn count(&self) -> Option<ProgressBar> {
        let bar = self.live.as_ref()?.add(ProgressBar::new_spinner());
        bar.set_style(
            ProgressStyle::with_template("  {spinner} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        bar.enable_steady_tick(Duration::from_millis(125));
        Some(bar)
    }

    fn ended(&self, id: &str, wheel: &manifest::Wheel) {
        let style = if wheel.verdict.is_good() { GOOD } else { BAD };
        let detail = match (&wheel.file, wheel.breaches.first(), &wheel.why) {
            (Some(file), _, _) => text::bytes(file.size),
            (None, Some(breach), _) => breach.what.clone(),
            (None, None, Some(why)) => {
                // The first line says that maturin failed, the second why.
                let second = why.lines().nth(1).filter(|line| !line.starts_with(' '));
                let error = why.lines().find(|line| line.starts_with("error"));
                let telling = error.or(second).or_else(|| why.lines().next());
                telling.unwrap_or_default().to_owned()
            }
            (None, None, None) => String::new(),
        };
        let word = wheel.verdict.word();
        let (time, wide) = if self.is_narrow() { (0, 0) } else { (TIME, NAME) };
        let before = time + id.chars().count().max(wide) + word.len() + 3;
        let detail = match self.width {
            Some(width) => shortened(&detail, width.saturating_sub(before)),
            None => detail,
        };
        self.timed(text!("{:wide$} {}  {}", id, style.paint(word), detail).trimmed());
    }
}

impl Watch for Progress {
    fn saw(&self, event: &Event<'_>) {
        let is_live = self.live.is_some();
        match event {
            Event::Note(text) => self.timed(lines(text)),
            Event::Step(name) => {
                let bar = self.bar(name);
                let mut shown = self.shown();
                shown.step = Some((*name, Instant::now(), bar));
                shown.running.began(name);
                drop(shown);
                if !is_live {
                    self.timed(text!("{}", name));
                }
            }
            Event::StepLine(line) => {
                let mut shown = self.shown();
                if let Some((name, _, bar)) = &shown.step {
                    let name = *name;
                    bar.set_message(phase(line));
                    shown.running.line_of(name, line);
                }
                drop(shown);
                if self.verbose {
                    self.line(tool(line));
                }
            }
            Event::StepDone => {
                let mut shown = self.shown();
                let Some((name, since, bar)) = shown.step.take() else { return };
                shown.running.ended(name);
                drop(shown);
                bar.finish_and_clear();
                // A step that took no time needs no second line.
                if is_live || since.elapsed() > Duration::from_secs(2) {
                    self.timed(text!("{:NAME$} {}  {:.1} s", name, GOOD.paint("done"), since.elapsed().as_secs_f64()));
                }
            }
            Event::Wheels(ids) => {
                self.timed(text!("wheels to build: {}", ids.len()));
                let count = self.count();
                let mut shown = self.shown();
                shown.running.waits(ids);
                shown.count = count;
                shown.counted();
            }
            Event::Began(job) => {
                let bar = self.bar(&job.id);
                let mut shown = self.shown();
                shown.bars.insert(job.id.clone(), bar);
                shown.running.began(&job.id);
                shown.counted();
                drop(shown);
                if !is_live {
                    self.timed(text!("{:NAME$} begins", job.id));
                }
            }
            Event::Line(job, line) => {
                let mut shown = self.shown();
                let at = shown.running.line_of(&job.id, line);
                if let Some(bar) = shown.bars.get(&job.id) {
                    bar.set_message(at);
                }
                drop(shown);
                if self.verbose {
                    self.line(text!("{} {}", FAINT.paint(text!("{:NAME$}", job.id)), tool(line)));
                }
            }
            Event::Ended(job, wheel) => {
                let mut shown = self.shown();
                if let Some(bar) = shown.bars.remove(&job.id) {
                    bar.finish_and_clear();
                }
                shown.running.wheel_ended(&job.id);
                shown.counted();
                drop(shown);
                self.ended(&job.id, wheel);
            }
        }
    }
}

/// A detail that fits on the line of its wheel; the report has all of it.
fn shortened(detail: &str, room: usize) -> String {
    if detail.chars().count() <= room {
        return detail.to_owned();
    }
    let kept: String = detail.chars().take(room.saturating_sub(1)).collect();
    if kept.is_empty() { kept } else { format!("{}…", kept.trim_end()) }
}

/// A tool's own line, without its colors.
fn tool(line: &str) -> TerminalText {
    lines(&anstream::adapter::strip_str(line).to_string())
}

/// A line with the time since the build began.
fn timed(start: Instant, text: TerminalText) -> TerminalText {
    text!("{}  {}", FAINT.paint(text!("{:>7.1} s", start.elapsed().as_secs_f64())), text)
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
    fn a_long_step_says_now_and_then_what_it_is_at() {
        let page = Page::default();
        let screen = Screen::of(Box::new(std::io::sink()), Box::new(page.clone()));
        let progress = Progress::beating(&screen, false, Duration::from_millis(10));
        progress.saw(&Event::Step("dependencies"));
        progress.saw(&Event::StepLine("   Compiling aws-lc-sys v0.30.0"));
        let text = || String::from_utf8_lossy(&page.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
        let start = Instant::now();
        while !text().contains("dependencies: compiling aws-lc-sys v0.30.0") {
            assert!(start.elapsed() < Duration::from_secs(20), "{}", text());
            std::thread::sleep(Duration::from_millis(5));
        }
        drop(progress);
        let quiet = Page::default();
        let mut screen = Screen::of(Box::new(std::io::sink()), Box::new(quiet.clone()));
        screen.choose(crate::cli::args::Color::Never, true);
        let progress = Progress::beating(&screen, false, Duration::from_millis(1));
        progress.saw(&Event::Step("dependencies"));
        assert!(progress._heartbeat.is_none() && quiet.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty());
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
