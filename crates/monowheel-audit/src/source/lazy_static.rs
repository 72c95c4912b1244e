//! `lazy_static! { static ref NAME: Type = value; }`, whose tokens are not Rust.

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, Ident, Macro, Token, Type, Visibility};

/// The initializers.
struct Values(Vec<Expr>);

impl Parse for Values {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut values = Vec::new();
        while !input.is_empty() {
            input.call(Attribute::parse_outer)?;
            input.parse::<Visibility>()?;
            input.parse::<Token![static]>()?;
            input.parse::<Token![ref]>()?;
            input.parse::<Ident>()?;
            input.parse::<Token![:]>()?;
            input.parse::<Type>()?;
            input.parse::<Token![=]>()?;
            values.push(input.parse()?);
            input.parse::<Token![;]>()?;
        }
        Ok(Self(values))
    }
}

/// The initializers in a call; none if it has another form.
pub(super) fn values(call: &Macro) -> Vec<Expr> {
    call.parse_body::<Values>().map(|values| values.0).unwrap_or_default()
}
