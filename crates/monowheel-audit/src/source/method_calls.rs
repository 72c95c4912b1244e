//! Calls of methods: what they do, and where their closures run.

use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Expr, ExprMethodCall, GenericArgument};

use crate::source::calls::{self, Named, What};
use crate::source::errors::drops_error;
use crate::source::function_calls::text_of;
use crate::source::guards::{guard_of, guarded_call, is_lock, lends_entry, lock_within, runs_under_entry};
use crate::source::mutation::changes;
use crate::source::names::at;
use crate::source::scopes::keeps;
use crate::source::subject::{Subject, is_self};
use crate::source::values::{ends_waiting_chain, is_parallel, is_type_object, is_unwrap, name_of};
use crate::source::walker::{State, Walker};
use crate::source::{Ty, lent_text, process_wide};

/// Whether it is `event_loop.call_method1("call_soon", …)`, which only the thread of the loop may call.
fn is_of_event_loop(method: &str, called: &str) -> bool {
    method.starts_with("call_method")
        && matches!(called, "call_soon" | "call_later" | "call_at" | "create_task" | "add_reader" | "remove_reader")
}

/// Whether the arguments of `extract::<…>()` are `Vec<u8>`.
fn is_bytes<'a>(types: impl IntoIterator<Item = &'a GenericArgument>) -> bool {
    types.into_iter().next().is_some_and(|first| match first {
        GenericArgument::Type(ty) => Ty::of(ty) == Ty::made("Vec", vec![Ty::named("u8")]),
        _ => false,
    })
}

