//! The state of a walk through a body: the locks held, the attachment state, and the events so far.

use std::collections::BTreeSet;

use syn::{Expr, Path};

use crate::source::calls::{self, Named, What};
use crate::source::imports::Imports;
use crate::source::items::at;
use crate::source::values::name_of;
use crate::source::{At, Mention};

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
}

/// A lock that is held for a while.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The name that it is bound to; none if it lives as long as its statement.
    pub(crate) name: Option<String>,
    /// The place where it was taken.
    pub(crate) at: At,
}

/// The result of walking bodies.
#[derive(Debug)]
pub(super) struct Walker<'a> {
    pub(super) imports: &'a Imports,
    pub(super) events: Vec<Event>,
    pub(super) guards: Vec<Guard>,
    pub(super) names: Vec<Mention>,
    pub(super) mentioned: BTreeSet<String>,
    /// Names bound by patterns, which may shadow a parameter.
    pub(super) bound: BTreeSet<String>,
    pub(super) state: State,
    pub(super) is_conditional: bool,
    pub(super) held: Vec<u16>,
    pub(super) loops: Vec<u16>,
    pub(super) next_loop: u16,
    pub(super) is_once: bool,
    pub(super) is_rayon: bool,
}

impl<'a> Walker<'a> {
    pub(super) fn new(imports: &'a Imports, state: State, is_conditional: bool) -> Self {
        Self {
            imports,
            events: Vec::new(),
            guards: Vec::new(),
            names: Vec::new(),
            mentioned: BTreeSet::new(),
            bound: BTreeSet::new(),
            state,
            is_conditional,
            held: Vec::new(),
            loops: Vec::new(),
            next_loop: 0,
            is_once: false,
            is_rayon: false,
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
        });
    }

    /// Takes a lock.
    pub(super) fn hold(&mut self, name: Option<String>, at: At) {
        self.held.push(u16::try_from(self.guards.len()).unwrap_or(u16::MAX));
        self.guards.push(Guard { name, at });
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
    }

    /// Whether a path may refer to a `PyO3` item: not to a variable, the crate's own name, or C's `PyObject`.
    pub(super) fn may_be_pyo3s(&self, path: &Path) -> bool {
        let first = path.segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let is_variable = path.segments.len() == 1 && self.bound.contains(&first);
        !is_variable && self.imports.may_be_pyo3s(&first) && !self.imports.whole(path).contains("ffi::")
    }

    pub(super) fn mention(&mut self, what: Named, ident: &syn::Ident) {
        let text = ident.to_string();
        // A method of any type may have the name of a deprecated PyO3 method.
        let is_sure = what != Named::Method || self.state == State::Attached;
        if is_sure && calls::is_asked_for(&text, what) {
            let is_conditional = self.is_conditional;
            self.names.push(Mention { what, text, at: at(ident.span()), is_conditional });
        }
    }
}
