//! A reading of a sensor.

use crate::Error;

const ZERO_CELSIUS: f64 = 273.15;

/// The unit of a temperature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Degrees Celsius.
    #[default]
    Celsius,
    /// Kelvins.
    Kelvin,
}

/// A temperature: always finite and not below absolute zero.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Temperature {
    kelvins: f64,
}

impl Temperature {
    /// `value` in `unit`.
    pub fn new(value: f64, unit: Unit) -> Result<Self, Error> {
        let kelvins = match unit {
            Unit::Celsius => value + ZERO_CELSIUS,
            Unit::Kelvin => value,
        };
        // NaN is not greater than anything, so it is refused with the rest.
        if kelvins >= 0.0 && kelvins.is_finite() {
            Ok(Self { kelvins })
        } else {
            Err(Error::NotTemperature(value))
        }
    }

    /// The number in `unit`.
    #[must_use]
    pub fn to(self, unit: Unit) -> f64 {
        match unit {
            Unit::Celsius => self.kelvins - ZERO_CELSIUS,
            Unit::Kelvin => self.kelvins,
        }
    }
}

/// A reading of a sensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    sensor: String,
    /// The temperature.
    pub temperature: Temperature,
    /// A note.
    pub note: Option<String>,
}

impl Reading {
    /// A reading of `sensor`, which has to have a name.
    pub fn new(sensor: String, temperature: Temperature, note: Option<String>) -> Result<Self, Error> {
        if sensor.is_empty() {
            return Err(Error::NoSensor);
        }
        Ok(Self { sensor, temperature, note })
    }

    /// The sensor's name.
    #[must_use]
    pub fn sensor(&self) -> &str {
        &self.sensor
    }
}

/// A summary of readings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// How many there are.
    pub count: usize,
    /// Their mean in degrees Celsius, if there are any.
    pub mean: Option<f64>,
    /// All notes, in order.
    pub notes: Vec<String>,
}

/// Summarizes readings.
pub fn summary<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Summary {
    let (mut found, mut total) = (Summary::default(), 0.0);
    for reading in readings {
        found.count += 1;
        total += reading.temperature.to(Unit::Celsius);
        found.notes.extend(reading.note.clone());
    }
    found.mean = (found.count > 0).then(|| total / found.count as f64);
    found
}
