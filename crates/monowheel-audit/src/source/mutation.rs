//! What changes a value where it stands, and what only compares it.

use syn::{BinOp, Expr};

use crate::source::values::name_of;

/// The name that is compared: `index`, `index as usize`.
pub(super) fn compared_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Cast(cast) => compared_name(&cast.expr),
        other => name_of(other),
    }
}

/// Methods that change what a field of `self` is, though it is shared or has a lock.
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

/// Whether numbers of the type `from` do not all fit into `to`.
pub(super) fn is_narrower(to: &str, from: &str) -> bool {
    // How many bits a value has, and whether it may be negative.
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
