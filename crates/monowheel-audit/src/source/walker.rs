//! The state of a walk through a body: the locks held, the attachment state, and the events so far.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use syn::{Expr, Path};

use crate::finding::Edit;
use crate::source::Does;
use crate::source::calls::{Named, What};
use crate::source::closures::Runs;
use crate::source::guards::{Taken, is_of_object, lends_entry};
use crate::source::imports::Imports;
use crate::source::names::at;
use crate::source::renames::Standing;
use crate::source::subject::{Subject, is_self};
use crate::source::values::name_of;
use crate::source::{At, Mention, old_names};

/// Whether the code here is attached to the interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Attached: others wait for it.
    Attached,
    /// Detached, in `py.detach`.
    Detached,
    /// Unknown.
    Unknown,
}

/// An event in a function.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its kind.
    pub(crate) what: What,
    /// Its place.
    pub(crate) at: At,
    /// The called name, or as described by [`What`].
    pub(crate) name: String,
    /// Whether it is attached there.
    pub(crate) state: State,
    /// The locks held there, as indices into the function's.
    pub(crate) guards: Vec<u16>,
    /// The enclosing loops, outermost first, as numbers within the function.
    pub(crate) loops: Vec<u16>,
    /// Whether it is in the initializer of a `OnceLock` or a `LazyLock`.
    pub(crate) is_once: bool,
    /// Whether it runs on rayon's threads.
    pub(crate) is_rayon: bool,
    /// Whether it happens on the calling thread, during the call.
    pub(crate) is_here: bool,
    /// Whether it happens on a thread that was spawned, or in a task of a runtime, without the event loop of the caller.
    pub(crate) is_on_thread: bool,
    /// Whether it happens in a future that Python awaits: `future_into_py(py, async { … })`.
    pub(crate) is_in_future: bool,
    /// For a call within the project: what the called function does.
    pub(crate) does: Option<Box<Does>>,
}

impl Event {
    /// The name that is called, as written.
    pub(crate) fn called(&self) -> &str {
        self.name.strip_prefix("self::").unwrap_or(&self.name)
    }
}

/// A lock that is held for a while.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The name that it is bound to; none if it lives as long as its statement.
    pub(crate) name: Option<String>,
    /// The place where it was taken.
    pub(crate) at: At,
    /// The method that takes it.
    pub(crate) method: String,
    /// The origin of its receiver.
    pub(crate) subject: Subject,
}

impl Guard {
    /// Whether it is the exclusive borrow of an object, not a lock.
    pub(crate) fn is_of_object(&self) -> bool {
        is_of_object(&self.method)
    }
}

/// With more values than this that may be guards at a time, a function is generated code. Each event names those that are
/// held, so that the work would grow with the square of their number.
const MOST_HELD: usize = 500;

