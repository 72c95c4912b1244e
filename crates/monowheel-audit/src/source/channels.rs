//! Channels between threads: which ends wait.

use std::collections::BTreeSet;

use syn::{Expr, ExprMethodCall, Macro, Pat};

use crate::source::Ty;
use crate::source::calls::What;
use crate::source::names::{at, words};
use crate::source::subject::Subject;
use crate::source::values::bound_name;
use crate::source::walker::Walker;

/// Functions that make a channel between threads, and whether its sender waits while the channel is full.
const CHANNELS: [(&str, bool); 9] = [
    ("std::sync::mpsc::channel", false),
    ("std::sync::mpsc::sync_channel", true),
    ("crossbeam_channel::bounded", true),
    ("crossbeam_channel::unbounded", false),
    ("crossbeam::channel::bounded", true),
    ("crossbeam::channel::unbounded", false),
    ("flume::bounded", true),
    ("flume::unbounded", false),
    ("kanal::bounded", true),
];

/// The macros that wait for one of several channels.
const SELECTS: [&str; 6] = [
    "crossbeam_channel::select",
    "crossbeam_channel::select_biased",
    "crossbeam::select",
    "crossbeam::select_biased",
    "crossbeam::channel::select",
    "crossbeam::channel::select_biased",
];

impl Walker<'_> {
    /// The types of both ends: `let (sender, receiver) = bounded(8);`
    pub(super) fn names_channel(&mut self, pattern: &Pat, value: &Expr) {
        let (Pat::Tuple(names), Expr::Call(call)) = (pattern, value) else { return };
        let Expr::Path(function) = &*call.func else { return };
        let whole = self.imports.whole(&function.path);
        let Some((_, is_bounded)) = CHANNELS.iter().find(|(name, _)| *name == whole) else { return };
        let ends = [if *is_bounded { "SyncSender" } else { "Sender" }, "Receiver"];
        for (name, end) in names.elems.iter().zip(ends) {
            if let Some(name) = bound_name(name) {
                self.known.insert(name, Subject::Ty(Ty::named(end)));
            }
        }
    }

    /// Whether a value is the receiving end of a channel between threads.
    pub(super) fn is_receiver(&self, value: &Expr) -> bool {
        matches!(self.subject(value), Subject::Ty(ty) if ty.bare().name == "Receiver")
    }

    /// What a method of a channel does: `receiver.iter()`, `sender.send(…)` of a bounded one. Whether a field is one is
    /// known later.
    pub(super) fn of_channel(&mut self, call: &ExprMethodCall, name: &str) -> Option<What> {
        match (name, call.args.len()) {
            ("iter" | "into_iter", 0) => self.is_receiver(&call.receiver).then_some(What::Waits),
            ("send", 1) => match self.subject(&call.receiver) {
                Subject::Ty(ty) => (ty.bare().name == "SyncSender").then_some(What::Waits),
                Subject::OwnField(field) => {
                    self.event(What::Sends, at(call.method.span()), format!("self.{field}"));
                    None
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is `select!` of channels between threads, without `default`.
    pub(super) fn waits_in_select(&self, call: &Macro) -> bool {
        let mut names = BTreeSet::new();
        let is_select = SELECTS.contains(&self.imports.whole(&call.path).as_str());
        if is_select {
            words(call.tokens.clone(), &mut names);
        }
        is_select && !names.contains("default")
    }
}
