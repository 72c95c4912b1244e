//! Crash reports: texts of every form, and Apple's JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use monowheel_build::symbols::report::read;

fuzz_target!(|data: &[u8]| {
    let report = read(&String::from_utf8_lossy(data), &[]);
    for frame in &report.frames {
        assert!(!frame.module.is_empty());
    }
});
