// People in front of Teams: they press buttons of cards that were posted, and fill in forms.

import { PEOPLE } from "./connector.mjs";
import { ISSUER } from "./framework.mjs";
import { check } from "./cards.mjs";

export class Client {
  constructor(settings) {
    Object.assign(this, settings);
  }

  async answer({ method, path, body }) {
    const asked = body ? () => JSON.parse(body) : () => ({});
    if (method === "GET" && path === "/test/messages") return { status: 200, body: this.connector.messages };
    if (method !== "POST") return undefined;
    if (path === "/test/room") {
      const { room, ...script } = asked();
      Object.assign(this.connector.room(room), script);
      return { status: 200, body: {} };
    }
    if (path === "/test/revoke") {
      this.connector.entra.revoke();
      return { status: 200, body: {} };
    }
    if (path === "/test/press") return { status: 200, body: await this.#press(asked()) };
    if (path === "/test/submit") return { status: 200, body: await this.#submit(asked()) };
    return undefined;
  }

  // Presses the button with this title on the message as it is now.
  async #press({ message, title, trigger = "manual", ...rest }) {
    const posted = this.connector.messages.find((known) => known.id === message);
    const actions = posted.activity.attachments[0].content.actions ?? [];
    const action = actions.find((known) => known.title === title);
    if (!action) return { pressed: false, titles: actions.map((known) => known.title) };
    if (action.type === "Action.OpenUrl") return { pressed: true, opened: action.url };
    if (action.type === "Action.Execute") {
      const { fallback, associatedInputs, ...sent } = action;
      return this.#invoke("adaptiveCard/action", { action: sent, trigger }, { ...rest, room: posted.room, message });
    }
    return this.#fetch(action.data, { ...rest, room: posted.room, message });
  }

  #fetch(data, rest) {
    if (data?.msteams?.type !== "task/fetch") return { pressed: false, titles: [] };
    return this.#invoke("task/fetch", { data, context: { theme: "default" } }, rest);
  }

  // Presses the button of a form that was opened, or of a card that was the answer to a press.
  #submit({ form, title, inputs = {}, ...rest }) {
    const action = form.actions.find((known) => known.title === title);
    const empty = form.body.find((element) => element.isRequired && !(inputs[element.id] ?? element.value));
    if (empty) return { pressed: false, error: empty.errorMessage };
    const typed = Object.fromEntries(form.body.filter((element) => element.id).map((element) => [element.id, inputs[element.id] ?? element.value]));
    if (action.type === "Action.Execute") {
      const { fallback, associatedInputs, ...sent } = action;
      const pressed = { ...sent, data: { ...typed, ...action.data } };
      return this.#invoke("adaptiveCard/action", { action: pressed, trigger: "manual" }, rest);
    }
    return this.#invoke("task/submit", { data: { ...action.data, ...typed }, context: { theme: "default" } }, rest);
  }

  async #invoke(name, value, { endpoint, person, room, message, over = {}, claims = {}, kid = "teams-1" }) {
    const service = this.connector.service;
    const activity = {
      type: "invoke", id: `f:${Date.now()}`, timestamp: new Date().toISOString(), channelId: "msteams", serviceUrl: service, name, value,
      from: { id: `29:${person}`, name: person, aadObjectId: PEOPLE[person].object },
      recipient: { id: `28:${this.app}`, name: "Countersign" },
      conversation: { id: room, tenantId: this.tenant, isGroup: true, conversationType: "channel" },
      channelData: { tenant: { id: this.tenant } }, replyToId: message, locale: "en-GB", ...over,
    };
    const now = Math.floor(Date.now() / 1000);
    const usual = { serviceurl: service, nbf: now - 5, exp: now + 3600, iss: ISSUER, aud: this.app };
    const token = this.framework.token({ ...usual, ...claims }, kid);
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" };
    const answer = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify(activity) });
    const told = await answer.text();
    const shown = answer.status === 200 ? show(name, told) : { error: `the bot answered ${answer.status}` };
    return { pressed: true, status: answer.status, body: told, ...shown };
  }
}

// What the person sees, or Teams' own sentence where the bot's answer has none of the types.
function show(name, body) {
  let told;
  try {
    told = JSON.parse(body);
  } catch {
    return { error: "Unable to reach app" };
  }
  return (name === "adaptiveCard/action" ? acted(told) : opened(told)) ?? { error: "Unable to reach app" };
}

function acted({ statusCode, type, value }) {
  if (statusCode === 200 && type === "application/vnd.microsoft.activity.message" && typeof value === "string") return { said: value };
  if (statusCode === 200 && type === "application/vnd.microsoft.card.adaptive") return check(value) ? undefined : { card: value };
  const failed = [400, 500].includes(statusCode) && type === "application/vnd.microsoft.error";
  return failed && value?.code && value?.message ? { refused: value.message } : undefined;
}

function opened({ task }) {
  if (task?.type === "message" && typeof task.value === "string") return { said: task.value };
  const { title, card } = task?.type === "continue" ? task.value : {};
  const known = title && card?.contentType === "application/vnd.microsoft.card.adaptive" && !check(card.content);
  return known ? { title, form: card.content } : undefined;
}
