//! The parts of a lock that are taken from a machine's tools, and compared with them.

use std::collections::BTreeMap;

use monowheel_project::target::Target;

use super::Change;
use super::form::{Linker, LockFile, Row, Rust};
use super::missing::from;
use super::rust_toolchain::Channel;
use crate::toolchain::choice::{Std, StdFrom, std_now};
use crate::toolchain::rust::Toolchain;
use crate::toolchain::std_cache::StdCache;

impl Rust {
    /// The entry of a toolchain.
    pub(super) fn of(toolchain: &Toolchain) -> Self {
        let host = format!("-{}", toolchain.host());
        let channel =
            toolchain.by_rustup.then(|| toolchain.name.strip_suffix(&host).unwrap_or(&toolchain.name).to_owned());
        Self {
            rustc: toolchain.line().to_owned(),
            commit: toolchain.commit().map(str::to_owned),
            from: from(toolchain),
            channel,
        }
    }

    /// Whether a toolchain is this compiler, under any name.
    #[must_use]
    pub fn is(&self, toolchain: &Toolchain) -> bool {
        self.rustc == toolchain.line() && self.commit.as_deref() == toolchain.commit()
    }

    /// The toolchain that is this compiler.
    pub(super) fn find<'a>(&self, toolchains: &'a [Toolchain]) -> Option<&'a Toolchain> {
        let same = || toolchains.iter().filter(|toolchain| self.is(toolchain));
        let preferred = |toolchain: &&Toolchain| from(toolchain) == self.from && toolchain.is_default;
        same()
            .find(preferred)
            .or_else(|| same().find(|toolchain| from(toolchain) == self.from))
            .or_else(|| same().next())
    }

    /// Whether it belongs to a channel that the project requests.
    pub(super) fn is_of(&self, channel: &Channel) -> bool {
        channel.admits_version(self.version()) || self.channel.as_ref() == Some(&channel.name)
    }
}

impl LockFile {
    /// Adds the entries of platforms that have none yet, as far as the toolchain can provide them.
    pub(super) fn add_rows(&mut self, toolchain: &Toolchain, targets: &[Target], cache: &StdCache) {
        for target in targets {
            let linker = if target.links_with_zig() { Linker::Zig } else { Linker::Msvc };
            for triple in &target.triples {
                // rustup's server is not asked about locked entries.
                if self.targets.contains_key(triple) {
                    continue;
                }
                let std = match std_now(toolchain, triple, cache) {
                    StdFrom::Installed | StdFrom::Rustup => Std::Toolchain,
                    StdFrom::Cache | StdFrom::Source => Std::Source,
                    StdFrom::Nowhere => continue,
                };
                self.targets.insert(triple.clone(), Row { std, linker });
            }
        }
    }

    /// The differences from an earlier lock; without one, all entries.
    pub(super) fn changes(&self, before: Option<&Self>) -> Vec<Change> {
        let rows = |lock: &Self| -> BTreeMap<String, String> {
            let targets = lock.targets.iter().map(|(triple, row)| (triple.clone(), row.text()));
            let mut rows: BTreeMap<String, String> = targets.collect();
            rows.insert("rustc".to_owned(), lock.rust.text());
            rows.insert("maturin".to_owned(), lock.tools.maturin.clone());
            rows.insert("monowheel".to_owned(), lock.tools.monowheel.clone());
            rows.extend(lock.native.clone());
            rows.extend(lock.tools.zig.clone().map(|zig| ("zig".to_owned(), zig)));
            rows
        };
        let (after, before) = (rows(self), before.map(rows).unwrap_or_default());
        let mut keys: Vec<&String> = after.keys().chain(before.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        let change = |what: &String| Change {
            what: what.clone(),
            locked: before.get(what).cloned(),
            here: after.get(what).cloned(),
        };
        keys.into_iter().map(change).filter(|change| change.locked != change.here).collect()
    }
}
