//! Who owns the objects that functions of the C API return: `references.tsv`.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use monowheel_wheel::abi::rows;
use syn::ExprCall;
use syn::spanned::Spanned as _;

use crate::source::calls::What;
use crate::source::names::at;
use crate::source::subject::Subject;
use crate::source::walker::{Event, Walker};

/// Function → whether the caller owns what it returns.
static IS_NEW: LazyLock<HashMap<&'static str, bool>> = LazyLock::new(|| {
    let known = rows(include_str!("references.tsv"));
    known.filter_map(|row| Some((*row.first()?, *row.get(1)? == "new"))).collect()
});

impl Walker<'_> {
    /// `Bound::from_owned_ptr(py, ffi::PyList_GetItem(…))`: a call of a path that ends with `name`.
    pub(super) fn misowned(&mut self, call: &ExprCall, name: &str) {
        let (owns, lends) = (name.starts_with("from_owned_ptr"), name.starts_with("from_borrowed_ptr"));
        if !owns && !lends {
            return;
        }
        let Some(Subject::Returned(function)) = call.args.last().map(|pointer| self.subject(pointer)) else { return };
        match IS_NEW.get(function.as_str()) {
            Some(false) if owns => self.event(What::OwnsBorrowed, at(call.span()), function),
            Some(true) if lends => self.event(What::LeaksNew, at(call.span()), function),
            _ => {}
        }
    }
}

/// Removes what a function makes good: it takes a reference of its own, or gives the new one back. `called` are the functions
/// that it calls.
pub(super) fn settle(events: &mut Vec<Event>, called: &BTreeSet<String>) {
    let calls = |names: &[&str]| names.iter().any(|name| called.contains(*name));
    let (takes, gives) = (
        calls(&["Py_INCREF", "Py_XINCREF", "Py_IncRef", "Py_NewRef", "Py_XNewRef"]),
        calls(&["Py_DECREF", "Py_XDECREF", "Py_DecRef", "Py_CLEAR"]),
    );
    events.retain(|event| match event.what {
        What::OwnsBorrowed => !takes,
        What::LeaksNew => !gives,
        _ => true,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(IS_NEW.len(), rows(include_str!("references.tsv")).count());
        assert_eq!(IS_NEW.get("PyList_GetItem"), Some(&false));
        assert_eq!(IS_NEW.get("PyList_GetItemRef"), Some(&true));
    }
}
