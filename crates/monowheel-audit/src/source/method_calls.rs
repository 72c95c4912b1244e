//! Calls of methods: what they do, and where their closures run.

use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Expr, ExprMethodCall};

use crate::finding::Edit;
use crate::source::calls::{self, Named, What};
use crate::source::errors::drops_error;
use crate::source::guards::{guard_of, lock_within};
use crate::source::mutation::changes;
use crate::source::names::at;
use crate::source::scopes::keeps;
use crate::source::subject::{Subject, is_self};
use crate::source::values::{ends_waiting_chain, is_parallel, is_type_object, is_unwrap, name_of};
use crate::source::walker::{State, Walker};
use crate::source::{Ty, lent_text, upgrades};

impl Walker<'_> {
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
        self.note_object_use(call, &name);
        self.note_refusal(call, &name);
        let is_token = self.is_token(&call.receiver);
        if is_token || !calls::is_of_token(&name) {
            let edit = calls::replacement(&name, Named::Method, &at(call.method.span()));
            self.mention(Named::Method, &call.method, edit);
        }
        if let Some(change) = upgrades::of_method(&name, is_token, self.takes_token_first(&call.args)) {
            let place = at(call.method.span());
            // Only the name changes.
            let edit = is_token.then(|| Edit { range: place.range.clone(), text: change.instead.to_owned() });
            self.note(Named::Changed, change.name.to_owned(), place, edit);
        }
        if drops_error(&name) {
            self.dropped_error(&call.receiver);
        }
        if let Some(text) = lent_text::of(call, &name, &self.subject(&call.receiver)) {
            self.note(Named::Text, text.to_owned(), at(call.method.span()), None);
        }
        if let Some(turbofish) = &call.turbofish {
            // `add_class::<Name>()`.
            for argument in &turbofish.args {
                if let syn::GenericArgument::Type(ty) = argument {
                    self.mentioned.extend(Ty::of(ty).parts().iter().map(|part| part.name.clone()));
                    self.visit_type(ty);
                }
            }
        }
        let what = calls::of_method(&name, call.args.len(), is_token);
        let what = what
            .or_else(|| calls::of_method_with_token(&name).filter(|_| self.takes_token_first(&call.args)))
            .or_else(|| self.waits_with_guard(call).then_some(What::Waits))
            .or_else(|| self.is_of_any_object(&call.receiver, &name, call.args.len()).then_some(What::Attribute));
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
                    _ => {}
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
            this.arguments(how, &call.args);
            this.state = state;
        });
    }
}
