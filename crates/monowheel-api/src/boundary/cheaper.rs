//! The table of cheaper ways.

use std::sync::LazyLock;

use crate::read::source::Way;

/// A cheaper way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Advice {
    way: Way,
    /// The type; `*` at its end stands for anything.
    ty: &'static str,
    /// The type to use instead.
    pub(super) instead: &'static str,
    /// What changes with it.
    pub(super) but: &'static str,
    /// The page that says so.
    pub(super) source: &'static str,
}

static TABLE: LazyLock<Vec<Advice>> = LazyLock::new(|| {
    let rows = include_str!("cheaper.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| {
        let columns: Vec<&str> = row.split('\t').collect();
        let &[what, but, source] = columns.as_slice() else { return None };
        let (way, types) = what.split_once(": ")?;
        let (ty, instead) = types.split_once(" → ")?;
        let way = if way == "argument" { Way::Argument } else { Way::Result };
        Some(Advice { way, ty, instead, but, source })
    })
    .collect()
});

/// The rows for a type: its own, else those for all that begin like it.
pub(super) fn of(ty: &str, way: Way) -> Vec<Advice> {
    let rows = |fits: &dyn Fn(&str) -> bool| -> Vec<Advice> {
        TABLE.iter().filter(|row| row.way == way && fits(row.ty)).copied().collect()
    };
    let own = rows(&|of| of == ty);
    if own.is_empty() { rows(&|of| of.split_once('*').is_some_and(|(start, _)| ty.starts_with(start))) } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_names_its_source() {
        let rows: Vec<&str> = include_str!("cheaper.tsv").lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(TABLE.len(), rows.len());
        assert!(rows.iter().all(|row| row.starts_with("argument: ") || row.starts_with("result: ")));
        assert!(TABLE.iter().all(|row| row.source.starts_with("https://") && row.ty != row.instead));
    }

    #[test]
    fn a_row_is_for_one_type_or_for_all_with_a_beginning() {
        let instead = |ty: &str, way: Way| of(ty, way).into_iter().map(|row| row.instead).collect::<Vec<_>>();
        assert_eq!(instead("Vec<u8>", Way::Argument), ["&[u8]", "PyBackedBytes"]);
        assert_eq!(instead("HashMap<String, i64>", Way::Argument), ["Bound<PyDict>"]);
        assert_eq!(instead("Vec<String>", Way::Argument), ["Bound<PyList>"]);
        assert_eq!(instead("Strings", Way::Argument), [""; 0]);
        assert_eq!(instead("&str", Way::Result), [""; 0]);
    }
}
