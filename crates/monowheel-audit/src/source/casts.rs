//! Objects that a function accepts only if they are of certain Python types: `object.cast::<PyString>()?`.

use syn::{Expr, ExprMethodCall, GenericArgument};

use crate::source::Ty;
use crate::source::stored::base;
use crate::source::values::name_of;
use crate::source::walker::Walker;

impl Walker<'_> {
    /// `object.cast::<PyString>().is_err()`, and `map_err`, by which a function refuses other types.
    pub(super) fn note_refusal(&mut self, call: &ExprMethodCall, name: &str) {
        if matches!(name, "is_err" | "map_err" | "unwrap" | "expect" | "ok_or_else") {
            self.note_cast(&call.receiver);
        }
    }

    /// A cast whose failure is an error: `object.cast::<PyString>()?`.
    pub(super) fn note_cast(&mut self, value: &Expr) {
        let Expr::MethodCall(call) = value else { return };
        let name = call.method.to_string();
        if !["cast", "downcast", "is_instance_of"].iter().any(|start| name.starts_with(start)) {
            return;
        }
        let types = call.turbofish.iter().flat_map(|turbofish| &turbofish.args).filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(Ty::of(ty).name),
            _ => None,
        });
        let variable = base(&call.receiver).and_then(name_of);
        let origin = |name: &String| self.origins.get(name).cloned();
        let names: Vec<String> = variable.iter().cloned().chain(variable.as_ref().and_then(origin)).collect();
        for ty in types {
            self.cast.extend(names.iter().map(|name| (name.clone(), ty.clone())));
        }
    }
}
