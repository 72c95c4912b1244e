//! The imports of a stub, from the complete names in its annotations: `collections.abc.Sequence[int]` becomes
//! `Sequence[int]`, with `from collections.abc import Sequence`.

use std::collections::{BTreeMap, BTreeSet};

/// Modules that are imported as a whole.
const WHOLE: [(&str, &str); 2] = [("numpy", "np"), ("datetime", "datetime")];

/// The names that a stub imports.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// The names that the module itself defines.
    own: BTreeSet<String>,
    from: BTreeMap<String, BTreeSet<(String, Option<String>)>>,
    whole: BTreeSet<&'static str>,
}

impl Imports {
    pub(super) fn new(own: BTreeSet<String>) -> Self {
        Self { own, ..Self::default() }
    }

    /// An annotation with the names that are imported.
    pub(super) fn shown(&mut self, annotation: &str) -> String {
        let mut text = String::with_capacity(annotation.len());
        let mut rest = annotation;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            match word {
                "" => {
                    let next = rest.chars().next().map_or(1, char::len_utf8);
                    text.push_str(rest.get(..next).unwrap_or_default());
                    rest = rest.get(next..).unwrap_or_default();
                    continue;
                }
                // The ellipsis of a tuple.
                "..." => text.push_str(word),
                _ => text.push_str(&self.name(word)),
            }
            rest = after;
        }
        text
    }

    /// One name; without a dot, it is one of the module or of Python itself.
    pub(super) fn name(&mut self, complete: &str) -> String {
        let Some((module, name)) = complete.rsplit_once('.') else {
            return complete.to_owned();
        };
        // A variant of an enum of the module: `Shape.Circle`.
        let first = complete.split('.').next().unwrap_or(complete);
        if self.own.contains(first) {
            return complete.to_owned();
        }
        if module == "builtins" {
            return name.to_owned();
        }
        if let Some((_, short)) = WHOLE.iter().find(|(whole, _)| *whole == module) {
            if !self.own.contains(*short) {
                self.whole.insert(WHOLE.iter().find(|(whole, _)| *whole == module).map_or("", |(whole, _)| whole));
                return format!("{short}.{name}");
            }
        }
        // A name of the module itself hides an imported one.
        let alias = self.own.contains(name).then(|| format!("_{name}"));
        let shown = alias.clone().unwrap_or_else(|| name.to_owned());
        self.from.entry(module.to_owned()).or_default().insert((name.to_owned(), alias));
        shown
    }

    /// The lines of the imports: the standard library first.
    pub(super) fn lines(&self) -> String {
        let mut groups = [String::new(), String::new()];
        let is_other = |module: &str| {
            !matches!(
                module.split('.').next().unwrap_or(module),
                "collections"
                    | "datetime"
                    | "decimal"
                    | "fractions"
                    | "ipaddress"
                    | "os"
                    | "pathlib"
                    | "types"
                    | "typing"
                    | "uuid"
                    | "weakref"
                    | "zoneinfo"
            )
        };
        for (whole, short) in WHOLE.iter().filter(|(whole, _)| self.whole.contains(whole)) {
            let line =
                if whole == short { format!("import {whole}\n") } else { format!("import {whole} as {short}\n") };
            groups[usize::from(is_other(whole))] += &line;
        }
        for (module, names) in &self.from {
            let one = |(name, alias): &(String, Option<String>)| match alias {
                Some(alias) => format!("{name} as {alias}"),
                None => name.clone(),
            };
            let names: Vec<String> = names.iter().map(one).collect();
            groups[usize::from(is_other(module))] += &format!("from {module} import {}\n", names.join(", "));
        }
        let [first, second] = groups;
        let space = if first.is_empty() || second.is_empty() { "" } else { "\n" };
        format!("{first}{space}{second}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_imported_once_and_never_hidden() {
        let mut imports = Imports::new(["Sequence".to_owned(), "Shape".to_owned()].into());
        let shown = imports.shown("collections.abc.Sequence[tuple[int, ...]] | numpy.float64 | Shape.Circle | other.X");
        assert_eq!(shown, "_Sequence[tuple[int, ...]] | np.float64 | Shape.Circle | X");
        let lines = "from collections.abc import Sequence as _Sequence\n\nimport numpy as np\nfrom other import X\n";
        assert_eq!(imports.lines(), lines);
    }
}
