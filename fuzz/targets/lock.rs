//! Lock files (PEP 751) and lines of requirements from third parties.
#![no_main]

use libfuzzer_sys::fuzz_target;
use monowheel_net::{LockFile, Requirements};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    if let Ok(lock) = LockFile::parse(&text) {
        for package in &lock.packages {
            let _ = (package.other_source(), package.publishers());
            for file in package.wheels.iter().chain(&package.sdist) {
                let hash = file.sha256();
                assert!(hash.is_none_or(|hash| hash.len() == 64));
                assert!(file.file_name().is_none_or(|name| !name.contains(['/', '\\'])));
            }
        }
    }
    let mut requirements = Requirements::default();
    for line in text.lines() {
        let _ = requirements.add(line);
    }
    for pin in &requirements.pins {
        assert!(pin.sha256.iter().all(|hash| hash.len() == 64));
    }
});
