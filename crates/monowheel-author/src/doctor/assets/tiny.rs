//! What is linked to see whether a target can be: something of std, with threads, memory and text in it.

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
