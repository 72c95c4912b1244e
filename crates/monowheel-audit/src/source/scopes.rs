//! What holds inside a part of a body: whether a closure is attached, which guards live as long as a statement, the loop.

use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{BinOp, Block, Expr, ExprBinary, Ident, Pat, Token};

use crate::source::At;
use crate::source::calls::What;
use crate::source::closures::Runs;
use crate::source::errors::{is_dropped_by, python_call};
use crate::source::guards::{Taken, borrow_of, guard_of, guarded_call, lock_within};
use crate::source::names::at;
use crate::source::subject::Subject;
use crate::source::values::{bound_name, inner, is_unwrap, name_of};
use crate::source::walker::{Event, State, Walker};

impl Walker<'_> {
    /// The arguments of a call that runs its closures in its own way.
    pub(super) fn arguments(&mut self, what: Option<What>, name: &str, arguments: &Punctuated<Expr, Token![,]>) {
        let (is_on_thread, is_in_future) = (self.is_on_thread, self.is_in_future);
        let last = name.rsplit("::").next().unwrap_or(name);
        if what == Some(What::Spawn) && last.starts_with("spawn") {
            (self.is_on_thread, self.is_in_future) = (true, false);
        } else if last.contains("future_into_py") {
            (self.is_on_thread, self.is_in_future) = (false, true);
        } else if matches!(last, "scope" | "scope_local") {
            self.is_on_thread = false;
        }
        self.each_argument(what, arguments);
        (self.is_on_thread, self.is_in_future) = (is_on_thread, is_in_future);
    }

    fn each_argument(&mut self, what: Option<What>, arguments: &Punctuated<Expr, Token![,]>) {
        let (state, is_once, is_rayon, is_here) = (self.state, self.is_once, self.is_rayon, self.is_here);
        let held = self.held.clone();
        for argument in arguments {
            // `py.detach(work)` calls the function `work`.
            let function = what.and_then(|_| self.function_passed(argument));
            if matches!(argument, Expr::Closure(_)) || function.is_some() {
                match what {
                    Some(What::Attach) => {
                        self.state = State::Attached;
                        if let Expr::Closure(closure) = argument {
                            if let Some(Pat::Ident(token)) = closure.inputs.first() {
                                self.tokens.insert(token.ident.to_string());
                            }
                        }
                    }
                    Some(What::Detach) => self.state = State::Detached,
                    Some(What::Spawn) => self.elsewhere(),
                    Some(What::Once) => self.is_once = true,
                    Some(What::Rayon) => {
                        self.elsewhere();
                        self.is_rayon = true;
                    }
                    _ => {}
                }
            }
            if let Some((place, path)) = function {
                self.event(What::Calls, place, path);
            }
            self.visit_expr(argument);
            (self.state, self.is_once, self.is_rayon, self.is_here) = (state, is_once, is_rayon, is_here);
            self.held.clone_from(&held);
        }
    }

    /// The path of a function that is passed as a value; not a variable.
    fn function_passed(&self, argument: &Expr) -> Option<(At, String)> {
        let Expr::Path(path) = argument else { return None };
        let last = path.path.segments.last()?;
        let whole = self.imports.whole(&path.path);
        let name = last.ident.to_string();
        let is_function = name.starts_with(|c: char| c.is_lowercase()) && name != "self";
        (is_function && !self.bound.contains(&whole) && !self.known.contains_key(&whole))
            .then(|| (at(last.ident.span()), whole))
    }

    /// A closure that the crate's own function `name` runs while it holds a lock, if it does: `self.with_state(|state| …)`.
    pub(super) fn hold_if_locked_by(&mut self, name: &Ident, arguments: &Punctuated<Expr, Token![,]>) {
        let runs = name.to_string();
        let takes_closure = arguments.iter().any(|argument| matches!(argument, Expr::Closure(_)));
        if takes_closure && !RUNS.contains(&runs.as_str()) {
            self.hold_runner(runs, at(name.span()));
        }
    }

    /// `guard = self.state.lock()`.
    pub(super) fn assigned(&mut self, left: &Expr, right: &Expr) {
        let Some(name) = name_of(left) else { return };
        if let Some(taken) = guard_of(right) {
            self.moved(left);
            self.hold(Some(name), &taken);
        }
    }

    /// `let mut guard = slf.borrow_mut();`, which is held like a lock.
    pub(super) fn borrows_object(&mut self, pattern: &Pat, value: &Expr) -> bool {
        let Some((name, call)) = bound_name(pattern).zip(borrow_of(value)) else { return false };
        let is_object = matches!(self.subject(&call.receiver), Subject::Ty(ty)
            if matches!(ty.bare().name.as_str(), "Bound" | "Borrowed" | "Py"));
        if is_object {
            self.hold(Some(name), &Taken { receiver: &call.receiver, method: &call.method });
        }
        is_object
    }

    /// `let (a, b) = (self.a.lock(), self.b.lock());`
    pub(super) fn hold_each(&mut self, pattern: &Pat, value: &Expr) {
        if let (Pat::Tuple(names), Expr::Tuple(values)) = (pattern, value) {
            for (name, value) in names.elems.iter().zip(&values.elems) {
                if let (Some(name), Some(taken)) = (bound_name(name), guard_of(value)) {
                    self.hold(Some(name), &taken);
                }
            }
        }
    }

    /// Whether a call's own name says that it makes a guard from the name of another.
    pub(super) fn renamed_guard(&mut self, old: &str, new: &str) {
        let guards = &mut self.guards;
        for held in &self.held {
            if let Some(guard) = guards.get_mut(usize::from(*held)).filter(|guard| guard.name.as_deref() == Some(old)) {
                guard.name = Some(new.to_owned());
            }
        }
    }

    /// The error of `PyErr::print(py)` and similar calls.
    pub(super) fn takes_token_first(&self, arguments: &Punctuated<Expr, Token![,]>) -> bool {
        arguments.first().is_some_and(|first| self.is_token(first))
    }

    /// A call of a method of another type of the crate, if the type of its receiver is known.
    pub(super) fn method_of(&self, receiver: &Expr, method: &Ident) -> Option<String> {
        match self.value_inside(receiver) {
            Subject::Ty(ty) => Some(format!("{}::{method}", ty.inside()?.name)),
            Subject::OwnField(field) => Some(format!("self.{field}.{method}")),
            Subject::Static(name) => Some(format!("{name}.{method}")),
            Subject::Returned(_) | Subject::Field(_) | Subject::Runner | Subject::Unknown => None,
        }
    }

    /// The origin of the value that a lock or a cell contains: of `a` for `a.lock().unwrap()`, and for its guard.
    fn value_inside(&self, expr: &Expr) -> Subject {
        match expr {
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                let is_same = call.args.is_empty()
                    && matches!(
                        name.as_str(),
                        "lock" | "read" | "write" | "borrow" | "borrow_mut" | "get" | "as_ref" | "as_mut"
                    );
                match is_same || is_unwrap(&name) {
                    true => self.value_inside(&call.receiver),
                    false => self.subject(expr),
                }
            }
            Expr::Path(_) => match name_of(expr).and_then(|name| self.inside.get(&name)) {
                Some(subject) => subject.clone(),
                None => self.subject(expr),
            },
            other => inner(other).map_or_else(|| self.subject(other), |inner| self.value_inside(inner)),
        }
    }

    /// A closure that runs elsewhere than it is written.
    pub(super) fn closure(&mut self, closure: &Expr, runs: Runs) {
        let (state, is_once, is_here) = (self.state, self.is_once, self.is_here);
        let held = std::mem::take(&mut self.held);
        match runs {
            Runs::Detached => self.state = State::Detached,
            Runs::Anywhere => self.elsewhere(),
        }
        self.visit_expr(closure);
        (self.state, self.is_once, self.is_here) = (state, is_once, is_here);
        self.held = held;
    }

    /// A call of a closure that is bound to a name, while a lock is held that was not held where it was written.
    pub(super) fn runs_closure(&mut self, name: &str, place: At) {
        let events = self.in_closures.get(name).and_then(|range| self.events.get(range.clone()));
        let is_it = |event: &&Event| matches!(event.what, What::Python | What::Attach | What::Detach);
        if let Some(event) = events.and_then(|events| events.iter().find(is_it)) {
            let (what, called) = (event.what, event.name.clone());
            self.event(what, place, called);
        }
    }

    /// A loop's body; `keyword` names it.
    pub(super) fn in_loop(&mut self, keyword: &str, at: At, look: impl FnOnce(&mut Self)) {
        let this = self.next_loop;
        self.next_loop = self.next_loop.saturating_add(1);
        self.loops.push(this);
        self.event(What::Loop, at, keyword);
        self.within(look);
        self.loops.pop();
    }

    /// The value that `if let`, `while let`, `match` and `for` look at lives as long as they do.
    pub(super) fn looked_at(&mut self, pattern: Option<&Pat>, value: &Expr) {
        if let Some(pattern) = pattern {
            self.visit_pat(pattern);
        }
        self.visit_expr(value);
        if let (Some(name), subject) = (pattern.and_then(bound_name), self.subject(value)) {
            self.takes_from_field(&name, value);
            self.known.insert(name, subject);
        }
        if let Some(taken) = guard_of(value) {
            self.hold(pattern.and_then(bound_name), &taken);
        } else if let Some(taken) = lock_within(value) {
            self.hold(None, &taken);
        } else if let Some((function, receiver, at)) = guarded_call(value) {
            self.hold_result(pattern.and_then(bound_name), function.to_string(), receiver, at);
        }
    }

    /// Records a result of a Python call whose error is discarded.
    pub(super) fn dropped_error(&mut self, value: &Expr) {
        if let Some(call) = python_call(value).filter(|_| self.state == State::Attached) {
            self.event(What::Swallows, at(call.method.span()), call.method.to_string());
        }
    }

    /// Visits the initializer of a `lazy_static!`.
    pub(super) fn once(&mut self, value: &Expr) {
        let is_once = std::mem::replace(&mut self.is_once, true);
        self.visit_expr(value);
        self.is_once = is_once;
    }

    /// Of `if` and `while`; what a plain one makes on its way ends with it.
    pub(super) fn condition(&mut self, condition: &Expr, then: Option<&Block>) {
        match condition {
            Expr::Let(condition) => {
                if is_dropped_by(&condition.pat, then) {
                    self.dropped_error(&condition.expr);
                }
                self.looked_at(Some(&condition.pat), &condition.expr);
            }
            // A chain: `if let Ok(state) = lock.lock() && let Some(first) = state.first()`.
            Expr::Binary(ExprBinary { left, op: BinOp::And(_), right, .. }) => {
                self.condition(left, then);
                self.condition(right, then);
            }
            condition => self.within(|this| this.visit_expr(condition)),
        }
    }

    /// `drop(value)`.
    pub(super) fn dropped(&mut self, at: At, value: Option<&Expr>) {
        let Some(value) = value else { return };
        if self.subject(value).is_tokio_runtime() {
            self.event(What::Waits, at.clone(), "drop of a tokio Runtime");
        }
        if let Some(name) = name_of(value) {
            self.event(What::Drops, at, name);
        } else if let Some(field) = self.field_in_self(value) {
            self.event(What::Drops, at, format!("self.{field}"));
        }
    }
}

