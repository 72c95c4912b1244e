//! Canceling while one large wheel is audited.

use std::sync::atomic::{AtomicUsize, Ordering};

use monowheel_audit::audit::{Options, Subject, audit};
use monowheel_audit::gather::Depth;
use monowheel_audit::{ErrorKind, Result};
use monowheel_forge::wheel::Wheel;
use monowheel_system::exec::CancelToken;
use monowheel_wheel::source::ReadAt;

static READ: AtomicUsize = AtomicUsize::new(0);

/// A wheel on a slow disk: Ctrl-C is pressed at the third read.
struct Slow(Vec<u8>, CancelToken);

impl ReadAt for Slow {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        if READ.fetch_add(1, Ordering::SeqCst) == 2 {
            self.1.set();
        }
        self.0.read_at(offset, buffer)
    }
}

#[test]
fn ctrl_c_ends_the_audit_of_one_wheel_and_is_no_defect_of_it() {
    let wheel = (0..50).fold(Wheel::pure(), |wheel, number| wheel.with(&format!("demo/{number}.py"), "x = 1\n"));
    let stop = CancelToken::default();
    let (bytes, seen) = (wheel.bytes(), stop.clone());
    let open = Box::new(move || Ok(Box::new(Slow(bytes.clone(), seen.clone())) as Box<dyn ReadAt>));
    let subject = Subject { place: wheel.file, depth: Depth::Everything, floor: None, open };
    let options = Options { stop, ..Options::default() };
    let ended = audit(&[subject], &options, &|_| panic!("it was not audited to the end"));
    assert_eq!(ended.map(|report| report.files.len()).unwrap_err().kind(), ErrorKind::Interrupted);
    assert_eq!(READ.load(Ordering::SeqCst), 3, "nothing is read after that");
}
