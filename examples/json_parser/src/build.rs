//! The results of parsing.

use std::borrow::Cow;

use crate::Error;

/// Builds values from what the parser reads in a text that lives for `'a`.
pub trait Build<'a> {
    /// A value.
    type Value;
    /// An object whose members are being read.
    type Object;
    /// The error type; the parser's own errors are converted to it too.
    type Error: From<Error>;

    /// `null`.
    fn null(&mut self) -> Self::Value;
    /// `true` or `false`.
    fn bool(&mut self, value: bool) -> Self::Value;
    /// An integer of 64 bits.
    fn integer(&mut self, value: i64) -> Result<Self::Value, Self::Error>;
    /// A larger integer, as it is written.
    fn large(&mut self, digits: &'a str) -> Result<Self::Value, Self::Error>;
    /// A number with a fraction or an exponent. It is finite.
    fn float(&mut self, value: f64) -> Self::Value;
    /// A string: borrowed from the text if it has no escapes.
    fn string(&mut self, value: Cow<'a, str>) -> Self::Value;
    /// An array.
    fn array(&mut self, items: Vec<Self::Value>) -> Result<Self::Value, Self::Error>;
    /// An object without members.
    fn begin(&mut self) -> Self::Object;
    /// One more member. A key can occur twice.
    fn member(&mut self, object: &mut Self::Object, key: Cow<'a, str>, value: Self::Value) -> Result<(), Self::Error>;
    /// The object with all its members.
    fn end(&mut self, object: Self::Object) -> Self::Value;
}

/// Builds nothing: to validate a text, or to skip a part of it.
pub(crate) struct Nothing;

impl<'a> Build<'a> for Nothing {
    type Value = ();
    type Object = ();
    type Error = Error;

    fn null(&mut self) {}
    fn bool(&mut self, _: bool) {}
    fn integer(&mut self, _: i64) -> Result<(), Error> {
        Ok(())
    }
    fn large(&mut self, _: &'a str) -> Result<(), Error> {
        Ok(())
    }
    fn float(&mut self, _: f64) {}
    fn string(&mut self, _: Cow<'a, str>) {}
    fn array(&mut self, _: Vec<()>) -> Result<(), Error> {
        Ok(())
    }
    fn begin(&mut self) {}
    fn member(&mut self, (): &mut (), _: Cow<'a, str>, (): ()) -> Result<(), Error> {
        Ok(())
    }
    fn end(&mut self, (): ()) {}
}
