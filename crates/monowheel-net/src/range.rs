//! A wheel on an index, read by HTTP range: only the parts that are read are downloaded.
//!
//! With ranges the file's hash cannot be checked, and a server may serve an auditor other bytes than an
//! installer. To check the hash, download the complete file.

use std::sync::{Arc, Mutex, PoisonError};

use monowheel_error::{Error, Result};
use monowheel_system::hash::sha256;
use monowheel_wheel::source::ReadAt;
use ureq::http::header;

use crate::answer::{Answer, Ask, Part};
use crate::cache::{BLOCK, Cache};
use crate::client::Client;
use crate::download::{PER_BREAK, broken, check_hash, check_size, download, lies, too_long};
use crate::simple::RemoteFile;
use crate::version::{ContentRange, Version, changed};

/// From this size on, a read goes directly into the reader's buffer and is not cached.
const DIRECT: u64 = 1 << 20;

/// A remote file on a server that supports ranges.
pub(super) struct RangeSource {
    client: Arc<Client>,
    file: RemoteFile,
    size: u64,
    version: Version,
    /// The end of the file, always kept: the central directory is read in many small steps.
    tail: Vec<u8>,
    cache: Mutex<Cache>,
}

/// Opens a remote file: by range if the server supports them and `whole` is not set, else the
/// complete file.
///
/// # Errors
/// When it cannot be downloaded, or does not match the index.
pub(super) fn open(client: &Arc<Client>, file: &RemoteFile, whole: bool) -> Result<Box<dyn ReadAt>> {
    let limits = &client.limits;
    client.check_link(file.index.as_ref(), &file.address)?;
    if let Some(size) = file.size.filter(|size| *size > limits.file) {
        return Err(too_long(file, limits.file.min(size)));
    }
    if whole || file.size.is_some_and(|size| size <= limits.small) {
        return download(client, file, None);
    }
    let part = file.size.map_or(Part::Last(limits.tail), |size| Part::Span(size.saturating_sub(limits.tail)..size));
    let mut answer = ask(client, file, &part)?;
    if let (200, Part::Last(_), Some(size)) = (answer.status, &part, answer.length()) {
        // Some servers support ranges, but not those that count from the end.
        let knows_ranges = answer.header(header::ACCEPT_RANGES).is_some_and(|unit| unit.trim() == "bytes");
        if knows_ranges && size > limits.small.max(limits.tail) {
            drop(answer);
            answer = ask(client, file, &Part::Span(size - limits.tail..size))?;
        }
    }
    match answer.status {
        206 => match ContentRange::of(&answer).filter(|range| is_tail(range, limits.tail)) {
            Some(range) => RangeSource::begin(client, file, range, answer),
            None => {
                drop(answer);
                download(client, file, None)
            }
        },
        200 => download(client, file, Some(answer)),
        400 | 405 | 416 | 501 => {
            drop(answer);
            download(client, file, None)
        }
        _ => Err(answer.refusal(&file.address)),
    }
}

fn ask(client: &Client, file: &RemoteFile, part: &Part) -> Result<Answer> {
    client.get(&file.address, &Ask { part: Some(part.clone()), ..Ask::default() })
}

fn is_tail(range: &ContentRange, tail: u64) -> bool {
    range.end == range.total && range.end - range.start == tail.min(range.total)
}

impl RangeSource {
    /// Uses the response that contains the tail.
    fn begin(
        client: &Arc<Client>,
        file: &RemoteFile,
        range: ContentRange,
        mut answer: Answer,
    ) -> Result<Box<dyn ReadAt>> {
        if let Some(size) = file.size {
            check_size(file, size, range.total)?;
        }
        if range.total > client.limits.file {
            return Err(too_long(file, client.limits.file));
        }
        let mut source = Self {
            client: Arc::clone(client),
            file: file.clone(),
            size: range.total,
            version: Version::of(&answer),
            tail: Vec::new(),
            cache: Mutex::new(Cache::new(client.limits.cache)),
        };
        // No more than `Limits::tail`, as `is_tail` found.
        let mut tail = vec![0; length(range.end - range.start)];
        let read = fill(&mut answer, &mut tail).0;
        drop(answer);
        source.fetch(range.start + read as u64, tail.get_mut(read..).unwrap_or_default())?;
        if range.start == 0 {
            if let Some(promised) = &file.sha256 {
                check_hash(promised, &sha256(&tail), &file.address)?;
            }
            return Ok(Box::new(tail));
        }
        source.tail = tail;
        Ok(Box::new(source))
    }

