//! The rule `attach-in-drop`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// An implementation of `Drop` waits for the interpreter.
    ///
    /// # What it does
    /// Reports `Python::attach` (`with_gil`) in `impl Drop`, and in the functions of the crate that it calls.
    /// `Python::try_attach` is ignored.
    ///
    /// # Why it matters
    /// A value may be dropped anywhere: while a lock is held, on a thread that an attached thread joins, or after the
    /// interpreter has shut down, when attaching panics or never returns.
    ///
    /// # Example
    /// ```rust,ignore
    /// impl Drop for Session {
    ///     fn drop(&mut self) { Python::attach(|py| self.close(py)); }
    /// }
    /// ```
    ///
    /// # Fix
    /// Clean up in a method that has `py` (`close`, `__exit__`), or use `Python::try_attach`. A `Py<…>` alone can be dropped
    /// without being attached.
    pub(super) static RULE: "attach-in-drop", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let drops = source.functions().filter(|(_, function)| function.of_trait.as_deref() == Some("Drop"));
    for (file, function) in drops {
        let is_attach = |name: &str| !name.ends_with("try_attach");
        let waits = |event: &&crate::source::Event| {
            let helper = event.does.as_ref().and_then(|does| does.attaches.as_ref());
            event.is_here
                && (event.what == What::Attach && is_attach(&event.name)
                    || helper.is_some_and(|deed| is_attach(&deed.name)))
        };
        if let Some(event) = function.events.iter().find(waits) {
            let message = format!("{} waits for the interpreter, which may have shut down", function.title());
            found.add(
                file.finding(Severity::Note, &event.at, message)
                    .fix("use Python::try_attach, or clean up in a method that has `py`"),
            );
        }
    }
}
