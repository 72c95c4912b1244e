//! What is learned of a member while it is inflated, without keeping it.

use monowheel_wheel::archive::Member;
use sha2::{Digest as _, Sha256};

use crate::facts::WheelFacts;
use crate::gather::heads;
use crate::gather::lines::Lines;
use crate::gather::loads::Loads;
use crate::gather::tokens::{self, Tokens};

/// The looks at one member.
pub(super) struct Looks {
    hash: Sha256,
    lines: Option<Lines>,
    loads: Option<Loads>,
    tokens: Option<Tokens>,
    head: Option<Vec<u8>>,
}

impl Looks {
    /// Those for the member at a path; `for_loads` asks whether Python code loads libraries.
    pub(super) fn at(path: &str, for_loads: bool) -> Self {
        let ends = |ends: [&str; 2]| ends.iter().any(|end| path.ends_with(end));
        Self {
            hash: Sha256::new(),
            // The wheels of a release should have the same files.
            lines: ends([".py", ".pyi"]).then(Lines::default),
            // An interpreter runs these when a package is imported.
            loads: (for_loads && ends([".py", ".pth"])).then(Loads::default),
            tokens: tokens::is_text(path).then(Tokens::default),
            head: heads::is_wanted(path).then(Vec::new),
        }
    }

    /// Takes the next piece.
    pub(super) fn add(&mut self, piece: &[u8]) {
        if let Some(lines) = &mut self.lines {
            lines.add(&self.hash, piece);
        }
        if let Some(loads) = &mut self.loads {
            loads.add(piece);
        }
        if let Some(tokens) = &mut self.tokens {
            tokens.add(piece);
        }
        if let Some(head) = &mut self.head {
            head.extend(piece.iter().take(heads::HEAD - head.len()));
        }
        self.hash.update(piece);
    }

    /// Notes what was learned of the complete member.
    pub(super) fn finish(self, member: &mut Member, wheel: &mut WheelFacts) {
        member.sha256 = Some(self.hash.finalize().into());
        member.unix_sha256 = self.lines.and_then(Lines::finish);
        if self.loads.is_some_and(|loads| loads.found()) {
            wheel.loads_libraries = Some(true);
        }
        if let Some(whose) = self.tokens.and_then(|tokens| tokens.found()) {
            wheel.tokens.insert(member.path.clone(), whose.to_owned());
        }
        if let Some(head) = self.head {
            let kept = heads::kept(&member.path, &head);
            if !(kept.is_empty() && heads::is_optional(&member.path)) {
                wheel.heads.insert(member.path.clone(), kept);
            }
        }
    }
}