/// Functions that run a closure before they return, although it owns what it uses: those of iterators, options, results and
/// collections.
const RUNS: [&str; 44] = [
    "all",
    "and_then",
    "any",
    "catch_unwind",
    "chunk_by",
    "filter",
    "filter_map",
    "find",
    "find_map",
    "flat_map",
    "fold",
    "for_each",
    "group_by",
    "inspect",
    "is_none_or",
    "is_ok_and",
    "is_some_and",
    "map",
    "map_err",
    "map_or",
    "map_or_else",
    "map_while",
    "max_by",
    "max_by_key",
    "min_by",
    "min_by_key",
    "modify",
    "and_modify",
    "or_else",
    "or_insert_with_key",
    "partition",
    "position",
    "reduce",
    "retain",
    "scan",
    "skip_while",
    "sort_by",
    "sort_by_key",
    "take_while",
    "then",
    "try_fold",
    "try_for_each",
    "unwrap_or_else",
    "update",
];

/// Whether a call keeps its closure for later: `route.to(move |request| …)`.
pub(super) fn keeps(name: &str, arguments: &Punctuated<Expr, Token![,]>) -> bool {
    let is_owner =
        |argument: &Expr| matches!(argument, Expr::Closure(it) if it.capture.is_some() && !it.inputs.is_empty());
    !RUNS.contains(&name) && !name.starts_with("with") && arguments.iter().any(is_owner)
}
