//! Valid expressions, and the positions of errors.

use calculator::*;

fn wrong(text: &str) -> (Reason, usize) {
    let error = Expression::parse(text).unwrap_err();
    (error.reason, error.position)
}

#[test]
fn variables_are_listed_once() {
    let expression = Expression::parse("b + a*b - pi + größe").unwrap();
    assert_eq!(expression.variables(), ["b", "a", "größe"]);
    assert_eq!(expression.text(), "b + a*b - pi + größe");
}

#[test]
fn what_is_wrong_has_its_place() {
    for (text, reason, at) in [
        ("", Reason::Ended, 0),
        ("1 +", Reason::Ended, 3),
        ("(1", Reason::Ended, 2),
        ("1 2", Reason::Unexpected("2".into()), 2),
        ("1)", Reason::Unexpected(")".into()), 1),
        ("()", Reason::Unexpected(")".into()), 1),
        ("1 * * 2", Reason::Unexpected("*".into()), 4),
        ("1 = 1", Reason::Unexpected("=".into()), 2),
        ("1.2.3", Reason::Number("1.2.3".into()), 0),
        ("2 * 1e999", Reason::Number("1e999".into()), 4),
        ("1 + sine(2)", Reason::NoFunction("sine".into()), 4),
        ("sin(1, 2)", Reason::Arguments("sin".into(), 2), 0),
        ("sin()", Reason::Unexpected(")".into()), 4),
        // In characters, not in bytes.
        ("größe $", Reason::Unexpected("$".into()), 6),
    ] {
        assert_eq!(wrong(text), (reason, at), "{text}");
    }
}

#[test]
fn depth_and_length_have_an_end() {
    let nested = |n: usize| format!("{}1{}", "(".repeat(n), ")".repeat(n));
    assert!(Expression::parse(&nested(MAX_DEPTH - 1)).is_ok());
    assert_eq!(wrong(&nested(MAX_DEPTH)), (Reason::TooDeep, MAX_DEPTH));
    assert_eq!(wrong(&nested(45_000)).0, Reason::TooDeep);
    assert_eq!(wrong(&"-".repeat(MAX_DEPTH + 1)).0, Reason::TooDeep);
    assert_eq!(wrong(&"1".repeat(MAX_LENGTH + 1)).0, Reason::TooLong(MAX_LENGTH + 1));
}

#[test]
fn a_long_sum_is_not_deep() {
    let sum = vec!["1"; MAX_LENGTH / 2].join("+");
    assert_eq!(Expression::parse(&sum).unwrap().evaluate(|_| None), Ok(50_000.0));
}
