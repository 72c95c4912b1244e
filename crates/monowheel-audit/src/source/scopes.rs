//! What holds inside a part of a body: whether a closure is attached, which guards live as long as a statement, the loop.

use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{Expr, Pat, Token};

use crate::source::At;
use crate::source::calls::What;
use crate::source::closures::Runs;
use crate::source::errors::{is_dropped_by, python_call};
use crate::source::items::at;
use crate::source::values::{bound_name, guard_of, lock_within, name_of};
use crate::source::walker::{State, Walker};

impl Walker<'_> {
    /// The arguments of a call that runs its closures in its own way.
    pub(super) fn arguments(&mut self, what: Option<What>, arguments: &Punctuated<Expr, Token![,]>) {
        let (state, is_once, is_rayon, is_here) = (self.state, self.is_once, self.is_rayon, self.is_here);
        let held = self.held.clone();
        for argument in arguments {
            if let Expr::Closure(closure) = argument {
                match what {
                    Some(What::Attach) => {
                        self.state = State::Attached;
                        if let Some(Pat::Ident(token)) = closure.inputs.first() {
                            self.tokens.insert(token.ident.to_string());
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
            self.visit_expr(argument);
            (self.state, self.is_once, self.is_rayon, self.is_here) = (state, is_once, is_rayon, is_here);
            self.held.clone_from(&held);
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
        if let Some(taken) = guard_of(value) {
            self.hold(pattern.and_then(bound_name), &taken);
        } else if let Some(taken) = lock_within(value) {
            self.hold(None, &taken);
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
    pub(super) fn condition(&mut self, condition: &Expr) {
        match condition {
            Expr::Let(condition) => {
                if is_dropped_by(&condition.pat) {
                    self.dropped_error(&condition.expr);
                }
                self.looked_at(Some(&condition.pat), &condition.expr);
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
