//! Names and places in the syntax.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{LineColumn, Span, TokenStream, TokenTree};

use crate::source::At;
use crate::source::pieces::Origin;

thread_local! {
    /// Where the text that this thread parses begins in its file. The spans themselves are the thread's too.
    static ORIGIN: Cell<Origin> = const { Cell::new(Origin::START) };
}

/// Makes places those of the file of which this thread parses a piece; until [`forget_spans`].
pub(super) fn count_from(origin: Origin) {
    ORIGIN.set(origin);
}

/// Empties the source map, which would grow with everything that is parsed; no span is needed any more.
pub(super) fn forget_spans() {
    proc_macro2::extra::invalidate_current_thread_spans();
    ORIGIN.set(Origin::START);
}

pub(super) fn at(span: Span) -> At {
    let range = span.byte_range();
    // A span of nothing is nowhere.
    let origin = if range.is_empty() { Origin::START } else { ORIGIN.get() };
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let line = |place: LineColumn| number(place.line + origin.line);
    let column = |place: LineColumn| number(place.column + 1 + if place.line == 1 { origin.column } else { 0 });
    let (start, end) = (span.start(), span.end());
    At {
        line: line(start),
        column: column(start),
        end_line: line(end),
        end_column: column(end),
        range: range.start + origin.byte..range.end + origin.byte,
    }
}

/// The bytes of [`at`].
pub(super) fn bytes(span: Span) -> Range<usize> {
    let origin = ORIGIN.get().byte;
    let range = span.byte_range();
    range.start + origin..range.end + origin
}

/// Every name in some tokens.
pub(super) fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                found.insert(ident.to_string());
            }
            TokenTree::Group(group) => words(group.stream(), found),
            _ => {}
        }
    }
}

/// A name without `r#`.
pub(super) fn plain(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}
