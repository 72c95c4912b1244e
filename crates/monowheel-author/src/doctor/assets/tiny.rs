//! The library to test linking for a target: it uses threads, memory and text of std.

use std::sync::Mutex;

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[no_mangle]
pub extern "C" fn monowheel_tiny(number: usize) -> usize {
    match SEEN.lock() {
        Ok(mut seen) => {
            seen.push(number.to_string());
            seen.len()
        }
        Err(_) => 0,
    }
}
