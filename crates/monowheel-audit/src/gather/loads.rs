//! Whether Python code mentions loading libraries.

use std::sync::LazyLock;

use monowheel_wheel::words::Words;

use crate::gather::seam::Seam;

/// Words that such code has to contain: the functions of `ctypes` and `os`, and the variables of loaders.
const WORDS: [&str; 13] = [
    "add_dll_directory",
    "AddDllDirectory",
    "SetDllDirectory",
    "LoadLibrary",
    "CDLL",
    "WinDLL",
    "cdll",
    "windll",
    "dlopen",
    "RTLD_GLOBAL",
    "LIBRARY_PATH",
    "\"PATH\"",
    "'PATH'",
];

/// The longest word, less one byte.
const OVERLAP: usize = 16;

static SEARCH: LazyLock<Option<Words>> = LazyLock::new(|| Words::new(&WORDS));

/// Searches for the words in a file that arrives in pieces.
#[derive(Default)]
pub(super) struct Loads {
    found: bool,
    seam: Seam<OVERLAP>,
}

impl Loads {
    /// Takes a piece.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.found = self.found || self.seam.search(piece, |text, _| says(text).then_some(())).is_some();
    }

    /// Whether any of the words was found.
    pub(super) const fn found(&self) -> bool {
        self.found
    }
}

fn says(text: &[u8]) -> bool {
    // Without the search, it cannot be ruled out.
    SEARCH.as_ref().is_none_or(|search| search.next(text, 0).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pieces: &[&str]) -> bool {
        let mut loads = Loads::default();
        pieces.iter().for_each(|piece| loads.add(piece.as_bytes()));
        loads.found()
    }

    #[test]
    fn words_are_found_across_pieces() {
        assert!(SEARCH.is_some() && WORDS.iter().all(|word| word.len() <= OVERLAP + 1));
        assert!(found(&["import os\nos.add_dll_directory(here)\n"]));
        assert!(found(&["import os\nos.add_dll_", "directory(here)\n"]));
        assert!(found(&["os.add", "_dll_", "directory(here)\n"]));
        assert!(found(&["os.environ['PA", "TH']"]));
        assert!(!found(&["import os\nprint(os.path)\n", "PATHS = []\n"]));
    }
}