impl Walker<'_> {
    /// The array of numpy in `array.as_slice().unwrap()`, which fails unless it is contiguous.
    fn sliced_array(&self, call: &ExprMethodCall, name: &str) -> Option<String> {
        let Expr::MethodCall(slice) = &*call.receiver else { return None };
        let slices = slice.method == "as_slice" || slice.method == "as_slice_mut" || slice.method == "to_vec";
        match self.subject(&slice.receiver) {
            Subject::Ty(ty) if slices && matches!(name, "unwrap" | "expect") && ty.is_array() => {
                name_of(&slice.receiver)
            }
            _ => None,
        }
    }

    /// `receiver.method(…)`.
    pub(super) fn method_call(&mut self, call: &ExprMethodCall) {
        let name = call.method.to_string();
        if is_self(&call.receiver) {
            self.touched.insert("self".to_owned());
            self.event(What::Calls, at(call.method.span()), format!("self::{name}"));
        } else {
            self.visit_expr(&call.receiver);
            if changes(&name) {
                self.change(&call.receiver);
            }
        }
        if name == "lock" && is_lock(call, &name) {
            self.event(What::Locks, at(call.method.span()), name.clone());
        }
        self.note_object_use(call, &name);
        self.note_refusal(call, &name);
        let is_token = self.is_token(&call.receiver);
        self.note_old(call, &name, is_token);
        if drops_error(call) {
            self.dropped_error(&call.receiver);
        }
        if let Some(text) = lent_text::of(call, &name, &self.subject(&call.receiver)) {
            self.note(Named::Text, text.to_owned(), at(call.method.span()), None);
        }
        if matches!(
            name.as_str(),
            "chunks" | "chunks_exact" | "chunks_mut" | "windows" | "step_by" | "rchunks" | "div_euclid" | "rem_euclid"
        ) {
            if let Some(size) = call.args.first().and_then(name_of).filter(|_| call.args.len() == 1) {
                self.event(What::Divides, at(call.method.span()), size);
            }
        }
        if process_wide::builds_logger(call, &name, self.imports) {
            self.event(What::InitsLogger, at(call.method.span()), name.clone());
        }
        if let Some(array) = self.sliced_array(call, &name) {
            self.event(What::Slices, at(call.method.span()), array);
        }
        // `(1..9).contains(&value)` checks it.
        if matches!(name.as_str(), "contains" | "is_zero" | "is_finite" | "is_nan" | "is_sign_negative" | "checked_sub")
        {
            let checked = call.args.iter().chain([&*call.receiver]).filter_map(|value| match value {
                Expr::Reference(reference) => name_of(&reference.expr),
                other => name_of(other),
            });
            self.compared.extend(checked);
        }
        if let Some(called) = call.args.iter().find_map(text_of).filter(|called| is_of_event_loop(&name, called)) {
            self.event(What::OfLoop, at(call.method.span()), called);
        }
        if name == "extract" && call.turbofish.as_ref().is_some_and(|types| is_bytes(&types.args)) {
            self.event(What::ExtractsBytes, at(call.method.span()), name.clone());
        }
        if let Some(turbofish) = &call.turbofish {
            // `add_class::<Name>()`.
            for argument in &turbofish.args {
                if let GenericArgument::Type(ty) = argument {
                    self.mentioned.extend(Ty::of(ty).parts().iter().map(|part| part.name.clone()));
                    self.visit_type(ty);
                }
            }
        }
        let what = calls::of_method(&name, call.args.len(), is_token);
        let what = what
            .or_else(|| calls::of_method_with_token(&name).filter(|_| self.takes_token_first(&call.args)))
            .or_else(|| self.waits_with_guard(call).then_some(What::Waits))
            .or_else(|| self.is_of_any_object(&call.receiver, &name, call.args.len()).then_some(What::Attribute))
            .or_else(|| self.of_channel(call, &name));
        let what =
            what.or_else(|| ends_waiting_chain(call, &name, self.imports).then_some(What::Waits)).filter(|what| {
                match what {
                    // `py.detach(…)` takes a closure; other methods may be called `detach` too.
                    What::Detach => matches!(call.args.first(), Some(Expr::Closure(_) | Expr::Path(_))),
                    What::Lock => false,
                    What::Attribute => !is_type_object(&call.receiver),
                    // `ThreadPool::install`; other types have a method of this name too.
                    What::Rayon if name == "install" => matches!(call.args.first(), Some(Expr::Closure(_))),
                    _ => true,
                }
            });
        self.within(|this| {
            // A lock taken by the receiver lives to the end of the statement.
            if let Some(taken) = lock_within(&call.receiver) {
                if guard_of(&call.receiver).is_none() || !is_unwrap(&name) {
                    this.hold(None, &taken);
                }
            } else if let Some((lender, Some(map), place)) =
                guarded_call(&call.receiver).filter(|(lender, ..)| lends_entry(&lender.to_string()))
            {
                this.hold_result(None, lender.to_string(), Some(map), place);
            }
            if runs_under_entry(&name) {
                this.hold_result(None, name.clone(), Some(&call.receiver), at(call.method.span()));
            }
            // A lock is poisoned only by a panic.
            let is_of_lock = what == Some(What::Unwraps) && guard_of(&call.receiver).is_some();
            if let Some(what) = what.filter(|_| !is_of_lock) {
                this.event(what, at(call.method.span()), name.clone());
            } else if name == "into_pyarray" {
                // Of what a getter may only lend: a copy.
                this.event(What::Clones, at(call.span()), "the array");
            } else if let ("clone" | "to_vec" | "to_owned" | "to_pyarray", Expr::Field(field)) =
                (name.as_str(), &*call.receiver)
            {
                if let (Expr::Path(path), syn::Member::Named(field)) = (&*field.base, &field.member) {
                    if path.path.is_ident("self") {
                        this.event(What::Clones, at(call.span()), field.to_string());
                    }
                }
            } else if name == "clone" {
                match this.subject(&call.receiver) {
                    Subject::Ty(ty) if ty.is_object() => {
                        this.event(What::ClonesObject, at(call.span()), name_of(&call.receiver).unwrap_or_default());
                    }
                    // `let callback = &self.callback;`
                    Subject::OwnField(field) => this.event(What::Clones, at(call.span()), field),
                    // `self.inner.lock().unwrap().clone()`.
                    _ => {
                        if let Some(field) = this.field_in_self(&call.receiver) {
                            this.event(What::ClonesInside, at(call.span()), field);
                        }
                    }
                }
            } else if matches!(name.as_str(), "cloned" | "to_vec") {
                if let Some(field) = this.field_in_self(&call.receiver) {
                    this.event(What::ClonesInside, at(call.span()), field);
                }
            }
            if what.is_none() && !is_token && !is_self(&call.receiver) {
                if let Some(path) = this.method_of(&call.receiver, &call.method) {
                    this.event(What::Calls, at(call.method.span()), path);
                }
            }
            if what.is_none() {
                this.hold_if_locked_by(&call.method, &call.args);
            }
            let how = match what {
                _ if is_parallel(&call.receiver) => Some(What::Rayon),
                None if keeps(&name, &call.args) => Some(What::Spawn),
                what => what,
            };
            let state = this.state;
            if is_token && what.is_none() {
                // A method of an extension trait may detach.
                this.state = State::Unknown;
            }
            this.arguments(how, &name, &call.args);
            this.state = state;
        });
    }
}
