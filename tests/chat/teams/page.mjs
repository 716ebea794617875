// What is in the conversations now, as a page to read: newest message first, each as its last update left it. Nothing can be
// pressed on it.

// Nothing is loaded and nothing runs, whatever a card says.
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  "cache-control": "no-store",
};
const MOST = 50;
const STYLE = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
article { border: 1px solid #8886; border-left: 4px solid #4f52b2; border-radius: 6px; padding: .6rem 1rem; margin: 1rem 0 }
article > p:first-child, small, footer { color: #777 }
p { margin: .4rem 0; white-space: pre-wrap; overflow-wrap: anywhere }
section { border: 1px solid #8886; border-radius: 4px; padding: .2rem .6rem; margin: .4rem 0 }
span.button { display: inline-block; border: 1px solid #8889; border-radius: 4px; padding: .2rem .7rem; margin: .2rem .4rem .2rem 0 }
`;

export function page(messages) {
  const shown = messages.toReversed().slice(0, MOST).map(message);
  const older = messages.length > MOST ? `<footer>${messages.length - MOST} older messages are not shown.</footer>` : "";
  const body = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Teams on this machine</title><style>${STYLE}</style>
<h1>Teams on this machine</h1>
<p>What was sent to the double of Teams, newest first, as it reads now. Reload the page for what came since. The messages are
forgotten when the stack stops.</p>
${shown.join("\n") || "<p>Nothing was sent yet.</p>"}
${older}
</html>
`;
  return { status: 200, headers: HEADERS, text: body };
}

function message({ room, id, updates, activity }) {
  const card = activity.attachments[0].content;
  const at = new Date(Number(id) / 1000).toTimeString().slice(0, 8);
  const changed = updates ? ` · updated ${updates === 1 ? "once" : `${updates} times`}` : "";
  const buttons = (card.actions ?? []).map((action) => `<span class="button">${escaped(action.title)}</span>`).join("");
  const content = (card.body ?? []).map(element).join("\n");
  return `<article><p><small>${escaped(room)} · ${at}${changed}</small></p>\n${content}\n<p>${buttons}</p></article>`;
}

function element(value) {
  if (value.isVisible === false) return "";
  if (value.type === "Container") return `<section>${(value.items ?? []).map(element).join("\n")}</section>`;
  if (value.type === "RichTextBlock") return `<p>${(value.inlines ?? []).map(run).join("")}</p>`;
  return `<p>${run(value)}</p>`;
}

function run(value) {
  let content = escaped(typeof value === "string" ? value : value.text ?? "");
  if (value.fontType === "Monospace") content = `<code>${content}</code>`;
  if (value.weight === "Bolder") content = `<b>${content}</b>`;
  return value.isSubtle ? `<small>${content}</small>` : content;
}

function escaped(text) {
  const marks = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(text).replace(/[&<>"']/g, (mark) => marks[mark]);
}
