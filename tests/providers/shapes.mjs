// What each vendor puts into its tokens: the shapes recorded in shared/identity/tests/shapes, filled with who is asked about.
//
// `ask` says: issuer, vendor (its entry in vendors.json), client (an id), name (of a client of ours), person (a user name, or
// null for a machine), subject, groups, scope (granted, as a text), nonce, now, signedIn (seconds), askedForAge (whether
// max_age or a new sign-in was asked for).

const HOUR = 3600;
const short = () => Math.random().toString(36).slice(2, 14);
const human = (name) => `${name[0].toUpperCase()}${name.slice(1)} Example`;
const mail = (name) => `${name}@example.com`;
const common = (ask) => ({ iss: ask.issuer, iat: ask.now, exp: ask.now + HOUR });

const okta = {
  access(ask) {
    const claims = { ver: 1, jti: `AT.${short()}`, ...common(ask), aud: ask.vendor.issuer.audience, cid: ask.client };
    if (!ask.person) return token({}, { ...claims, scp: ["countersign:propose"], sub: ask.client });
    return token({}, {
      ...claims, uid: ask.subject, scp: ask.scope.split(" "), auth_time: ask.signedIn, sub: mail(ask.person), groups: ["Everyone", ...ask.groups],
    });
  },
  id(ask) {
    return token({}, {
      sub: ask.subject, name: human(ask.person), ver: 1, ...common(ask), aud: ask.client, jti: `ID.${short()}`, amr: ["pwd"],
      idp: "00o1acmeAbCdEfGhI5d7", nonce: ask.nonce, preferred_username: mail(ask.person), auth_time: ask.signedIn,
      groups: ["Everyone", ...ask.groups],
    });
  },
};

const entra = {
  access(ask) {
    const tenant = ask.vendor.path.split("/")[1];
    const claims = { aud: ask.vendor.issuer.audience, ...common(ask), nbf: ask.now, aio: short(), azp: ask.client, rh: short(), tid: tenant, uti: short(), ver: "2.0" };
    if (!ask.person) {
      return token({ typ: "JWT" }, { ...claims, azpacr: "1", idtyp: "app", oid: ask.subject, roles: ["countersign.propose"], sub: ask.subject });
    }
    return token({ typ: "JWT" }, {
      ...claims, azpacr: "0", auth_time: ask.signedIn, groups: ask.groups, idtyp: "user", name: human(ask.person), oid: ask.subject,
      preferred_username: mail(ask.person), scp: ask.scope.split(" ").filter((one) => one.startsWith("api://")).map((one) => one.split("/").pop()).join(" "),
      sub: `of-the-api-${ask.person}`,
    });
  },
  id(ask) {
    const profile = ask.scope.split(" ").includes("profile");
    return token({ typ: "JWT" }, {
      aud: ask.client, ...common(ask), nbf: ask.now, aio: short(), auth_time: ask.signedIn, groups: ask.groups, nonce: ask.nonce, rh: short(),
      sub: `of-${ask.client}-${ask.person}`, uti: short(), ver: "2.0",
      ...(profile && { name: human(ask.person), oid: ask.subject, preferred_username: mail(ask.person), tid: ask.vendor.path.split("/")[1] }),
    });
  },
};

const keycloak = {
  access(ask) {
    const claims = {
      ...common(ask), jti: `onrtac:${short()}`, aud: ["countersign", "account"], sub: ask.subject, typ: "Bearer", azp: ask.client, acr: "1",
      realm_access: { roles: ["default-roles-acme"] }, resource_access: { account: { roles: ["view-profile"] } },
    };
    if (!ask.person) {
      return token({ typ: "JWT" }, {
        ...claims, scope: "profile email", email_verified: false, clientHost: "192.0.2.10", clientAddress: "192.0.2.10", client_id: ask.client,
        preferred_username: `service-account-${ask.client}`,
      });
    }
    return token({ typ: "JWT" }, {
      ...claims, auth_time: ask.signedIn, sid: short(), scope: ask.scope, email_verified: true, name: human(ask.person), groups: ask.groups,
      preferred_username: ask.person, email: mail(ask.person),
    });
  },
  id(ask) {
    return token({ typ: "JWT" }, {
      ...common(ask), auth_time: ask.signedIn, jti: short(), aud: ask.client, sub: ask.subject, typ: "ID", azp: ask.client, nonce: ask.nonce,
      sid: short(), acr: "1", email_verified: true, name: human(ask.person), groups: ask.groups, preferred_username: ask.person, email: mail(ask.person),
    });
  },
};

const auth0 = {
  access(ask) {
    const audience = ask.vendor.issuer.audience;
    if (!ask.person) {
      return token({ typ: "JWT" }, { ...common(ask), sub: `${ask.client}@clients`, aud: audience, scope: "countersign:propose", gty: "client-credentials", azp: ask.client });
    }
    return token({ typ: "JWT" }, {
      [ask.vendor.issuer.groups_claim]: ask.groups, ...common(ask), sub: ask.subject, aud: [audience, `${ask.issuer}userinfo`], azp: ask.client,
      scope: ask.scope, permissions: [],
    });
  },
  id(ask) {
    return token({ typ: "JWT" }, {
      [ask.vendor.issuer.groups_claim]: ask.groups, nickname: ask.person, name: human(ask.person), updated_at: "2026-11-30T10:00:00.000Z", ...common(ask),
      aud: ask.client, sub: ask.subject, sid: short(), nonce: ask.nonce, ...(ask.askedForAge && { auth_time: ask.signedIn }),
    });
  },
};

function token(header, claims) {
  return { header, claims: Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)) };
}

export const SHAPES = { okta, entra, keycloak, auth0 };
