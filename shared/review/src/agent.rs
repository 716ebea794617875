//! What an agent may read of its own action's review: everything except what was found at the target.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Commitment, Key};
use redaction::escape_value;
use wire::documents::{Action, Call, Field, Plan, Segment, What};

/// The text shown instead of something that was read at the target, or follows from it.
const HIDDEN: &str = "shown to reviewers";

/// The action and *what* without pins, effects, differences and commitment, and without any text that quotes a pin or an
/// effect. Digests of the whole tell nothing either: the commitment, which is in them, is a value that no agent knows.
#[must_use]
pub fn for_agent(action: Action, what: What) -> (Action, What) {
    let hide = Hide::of(&action.plan);
    let commitment = Commitment::of(&Key::from_bytes([0; 32]), HIDDEN.as_bytes());
    let plan = hide.plan(action.plan);
    let what = What {
        sentence: what.sentence.into_iter().map(|segment| hide.segment(segment)).collect(),
        fields: what.fields.into_iter().map(|field| hide.field(field)).collect(),
        differences: None,
        ..what
    };
    (Action { plan, commitment, ..action }, what)
}

/// What must not be quoted.
struct Hide(BTreeSet<String>);

impl Hide {
    fn of(plan: &Plan) -> Self {
        let values = plan.pins.values().chain(plan.effects.values()).filter(|value| !value.is_empty());
        Self(values.flat_map(|value| [value.clone(), escape_value(value).text]).collect())
    }

    /// The text, unless a pin or an effect is in it: rather hidden once too often.
    fn text(&self, text: String) -> String {
        match self.0.iter().any(|value| text.contains(value.as_str())) {
            true => HIDDEN.to_owned(),
            false => text,
        }
    }

    fn plan(&self, plan: Plan) -> Plan {
        let nothing = |facts: BTreeMap<String, String>| -> BTreeMap<String, String> {
            facts.into_keys().map(|name| (name, HIDDEN.to_owned())).collect()
        };
        Plan {
            session_policy: self.text(plan.session_policy),
            calls: plan.calls.into_iter().map(|call| self.call(call)).collect(),
            pins: nothing(plan.pins),
            effects: nothing(plan.effects),
            differences: None,
            ..plan
        }
    }

    fn call(&self, call: Call) -> Call {
        let input = call.input.into_iter().map(|(name, value)| (name, self.text(value))).collect();
        Call { input, ..call }
    }

    fn segment(&self, segment: Segment) -> Segment {
        Segment { text: self.text(segment.text), ..segment }
    }

    fn field(&self, field: Field) -> Field {
        Field { value: self.text(field.value), note: self.text(field.note), ..field }
    }
}
