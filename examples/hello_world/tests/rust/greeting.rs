//! Tests of the library as another crate uses it: through the rlib, without Python.

use hello_world::*;

#[test]
fn greets_by_name() {
    assert_eq!(greet("  Ada ").as_deref(), Ok("Hello, Ada!"));
}

#[test]
fn refuses_no_name_and_a_long_one() {
    assert_eq!(greet(" \t"), Err(Error::EmptyName));
    assert!(greet(&"é".repeat(MAX_NAME)).is_ok());
    assert_eq!(greet(&"é".repeat(MAX_NAME + 1)), Err(Error::LongName(MAX_NAME + 1)));
}

#[test]
fn a_greeter_has_its_word() {
    let greeter = Greeter::new("Привет").unwrap();
    assert_eq!(greeter.word(), "Привет");
    assert_eq!(greeter.greet("Ada").as_deref(), Ok("Привет, Ada!"));
    assert_eq!(greeter.greet(""), Err(Error::EmptyName));
}

#[test]
fn a_greeter_needs_a_word() {
    assert_eq!(Greeter::new(""), Err(Error::Word(0)));
    assert!(Greeter::new(&"é".repeat(MAX_WORD)).is_ok());
    assert_eq!(Greeter::new(&"é".repeat(MAX_WORD + 1)), Err(Error::Word(MAX_WORD + 1)));
}

#[test]
fn adds_and_reports_overflow() {
    assert_eq!(add(-2, 44), Ok(42));
    assert_eq!(add(i64::MAX, 1), Err(Error::Overflow));
}

#[test]
fn sums_squares() {
    assert!((sum_of_squares(&[3.0, 4.0]) - 25.0).abs() < f64::EPSILON);
    assert!(sum_of_squares(&[]).abs() < f64::EPSILON);
}
