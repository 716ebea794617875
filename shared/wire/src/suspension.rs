//! The JSON of the suspension list's events: a mirror of [`domain::SuspensionEvent`].

use domain::{ActionId, Scope, SuspensionEvent};
use serde::{Deserialize, Serialize};

use crate::text;
use crate::verdict::VerdictJson;

/// One event, tagged by `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, while a line is read or written")]
pub(crate) enum SuspensionEventJson {
    Suspended {
        #[serde(with = "text")]
        scope: Scope,
        verdict: VerdictJson,
    },
    Resumed {
        #[serde(with = "text")]
        scope: Scope,
        #[serde(with = "text")]
        by: ActionId,
        attempt: String,
    },
}

impl From<&SuspensionEvent> for SuspensionEventJson {
    fn from(event: &SuspensionEvent) -> Self {
        match event.clone() {
            SuspensionEvent::Suspended { scope, verdict } => {
                Self::Suspended { scope, verdict: (&verdict).into() }
            }
            SuspensionEvent::Resumed { scope, by, attempt } => Self::Resumed { scope, by, attempt },
        }
    }
}

impl From<SuspensionEventJson> for SuspensionEvent {
    fn from(event: SuspensionEventJson) -> Self {
        match event {
            SuspensionEventJson::Suspended { scope, verdict } => {
                Self::Suspended { scope, verdict: verdict.into() }
            }
            SuspensionEventJson::Resumed { scope, by, attempt } => Self::Resumed { scope, by, attempt },
        }
    }
}