/// The result of walking bodies.
#[derive(Debug)]
pub(super) struct Walker<'a> {
    pub(super) imports: &'a Imports,
    /// How many tokens macros of the file may still expand to.
    pub(super) budget: &'a Cell<usize>,
    /// Whether it is in a module inside the file, which has imports of its own.
    pub(super) is_nested: bool,
    pub(super) events: Vec<Event>,
    pub(super) guards: Vec<Guard>,
    pub(super) names: Vec<Mention>,
    pub(super) mentioned: BTreeSet<String>,
    /// Names bound by patterns, which may shadow a parameter.
    pub(super) bound: BTreeSet<String>,
    /// The origin of the values of variables.
    pub(super) known: HashMap<String, Subject>,
    /// The origin of the locks whose guards have these names.
    pub(super) inside: HashMap<String, Subject>,
    /// Where the closures run that the block binds to a name.
    pub(super) closures: BTreeMap<String, Runs>,
    /// The events of closures that are bound to a name, as indices.
    pub(super) in_closures: HashMap<String, Range<usize>>,
    /// The parameters of closures of `attach`.
    pub(super) tokens: BTreeSet<String>,
    /// The classes in a `PyRefMut<…>`.
    pub(super) borrowed_mutably: BTreeSet<String>,
    /// The fields of `self` that are used; `self` for the complete value.
    pub(super) touched: BTreeSet<String>,
    pub(super) needs_exclusive: bool,
    /// The structs that are made, by the name before the braces or the parenthesis.
    pub(super) made: BTreeSet<String>,
    /// The fields of `self` that are changed.
    pub(super) changed: BTreeSet<String>,
    /// Whether a value is taken out of `self`.
    pub(super) takes: bool,
    /// The variables that are stored in `self`, each with the field if that is known.
    pub(super) stored: BTreeSet<(String, String)>,
    /// Variable → the one that its value is taken from.
    pub(super) origins: HashMap<String, String>,
    /// Variable → the field that its value is taken from.
    pub(super) fields: HashMap<String, String>,
    /// The fields and variables whose value is called as an object of Python.
    pub(super) called: BTreeSet<String>,
    /// The fields of `self` and the variables that are passed to functions.
    pub(super) passed: BTreeSet<(String, usize, String)>,
    /// The variables that must be of a Python type.
    pub(super) cast: BTreeSet<(String, String)>,
    /// The statics that are used, by the case of their names.
    pub(super) statics: BTreeSet<String>,
    pub(super) names_sys_modules: bool,
    pub(super) names_module_attribute: bool,
    /// Variables that are compared with something: an index may have been checked.
    pub(super) compared: BTreeSet<String>,
    /// Variables that are compared with a certain value, or matched: a divisor may have been checked.
    pub(super) tested: BTreeSet<String>,
    pub(super) standing: Standing,
    pub(super) state: State,
    pub(super) is_conditional: bool,
    pub(super) held: Vec<u16>,
    pub(super) loops: Vec<u16>,
    pub(super) next_loop: u16,
    pub(super) is_once: bool,
    pub(super) is_rayon: bool,
    pub(super) is_here: bool,
    pub(super) is_on_thread: bool,
    pub(super) is_in_future: bool,
    /// Whether the value is that of `let object: &Bound<'_, PyDict> = …`.
    pub(super) binds_object: bool,
    /// How many macros of the file are being expanded.
    pub(super) in_macros: usize,
    /// Whether the temporaries of an `if let` end before its `else`.
    pub(super) is_2024: bool,
}

impl<'a> Walker<'a> {
    pub(super) fn new(imports: &'a Imports, budget: &'a Cell<usize>, is_conditional: bool) -> Self {
        Self {
            imports,
            budget,
            is_nested: false,
            events: Vec::new(),
            guards: Vec::new(),
            names: Vec::new(),
            mentioned: BTreeSet::new(),
            bound: BTreeSet::new(),
            known: HashMap::new(),
            inside: HashMap::new(),
            closures: BTreeMap::new(),
            in_closures: HashMap::new(),
            tokens: BTreeSet::new(),
            borrowed_mutably: BTreeSet::new(),
            touched: BTreeSet::new(),
            needs_exclusive: false,
            changed: BTreeSet::new(),
            takes: false,
            made: BTreeSet::new(),
            stored: BTreeSet::new(),
            origins: HashMap::new(),
            fields: HashMap::new(),
            called: BTreeSet::new(),
            passed: BTreeSet::new(),
            cast: BTreeSet::new(),
            statics: BTreeSet::new(),
            names_sys_modules: false,
            names_module_attribute: false,
            compared: BTreeSet::new(),
            tested: BTreeSet::new(),
            standing: Standing::Other,
            state: State::Unknown,
            is_conditional,
            held: Vec::new(),
            loops: Vec::new(),
            next_loop: 0,
            is_once: false,
            is_rayon: false,
            is_here: true,
            is_on_thread: false,
            is_in_future: false,
            binds_object: false,
            in_macros: 0,
            is_2024: false,
        }
    }

    pub(super) fn event(&mut self, what: What, at: At, name: impl Into<String>) {
        self.events.push(Event {
            what,
            at,
            name: name.into(),
            state: self.state,
            guards: self.held.clone(),
            loops: self.loops.clone(),
            is_once: self.is_once,
            is_rayon: self.is_rayon,
            is_here: self.is_here,
            is_on_thread: self.is_on_thread,
            is_in_future: self.is_in_future,
            does: None,
        });
    }

