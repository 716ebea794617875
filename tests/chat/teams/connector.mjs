// The Connector: conversations, messages and members. Throttled as documented: so many requests for a bot in a thread.

import { check } from "./cards.mjs";

const PER_THREAD = { activities: [[1, 7], [2, 8], [30, 60]], members: [[1, 14]] };

export const PEOPLE = {
  alice: { object: "a11ce000-0000-4000-8000-000000000001" },
  bob: { object: "b0b00000-0000-4000-8000-000000000001" },
  carol: { object: "ca401000-0000-4000-8000-000000000001" },
  guest: { object: "60e57000-0000-4000-8000-000000000001", userRole: "guest", upn: "eve_elsewhere.example#EXT#@countersign.example" },
  stranger: { object: "57a46e00-0000-4000-8000-000000000001", tenant: "ffffffff-0000-4000-8000-000000000001" },
  nobody: { object: "00b0d000-0000-4000-8000-000000000001", absent: true },
};

export class Connector {
  messages = [];
  #rooms = new Map();
  #calls = new Map();

  constructor(settings) {
    Object.assign(this, settings);
    this.service = `${settings.base}/teams/`;
  }

  room(id) {
    if (!this.#rooms.has(id)) this.#rooms.set(id, { state: "open", next: [] });
    return this.#rooms.get(id);
  }

  answer({ method, path, headers, body }) {
    const match = /^\/teams\/v3\/conversations(?:\/([^/]+)\/(activities|members)(?:\/([^/]+))?)?$/.exec(path);
    if (!match) return undefined;
    if (!this.entra.accepts(headers.authorization)) return failed(401, "Unauthorized");
    const [room, kind, id] = match.slice(1).map((part) => part && decodeURIComponent(part));
    if (room === undefined) return method === "POST" ? this.#open(body) : failed(405, "MethodNotAllowed");
    if (!room.startsWith("19:") && !room.startsWith("a:")) return failed(404, "ConversationNotFound");
    const scripted = this.#scripted(room, kind);
    if (scripted) return scripted;
    if (kind === "members") return method === "GET" && id ? this.#member(id) : failed(405, "MethodNotAllowed");
    if (method === "POST" && !id) return this.#post(room, body);
    if (method === "PUT" && id) return this.#put(room, id, body);
    return failed(405, "MethodNotAllowed");
  }

  #scripted(room, kind) {
    const { state, next } = this.room(room);
    const now = Date.now() / 1000;
    const thread = `${kind} ${room}`;
    const calls = (this.#calls.get(thread) ?? []).filter((at) => at > now - 60);
    this.#calls.set(thread, [...calls, now]);
    const over = PER_THREAD[kind].find(([seconds, most]) => calls.filter((at) => at > now - seconds).length >= most);
    if (over) return failed(429, "Throttled", { "retry-after": String(over[0]) });
    const told = next.shift();
    if (told) return failed(told.status, told.code, told.retryAfter ? { "retry-after": String(told.retryAfter) } : {});
    const codes = { blocked: "MessageWritesBlocked", removed: "BotNotInConversationRoster", disabled: "BotDisabledByAdmin" };
    return codes[state] ? failed(403, codes[state]) : undefined;
  }

  #open(body) {
    const asked = parsed(body);
    const members = asked?.members;
    const ours = asked?.tenantId === this.tenant && asked?.channelData?.tenant?.id === this.tenant;
    if (!ours || !Array.isArray(members) || members.length !== 1) return failed(400, "BadSyntax");
    const name = nameOf(members[0].id);
    if (!name || PEOPLE[name].absent) return failed(403, "BotNotInConversationRoster");
    return { status: 201, body: { id: `a:${name}`, serviceUrl: this.service } };
  }

  #post(room, body) {
    const wrong = this.#wrong(body);
    if (wrong) return wrong;
    const id = String(Date.now() * 1000 + this.messages.length);
    this.messages.push({ room, id, updates: 0, activity: parsed(body) });
    return { status: 201, body: { id } };
  }

  #put(room, id, body) {
    const message = this.messages.find((known) => known.room === room && known.id === id);
    if (!message) return failed(404, "ActivityNotFoundInConversation");
    const wrong = this.#wrong(body);
    if (wrong) return wrong;
    if (parsed(body).id !== id) return failed(400, "BadArgument");
    message.activity = parsed(body);
    message.updates += 1;
    return { status: 200, body: { id } };
  }

  #wrong(body) {
    // JavaScript's strings are UTF-16, as Teams counts.
    if (body.length * 2 > 100_000) return failed(413, "MessageSizeTooBig");
    const activity = parsed(body);
    const attachment = activity?.attachments?.[0];
    if (activity?.type !== "message" || activity.attachments?.length !== 1) return failed(400, "BadSyntax");
    if (attachment.contentType !== "application/vnd.microsoft.card.adaptive") return failed(400, "BadSyntax");
    const wrong = check(attachment.content);
    return wrong ? { status: 400, body: { error: { code: "BadArgument", message: wrong } } } : undefined;
  }

  #member(id) {
    const name = nameOf(id);
    const person = PEOPLE[name];
    if (!person || person.absent) return failed(404, "MemberNotFoundInConversation");
    return {
      status: 200,
      body: {
        id: `29:${name}`, name, aadObjectId: person.object, tenantId: person.tenant ?? this.tenant,
        userPrincipalName: person.upn ?? `${name}@countersign.example`, userRole: person.userRole ?? "user",
      },
    };
  }
}

function nameOf(id) {
  return Object.keys(PEOPLE).find((name) => id === `29:${name}` || id === PEOPLE[name].object);
}

function failed(status, code, headers = {}) {
  return { status, headers, body: { error: { code, message: "refused" } } };
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
