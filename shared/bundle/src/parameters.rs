//! Whether parameters are what the catalogue takes.

use serde_json::Value;

use crate::bundle::Bundle;
use crate::canonical;
use crate::field_error::FieldError;
use crate::json_texts;
use crate::schema_errors;
use crate::target::means_itself;

impl Bundle {
    /// Checks parameters against the type's schema, its derivations, that every name is written in its one way, and that
    /// no target holds characters that could mean more than themselves.
    ///
    /// # Errors
    /// Everything that is wrong. An unknown type is one error at `/type`.
    pub fn validate_parameters(&self, action_type: &str, parameters: &Value) -> Result<(), Vec<FieldError>> {
        let Some((entry, validator)) = self.entry_and_validator(action_type) else {
            let detail = "there is no such action type; GET /v1/catalog lists them".to_owned();
            return Err(vec![FieldError { pointer: "/type".to_owned(), detail }]);
        };
        let mut wrong = match validator {
            Ok(validator) => schema_errors::errors(validator, &entry.parameters, parameters),
            Err(_) => {
                let detail = "the catalogue's schema of this action type does not compile".to_owned();
                return Err(vec![FieldError { pointer: "/type".to_owned(), detail }]);
            }
        };
        if wrong.is_empty() {
            wrong.extend(canonical::errors(&entry.formats, parameters));
            wrong.extend(json_texts::errors(&entry.json_texts(), parameters));
        }
        let words =
            "`*`, `?`, `${` and control characters are not allowed here: the value must mean only itself";
        for pointer in &entry.redaction.targets {
            let found = parameters.pointer(pointer).and_then(Value::as_str);
            if found.is_some_and(|text| !means_itself(text)) {
                wrong.push(FieldError { pointer: format!("/parameters{pointer}"), detail: words.to_owned() });
            }
        }
        if wrong.is_empty()
            && let Err(error) = entry.values(parameters)
        {
            wrong.push(FieldError { pointer: "/parameters".to_owned(), detail: error.to_string() });
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}