    /// Takes a lock.
    pub(super) fn hold(&mut self, name: Option<String>, taken: &Taken<'_>) {
        self.held.push(u16::try_from(self.guards.len()).unwrap_or(u16::MAX));
        let subject = self.subject(taken.receiver);
        let method = taken.method.to_string();
        if let Some(name) = &name {
            self.inside.insert(name.clone(), subject.clone());
        }
        self.guards.push(Guard { name, at: at(taken.method.span()), method, subject });
    }

    /// Binds what may be the guard of a lock: whether the function returns one is resolved later.
    pub(super) fn hold_result(&mut self, name: Option<String>, function: String, receiver: Option<&Expr>, at: At) {
        if self.held.len() >= MOST_HELD {
            return;
        }
        let subject = match receiver {
            // Of a `DashMap`, if it is one.
            Some(map) if lends_entry(&function) => match self.subject(map) {
                Subject::Unknown | Subject::Returned(_) | Subject::Runner => return,
                known => known,
            },
            Some(receiver) if is_self(receiver) => Subject::Returned(format!("self::{function}")),
            _ => Subject::Returned(function.clone()),
        };
        self.held.push(u16::try_from(self.guards.len()).unwrap_or(u16::MAX));
        self.guards.push(Guard { name, at, method: function, subject });
    }

    /// The lock of a function that runs a closure, if that function takes one: resolved later.
    pub(super) fn hold_runner(&mut self, function: String, at: At) {
        self.held.push(u16::try_from(self.guards.len()).unwrap_or(u16::MAX));
        self.guards.push(Guard { name: None, at, method: function, subject: Subject::Runner });
    }

    /// The origin of a value.
    pub(super) fn subject(&self, expr: &Expr) -> Subject {
        Subject::of(expr, &self.known, self.imports)
    }

    /// Whether a value is a `Python` token: `py`, a parameter of that type, `object.py()`.
    pub(super) fn is_token(&self, expr: &Expr) -> bool {
        match expr {
            Expr::MethodCall(call) => call.args.is_empty() && (call.method == "py" || call.method == "python"),
            Expr::Path(path) if path.path.is_ident("py") => true,
            other => name_of(other).is_some_and(|name| self.tokens.contains(&name)) || self.subject(other).is_token(),
        }
    }

    /// The value is moved elsewhere: if it is a name, the lock of that name is no longer held here.
    pub(super) fn moved(&mut self, value: &Expr) {
        let name = name_of(value);
        if name.is_some() {
            let guards = &self.guards;
            self.held.retain(|held| guards.get(usize::from(*held)).is_none_or(|guard| guard.name != name));
        }
    }

    /// Runs `look`, and restores the current locks afterwards.
    pub(super) fn within(&mut self, look: impl FnOnce(&mut Self)) {
        let held = self.held.len();
        look(self);
        self.held.truncate(held);
    }

    /// On another thread none of these locks is held.
    pub(super) fn elsewhere(&mut self) {
        self.state = State::Unknown;
        self.held.clear();
        self.is_once = false;
        self.is_here = false;
    }

    /// Whether a path may refer to a `PyO3` item: not to a variable, the crate's own name, or C's `PyObject`.
    pub(super) fn may_be_pyo3s(&self, path: &Path) -> bool {
        let first = path.segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let is_variable = path.segments.len() == 1 && self.bound.contains(&first);
        !is_variable && self.imports.may_be_pyo3s(&first) && !self.imports.whole(path).contains("ffi::")
    }

    pub(super) fn mention(&mut self, what: Named, ident: &syn::Ident, edit: Option<Edit>) {
        let text = ident.to_string();
        // A method of any type may have the name of a deprecated PyO3 method.
        let is_sure =
            what != Named::Method || self.state == State::Attached || edit.is_some() || old_names::is_only_pyo3s(&text);
        if old_names::is_asked_for(&text, what) {
            self.note(if is_sure { what } else { Named::Unsure }, text, at(ident.span()), edit);
        }
    }

    /// Records a name.
    pub(super) fn note(&mut self, what: Named, text: String, at: At, edit: Option<Edit>) {
        self.names.push(Mention { what, text, at, is_conditional: self.is_conditional, edit });
    }
}
