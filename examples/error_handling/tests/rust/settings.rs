//! The library's errors: their variants, places and causes.

use std::error::Error as _;
use std::path::Path;

use error_handling::settings::Settings;
use error_handling::Error;

#[test]
fn settings_are_read() {
    let settings = Settings::parse("# all\nhost = a.example # the first\n\nport=80\n").unwrap();
    assert_eq!(settings.text("host").unwrap(), "a.example");
    assert_eq!(settings.number("port").unwrap(), 80);
}

#[test]
fn a_line_without_a_value_is_named() {
    assert!(matches!(Settings::parse("a = 1\nb\n"), Err(Error::Syntax { line: 2 })));
}

#[test]
fn a_number_that_does_not_fit_has_its_reason() {
    let error = Settings::parse("\nport = 65536").unwrap().number("port").unwrap_err();
    assert_eq!(error.to_string(), "line 2: `port` has to be a number from 0 to 65535");
    assert_eq!(error.source().unwrap().to_string(), "number too large to fit in target type");
}

#[test]
fn what_is_missing_is_named() {
    let error = Settings::default().text("host").unwrap_err();
    assert_eq!(error.to_string(), "there is no `host`");
    assert!(error.source().is_none());
}

#[test]
fn a_file_that_is_not_there_has_the_system_s_reason() {
    let error = Settings::read(Path::new("no/such/file")).unwrap_err();
    assert!(error.to_string().contains("file cannot be read"), "{error}");
    let Error::Read { source, .. } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
}
