//! The rule `exclusive-self-needless`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::source::lock_held_across_python::is_read_across;
use crate::source::{Class, File, Function, Guard, Receiver, Role, Source, Subject, Ty, What};

rule! {
    /// A method takes `&mut self` although everything it changes is behind a lock.
    ///
    /// # What it does
    /// Reports methods with `&mut self` of classes whose fields are all shared or locked (`Arc`, `Mutex`, `RwLock`,
    /// atomics), if the method neither assigns to `self`, nor passes it on, nor calls a method that needs `&mut self`.
    ///
    /// # Why it matters
    /// PyO3 lends the object to one caller at a time: a second thread, or a callback, gets `RuntimeError: Already
    /// borrowed`, although it could have waited for the lock inside (optuna/rustuna#160).
    ///
    /// # Example
    /// ```rust,ignore
    /// #[pyclass]
    /// struct Storage { inner: Arc<RwLock<Vec<u64>>> }
    /// // …
    /// fn add(&mut self, one: u64) { self.inner.write().unwrap().push(one); }
    /// ```
    ///
    /// # Fix
    /// `&self`, and `#[pyclass(frozen)]` once no method needs more.
    pub(super) static RULE: "exclusive-self-needless", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, class) in source.classes().filter(|(_, class)| is_shared(class)) {
        for method in source.methods(file, &class.name).filter(|method| method.role == Role::Method) {
            let is_special = method.name.starts_with("__");
            if is_special || method.receiver != Receiver::Exclusive || needs_it(source, file, method) {
                continue;
            }
            let of = source.file_of(file, method);
            let message = format!("{} takes `&mut self`, but everything it changes is behind a lock", method.title());
            let fix = "take `&self`, so that concurrent callers wait for the lock instead of failing";
            found.add(of.finding(Severity::Warning, &method.at, message).fix(fix));
        }
    }
}

/// Whether every field of a class can be changed through `&self`.
fn is_shared(class: &Class) -> bool {
    let is_one =
        |ty: &Ty| matches!(ty.name.as_str(), "Arc" | "Mutex" | "RwLock" | "DashMap") || ty.name.starts_with("Atomic");
    !class.is_enum && !class.fields.is_empty() && class.fields.iter().all(|field| is_one(&field.ty))
}

/// Whether a method changes `self`, or may: an unknown method of `self` counts.
fn needs_it(source: &Source, file: &File, method: &Function) -> bool {
    let calls = method.events.iter().filter(|event| event.what == What::Calls);
    let mut own = calls.filter_map(|event| event.name.strip_prefix("self::"));
    let class = method.class.as_deref().unwrap_or_default();
    let is_shared = |name: &str| {
        source.methods(file, class).any(|other| other.name == name && other.receiver != Receiver::Exclusive)
    };
    // With `&self` it would wait for a reader that waits for the interpreter.
    let is_barred = |guard: &Guard| match &guard.subject {
        Subject::OwnField(field) => guard.method == "write" && is_read_across(source, file, class, field),
        _ => false,
    };
    method.needs_exclusive || own.any(|name| !is_shared(name)) || method.guards.iter().any(is_barred)
}
