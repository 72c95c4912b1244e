//! The condition under which an item of PyO3 exists: `#[cfg(any(Py_3_11, not(Py_LIMITED_API)))]`.

/// Deeper conditions are not read.
const DEEPEST: usize = 32;

/// The first floor above 3.`minor` whose stable ABI has an item with this condition. `None` if none has, and for a
/// condition that cannot be read.
pub(super) fn first_floor(condition: &str, minor: u8) -> Option<u8> {
    let newest = 99;
    (minor + 1..=newest).find(|floor| Reader { rest: condition, floor: *floor }.holds() == Some(true))
}

/// Reads a condition, and decides it for a floor on the way.
struct Reader<'a> {
    rest: &'a str,
    floor: u8,
}

impl Reader<'_> {
    fn holds(&mut self) -> Option<bool> {
        self.rest = &self.rest[self.rest.find("cfg(")?..];
        self.predicate(DEEPEST)
    }

    fn predicate(&mut self, depth: usize) -> Option<bool> {
        let depth = depth.checked_sub(1)?;
        let name = self.word();
        if self.eat('(') {
            let (mut all, mut any) = (true, false);
            while !self.eat(')') {
                let holds = self.predicate(depth)?;
                (all, any) = (all && holds, any || holds);
                self.eat(',');
            }
            return match name {
                "cfg" | "all" => Some(all),
                "any" => Some(any),
                "not" => Some(!all),
                _ => None,
            };
        }
        if self.eat('=') {
            // `feature = "…"`, `target_os = "…"`: not what a floor decides.
            let value = self.rest.trim_start().strip_prefix('"')?;
            self.rest = &value[value.find('"')? + 1..];
            return Some(false);
        }
        match name.strip_prefix("Py_3_") {
            Some(version) => Some(self.floor >= version.parse().ok()?),
            None => (!name.is_empty()).then_some(name == "Py_LIMITED_API"),
        }
    }

    fn word<'w>(&mut self) -> &'w str
    where
        Self: 'w,
    {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.rest = rest;
        word
    }

    fn eat(&mut self, token: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Conditions in pyo3-ffi 0.29.3.
    #[test]
    fn the_whole_condition_decides() {
        for (condition, minor, first) in [
            ("#[cfg(any(Py_3_11, not(Py_LIMITED_API)))]", 8, Some(11)),
            ("#[cfg(not(Py_LIMITED_API))]", 8, None),
            // PyObject_Vectorcall: the stable ABI has it later than CPython itself.
            ("#[cfg(any(Py_3_12, all(Py_3_11, not(Py_LIMITED_API))))]", 8, Some(12)),
            ("#[cfg(all(Py_3_12, any(Py_3_9, not(Py_LIMITED_API))))]", 8, Some(12)),
            ("#[cfg(all(not(PyPy), any(\n    Py_3_10,\n    not(Py_LIMITED_API),\n)))]", 8, Some(10)),
            ("#[cfg(all(Py_3_9, feature = \"macros\"))]", 8, None),
            // Py_GetPrefix: removed.
            ("#[cfg(not(Py_3_15))]", 8, Some(9)),
            ("#[cfg(not(Py_3_15))]", 15, None),
        ] {
            assert_eq!(first_floor(condition, minor), first, "{condition}");
        }
    }

    #[test]
    fn what_is_no_condition_decides_nothing() {
        for text in ["", "cfg(", "cfg(any(", "cfg(x = )", "cfg(Py_3_x)", "cfg()", &format!("cfg({}", "not(".repeat(99))]
        {
            let _ = first_floor(text, 8);
        }
        assert_eq!(first_floor("#[test]", 8), None);
        assert_eq!(first_floor(&format!("cfg({}", "not(".repeat(99)), 8), None);
    }
}
