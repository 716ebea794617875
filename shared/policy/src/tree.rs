//! A policy as a tree: Cedar's JSON form, read for its shape.

use cedar_policy::Policy;
use serde_json::{Map, Value, json};

/// One `when` or `unless` clause.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clause {
    pub(crate) unless: bool,
    pub(crate) body: Value,
}

/// A policy's scope and clauses.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tree {
    pub(crate) principal: Value,
    pub(crate) resource: Value,
    pub(crate) clauses: Vec<Clause>,
}

impl Tree {
    pub(crate) fn of(policy: &Policy) -> Result<Self, String> {
        let tree = policy.to_json().map_err(|error| error.to_string())?;
        let part = |name: &str| tree.get(name).cloned().ok_or_else(|| format!("a policy without `{name}`"));
        let conditions = part("conditions")?;
        let conditions = conditions.as_array().ok_or("conditions that are no list")?;
        let clauses = conditions.iter().map(|condition| {
            let kind = condition.get("kind").and_then(Value::as_str);
            let body = condition.get("body").cloned();
            match (kind, body) {
                (Some("when"), Some(body)) => Ok(Clause { unless: false, body }),
                (Some("unless"), Some(body)) => Ok(Clause { unless: true, body }),
                _ => Err("a clause of an unknown kind".to_owned()),
            }
        });
        Ok(Self {
            principal: part("principal")?,
            resource: part("resource")?,
            clauses: clauses.collect::<Result<_, _>>()?,
        })
    }
}

impl Clause {
    /// Whether this is exactly `unless { context.approvals.contains("<requirement>") }`.
    pub(crate) fn lifts(&self, requirement: &str) -> bool {
        let approvals = json!({ ".": { "left": { "Var": "context" }, "attr": "approvals" } });
        self.unless
            && self.body == json!({ "contains": { "left": approvals, "right": { "Value": requirement } } })
    }

    /// The parts of it that must all be true for the clause to be met, when it is a `when`.
    pub(crate) fn conjuncts(&self) -> Vec<&Value> {
        let mut found = Vec::new();
        let mut open = vec![&self.body];
        while let Some(node) = open.pop() {
            match node.get("&&") {
                Some(and) => open.extend(and.get("left").into_iter().chain(and.get("right"))),
                None => found.push(node),
            }
        }
        found
    }
}

/// Whether it reads what only a history can say.
pub(crate) fn reads_history(policy: &Policy) -> Result<bool, String> {
    let tree = Tree::of(policy)?;
    let all = tree.clauses.iter().flat_map(|clause| nodes(&clause.body));
    let mut read = all.filter_map(attribute).filter(|(left, _)| is_variable(left, "context"));
    Ok(read.any(|(_, name)| ["history", "changed_since_last"].contains(&name)))
}

/// Every node of an expression, parents first.
pub(crate) fn nodes(root: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        found.push(node);
        match node {
            Value::Object(map) => open.extend(map.values()),
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
    found
}

/// An operator's operands, if the node is that operator: `{"==": {"left", "right"}}`.
pub(crate) fn operands<'a>(node: &'a Value, operator: &str) -> Option<(&'a Value, &'a Value)> {
    let inner = sole(node)?.get(operator)?;
    Some((inner.get("left")?, inner.get("right")?))
}

/// The attribute's name and what it is read from, if the node is `left.attr`.
pub(crate) fn attribute(node: &Value) -> Option<(&Value, &str)> {
    let inner = sole(node)?.get(".")?;
    Some((inner.get("left")?, inner.get("attr")?.as_str()?))
}

/// The literal text, if the node is one.
pub(crate) fn literal(node: &Value) -> Option<&str> {
    sole(node)?.get("Value")?.as_str()
}

/// Whether the node is the variable.
pub(crate) fn is_variable(node: &Value, name: &str) -> bool {
    sole(node).and_then(|node| node.get("Var")).and_then(Value::as_str) == Some(name)
}

fn sole(node: &Value) -> Option<&Map<String, Value>> {
    node.as_object().filter(|map| map.len() == 1)
}
