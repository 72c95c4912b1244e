//! A tree of values for Rust.

use std::borrow::Cow;

use crate::{Build, Error};

/// A JSON value. It borrows from its text where possible.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer of 64 bits.
    Integer(i64),
    /// A larger integer, as it is written.
    Large(&'a str),
    /// Any other number.
    Float(f64),
    /// A string.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object, with all its members in order.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

pub(crate) struct Values;

impl<'a> Build<'a> for Values {
    type Value = Value<'a>;
    type Object = Vec<(Cow<'a, str>, Value<'a>)>;
    type Error = Error;

    fn null(&mut self) -> Value<'a> {
        Value::Null
    }
    fn bool(&mut self, value: bool) -> Value<'a> {
        Value::Bool(value)
    }
    fn integer(&mut self, value: i64) -> Result<Value<'a>, Error> {
        Ok(Value::Integer(value))
    }
    fn large(&mut self, digits: &'a str) -> Result<Value<'a>, Error> {
        Ok(Value::Large(digits))
    }
    fn float(&mut self, value: f64) -> Value<'a> {
        Value::Float(value)
    }
    fn string(&mut self, value: Cow<'a, str>) -> Value<'a> {
        Value::String(value)
    }
    fn array(&mut self, items: Vec<Value<'a>>) -> Result<Value<'a>, Error> {
        Ok(Value::Array(items))
    }
    fn begin(&mut self) -> Self::Object {
        Vec::new()
    }
    fn member(&mut self, object: &mut Self::Object, key: Cow<'a, str>, value: Value<'a>) -> Result<(), Error> {
        object.push((key, value));
        Ok(())
    }
    fn end(&mut self, object: Self::Object) -> Value<'a> {
        Value::Object(object)
    }
}
