//! Symbol names: which exist, how they are displayed, and which parts of them vary between builds.

use std::collections::BTreeSet;

use monowheel_error::text::count;

use crate::compare::Kind;
use crate::compare::binary::image::Image;
use crate::compare::found::Found;

pub(super) use crate::image::names::{shown, stable};

/// The number of names that are shown for each side.
const SHOWN: usize = 3;

/// Reports the symbols that are in only one.
pub(super) fn compare(a: &Image<'_>, b: &Image<'_>, found: &mut Found) {
    if a.names == b.names {
        return;
    }
    const PART: &str = "symbols";
    let only = |names: &[&[u8]], others: &[&[u8]]| -> Vec<Vec<u8>> {
        names.iter().filter(|name| others.binary_search(name).is_err()).map(|name| name.to_vec()).collect()
    };
    let (left, right) = (only(&a.names, &b.names), only(&b.names, &a.names));
    let stable = |names: &[Vec<u8>]| -> BTreeSet<String> { names.iter().map(|name| self::stable(name)).collect() };
    let (stable_a, stable_b) = (stable(&left), stable(&right));
    let hashed = stable_a.intersection(&stable_b).count();
    if hashed > 0 {
        let first = |names: &[Vec<u8>]| {
            let name = names.iter().find(|name| {
                let stable = self::stable(name);
                stable_a.contains(&stable) && stable_b.contains(&stable)
            });
            name.map(|name| String::from_utf8_lossy(name).into_owned()).unwrap_or_default()
        };
        let number = if hashed == 1 { "1 symbol has".to_owned() } else { format!("{hashed} symbols have") };
        let cause = format!(
            "{number} a different hash in the name, such as {} in A and {} in B (rustc's of a crate or LLVM's of a module: \
             they depend on directories, versions, features and flags)",
            first(&left),
            first(&right)
        );
        found.add_in(Kind::Debug, PART, cause);
    }
    for (side, here, there) in [("A", &stable_a, &stable_b), ("B", &stable_b, &stable_a)] {
        let names: Vec<&String> = here.difference(there).collect();
        if !names.is_empty() {
            let rest = if names.len() > SHOWN { ", …" } else { "" };
            let shown: Vec<String> =
                names.iter().take(SHOWN).map(|name| format!("`{}`", self::shown(name.as_bytes()))).collect();
            let cause = format!("{} only in {side}: {}{rest}", count(names.len(), "symbol"), shown.join(", "));
            found.add_in(Kind::Debug, PART, cause);
        }
    }
}
