//! The JSON Schema of `[tool.monowheel]`, generated from its model: for editors, SchemaStore and validate-pyproject.
//!
//! Draft 7, which is what these read. The words that a key takes are those that the model accepts; what depends on the
//! platform or on other keys stays with [`Configuration`](crate::config::Configuration), which every command runs.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use serde_json::{Value, json};

use crate::config::Config;

/// Where the documentation site serves it.
const ID: &str = "https://monowheel.github.io/monowheel/monowheel.schema.json";

/// The schema of the table.
#[must_use]
pub fn of_configuration() -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Config>();
    RecursiveTransform(without_null).transform(&mut schema);
    schema.insert("$id".to_owned(), json!(ID));
    schema.insert("title".to_owned(), json!("monowheel"));
    schema.insert("description".to_owned(), json!("Configuration of monowheel: [tool.monowheel] of a pyproject.toml"));
    schema.to_value()
}

/// TOML has no null: an optional key is absent.
fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [kind] = types.as_slice() {
            let kind = kind.clone();
            object.insert("type".to_owned(), kind);
        }
    }
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(choice)] = choices.as_slice() {
            let choice = choice.clone();
            object.remove("anyOf");
            object.extend(choice);
        }
    }
}

#[cfg(test)]
mod tests {
    use monowheel_audit::rules;

    use super::*;
    use crate::target::Target;

    /// The keys that an object of the schema knows.
    fn keys(schema: &Value) -> Vec<&str> {
        schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
    }

    #[test]
    fn it_has_every_key_with_a_description_and_no_null() {
        let schema = of_configuration();
        let text = schema.to_string();
        assert!(!text.contains("\"null\""), "{text}");
        assert!(keys(&schema).contains(&"frame-pointers") && !keys(&schema).contains(&"levels"), "{text}");
        assert_eq!(schema["additionalProperties"], json!(false));
        for key in keys(&schema) {
            assert!(schema["properties"][key].get("description").is_some(), "{key} has no description");
        }
    }

    #[test]
    fn it_names_every_default_target_and_every_rule() {
        let text = of_configuration().to_string();
        for target in Target::defaults(crate::target::WindowsAbi::default()) {
            assert!(text.contains(&format!("{:?}", target.to_string())), "{target}");
        }
        assert!(rules::all().all(|rule| text.contains(rule.id)));
    }
}
