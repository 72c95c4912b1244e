//! The templates as `ci/templates.py` packs the folders of `examples/`: one line each, which it writes.

/// A template as it lies in the binary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed {
    /// The folder in `examples/`; also the name that a project's own takes the place of.
    pub(super) name: &'static str,
    /// Its files, in txtar's form.
    pub(super) text: &'static str,
}

macro_rules! packed {
    ($name:literal) => {
        Packed { name: $name, text: include_str!(concat!("templates/", $name, ".txtar")) }
    };
}

/// Every template.
#[rustfmt::skip] // One line each, however few they are.
pub(super) const PACKED: &[Packed] = &[
    packed!("calculator"),
    packed!("debugging_example"),
    packed!("error_handling"),
    packed!("ffi_safety"),
    packed!("hello_world"),
    packed!("json_parser"),
    packed!("numpy_interop"),
    packed!("production_deployment"),
    packed!("profiling_example"),
    packed!("type_conversion"),
    packed!("versioning"),
];

/// The texts that examples share with the repository.
pub(super) fn shared(path: &str) -> Option<&'static str> {
    match path {
        "LICENSE-APACHE" => Some(include_str!("../../../../LICENSE-APACHE")),
        "LICENSE-MIT" => Some(include_str!("../../../../LICENSE-MIT")),
        _ => None,
    }
}
