use proptest::prelude::*;

use super::*;

#[test]
fn requirements() {
    for (good, name) in [
        ("numpy", "numpy"),
        ("A.b_c-d >=1.0, <2 ; python_version >= '3.8'", "A.b_c-d"),
        ("x[a, b-c]==1.*", "x"),
        ("x[]", "x"),
        ("x (>=1,<2)", "x"),
        ("x()", "x"),
        ("x>=1,", "x"),
        ("x===1.0+what/ever", "x"),
        ("x; (os_name == 'nt' or extra == \"a\") and 'linux' in sys_platform", "x"),
        ("x ; python_version not in '2.7 3.0'", "x"),
        ("x;extra=='a'and(os_name=='b')", "x"),
    ] {
        let parsed = Requirement::parse(good).map(|requirement| (requirement.name, requirement.url));
        assert_eq!(parsed, Ok((name, None)), "{good}");
    }
    assert_eq!(
        Requirement::parse("x[a] @ https://example.org/x.whl ; os_name == 'nt' "),
        Ok(Requirement {
            name: "x",
            url: Some("https://example.org/x.whl"),
            versions: "",
            marker: Some("os_name == 'nt'"),
            for_extra: false,
            extras_asked: Vec::new(),
            equalities: vec![("os_name", "nt")],
            extras: vec!["a"],
        })
    );
    assert_eq!(
        Requirement::parse("x ( >=1, <2 );extra=='a'"),
        Ok(Requirement {
            name: "x",
            url: None,
            versions: ">=1, <2",
            marker: Some("extra=='a'"),
            for_extra: true,
            extras_asked: vec!["a"],
            equalities: Vec::new(),
            extras: Vec::new(),
        })
    );
}

#[test]
fn a_pin_is_one_exact_version() {
    for (text, pin) in [
        ("x==1.0", Some("==1.0")),
        ("x (== 1.0rc1)", Some("==1.0rc1")),
        ("x===1.0", Some("===1.0")),
        ("x>=1,==1.2", Some("==1.2")),
        ("x==2.1+cu118", Some("==2.1+cu118")),
        ("x", None),
        ("x>=1", None),
        ("x==1.*", None),
        ("x===what/ever", None),
    ] {
        let found = Requirement::parse(text).unwrap().pin().map(|pin| pin.to_string());
        assert_eq!(found.as_deref(), pin, "{text}");
    }
}

#[test]
fn an_extra_is_a_variable_and_not_a_word() {
    for (text, holds) in [
        ("a>=1", true),
        ("b; extra == 'dev'", false),
        ("c; sys_platform == 'extra'", true),
        ("d ; (python_version < '3.9' and 'x' in extras)", false),
        ("not a requirement; extra", true),
    ] {
        assert_eq!(holds_without_extra(text), holds, "{text}");
    }
}

#[test]
fn what_is_none() {
    for bad in [
        "",
        "foo bar",
        "-x",
        "x-",
        "x[a",
        "x[a,]",
        "x >= 1.x",
        "x (>=1",
        "x (>=1) y",
        "x @",
        "x =1",
        "x ; os_name",
        "x ; os_nam == 'nt'",
        "x ; os_name == 'nt",
        "x ; (os_name == 'nt'",
        "x ; os_name == 'nt')",
        "x ; os_name == 'nt' and",
        "x ; os_name == 'nt' android == 'x'",
        "x ; ",
        "x>=1 y",
    ] {
        assert!(Requirement::parse(bad).is_err(), "{bad}");
    }
    assert!(Requirement::parse(&format!("x ; {}", "(".repeat(100_000))).is_err());
}

#[test]
fn specifiers() {
    for good in ["", ">=3.8", ">= 3.8, != 3.9.*, <4", "~=3.8", ">=3.8,"] {
        assert_eq!(check_specifiers(good), Ok(()), "{good}");
    }
    for bad in [">=3.x", "3.8", "=>3.8", ">=3.8.*", "~=3", ">=3.8 <4"] {
        assert!(check_specifiers(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(text in "[a-z<>=!~()\\[\\];@'\" ,.0-9]{0,40}") {
        let _ = Requirement::parse(&text);
    }
}
