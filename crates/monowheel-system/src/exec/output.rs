//! The output of a program, in a bounded amount of memory: its head and its tail.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_error::text::bytes;

use crate::threads;

/// How much of the beginning of a stream is kept, and how much of its end, in bytes.
const KEPT: usize = 1 << 20;
/// The maximum output of a program that another program reads, in bytes.
pub(super) const COMPLETE: usize = 64 << 20;
/// The longest line that is passed on completely, in bytes.
const LINE: usize = 1 << 16;
/// How many lines are queued for the log. A program that prints faster has to wait.
const QUEUE: usize = 64;
/// The maximum size of the log of one call, without its tail, in bytes.
const LOG: u64 = 256 << 20;

/// The first bytes of a stream and the last ones.
#[derive(Debug, Default)]
struct Ends {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl Ends {
    /// Adds the next bytes. At most `head` bytes of the beginning are kept, and `tail` bytes of the end.
    fn push(&mut self, bytes: &[u8], head: usize, tail: usize) {
        let (first, rest) = bytes.split_at(bytes.len().min(head.saturating_sub(self.head.len())));
        self.head.extend_from_slice(first);
        let fits = &rest[rest.len().saturating_sub(tail)..];
        let over = (self.tail.len() + fits.len()).saturating_sub(tail);
        self.tail.drain(..over);
        self.tail.extend(fits);
        self.left_out += (over + rest.len() - fits.len()) as u64;
    }

    /// Both ends, with a line between them that says how much was left out.
    fn text(&self) -> String {
        let (one, two) = self.tail.as_slices();
        let mut text = self.head.clone();
        if self.left_out > 0 {
            text.extend_from_slice(format!("\n{}\n", omission(self.left_out)).as_bytes());
        }
        text.extend_from_slice(one);
        text.extend_from_slice(two);
        String::from_utf8_lossy(&text).into_owned()
    }
}

fn omission(left_out: u64) -> String {
    format!("[{} left out here]", bytes(left_out))
}

/// The content of a stream, read on another thread.
pub(super) struct Collected {
    ends: Arc<Mutex<Ends>>,
    is_over: Arc<AtomicBool>,
    ended: Receiver<()>,
}

impl Collected {
    /// Keeps both ends of output for people.
    pub(super) fn ends_of(pipe: impl Read + Send + 'static) -> Result<Self> {
        Self::of(pipe, KEPT, KEPT)
    }

    /// Keeps output for a program; see [`is_over`](Self::is_over).
    pub(super) fn all_of(pipe: impl Read + Send + 'static) -> Result<Self> {
        Self::of(pipe, COMPLETE, 0)
    }

    fn of(mut pipe: impl Read + Send + 'static, head: usize, tail: usize) -> Result<Self> {
        let (sender, ended) = sync_channel(1);
        let (ends, is_over) = (Arc::<Mutex<Ends>>::default(), Arc::<AtomicBool>::default());
        let (shared, over) = (Arc::clone(&ends), Arc::clone(&is_over));
        threads::spawn(move || {
            let mut piece = vec![0; 1 << 16];
            while let Ok(read @ 1..) = pipe.read(&mut piece) {
                let mut ends = shared.lock().unwrap_or_else(PoisonError::into_inner);
                ends.push(&piece[..read], head, tail);
                if ends.left_out > 0 {
                    over.store(true, Ordering::Relaxed);
                }
            }
            let _ = sender.send(());
        })?;
        Ok(Self { ends, is_over, ended })
    }

    /// Whether something had to be left out.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// The content, at the end of the stream or after this time: an orphaned process may hold it open.
    pub(super) fn text(&self, patience: Duration) -> String {
        let _ = self.ended.recv_timeout(patience);
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).text()
    }
}

/// The lines of both streams, as they arrive, none of them longer than [`LINE`].
pub(super) fn lines_of(
    one: Option<impl Read + Send + 'static>,
    two: Option<impl Read + Send + 'static>,
) -> Result<Receiver<String>> {
    let (sender, lines) = sync_channel(QUEUE);
    if let Some(one) = one {
        forward(one, sender.clone())?;
    }
    if let Some(two) = two {
        forward(two, sender)?;
    }
    Ok(lines)
}

fn forward(pipe: impl Read + Send + 'static, lines: SyncSender<String>) -> Result<()> {
    threads::spawn(move || {
        let mut pipe = BufReader::with_capacity(LINE, pipe);
        while let Some(line) = next_line(&mut pipe) {
            if lines.send(line).is_err() {
                break;
            }
        }
    })?;
    Ok(())
}

