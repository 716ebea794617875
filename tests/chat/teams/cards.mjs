// Whether Teams would show a card as it is written: every element known, every property of it known, nothing beyond version
// 1.5. The real service drops what it does not know without a word; here it is refused.

const COMMON = ["type", "id", "spacing", "separator", "isVisible"];
const RUN = ["text", "color", "fontType", "isSubtle", "size", "weight", "italic", "strikethrough", "highlight", "underline"];
const ELEMENTS = {
  TextBlock: [...COMMON, "text", "color", "fontType", "isSubtle", "size", "weight", "wrap", "maxLines", "horizontalAlignment"],
  RichTextBlock: [...COMMON, "inlines", "horizontalAlignment"],
  TextRun: ["type", ...RUN],
  Container: [...COMMON, "items", "style", "bleed"],
  "Input.Text": [...COMMON, "label", "value", "maxLength", "isMultiline", "isRequired", "errorMessage", "placeholder"],
};
const ACTIONS = {
  "Action.OpenUrl": ["type", "title", "url"],
  "Action.Execute": ["type", "title", "verb", "data", "fallback", "associatedInputs"],
  "Action.Submit": ["type", "title", "data", "associatedInputs"],
};
const CARD = ["type", "$schema", "version", "fallbackText", "body", "actions"];

// What is wrong with the card, or nothing.
export function check(card) {
  if (card?.type !== "AdaptiveCard" || card.version !== "1.5") return "not an Adaptive Card 1.5";
  if (card.actions?.length > 6) return "more than six actions";
  return (
    unknown(card, CARD) ?? first(card.body, element) ?? first(card.actions, action) ?? (JSON.stringify(card).includes("\u0000") ? "NUL" : undefined)
  );
}

function element(value) {
  const known = ELEMENTS[value.type];
  if (!known) return `unknown element ${value.type}`;
  if ((value.type === "TextBlock" || value.type === "TextRun") && typeof value.text !== "string") return "text without text";
  return unknown(value, known) ?? first(value.items, element) ?? first(value.inlines, element);
}

function action(value) {
  const known = ACTIONS[value.type];
  if (!known) return `unknown action ${value.type}`;
  if (typeof value.title !== "string" || value.title === "") return "an action without a title";
  return unknown(value, known) ?? (value.fallback ? action(value.fallback) : undefined);
}

function unknown(value, known) {
  const strange = Object.keys(value).find((name) => !known.includes(name));
  return strange === undefined ? undefined : `unknown property ${strange} of ${value.type}`;
}

function first(values, look) {
  for (const value of values ?? []) {
    const wrong = look(value);
    if (wrong) return wrong;
  }
  return undefined;
}