    /// The start of the tail.
    fn tail_start(&self) -> u64 {
        self.size - self.tail.len() as u64
    }

    /// Fills `buffer` with the bytes from `start` on, with as many requests as needed.
    fn fetch(&self, start: u64, buffer: &mut [u8]) -> Result<()> {
        let mut done = 0;
        let mut breaks = 0;
        while done < buffer.len() {
            let at = start + done as u64;
            let span = at..start + buffer.len() as u64;
            let ask = Ask { part: Some(Part::Span(span.clone())), version: self.version.condition(), ..Ask::default() };
            let mut answer = self.client.get(&self.file.address, &ask)?;
            let range = self.check(&answer)?;
            if range.start != span.start || range.end > span.end {
                return Err(lies(&self.file));
            }
            let wanted = buffer.get_mut(done..done + length(range.end - range.start)).unwrap_or_default();
            let (read, why) = fill(&mut answer, wanted);
            done += read;
            if done < buffer.len() {
                drop(answer);
                self.client.stop.check()?;
                breaks += 1;
                if breaks >= u64::from(self.client.limits.attempts) + done as u64 / PER_BREAK {
                    return Err(broken(&self.file, &why));
                }
                self.client.stop.wait(self.client.pause(1))?;
            }
        }
        Ok(())
    }

    /// Checks that a response is a part of the opened file.
    fn check(&self, answer: &Answer) -> Result<ContentRange> {
        match answer.status {
            206 => {}
            // The complete file although a part was requested: `If-Range` found another version.
            200 | 412 | 416 => return Err(changed(&self.file.address)),
            _ => return Err(answer.refusal(&self.file.address)),
        }
        self.version.check(answer, &self.file.address)?;
        let range = ContentRange::of(answer).ok_or_else(|| lies(&self.file))?;
        if range.total == self.size { Ok(range) } else { Err(changed(&self.file.address)) }
    }
}

impl ReadAt for RangeSource {
    fn size(&self) -> u64 {
        self.size
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn expect(&self, offset: u64, length: u64) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.expect(offset..offset.saturating_add(length).min(self.size));
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let end = offset.checked_add(buffer.len() as u64).filter(|end| *end <= self.size);
        let end = end.ok_or_else(|| Error::from(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)))?;
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let at = offset + done as u64;
            let tail = self.tail_start();
            if let Some(skip) = at.checked_sub(tail) {
                rest.copy_from_slice(
                    self.tail.get(length(skip)..).and_then(|kept| kept.get(..rest.len())).unwrap_or_default(),
                );
                break;
            }
            let before_tail = length((end.min(tail)) - at);
            let rest = rest.get_mut(..before_tail).unwrap_or_default();
            if let Some(copied) = cache.copy(at, rest) {
                done += copied;
                continue;
            }
            let gap = cache.gap(at, end.min(tail));
            if gap - at >= DIRECT {
                let wanted = length(gap - at);
                self.fetch(at, rest.get_mut(..wanted).unwrap_or_default())?;
                done += wanted;
            } else {
                let first = at / BLOCK * BLOCK;
                let last = gap.max(at + cache.window(at)).next_multiple_of(BLOCK).min(tail);
                let last = cache.gap(first, last).max(gap);
                let mut bytes = vec![0; length(last - first)];
                self.fetch(first, &mut bytes)?;
                let fetched = bytes.get(length(at - first)..).unwrap_or_default();
                let wanted = fetched.len().min(rest.len());
                for (to, from) in rest.iter_mut().zip(fetched) {
                    *to = *from;
                }
                cache.keep(first, &bytes);
                done += wanted;
            }
        }
        cache.stopped(end);
        Ok(())
    }
}

/// Reads until `buffer` is full; returns how far it came, and why not further.
fn fill(answer: &mut Answer, buffer: &mut [u8]) -> (usize, String) {
    use std::io::Read as _;
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match answer.body.read(rest) {
            Ok(0) => return (done, "it ended early".to_owned()),
            Ok(read) => done += read,
            Err(error) => return (done, error.to_string()),
        }
    }
    if answer.length().is_some() {
        // The connection can be reused only after the end of the body was read.
        let _ = answer.body.read(&mut [0]);
    }
    (done, "the server sent less than requested".to_owned())
}

/// A length that fits in memory, because a buffer of it exists or it is limited.
fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
