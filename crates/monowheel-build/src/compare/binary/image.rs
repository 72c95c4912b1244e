//! One binary as it is compared: its sections, its symbols, and the fields that are known to vary.

use std::ops::{Deref, Range};

use crate::compare::binary::fields::{self, Field};
use crate::image::{self, Most};

pub(super) use crate::image::Symbol;

/// A binary.
#[derive(Debug)]
pub(super) struct Image<'a> {
    /// Its sections and symbols.
    image: image::Image<'a>,
    /// Its bytes with zeros for every [`Field`].
    pub(super) blank: Vec<u8>,
    pub(super) fields: Vec<Field>,
    /// Named parts of the headers.
    pub(super) headers: Vec<(String, Range<usize>)>,
}

impl<'a> Image<'a> {
    /// Reads a binary; `None` when it is damaged or beyond the limits of a reader.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        Self::blanked(bytes, image::Image::read(bytes, Most::default())?)
    }

    /// The same with the symbols of its line tables.
    pub(super) fn with_symbols_of(bytes: &'a [u8], tables: &'a [u8]) -> Option<Self> {
        Self::blanked(bytes, image::Image::with_symbols_of(bytes, tables, Most::default())?)
    }

    fn blanked(bytes: &'a [u8], image: image::Image<'a>) -> Option<Self> {
        let mut image = Self { image, blank: bytes.to_vec(), fields: Vec::new(), headers: Vec::new() };
        fields::find(&object::File::parse(bytes).ok()?, &mut image);
        for field in &image.fields {
            if let Some(part) = image.blank.get_mut(field.range.clone()) {
                part.fill(0);
            }
        }
        Some(image)
    }

    /// The bytes of a section, with varying fields zeroed.
    pub(super) fn section(&self, number: usize) -> &[u8] {
        self.sections.get(number).and_then(|section| self.blank.get(section.file.clone())).unwrap_or_default()
    }
}

impl<'a> Deref for Image<'a> {
    type Target = image::Image<'a>;

    fn deref(&self) -> &Self::Target {
        &self.image
    }
}
