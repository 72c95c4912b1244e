//! The rule `exclusive-self-across-python`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Receiver, Role, Source, State, What};

rule! {
    /// A method with `&mut self` calls back into Python while it holds the object exclusively.
    ///
    /// # What it does
    /// Reports calls of Python objects (`call0`, `call1`, `call`) in methods that take `&mut self` or hold a `PyRefMut` of
    /// their class, and in the methods of the class that they call. Iterators and constructors are ignored.
    ///
    /// # Why it matters
    /// Any access of the callback to the object, even reading an attribute, raises `RuntimeError: Already mutably
    /// borrowed`. So does an access from another thread that gets the interpreter meanwhile.
    ///
    /// # Example
    /// ```rust,ignore
    /// fn step(&mut self, py: Python<'_>) -> PyResult<()> {
    ///     self.count += 1;
    ///     self.on_step.call0(py)?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Fix
    /// Take `&self` and keep what changes in a `Mutex` or in atomics; or take a `Bound<'_, Self>`, and release the borrow
    /// before the call.
    pub(super) static RULE: "exclusive-self-across-python", Source, Note, Source(check);
}

const LEFT_OUT: [&str; 5] = ["__next__", "__anext__", "__init__", "__clear__", "__exit__"];

fn check(source: &Source, found: &mut Found<'_>) {
    let methods = source.exported().filter(|(_, function)| function.role == Role::Method);
    for (file, function) in methods.filter(|(_, function)| !LEFT_OUT.contains(&function.name.as_str())) {
        let own = |name: &str| name == "Self" || Some(name) == function.class.as_deref();
        let has_itself = function.receiver == Receiver::Exclusive
            || function.exclusive_param().is_some_and(|param| param.ty.args.first().is_some_and(|ty| own(&ty.name)));
        let mut events = function.events.iter().enumerate();
        let call = events.find(|(at, event)| {
            let helper =
                event.does.as_ref().and_then(|does| does.python.as_ref()).filter(|_| event.name.starts_with("self::"));
            let called = if event.what == What::Python { Some(&event.name) } else { helper.map(|deed| &deed.name) };
            event.state == State::Attached
                && event.is_here
                && called.is_some_and(|name| matches!(name.as_str(), "call" | "call0" | "call1"))
                && has_itself
                && function.is_exclusive_at(*at)
        });
        if let Some((_, event)) = call {
            let message = format!(
                "{} runs Python code with `{}` while it holds its object exclusively: access by that code fails",
                function.title(),
                event.called()
            );
            found.add(
                file.finding(Severity::Note, &event.at, message)
                    .fix("take `&self`, and keep what changes in a Mutex or in atomics (`#[pyclass(frozen)]`)"),
            );
        }
    }
}
