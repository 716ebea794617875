//! The names templates may use, and the values behind them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::catalogue::CatalogueEntry;
use crate::content;
use crate::target::TargetError;

impl CatalogueEntry {
    /// Top-level parameters as text (texts, whole numbers, truth values; never a masked one) and what is derived from
    /// them.
    ///
    /// # Errors
    /// [`TargetError::Shape`] when a parameter has not the form its derivation needs.
    pub fn values(&self, parameters: &Value) -> Result<BTreeMap<String, String>, TargetError> {
        let mut values = BTreeMap::new();
        for (name, value) in
            parameters.as_object().into_iter().flatten().filter(|(name, _)| !self.masks(name))
        {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                _ => continue,
            };
            values.insert(name.clone(), text);
        }
        for (name, form) in &self.derived {
            let Some(Value::String(text)) = parameters.get(name) else {
                return Err(TargetError::Shape(name.clone()));
            };
            values.extend(form.capture(text).ok_or_else(|| TargetError::Shape(name.clone()))?);
        }
        Ok(values)
    }

    /// Names that are there in every valid proposal: required simple parameters and what is derived from them.
    #[must_use]
    pub fn steady_names(&self) -> BTreeSet<String> {
        let required = content::required(self);
        let simple = content::parameter_words(self).into_iter().filter(|(name, words)| {
            required.contains(name.as_str()) && words.kind != policy::ParameterKind::Texts
        });
        let derived = self.derived.values().flat_map(|form| form.names()).map(str::to_owned);
        simple.map(|(name, _)| name).chain(derived).collect()
    }

    /// Names that the sentence and the fields may use.
    #[must_use]
    pub fn shown_names(&self) -> BTreeSet<String> {
        let effects = self.effects.iter().cloned().chain(self.described_names());
        let mut names = self.steady_names();
        names.extend(self.pins.iter().map(|pin| format!("pin.{}", pin.name)));
        names.extend(effects.map(|effect| format!("effect.{effect}")));
        names.extend(["plan.account".to_owned(), "plan.region".to_owned()]);
        names
    }

    /// Names that the session policy may use.
    #[must_use]
    pub fn session_names(&self) -> BTreeSet<String> {
        let mut names = self.steady_names();
        names.extend(self.pins.iter().map(|pin| format!("pin.{}", pin.name)));
        names.extend(["plan.account".to_owned(), "plan.region".to_owned()]);
        names
    }

    /// The facts that [`crate::Bundle::described`] gives.
    pub(crate) fn described_names(&self) -> Vec<String> {
        let facts = ["account", "classification", "environment", "place"];
        self.resources().flat_map(|(name, _)| facts.map(|fact| format!("{name}_{fact}"))).collect()
    }
}
