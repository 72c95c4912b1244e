//! Functions and methods → [`Function`].

use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{FnArg, Pat, ReceiverKind, Signature};

use crate::source::attributes::Attributes;
use crate::source::items::{Around, Reader};
use crate::source::names::{at, plain};
use crate::source::subject::Subject;
use crate::source::walker::State;
use crate::source::{Function, Param, Receiver, Role, Ty, What, references};

impl Reader<'_> {
    /// A function or method with its body.
    pub(super) fn body(
        &mut self,
        signature: &Signature,
        block: &syn::Block,
        role: Role,
        class: Option<String>,
        attributes: &Attributes,
        around: Around,
    ) {
        // `#[tokio::main]` makes a function that is not async, which blocks.
        let blocks = signature.asyncness.is_some() && attributes.has("main");
        let is_async = signature.asyncness.is_some() && !blocks;
        let class_made = class.clone();
        let params: Vec<Param> = signature.inputs.iter().filter_map(param).collect();
        let has_token = params.iter().any(|param| param.ty.tokens().any(|name| self.imports.may_be_pyo3s(name)));
        let state = match role {
            // An async function is polled later; whether it is attached then is unknown here.
            _ if is_async => State::Unknown,
            Role::Plain if !has_token => State::Unknown,
            _ => State::Attached,
        };
        let is_conditional = around.is_conditional || attributes.is_conditional;
        let mut walker = self.walker(is_conditional);
        walker.state = state;
        walker.is_2024 = self.file.is_2024;
        walker.visit_signature(signature);
        walker.bound.clear();
        walker.known = params.iter().map(|param| (param.name.clone(), Subject::Ty(param.ty.clone()))).collect();
        if blocks {
            walker.event(What::BlocksOn, at(signature.ident.span()), "#[tokio::main]");
        }
        walker.visit_block(block);
        // Not a shadowed parameter, and not one that was compared with something.
        let others = std::mem::take(&mut walker.bound);
        references::settle(&mut walker.events, &walker.mentioned);
        let compared = std::mem::take(&mut walker.compared);
        let tested = std::mem::take(&mut walker.tested);
        let is_sure = |name: &String| !others.contains(name) && !compared.contains(name);
        walker.events.retain(|event| match event.what {
            What::Index | What::Narrows | What::Seconds => is_sure(&event.name),
            What::Divides => is_sure(&event.name) && !tested.contains(&event.name),
            _ => true,
        });
        walker.events.shrink_to_fit();
        let receiver = match signature.receiver().map(|receiver| &receiver.kind) {
            Some(ReceiverKind::Reference(_, _, Some(_))) => Receiver::Exclusive,
            Some(ReceiverKind::Typed(_, ty)) if Ty::of(ty).name == "&mut" => Receiver::Exclusive,
            Some(_) => Receiver::Shared,
            None => Receiver::None,
        };
        let states_signature = attributes.says("pyfunction", "signature")
            || attributes.says("pyo3", "text_signature")
            || attributes.has("args");
        self.file.functions.push(Function {
            name: plain(&signature.ident),
            python_name: python_name(attributes),
            at: at(signature.ident.span()),
            role,
            class,
            of_trait: None,
            is_async,
            receiver,
            params,
            output: Ty::of_output(&signature.output),
            has_signature: states_signature,
            signature: attributes.value("pyfunction", "signature"),
            is_conditional,
            is_in_module: around.is_in_module,
            guards: walker.guards,
            events: walker.events,
            does: None,
            touched: walker.touched,
            needs_exclusive: walker.needs_exclusive,
            changed: walker.changed,
            takes: walker.takes,
            stored: walker.stored,
            called: walker.called,
            passed: walker.passed,
            cast: walker.cast,
            statics: walker.statics,
        });
        self.file.borrowed_mutably.extend(walker.borrowed_mutably);
        if let Some(class) = class_made.filter(|_| walker.made.contains("Self")) {
            self.file.made.insert(class);
        }
        self.file.made.extend(walker.made);
        self.file.names_sys_modules |= walker.names_sys_modules;
        self.file.names_module_attribute |= walker.names_module_attribute;
        self.file.names.extend(walker.names);
        self.file.mentioned.extend(walker.mentioned);
    }
}

/// `#[pyo3(name = "…")]`, or `#[getter(…)]`.
fn python_name(attributes: &Attributes) -> Option<String> {
    let accessor = attributes.options("getter").chain(attributes.options("setter")).next();
    attributes.value("pyfunction", "name").or_else(|| accessor.map(|choice| choice.name.clone()))
}

fn param(input: &FnArg) -> Option<Param> {
    let FnArg::Typed(typed) = input else { return None };
    let (name, span) = match &*typed.pat {
        Pat::Ident(ident) => (plain(&ident.ident), ident.ident.span()),
        other => (String::new(), Spanned::span(other)),
    };
    Some(Param { name, ty: Ty::of(&typed.ty), at: at(span) })
}
