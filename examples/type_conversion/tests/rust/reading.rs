//! Valid temperatures, and summaries of readings.

use type_conversion::reading::*;
use type_conversion::Error;

fn reading(value: f64, note: Option<&str>) -> Reading {
    Reading::new("roof".into(), Temperature::new(value, Unit::Celsius).unwrap(), note.map(str::to_owned)).unwrap()
}

#[test]
fn no_temperature_is_below_absolute_zero() {
    assert!(Temperature::new(-273.15, Unit::Celsius).is_ok());
    assert_eq!(Temperature::new(-0.1, Unit::Kelvin), Err(Error::NotTemperature(-0.1)));
    assert!(matches!(Temperature::new(f64::NAN, Unit::Celsius), Err(Error::NotTemperature(value)) if value.is_nan()));
    assert!(Temperature::new(f64::INFINITY, Unit::Kelvin).is_err());
}

#[test]
fn a_reading_names_its_sensor() {
    let none = Reading::new(String::new(), Temperature::new(1.0, Unit::Kelvin).unwrap(), None);
    assert_eq!(none, Err(Error::NoSensor));
    assert_eq!(reading(1.0, None).sensor(), "roof");
}

#[test]
fn readings_are_summed_up() {
    assert_eq!(summary([]), Summary::default());
    let all = [reading(10.0, Some("wet")), reading(20.0, None)];
    let found = summary(&all);
    assert_eq!((found.count, found.notes), (2, vec!["wet".to_owned()]));
    assert!((found.mean.unwrap() - 15.0).abs() < 1e-9);
}
