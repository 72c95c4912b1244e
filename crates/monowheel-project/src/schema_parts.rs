//! The parts of the JSON Schema that its derive does not know: words and patterns of keys, as the model reads them.

use monowheel_audit::finding::Severity;
use monowheel_audit::rules;
use monowheel_system::exec::Isolation;
use schemars::{Schema, SchemaGenerator, json_schema};

use crate::target::Target;

/// Names of platforms: those of the table, with or without another level.
pub(crate) fn targets(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<String> = Target::names();
    json_schema!({
        "type": "array",
        "minItems": 1,
        "items": {
            "anyOf": [
                { "enum": names },
                { "type": "string", "pattern": "^(manylinux|musllinux|macosx)(_[0-9]+_[0-9]+|[0-9]+)?_[a-z0-9_]+$" },
            ],
        },
    })
}

/// As [`AbiChoice`](crate::abi::AbiChoice) reads them.
pub(crate) fn abis(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "items": {
            "anyOf": [
                { "enum": ["abi3", "abi3t", "auto"] },
                { "type": "string", "pattern": "^cp3[0-9]+t?(-cp3[0-9]+t?)?$" },
            ],
        },
    })
}

/// As [`Floor`](crate::abi::Floor) reads it.
pub(crate) fn floor(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^3\\.[0-9]+$" })
}

/// As [`ByteSize`](crate::tables::size::ByteSize) reads it.
pub(crate) fn byte_size(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "anyOf": [
            { "type": "integer", "minimum": 1 },
            { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? *([KkMmGg]?[Bb]|[KkMmGg][Ii][Bb])?$" },
        ],
    })
}

/// As [`Severity`] reads it.
pub(crate) fn severity(_: &mut SchemaGenerator) -> Schema {
    let words: Vec<&str> = Severity::ALL.iter().map(|(severity, _)| severity.word()).collect();
    json_schema!({ "enum": words })
}

/// As [`Isolation`] reads it.
pub(crate) fn isolation(_: &mut SchemaGenerator) -> Schema {
    let words = [Isolation::Auto, Isolation::Required, Isolation::Off].map(Isolation::word);
    json_schema!({ "enum": words })
}

/// As [`Allowance`](monowheel_api::comparison::Allowance) is read, with the lints that there are.
pub(crate) fn allowances(_: &mut SchemaGenerator) -> Schema {
    let lints: Vec<&str> = monowheel_api::comparison::lints().collect();
    json_schema!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["lint", "name", "reason"],
            "additionalProperties": false,
            "properties": {
                "lint": { "enum": lints, "description": "The lint's id." },
                "name": { "type": "string", "description": "The complete name of what changed." },
                "reason": { "type": "string", "minLength": 1, "description": "The reason; required." },
            },
        },
    })
}

/// As [`Exclusion`](monowheel_api::parity::Exclusion) is read.
pub(crate) fn exclusions(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["name", "reason"],
            "additionalProperties": false,
            "properties": {
                "name": { "type": "string", "minLength": 1, "description": "The path in Rust; `*` matches anything." },
                "reason": { "type": "string", "minLength": 1, "description": "The reason; required." },
            },
        },
    })
}

/// As [`Ignore`](monowheel_audit::report::Ignore) is read, with the rules that there are.
pub(crate) fn ignores(_: &mut SchemaGenerator) -> Schema {
    let rules: Vec<&str> = rules::all().map(|rule| rule.id).collect();
    json_schema!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["rule", "reason"],
            "additionalProperties": false,
            "properties": {
                "rule": { "enum": rules, "description": "The rule's id." },
                "path": {
                    "type": "string",
                    "description": "Only in files whose path matches this (`*` matches anything); everywhere when absent.",
                },
                "reason": { "type": "string", "minLength": 1, "description": "The reason; required." },
            },
        },
    })
}
