//! The values of expressions.

use calculator::*;

fn value(text: &str) -> Result<f64, Error> {
    Expression::parse(text).unwrap().evaluate(|name| match name {
        "x" => Some(3.0),
        "big" => Some(f64::MAX),
        "nan" => Some(f64::NAN),
        _ => None,
    })
}

fn error(text: &str) -> (Reason, usize) {
    let error = value(text).unwrap_err();
    (error.reason, error.position)
}

#[test]
fn operators_bind_as_in_mathematics() {
    for (text, expected) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("8 - 4 - 2", 2.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("-2 ^ 2", -4.0),
        ("2 ^ -1", 0.5),
        ("--x", 3.0),
        ("-x * +2", -6.0),
        ("2*x^2", 18.0),
        ("-7 % 3", 2.0),
        ("7 % -3", -2.0),
        (".5e1", 5.0),
    ] {
        assert_eq!(value(text), Ok(expected), "{text}");
    }
}

#[test]
fn functions_are_called() {
    assert_eq!(value("min(x, 2, 5) + max(x) + abs(-1) + floor(1.9) + sqrt(4)"), Ok(9.0));
    assert!((value("ln(exp(2)) + sin(0) + cos(pi) + tan(0)").unwrap() - 1.0).abs() < 1e-12);
}

#[test]
fn what_has_no_value_has_a_reason_and_a_place() {
    for (text, reason, at) in [
        ("1 + x / (x - 3)", Reason::Division, 6),
        ("x % 0", Reason::Division, 2),
        ("0 ^ -1", Reason::Division, 2),
        ("1 + big * 2", Reason::Overflow, 8),
        ("exp(1000)", Reason::Overflow, 0),
        ("sqrt(0 - 1)", Reason::Undefined, 0),
        ("(-8) ^ .5", Reason::Undefined, 5),
        ("ln(0)", Reason::Undefined, 0),
        ("x + y", Reason::NoValue("y".into()), 4),
        ("x + nan", Reason::NotFinite("nan".into()), 4),
    ] {
        assert_eq!(error(text), (reason, at), "{text}");
    }
}

#[test]
fn values_are_bound_once() {
    let expression = Expression::parse("x * y").unwrap();
    let mut values = expression.bind(|name| Some(if name == "x" { 2.0 } else { 5.0 })).unwrap();
    assert_eq!(expression.run(&values), Ok(10.0));
    values[1] = 7.0;
    assert_eq!(expression.run(&values), Ok(14.0));
    assert_eq!(expression.run(&[2.0]).unwrap_err().reason, Reason::NoValue("y".into()));
}
