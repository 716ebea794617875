//! A change of parameters: JSON merge patch (RFC 7396), the same for shown and for full parameters.

use serde_json::{Map, Value};

use crate::documents::Request;
use crate::pointer::segment;

/// The target after the patch: fields that it names are replaced, `null` removes one, objects are merged.
#[must_use]
pub fn merged(target: &Value, patch: &Value) -> Value {
    let Value::Object(fields) = patch else { return patch.clone() };
    let mut result = target.as_object().cloned().unwrap_or_default();
    for (name, change) in fields {
        if change.is_null() {
            result.remove(name);
        } else {
            let before = result.get(name).unwrap_or(&Value::Null);
            let after = merged(before, change);
            result.insert(name.clone(), after);
        }
    }
    Value::Object(result)
}

/// All of these patches, one after the other.
#[must_use]
pub fn merged_all<'a>(target: &Value, patches: impl IntoIterator<Item = &'a Value>) -> Value {
    patches.into_iter().fold(target.clone(), |target, patch| merged(&target, patch))
}

/// Pointers of the parameters that a patch touches, each once, in order; none if the patch is not an object.
#[must_use]
pub fn touched(patch: &Value) -> Vec<String> {
    let mut pointers: Vec<String> =
        patch.as_object().into_iter().flat_map(Map::keys).map(|name| segment(name)).collect();
    pointers.sort();
    pointers
}

impl Request {
    /// The next revision: the shown parameters with this change, everything else as it was.
    #[must_use]
    pub fn changed(&self, patch: &Value) -> Self {
        let parameters = merged(&self.parameters, patch);
        Self { revision: self.revision.saturating_add(1), parameters, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 7396, appendix A.
    #[test]
    fn the_standards_own_examples() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            assert_eq!(merged(&target, &patch), result, "{target} with {patch}");
        }
    }

    #[test]
    fn what_is_touched_is_named_once_and_in_order() {
        assert_eq!(touched(&json!({"b": 1, "a": null, "c/d~": {"e": 1}})), ["/a", "/b", "/c~1d~0"]);
        assert!(touched(&json!({})).is_empty());
        assert!(touched(&json!("text")).is_empty());
    }
}
