//! The promises of the lab, with interpreters that are made of air.
use super::*;
