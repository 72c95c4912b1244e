//! What changes a value in place, compares it or truncates it.

use syn::{BinOp, Expr};

use crate::source::values::name_of;

/// The variable that is compared: `index`, `index as usize`.
pub(super) fn compared_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Cast(cast) => compared_name(&cast.expr),
        other => name_of(other),
    }
}

/// Methods that need exclusive access to a field of `self`, even if it is shared or behind a lock.
pub(super) fn changes(method: &str) -> bool {
    matches!(method, "get_mut" | "make_mut" | "as_mut" | "take" | "replace" | "insert" | "push" | "pop" | "clear")
        || method.ends_with("_mut")
}

pub(super) fn is_assignment(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}

/// Whether the type `to` cannot hold every number of the type `from`.
pub(super) fn is_narrower(to: &str, from: &str) -> bool {
    // The number of bits, and whether a value may be negative.
    let shape = |name: &str| {
        let bits = match name.get(1..)? {
            "size" => 64,
            bits => bits.parse::<u32>().ok()?,
        };
        match name.get(..1)? {
            "u" => Some((bits, false)),
            "i" => Some((bits, true)),
            _ => None,
        }
    };
    match (shape(to), shape(from)) {
        (Some((to, _)), Some((from, _))) if to < from => true,
        (Some((_, false)), Some((_, true))) => true,
        _ => false,
    }
}
