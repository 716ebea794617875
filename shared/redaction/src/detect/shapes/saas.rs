//! Applications that people work with.

use super::Shape;
use super::check::{drawn, mixed, odd};

pub(super) const ROWS: &[Shape] = &[
    Shape::token("airtable-token", &["pat"], r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}", 82).exact_case().fixed(),
    Shape::token(
        "airtable-oauth-token",
        &[".v1."],
        r"[A-Za-z0-9]{3,40}\.v1\.[\w-]{8,120}\.[a-f0-9]{24,128}",
        293,
    )
    .before(40),
    Shape::token("notion-token", &["ntn_"], r"ntn_[0-9]{8,12}[A-Za-z0-9]{32,40}", 56),
    Shape::token("notion-legacy-token", &["secret_"], r"secret_[A-Za-z0-9]{43}", 50).check(mixed).fixed(),
    Shape::token("linear-key", &["lin_api_", "lin_oauth_"], r"lin_(?:api|oauth)_[A-Za-z0-9]{36,64}", 74),
    Shape::token("clickup-token", &["pk_"], r"pk_[0-9]{5,10}_[A-Z0-9]{32}", 46),
    Shape::token("klaviyo-key", &["pk_"], r"pk_[a-z0-9]{34}", 37).check(drawn).fixed(),
    Shape::token("trello-token", &["atta"], r"ATTA[A-Fa-f0-9]{60,80}", 84).exact_case(),
    Shape::token(
        "figma-token",
        &["figd_", "figo_", "figu_", "figor_", "figur_"],
        r"fig(?:d|o|u|or|ur)_[\w-]{34,60}",
        66,
    ),
    Shape::token("miro-token", &["eyjtaxjv"], r"eyJtaXJv[\w-]{20,200}", 208),
    Shape::token("typeform-token", &["tfp_"], r"tfp_[\w.=-]{40,70}", 74).check(odd),
    Shape::token("contentful-token", &["cfpat-"], r"CFPAT-[\w-]{40,48}", 54),
    Shape::token("salesforce-refresh-token", &["5aep861", "5aep8"], r"5Aep8[A-Za-z0-9_.]{50,100}", 105)
        .exact_case(),
    Shape::token("dropbox-token", &["sl."], r"sl\.(?:[A-Za-z]\.)?[\w=-]{60}", 65).check(mixed).run("_=-"),
    Shape::token("dropbox-long-token", &["aaaaaaaaaa"], r"[A-Za-z0-9]{11}AAAAAAAAAA[\w=-]{43}", 64)
        .before(11)
        .fixed(),
    Shape::token("canva-secret", &["cnvca"], r"cnvca[\w-]{51}", 56).fixed(),
    Shape::token("adobe-secret", &["p8e-"], r"p8e-[a-z0-9_-]{32}", 36).check(drawn).fixed(),
    Shape::token("frameio-token", &["fio-u-"], r"fio-u-[\w=-]{60,70}", 76),
    Shape::token("statsig-key", &["secret-"], r"secret-[A-Za-z0-9]{40,60}", 67).check(mixed),
    Shape::token(
        "stytch-secret",
        &["secret-test-", "secret-live-"],
        r"secret-(?:test|live)-[\w=-]{36,60}",
        72,
    ),
    Shape::token(
        "ory-token",
        &["ory_pat_", "ory_at_", "ory_rt_", "ory_ac_", "ory_st_", "ory_apikey_", "ory_wak_"],
        r"ory_(?:pat|at|rt|ac|st|apikey|wak)_[\w.-]{20,120}",
        131,
    ),
    Shape::token("permit-key", &["permit_key_"], r"permit_key_[A-Za-z0-9]{40,140}", 151),
    Shape::token("workato-token", &["wrka"], r"wrka(?:[a-z]{2})?-eyJ[\w-]{8,200}\.[\w-]{16}", 227).run("_.-"),
    Shape::token("n8n-key", &["n8n_api_"], r"n8n_api_[a-f0-9]{40,100}", 108),
    Shape::token("retool-token", &["retool_"], r"retool_[A-Za-z0-9]{24,60}", 67).check(mixed),
    Shape::token("segment-token", &["sgp_"], r"sgp_[A-Za-z0-9]{64}", 68).fixed(),
    Shape::token("samsara-token", &["samsara_api_"], r"samsara_api_[A-Za-z0-9]{24,40}", 52),
    Shape::token("kit-key", &["kit_"], r"kit_[a-f0-9]{32}", 36).fixed(),
    Shape::token("tableau-token", &["==:"], r"[A-Za-z0-9+/]{22}==:[A-Za-z0-9]{32}", 57)
        .before(22)
        .exact_case()
        .fixed(),
    Shape::token("maxmind-key", &["_mmk"], r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk", 40).before(36).fixed(),
    Shape::token("close-key", &["api_"], r"api_[A-Za-z0-9]{22}\.[A-Za-z0-9]{22}", 49).check(drawn).fixed(),
    Shape::token("mapbox-secret-token", &["sk.eyj", "tk.eyj"], r"[st]k\.eyJ[\w-]{20,400}\.[\w-]{20,60}", 467),
    Shape::token("fullstory-key", &["na1.", "eu1."], r"(?:na1|eu1)\.[A-Za-z0-9+/=]{20,100}", 104)
        .check(mixed),
    Shape::token("zoho-token", &["1000.", "1001."], r"100[01]\.[a-f0-9]{32}\.[a-f0-9]{32}(?:-d)?", 72),
    Shape::token("zoho-zapi-key", &["1003."], r"1003\.[a-f0-9]{32,64}", 69),
    Shape::token("wakatime-key", &["waka_"], r"waka_[a-z0-9-]{36,64}", 69).check(drawn),
    Shape::token("calcom-key", &["cal_live_", "cal_test_"], r"cal_(?:live|test)_[a-f0-9]{32}", 41).fixed(),
    Shape::token("hcaptcha-secret", &["es_"], r"ES_[a-f0-9]{32}", 35).exact_case().fixed(),
    Shape::token("ubidots-token", &["bbff-", "bbus-"], r"BB(?:FF|US)-[A-Za-z0-9]{30}", 35).fixed(),
    Shape::token("seam-key", &["seam_"], r"seam_(?:test)?[A-Za-z0-9]{4,8}_[A-Za-z0-9]{20,40}", 58)
        .check(drawn),
];
