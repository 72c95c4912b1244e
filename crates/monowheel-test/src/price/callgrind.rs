//! Instructions and calls, from the files that valgrind's callgrind writes.
//!
//! The format: <https://valgrind.org/docs/manual/cl-format.html>. One file for each dump; in it, names are numbered at their
//! first use (`cfn=(12) PyLong_FromLong`, then `cfn=(12)`).

use std::collections::{BTreeMap, HashMap};

/// What a number of executions of one statement did, divided by that number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Counts {
    /// Instructions.
    pub(super) instructions: f64,
    /// Calls from the module into Python, by symbol.
    pub(super) symbols: BTreeMap<String, f64>,
}

impl Counts {
    /// Reads one dump of `times` executions; the module's files are below `folder`.
    #[allow(clippy::cast_precision_loss, reason = "counts below 2^52")]
    pub(super) fn read(dump: &str, folder: &str, times: f64) -> Self {
        let mut names = HashMap::new();
        let (mut caller, mut callee, mut function) = (String::new(), None, String::new());
        let mut counts = Self::default();
        for line in dump.lines() {
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            match key {
                "ob" => caller = full(&mut names, 'o', value),
                "cob" => callee = Some(full(&mut names, 'o', value)),
                "fn" => drop(full(&mut names, 'f', value)),
                "cfn" => function = full(&mut names, 'f', value),
                "calls" => {
                    let number = value.split(' ').next().and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
                    // Without `cob`, the callee is in the caller's own file.
                    let leaves = callee.take().is_some_and(|callee| !callee.starts_with(folder));
                    // Recursive calls have a number: `PyObject_Call'2`.
                    let symbol = function.split('\'').next().unwrap_or_default();
                    let is_python = symbol.starts_with("Py") || symbol.starts_with("_Py");
                    if leaves && is_python && caller.starts_with(folder) {
                        *counts.symbols.entry(symbol.to_owned()).or_default() += number as f64 / times;
                    }
                }
                "summary" => {
                    let total = value.trim().split(' ').next().and_then(|count| count.parse::<u64>().ok());
                    counts.instructions = total.unwrap_or(0) as f64 / times;
                }
                _ => {}
            }
        }
        counts
    }

    /// Without what the empty statement `pass` does.
    pub(super) fn without(mut self, empty: &Self) -> Self {
        self.instructions -= empty.instructions;
        self
    }
}

/// The name behind `(12) NAME`, or behind `(12)` if it was given before.
fn full(names: &mut HashMap<(char, String), String>, kind: char, value: &str) -> String {
    let Some((number, name)) = value.strip_prefix('(').and_then(|rest| rest.split_once(')')) else {
        return value.to_owned();
    };
    let key = (kind, number.to_owned());
    match name.trim() {
        "" => names.get(&key).cloned().unwrap_or_default(),
        name => {
            names.insert(key, name.to_owned());
            name.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = "\
events: Ir
ob=(1) /env/folder/m.abi3.so
fl=(1) ???
fn=(1) m::add
0 1000
cob=(2) /usr/bin/python3.11
cfi=(2) longobject.c
cfn=(2) PyLong_AsLong
calls=200 10
0 4000
cfn=(3) m::helper
calls=200 10
0 400
cob=(3) libc.so.6
cfn=(4) malloc
calls=100 1
0 1
ob=(2)
fn=(5) _PyEval_EvalFrameDefault
cob=(1)
cfn=(1)
calls=100 1
0 1
cfn=(2)
calls=50 1
0 1
ob=(1)
fn=(3)
cob=(2)
cfn=(6) PyObject_Call'2
calls=100 1
0 1
summary: 60000
totals: 60000
";

    #[test]
    fn only_calls_from_the_module_into_python_count() {
        let counts = Counts::read(DUMP, "/env/folder/", 100.0);
        let expected = [("PyLong_AsLong".to_owned(), 2.0), ("PyObject_Call".to_owned(), 1.0)];
        assert_eq!(counts.symbols, BTreeMap::from(expected));
        assert!((counts.instructions - 600.0).abs() < f64::EPSILON);
        let empty = Counts { instructions: 100.0, ..Counts::default() };
        assert!((counts.without(&empty).instructions - 500.0).abs() < f64::EPSILON);
    }

    #[test]
    fn damage_is_no_panic() {
        for end in 0..DUMP.len() {
            let _ = Counts::read(&DUMP[..end], "/env", 1.0);
            let _ = Counts::read(&DUMP[end..], "/env", 1.0);
        }
    }
}
