//! The rule `py-cloned-while-detached`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Event, File, Function, Source, State, What};

rule! {
    /// A Python object is cloned inside `py.detach`, which panics.
    ///
    /// # What it does
    /// If PyO3's feature `py-clone` is enabled, looks in the closures of `py.detach` for `clone` of fields and variables
    /// of the type `Py<…>`, or an `Option` or a `Vec` of it.
    ///
    /// # Why it matters
    /// Reference counts may be changed only while attached. With the feature, `Py::clone` compiles everywhere and panics
    /// if the thread is not attached (topk#463).
    ///
    /// # Example
    /// `py.detach(|| work(self.name.clone()))` with `name: Py<PyString>`
    ///
    /// # Fix
    /// Call `clone_ref(py)` before `py.detach`. Without the feature, the compiler reports every such place.
    pub(super) static RULE: "py-cloned-while-detached", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.functions() {
        if !source.krate(file).is_some_and(|krate| krate.binding.enabled.contains("py-clone")) {
            continue;
        }
        let is_detached =
            |event: &Event| event.state == State::Detached || event.is_on_thread && event.state == State::Unknown;
        let detached = function.events.iter().filter(|event| is_detached(event));
        for event in detached.filter(|event| is_object(source, file, function, event)) {
            let message =
                format!("{} clones the Python object `{}` while it is detached", function.title(), event.name);
            found.add(
                file.finding(Severity::Warning, &event.at, message).fix("call clone_ref(py) before py.detach(|| …)"),
            );
        }
    }
}

fn is_object(source: &Source, file: &File, function: &Function, event: &Event) -> bool {
    match event.what {
        What::ClonesObject => true,
        What::Clones => {
            let class = function.class.as_deref().unwrap_or_default();
            let same = source.files.iter().filter(|other| other.krate == file.krate);
            let types = same.flat_map(|file| file.classes.iter().chain(&file.structs));
            let mut fields = types.filter(|ty| ty.name == class).flat_map(|ty| &ty.fields);
            fields.any(|field| field.name == event.name && field.ty.is_object())
        }
        _ => false,
    }
}
