//! Keys, signed tokens and hashes of passwords, of any vendor.

use super::Shape;
use super::check::mixed;

pub(super) const ROWS: &[Shape] = &[
    Shape::private_key("age-secret-key", &["age-secret-key-1", "age-secret-key-pq-1"], r"AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{20}", 39).run(""),
    Shape::private_key("openssh-key-body", &["b3blbnnzac1rzxktdje"], r"b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=]{40}", 59).run("+/="),
    Shape::private_key("private-key-base64", &["ls0tls1crudjtib"], r"LS0tLS1CRUdJTiB(?:QUklWQVRF|SU0EgUFJJ|EU0EgUFJJ|QR1AgUFJJ|FQyBQUklW|FTkNSWVBU|PUEVOU1NI)[A-Za-z0-9+/=]{20}", 44).exact_case().run("+/="),
    Shape::private_key("minisign-secret-key", &["rwrty0iy"], r"RWRTY0Iy[A-Za-z0-9+/=]{100,260}", 268),
    Shape::private_key("wallet-extended-key", &["xprv", "yprv", "zprv", "tprv", "uprv", "vprv"], r"[xyztuv]prv[1-9A-HJ-NP-Za-km-z]{100,112}", 116).exact_case(),
    Shape::private_key("nostr-secret-key", &["nsec1"], r"nsec1[ac-hj-np-z02-9]{58}", 63).fixed(),
    Shape::private_key("tezos-secret-key", &["edsk", "edesk"], r"ede?sk[1-9A-HJ-NP-Za-km-z]{50,100}", 105).exact_case(),
    Shape::private_key("cardano-secret-key", &["ed25519_sk1", "ed25519e_sk1", "addr_xsk1", "root_xsk1"], r"(?:ed25519e?_sk|(?:addr|root)_xsk)1[a-z0-9]{50,220}", 232),
    Shape::jwt("jwt-base64", &["zxlk"], r"ZXlK[A-Za-z0-9+/_-]{40}", 44).exact_case().run("+/_=-").open(),
    Shape::token("paseto", &["v1.local.", "v2.local.", "v3.local.", "v4.local.", "v1.public.", "v2.public.", "v3.public.", "v4.public."], r"v[1-4]\.(?:local|public)\.[\w-]{20}", 30).run("_.-"),
    Shape::token("paserk", &["k1.secret.", "k2.secret.", "k3.secret.", "k4.secret.", "k1.local.", "k2.local.", "k3.local.", "k4.local."], r"k[1-4]\.(?:secret|local)\.[\w-]{30,200}", 210),
    Shape::token("macaroon", &["mdax", "mday", "mdaw", "mdaz", "agel"], r"(?:MDA[wxyz][A-Za-z0-9_+/-]{60}|AgEL[A-Za-z0-9_+/-]{60})", 64).exact_case().check(mixed).run("_+/=-"),
    Shape::token("lightning-macaroon", &["0201036c6e64"], r"0201036c6e64[a-f0-9]{60}", 72).run(""),
    Shape::password("bcrypt-hash", &["$2a$", "$2b$", "$2x$", "$2y$"], r"\$2[abxy]\$[0-9]{2}\$[A-Za-z0-9./]{53}", 60).marks("$./").fixed(),
    Shape::password("argon2-hash", &["$argon2"], r"\$argon2(?:id|i|d)\$(?:v=[0-9]{1,3}\$)?m=[0-9]{1,9},t=[0-9]{1,5},p=[0-9]{1,4}\$[A-Za-z0-9+/=]{8,88}\$[A-Za-z0-9+/=]{16,176}", 308),
    Shape::password("scrypt-hash", &["$scrypt$", "$7$"], r"\$(?:scrypt\$ln=[0-9]{1,3},r=[0-9]{1,4},p=[0-9]{1,4}\$[A-Za-z0-9+/=]{8,88}\$[A-Za-z0-9+/=]{16,176}|7\$[A-Za-z0-9./]{11,90}\$[A-Za-z0-9./]{43})", 294),
    Shape::password("crypt-hash", &["$1$", "$5$", "$6$", "$y$", "$gy$", "$apr1$", "$sha1$"], r"\$(?:1|5|6|y|gy|apr1|sha1)\$(?:rounds=[0-9]{1,9}\$)?(?:[A-Za-z0-9./]{1,32}\$){1,2}[A-Za-z0-9./]{20,90}", 179).marks("$./="),
    Shape::password("pbkdf2-hash", &["pbkdf2"], r"\$?pbkdf2[_:-]sha(?:1|256|384|512)[$:][0-9]{1,9}[$:][A-Za-z0-9+/=.]{4,88}[$:][A-Za-z0-9+/=.]{20,176}", 290).marks("$:._+/=-"),
    Shape::password("phpass-hash", &["$p$", "$s$", "$h$"], r"\$[PSH]\$[A-Za-z0-9./]{31,52}", 55).exact_case().marks("$./"),
    Shape::password("ldap-hash", &["{ssha}", "{sha}", "{smd5}", "{ssha256}", "{ssha512}", "{crypt}"], r"\{(?:SSHA|SHA|SMD5|SSHA256|SSHA512|CRYPT)\}([A-Za-z0-9+/=.$]{20,140})", 149),
    Shape::password("scram-verifier", &["scram-sha-"], r"SCRAM-SHA-(?:1|256)\$[0-9]{1,8}:[A-Za-z0-9+/=]{8,60}\$[A-Za-z0-9+/=]{20,60}:[A-Za-z0-9+/=]{20,60}", 205).marks("$:+/=-"),
];
