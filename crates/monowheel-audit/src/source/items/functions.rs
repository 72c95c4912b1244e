//! Functions and methods, with what their bodies do.

use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{FnArg, ImplItem, ItemFn, ItemImpl, ItemTrait, Pat, ReceiverKind, Signature, TraitItem};

use crate::source::attributes::Attributes;
use crate::source::items::{Around, Reader, at, is_without_gil, plain, states_gil, words};
use crate::source::subject::Subject;
use crate::source::walker::{State, Walker};
use crate::source::{Does, Function, Module, Param, Receiver, Role, Ty, What};

impl Reader<'_> {
    pub(super) fn function(&mut self, function: &ItemFn, around: Around) {
        let attributes = Attributes::of(&function.attrs);
        if attributes.is_test {
            self.file.has_tests = true;
            return;
        }
        let role = if attributes.has("pyfunction") || attributes.has("pyfn") {
            Role::Function
        } else if attributes.has("pymodule") || attributes.has("pymodule_init") {
            Role::Import
        } else {
            Role::Plain
        };
        if attributes.has("pymodule") {
            let name = attributes.value("pymodule", "name").or_else(|| attributes.value("pyo3", "name"));
            self.file.modules.push(Module {
                name: name.unwrap_or_else(|| plain(&function.sig.ident)),
                at: at(function.sig.ident.span()),
                is_inner: false,
                is_without_gil: is_without_gil(&attributes),
                states_gil: states_gil(&attributes),
            });
        }
        let around = Around { is_in_module: around.is_in_module || attributes.has("pyfn"), ..around };
        self.body(&function.sig, &function.block, role, None, &attributes, around);
        // Items inside functions: `#[pyfn(m)] fn inner()`.
        let inner = Around { is_in_module: false, is_conditional: around.is_conditional || attributes.is_conditional };
        for stmt in &function.block.stmts {
            if let syn::Stmt::Item(item) = stmt {
                self.item(item, inner);
            }
        }
    }

    /// The provided methods of a trait.
    pub(super) fn provided(&mut self, block: &ItemTrait, around: Around) {
        let attributes = Attributes::of(&block.attrs);
        let around = Around { is_conditional: around.is_conditional || attributes.is_conditional, is_in_module: false };
        for item in block.items.iter().filter(|_| !attributes.is_test) {
            if let TraitItem::Fn(syn::TraitItemFn { attrs, sig, default: Some(body), .. }) = item {
                self.body(sig, body, Role::Plain, Some(plain(&block.ident)), &Attributes::of(attrs), around);
            }
        }
    }

    pub(super) fn implementation(&mut self, block: &ItemImpl, around: Around) {
        let attributes = Attributes::of(&block.attrs);
        if attributes.is_test {
            return;
        }
        let class = Ty::of(&block.self_ty).name;
        let of_trait = block.trait_.as_ref().and_then(|(path, _)| Some(path.segments.last()?.ident.to_string()));
        if let (true, Some("Send" | "Sync")) = (block.unsafety.is_some(), of_trait.as_deref()) {
            self.file.promised.push((class.clone(), at(block.impl_token.span)));
        }
        let is_python = attributes.has("pymethods");
        let is_conditional = around.is_conditional || attributes.is_conditional;
        for item in &block.items {
            match item {
                ImplItem::Fn(method) => {
                    let attributes = Attributes::of(&method.attrs);
                    if attributes.is_test {
                        continue;
                    }
                    let role = match () {
                        () if !is_python => Role::Plain,
                        () if attributes.has("new") => Role::New,
                        () if attributes.has("getter") => Role::Getter,
                        () if attributes.has("setter") || attributes.has("deleter") => Role::Setter,
                        () => Role::Method,
                    };
                    let around = Around { is_conditional, is_in_module: false };
                    let before = self.file.functions.len();
                    self.body(&method.sig, &method.block, role, Some(class.clone()), &attributes, around);
                    if let Some(method) = self.file.functions.get_mut(before) {
                        method.of_trait.clone_from(&of_trait);
                    }
                }
                ImplItem::Macro(call) => words(call.mac.tokens.clone(), &mut self.file.mentioned),
                _ => {}
            }
        }
    }

    fn body(
        &mut self,
        signature: &Signature,
        block: &syn::Block,
        role: Role,
        class: Option<String>,
        attributes: &Attributes,
        around: Around,
    ) {
        let is_async = signature.asyncness.is_some();
        let params: Vec<Param> = signature.inputs.iter().filter_map(param).collect();
        let has_token = params.iter().any(|param| param.ty.tokens().any(|name| self.imports.may_be_pyo3s(name)));
        let state = match role {
            // An async function is polled later; whether it is attached then is unknown here.
            _ if is_async => State::Unknown,
            Role::Plain if !has_token => State::Unknown,
            _ => State::Attached,
        };
        let is_conditional = around.is_conditional || attributes.is_conditional;
        let mut walker = Walker::new(&self.imports, state, is_conditional);
        walker.is_2024 = self.file.is_2024;
        walker.visit_signature(signature);
        walker.bound.clear();
        walker.known = params.iter().map(|param| (param.name.clone(), Subject::Ty(param.ty.clone()))).collect();
        walker.visit_block(block);
        // Not a shadowed parameter, and not one that was compared with something.
        let others = std::mem::take(&mut walker.bound);
        let compared = std::mem::take(&mut walker.compared);
        let is_sure = |name: &String| !others.contains(name) && !compared.contains(name);
        walker.events.retain(|event| !matches!(event.what, What::Index | What::Narrows) || is_sure(&event.name));
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
            at: at(signature.ident.span()),
            role,
            class,
            of_trait: None,
            is_async,
            receiver,
            params,
            output: Ty::of_output(&signature.output),
            has_signature: states_signature,
            is_conditional,
            is_in_module: around.is_in_module,
            guards: walker.guards,
            events: walker.events,
            does: Does::default(),
            touched: walker.touched,
            needs_exclusive: walker.needs_exclusive,
            stored: walker.stored,
            called: walker.called,
        });
        self.file.borrowed_mutably.extend(walker.borrowed_mutably);
        self.file.names_sys_modules |= walker.names_sys_modules;
        self.file.names_module_attribute |= walker.names_module_attribute;
        self.file.names.extend(walker.names);
        self.file.mentioned.extend(walker.mentioned);
    }
}

fn param(input: &FnArg) -> Option<Param> {
    let FnArg::Typed(typed) = input else { return None };
    let (name, span) = match &*typed.pat {
        Pat::Ident(ident) => (plain(&ident.ident), ident.ident.span()),
        other => (String::new(), Spanned::span(other)),
    };
    Some(Param { name, ty: Ty::of(&typed.ty), at: at(span) })
}
