//! Mail, chat, telephony and webhooks.

use super::Shape;
use super::check::{drawn, mixed, odd};

pub(super) const ROWS: &[Shape] = &[
    Shape::token("slack-token", &["xox"], r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9%/+_-]{8}", 18).check(odd).run("-%/+=_"),
    Shape::token("slack-app-token", &["xapp-", "xwfp-"], r"(?:xapp|xwfp)-[A-Za-z0-9-]{10,200}", 205).check(odd),
    Shape::token("slack-webhook", &["hooks.slack"], r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/([A-Za-z0-9/+_-]{8,120})", 150).open(),
    Shape::token("discord-webhook", &["/api/webhooks/"], r"discord(?:app)?\.com/api/webhooks/([0-9]{15,21}/[\w-]{40,100})", 150).before(14).open(),
    Shape::token("teams-webhook", &["/incomingwebhook/"], r"/IncomingWebhook/([A-Za-z0-9]{20,40}/[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}(?:/[\w-]{10,80})?)", 175).open(),
    Shape::token("google-chat-webhook", &["chat.googleapis.com"], r"chat\.googleapis\.com/v1/spaces/[\w-]{5,30}/messages\?key=[\w-]{20,60}&(?:amp;)?token=([\w%-]{20,80})", 225).open(),
    Shape::token("zapier-webhook", &["hooks.zapier.com"], r"hooks\.zapier\.com/hooks/(?:catch|standard)/([0-9]{3,12}/[A-Za-z0-9]{5,40})", 85).open(),
    Shape::token("make-webhook", &["hook.eu1.make.com", "hook.eu2.make.com", "hook.us1.make.com", "hook.us2.make.com"], r"hook\.(?:eu|us)[12]\.make\.com/([a-z0-9]{24,48})", 66).open(),
    Shape::token("ifttt-webhook", &["maker.ifttt.com"], r"maker\.ifttt\.com/trigger/[\w-]{1,60}/(?:json/)?with/key/([\w-]{15,60})", 159).open(),
    Shape::token("twilio-key", &["sk0", "sk1", "sk2", "sk3", "sk4", "sk5", "sk6", "sk7", "sk8", "sk9", "ska", "skb", "skc", "skd", "ske", "skf"], r"SK[A-Fa-f0-9]{32}", 34).exact_case().fixed(),
    Shape::token("sendgrid-key", &["sg."], r"SG\.[\w-]{16,32}\.[\w-]{16}", 52).exact_case().run("_-"),
    Shape::token("sendgrid-key-of-any-parts", &["sg."], r"SG\.[\w=.-]{66}", 69).exact_case().check(drawn).fixed(),
    Shape::token("mailgun-key", &["key-"], r"key-[a-f0-9]{32}", 36).fixed(),
    Shape::token("mailchimp-key", &["-us"], r"[a-f0-9]{32}-us[0-9]{1,2}", 37).before(32),
    Shape::token("mandrill-key", &["md-"], r"md-[\w-]{22}", 25).check(mixed).fixed(),
    Shape::token("brevo-key", &["xkeysib-", "xsmtpsib-"], r"x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16}", 90),
    Shape::token("mailersend-token", &["mlsn."], r"mlsn\.[A-Za-z0-9]{30,100}", 105),
    Shape::token("resend-key", &["re_"], r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}", 36).check(drawn).fixed(),
    Shape::token("nylas-key", &["nyk_"], r"nyk_(?:v0_)?[A-Za-z0-9]{40,80}", 87),
    Shape::token("onesignal-key", &["os_v2_app_", "os_v2_org_"], r"os_v2_(?:app|org)_[a-z2-7]{90,110}", 120),
    Shape::token("courier-key", &["dk_prod_", "dk_test_", "pk_prod_"], r"(?:dk_(?:prod|test)|pk_prod)_[A-Z0-9]{28}", 36).check(drawn).fixed(),
    Shape::token("meta-access-token", &["eaa"], r"EAA[A-Za-z0-9]{80}", 83).exact_case().run(""),
    Shape::token("instagram-token", &["igq", "igaa"], r"IG(?:Q|AA)[\w-]{80}", 84).exact_case().run("_-"),
    Shape::token("intercom-token", &["dg9ro"], r"dG9rO[g-j][A-Za-z0-9+/]{40,100}={0,2}", 108).exact_case(),
    Shape::token("hubspot-token", &["pat-na", "pat-eu", "pat-ap"], r"pat-(?:na|eu|ap)[12]-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}", 44).fixed(),
    Shape::token("linkedin-token", &["aqu", "aqv", "aqw", "aqx"], r"AQ[UVWX][\w-]{140}", 143).exact_case().check(mixed).run("_-"),
    Shape::token("linkedin-client-secret", &["wpl_ap"], r"WPL_AP[0-9]\.[A-Za-z0-9]{12,20}\.[A-Za-z0-9+/=]{4,12}", 41).exact_case(),
    Shape::token("twitch-oauth", &["oauth:"], r"oauth:([a-z0-9]{30})", 36).check(drawn).fixed(),
    Shape::token("twitter-bearer-token", &["aaaaaaaaaaaaaaaaaaaaaa"], r"A{22}[A-Za-z0-9%]{60,140}", 162).check(mixed),
    Shape::token("pinterest-token", &["pina_"], r"pina_[\w-]{20,200}", 205).check(odd),
    Shape::token("canadian-notify-key", &["gcntfy-"], r"gcntfy-[a-z0-9_]{1,60}-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}", 141),
    Shape::token("pubnub-secret-key", &["sec-c-"], r"sec-c-[\w=-]{20,70}", 76).check(mixed),
];
