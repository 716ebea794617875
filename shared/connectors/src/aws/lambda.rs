//! `lambda-invoke`: invokes one published version and waits for its answer.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{InvocationType, State};
use domain::Fault;
use serde_json::{Value, json};
use wire::documents::{Call, OutcomeError};
use wire::json::parse_value;

use super::inputs::{input, value};
use crate::{Findings, InspectError, Look, Ran, RunError, answer};

/// The longest answer that is kept; of a longer one only its size.
const MAX_ANSWER: usize = 64 * 1024;

pub(super) async fn inspect(client: &Client, look: &Look<'_>) -> Result<Findings, InspectError> {
    let (function, version) = (value(look, "function")?, value(look, "version")?);
    if version.is_empty() || !version.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InspectError::Request("only a published version can be held fixed".to_owned()));
    }
    // The whole ARN: then the permission that is checked is the version's own everywhere.
    let arn = format!("arn:aws:lambda:{}:{}:function:{function}:{version}", look.region, look.account);
    let found = client.get_function_configuration().function_name(&arn).send().await;
    let found = found.map_err(|error| answer::look("reading the version's configuration", &error))?;
    if found.version() != Some(version) {
        return Err(InspectError::Cannot("the function answers with another version".to_owned()));
    }
    let concurrency = client.get_function_concurrency().function_name(function).send().await;
    let reserved = match concurrency {
        Ok(concurrency) => concurrency.reserved_concurrent_executions(),
        // Foresight alone, and no pin: where it may not be read, a function that is switched off refuses the run.
        Err(error) if answer::is_denied(&error) => None,
        Err(error) => return Err(answer::look("reading the function's concurrency", &error)),
    };
    runnable(&found, reserved)?;
    let code = found.code_sha256().ok_or_else(|| {
        InspectError::Fault(Fault::passing("the answer about the function leaves something out"))
    })?;
    Ok(Findings {
        pins: [("code_sha256".to_owned(), code.to_owned())].into(),
        effects: [].into(),
        differences: None,
    })
}

/// C16: whether Lambda would run the version now. `reserved`: how many may run at once, where the function has a limit of its
/// own.
fn runnable(found: &GetFunctionConfigurationOutput, reserved: Option<i32>) -> Result<(), InspectError> {
    if let Some(state) = found.state().filter(|state| **state != State::Active) {
        let why =
            format!("the function's version is `{}` and does not run until it is `Active`", state.as_str());
        return Err(InspectError::Cannot(why));
    }
    match reserved {
        Some(0) => Err(InspectError::Cannot(
            "the function is switched off: its reserved concurrency is 0".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// A function that fails has run all the same: its invocation is the effect, what it says went wrong is the result.
pub(super) async fn invoke(client: &Client, call: &Call) -> Result<Ran, RunError> {
    let request = client.invoke().function_name(input(call, "FunctionName")?);
    let request = request.invocation_type(InvocationType::from(input(call, "InvocationType")?));
    let payload = call.input.get("Payload").map(|payload| Blob::new(payload.as_bytes()));
    let answer = request.set_payload(payload).send().await.map_err(|error| answer::run(&error))?;
    let error = answer.function_error().map(|kind| OutcomeError {
        code: "function-error".to_owned(),
        detail: format!(
            "the function ran and reported a failure ({kind}); it may have done part of its work"
        ),
    });
    let said = shown(answer.payload().map(Blob::as_ref).unwrap_or_default());
    let result =
        json!({ "status_code": answer.status_code(), "version": answer.executed_version(), "answer": said });
    Ok(Ran { result, error })
}

fn shown(answer: &[u8]) -> Value {
    if answer.len() > MAX_ANSWER {
        return json!({ "bytes": answer.len(), "left_out": "longer than is kept" });
    }
    match parse_value(answer) {
        Ok(value) => value,
        Err(_) => Value::String(String::from_utf8_lossy(answer).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_as_what_they_are() {
        assert_eq!(shown(br#"{"rows":3}"#), json!({"rows": 3}));
        assert_eq!(shown(b"not json"), json!("not json"));
        assert_eq!(shown(b""), json!(""));
        assert_eq!(shown(&vec![b'x'; 70_000])["bytes"], json!(70_000));
    }

    /// C16: what Lambda would refuse after the approval is refused at the plan, in words.
    #[test]
    fn functions_that_would_not_run() {
        let found = |state: State| GetFunctionConfigurationOutput::builder().state(state).build();
        assert_eq!(runnable(&found(State::Active), None), Ok(()));
        assert_eq!(runnable(&found(State::Active), Some(1)), Ok(()));
        assert_eq!(runnable(&GetFunctionConfigurationOutput::builder().build(), None), Ok(()));
        for state in [State::Pending, State::Inactive, State::Failed] {
            let told = runnable(&found(state.clone()), None).unwrap_err().to_string();
            assert!(told.contains(state.as_str()), "{told}");
        }
        let told = runnable(&found(State::Active), Some(0)).unwrap_err().to_string();
        assert!(told.contains("switched off"), "{told}");
    }
}
