//! Interruptible reading of a response: nothing can interrupt a thread that reads from a silent connection, so a
//! separate thread does that, and is left behind until its time limit when nobody waits for it any more.

use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_system::exec::CancelToken;
use monowheel_system::threads;

/// Poll interval of the stop flag.
const TICK: Duration = Duration::from_millis(20);
/// Number of bytes read at once.
const PIECE: usize = 1 << 16;

/// A body that a separate thread reads, one piece ahead.
pub(super) struct Pieces {
    pieces: Receiver<io::Result<Vec<u8>>>,
    piece: io::Cursor<Vec<u8>>,
    ended: bool,
    stop: CancelToken,
}

impl Pieces {
    /// Starts reading.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(super) fn of(mut body: impl Read + Send + 'static, stop: &CancelToken) -> Result<Self> {
        let (sender, pieces) = mpsc::sync_channel(1);
        threads::spawn(move || {
            loop {
                let mut piece = vec![0; PIECE];
                let read = body.read(&mut piece);
                let is_last = !matches!(read, Ok(1..));
                let read = read.map(|length| {
                    piece.truncate(length);
                    piece
                });
                if sender.send(read).is_err() || is_last {
                    break;
                }
            }
        })?;
        Ok(Self { pieces, piece: io::Cursor::default(), ended: false, stop: stop.clone() })
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || self.ended || buffer.is_empty() {
                return Ok(read);
            }
            match self.pieces.recv_timeout(TICK) {
                Ok(piece) => {
                    let piece = piece?;
                    self.ended = piece.is_empty();
                    self.piece = io::Cursor::new(piece);
                }
                Err(RecvTimeoutError::Timeout) if self.stop.is_set() => return Err(io::Error::other("stopped")),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("the reader thread is gone")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use monowheel_error::ErrorKind;

    use super::*;

    /// Sends a few bytes, and then nothing for a long time.
    struct Silent(bool);

    impl Read for Silent {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, false) {
                buffer[..3].copy_from_slice(b"abc");
                return Ok(3);
            }
            std::thread::sleep(Duration::from_secs(60));
            Ok(0)
        }
    }

    #[test]
    fn a_body_is_read_whole() {
        let body: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let mut read = Vec::new();
        Pieces::of(io::Cursor::new(body.clone()), &CancelToken::default()).unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, body);
    }

    #[test]
    fn a_server_that_falls_silent_does_not_hold_who_waits_for_it() {
        let (began, stop) = (Instant::now(), CancelToken::default());
        let mut body = Pieces::of(Silent(true), &stop).unwrap();
        let mut buffer = [0; 8];
        assert_eq!(body.read(&mut buffer).unwrap(), 3);
        stop.set();
        assert!(body.read(&mut buffer).is_err());
        let error = stop.until(|| std::thread::sleep(Duration::from_secs(60))).err();
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Interrupted));
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}