/// The next line without its line break; nothing at the end of the stream. The rest of a line that is too long is
/// discarded.
fn next_line(pipe: &mut impl BufRead) -> Option<String> {
    let (mut line, mut left_out, mut began) = (Vec::new(), 0_u64, false);
    loop {
        let (read, is_end) = match pipe.fill_buf() {
            Ok(buffer) if !buffer.is_empty() => {
                let end = buffer.iter().position(|byte| *byte == b'\n');
                let piece = &buffer[..end.unwrap_or(buffer.len())];
                let fits = &piece[..piece.len().min(LINE.saturating_sub(line.len()))];
                line.extend_from_slice(fits);
                left_out += (piece.len() - fits.len()) as u64;
                (piece.len() + usize::from(end.is_some()), end.is_some())
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => (0, false),
            _ if began => break,
            _ => return None,
        };
        began |= read > 0;
        pipe.consume(read);
        if is_end {
            break;
        }
    }
    let text = String::from_utf8_lossy(&line);
    let text = text.trim_end_matches('\r');
    Some(if left_out > 0 { format!("{text} {}", omission(left_out)) } else { text.to_owned() })
}

/// A log with a limited size: after that it keeps the tail, which [`end`](Self::end) writes.
pub(super) struct Log<'a> {
    to: &'a mut dyn Write,
    room: u64,
    ends: Ends,
}

impl<'a> Log<'a> {
    pub(super) fn new(to: &'a mut dyn Write) -> Self {
        Self { to, room: LOG, ends: Ends::default() }
    }

    pub(super) fn line(&mut self, line: &str) -> std::io::Result<()> {
        let length = line.len() as u64 + 1;
        if self.room >= length {
            self.room -= length;
            return writeln!(self.to, "{line}");
        }
        self.room = 0;
        self.ends.push(line.as_bytes(), 0, KEPT);
        self.ends.push(b"\n", 0, KEPT);
        Ok(())
    }

    pub(super) fn end(&mut self) -> std::io::Result<()> {
        self.to.write_all(std::mem::take(&mut self.ends).text().as_bytes())?;
        self.to.flush()
    }
}

/// The beginning and the end of a log, which may be large.
///
/// # Errors
/// When it cannot be read.
pub fn read_log(path: &std::path::Path) -> Result<String> {
    let mut file = fs_err::File::open(path)?;
    let mut ends = Ends::default();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(ends.text()),
            read => ends.push(&piece[..read], KEPT, KEPT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_kept_and_the_rest_is_counted() {
        let bytes: Vec<u8> = (b'a'..=b'z').collect();
        for piece in [1, 2, 3, 5, 7, 26] {
            let mut ends = Ends::default();
            bytes.chunks(piece).for_each(|piece| ends.push(piece, 3, 4));
            assert_eq!(ends.text(), "abc\n[19 B left out here]\nwxyz", "in pieces of {piece}");
            let mut short = Ends::default();
            bytes[..7].chunks(piece).for_each(|piece| short.push(piece, 3, 4));
            assert_eq!(short.text(), "abcdefg");
        }
    }

    #[test]
    fn a_line_without_an_end_takes_no_memory() {
        struct Endless(u64);
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let length = buffer.len().min(usize::try_from(self.0).unwrap_or(usize::MAX));
                buffer[..length].fill(b'0');
                self.0 -= length as u64;
                Ok(length)
            }
        }
        let rest = Read::chain(&b"\r\nnext\n\nlast"[..], std::io::empty());
        let mut pipe = BufReader::new(Endless(40 << 20).chain(rest));
        let line = next_line(&mut pipe).unwrap();
        assert!(line.capacity() < 1 << 20, "{}", line.capacity());
        assert!(line.ends_with("0 [39.9 MiB left out here]"), "{}", &line[line.len() - 40..]);
        let rest: Vec<String> = std::iter::from_fn(|| next_line(&mut pipe)).collect();
        assert_eq!(rest, ["next", "", "last"]);
    }

    #[test]
    fn a_log_has_a_size() -> std::io::Result<()> {
        let mut to = Vec::new();
        let mut log = Log { room: 20, ..Log::new(&mut to) };
        for number in 0..300_000 {
            log.line(&format!("line {number}"))?;
        }
        log.end()?;
        let text = String::from_utf8_lossy(&to);
        assert!(text.starts_with("line 0\nline 1\n\n["), "{}", &text[..60]);
        assert!(text.ends_with("\nline 299999\n"));
        assert!(text.len() < KEPT + 100);
        Ok(())
    }
}
