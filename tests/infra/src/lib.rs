//! Reads the templates under `infra/` for the tests in this crate's `tests/` folder.
//!
//! CloudFormation's tags (`!Ref`, `!Sub`, …) are dropped and their arguments kept: what a statement names can still be
//! read, and nothing here depends on how it was spelled.

use std::path::PathBuf;

use serde_json::Value;

/// A template or a configuration file that cannot be read as what it should be.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file is not there.
    #[error("`{0}`: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// It is not YAML.
    #[error("`{0}` is not YAML: {1}")]
    Malformed(PathBuf, String),
    /// A statement without one of its parts, or with a list where one name belongs.
    #[error("a statement of `{0}` has no single `{1}`")]
    Statement(String, &'static str),
}

/// One IAM statement of one role: one action on one resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyStatement {
    /// Logical id of the role or policy resource.
    pub role: String,
    /// The statement's `Sid`.
    pub sid: String,
    /// `Allow` or `Deny`.
    pub effect: String,
    /// `service:Action`.
    pub action: String,
    /// What it names, without the parts that every name here has.
    pub resource: String,
    /// The condition as JSON; empty when there is none.
    pub condition: String,
}

/// The text of a file of the repository.
///
/// # Errors
/// [`TemplateError::Unreadable`].
pub fn text(path: &str) -> Result<String, TemplateError> {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&full).map_err(|error| TemplateError::Unreadable(full, error))
}

/// A YAML file of the repository, tags dropped.
///
/// # Errors
/// [`TemplateError`].
pub fn yaml(path: &str) -> Result<Value, TemplateError> {
    serde_saphyr::from_str(&text(path)?)
        .map_err(|error| TemplateError::Malformed(path.into(), error.to_string()))
}

/// Every resource of a type: logical id and body.
pub fn resources<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let all = template.get("Resources").and_then(Value::as_object).into_iter().flatten();
    all.filter(move |(_, body)| body.get("Type").and_then(Value::as_str) == Some(kind))
        .map(|(id, body)| (id.as_str(), body))
}

/// The identity policies of all roles, statement by statement.
///
/// # Errors
/// [`TemplateError::Statement`] for one that is not one action on one resource.
pub fn statements(template: &Value) -> Result<Vec<PolicyStatement>, TemplateError> {
    let mut found = Vec::new();
    for (id, body) in resources(template, "AWS::IAM::Role") {
        for policy in body.pointer("/Properties/Policies").and_then(Value::as_array).into_iter().flatten() {
            for statement in
                policy.pointer("/PolicyDocument/Statement").and_then(Value::as_array).into_iter().flatten()
            {
                found.push(read_statement(id, statement)?);
            }
        }
    }
    for (id, body) in resources(template, "AWS::IAM::Policy") {
        let all = body.pointer("/Properties/PolicyDocument/Statement").and_then(Value::as_array);
        for statement in all.into_iter().flatten() {
            found.push(read_statement(id, statement)?);
        }
    }
    Ok(found)
}

fn read_statement(role: &str, statement: &Value) -> Result<PolicyStatement, TemplateError> {
    let part = |name: &'static str| {
        let value = statement.get(name).and_then(Value::as_str).map(str::to_owned);
        value.ok_or_else(|| TemplateError::Statement(role.to_owned(), name))
    };
    let resource =
        statement.get("Resource").ok_or_else(|| TemplateError::Statement(role.to_owned(), "Resource"))?;
    Ok(PolicyStatement {
        role: role.to_owned(),
        sid: part("Sid")?,
        effect: part("Effect")?,
        action: part("Action")?,
        resource: name_of(resource),
        condition: statement.get("Condition").map(Value::to_string).unwrap_or_default(),
    })
}

/// The readable name of a resource: imports by what they import, ARNs without account, region and deployment.
#[must_use]
pub fn name_of(resource: &Value) -> String {
    match resource {
        Value::String(text) => short(text),
        Value::Object(map) => map.get("Fn::ImportValue").map_or_else(|| resource.to_string(), name_of),
        // Sub with variables, or Split of a Sub: the pattern, with what its one variable stands for.
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(comma), inner] if comma == "," => name_of(inner),
            [Value::String(pattern), Value::Object(variables)] => {
                variables.iter().fold(short(pattern), |text, (variable, value)| {
                    text.replace(&format!("${{{variable}}}"), &variable_name(value))
                })
            }
            _ => resource.to_string(),
        },
        _ => resource.to_string(),
    }
}

fn variable_name(value: &Value) -> String {
    match value {
        // A Join over a list parameter: one of each of the list.
        Value::Array(parts) => parts
            .last()
            .and_then(Value::as_str)
            .map_or_else(|| value.to_string(), |list| format!("each {list}")),
        other => name_of(other),
    }
}

fn short(text: &str) -> String {
    let mut name = text.to_owned();
    for noise in [
        "arn:${AWS::Partition}:",
        "${AWS::Region}:",
        "${AWS::AccountId}:",
        "-${AWS::AccountId}",
        "countersign-${Deployment}-",
    ] {
        name = name.replace(noise, "");
    }
    name.trim_end_matches(".Arn").trim_end_matches("Arn").to_owned()
}
