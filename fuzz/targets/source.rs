//! Any text as a Rust file: it is read or refused, and the changes of a fix are within it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use monowheel_audit::lint;
use monowheel_audit::source::Source;

/// As in the lint's own threads.
const STACK: usize = 256 * 1024 * 1024;

fn look(text: &[u8]) {
    let source = Source::of_text("src/lib.rs", text);
    for finding in lint::findings(&source) {
        for edit in &finding.edits {
            let whole = std::str::from_utf8(text).expect("invalid UTF-8 has no findings with edits");
            assert!(whole.get(edit.range.clone()).is_some(), "{finding:?}");
        }
        assert!(finding.place.line.unwrap_or(1) >= 1, "{finding:?}");
    }
}

fuzz_target!(|text: &[u8]| {
    let text = text.to_vec();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || look(&text));
    thread.expect("a thread").join().expect("no panic");
});
