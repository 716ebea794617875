//! Clouds, hosting and databases other than AWS.

use super::Shape;
use super::check::{drawn, mixed, numbered, odd};

pub(super) const ROWS: &[Shape] = &[
    Shape::token("google-api-key", &["aiza"], r"AIza[\w-]{30,60}", 64).exact_case(),
    Shape::token("google-access-token", &["ya29."], r"ya29\.[\w-]{16}", 21).run("_.-"),
    Shape::token("google-refresh-token", &["1//0"], r"1//0[\w-]{30}", 34).run("_-"),
    Shape::token("google-client-secret", &["gocspx-"], r"GOCSPX-[\w-]{24,40}", 47),
    Shape::token("google-gemini-key", &["aq.ab8rn6"], r"AQ\.Ab8RN6[\w-]{30,80}", 89),
    Shape::token("google-hmac-key", &["goog1"], r"GOOG1[A-Z0-9]{19,60}", 65).exact_case(),
    Shape::token("google-recaptcha-key", &["6lc", "6ld", "6le", "6lf"], r"6L[c-f][\w-]{5}AAAAA[\w-]{27}", 40)
        .exact_case(),
    Shape::token("firebase-messaging-key", &[":apa91b"], r"[\w-]{4,22}:APA91b[\w-]{100}", 129)
        .before(22)
        .run("_-"),
    Shape::token(
        "azure-client-secret",
        &["0q~", "1q~", "2q~", "3q~", "4q~", "5q~", "6q~", "7q~", "8q~", "9q~"],
        r"[\w~.]{3}[0-9]Q~[\w~.-]{31,34}",
        40,
    )
    .before(3)
    .exact_case(),
    Shape::token(
        "azure-account-key",
        &["accountkey=", "accountkey%3d"],
        r"AccountKey(?:=|%3d)([A-Za-z0-9+/%]{30,120}={0,2})",
        135,
    ),
    Shape::token(
        "azure-shared-access-key",
        &["sharedaccesskey=", "sharedsecretvalue="],
        r"Shared(?:AccessKey|SecretValue)=([A-Za-z0-9+/]{20,120}={0,2})",
        140,
    ),
    Shape::token("azure-app-configuration", &[";secret="], r";Secret=([A-Za-z0-9+/]{30,120}={0,2})", 130),
    Shape::token("azure-sas-signature", &["sig="], r"(?:[?&;]|u0026)sig=([A-Za-z0-9/+%._~=-]{8,200})", 209)
        .before(6),
    Shape::token(
        "azure-sas-signature-alone",
        &["sig="],
        r"sig=([A-Za-z0-9/+]{30,90}(?:%2[bf][A-Za-z0-9/+]{0,60}){0,20}(?:%3d|=))",
        1357,
    ),
    Shape::token(
        "azure-storage-key",
        &["+ast", "+aba", "+amc", "acdb", "apim"],
        r"[A-Za-z0-9/+]{76}(?:APIM|ACDb|\+(?:ABa|AMC|ASt))[A-Za-z0-9/+]{5}[AQgw]==",
        88,
    )
    .before(76)
    .exact_case(),
    Shape::token(
        "azure-messaging-key",
        &["aiot", "+asb", "+aeh", "+arm"],
        r"[A-Za-z0-9/+]{33}(?:AIoT|\+(?:ASb|AEh|ARm))[A-P][A-Za-z0-9/+]{5}=",
        44,
    )
    .before(33)
    .exact_case(),
    Shape::token("azure-function-key", &["azfu"], r"[\w-]{44}AzFu[\w-]{5}[AQgw]==", 56)
        .before(44)
        .exact_case(),
    Shape::token("azure-search-key", &["azse"], r"[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}", 52)
        .before(42)
        .exact_case(),
    Shape::token("azure-cache-key", &["azca"], r"[A-Za-z0-9]{33}AzCa[A-P][A-Za-z0-9]{5}=", 44)
        .before(33)
        .exact_case(),
    Shape::token("azure-registry-key", &["+acr"], r"[A-Za-z0-9/+]{42}\+ACR[A-D][A-Za-z0-9/+]{5}", 52)
        .before(42)
        .exact_case(),
    Shape::token("azure-devops-token", &["azdo"], r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}", 84)
        .before(76)
        .exact_case(),
    Shape::token("azure-ai-key", &["jqqj9"], r"[A-Za-z0-9]{52}JQQJ9[9DH][A-Za-z0-9]{20,30}", 88)
        .before(52)
        .exact_case(),
    Shape::token("alibaba-access-key-id", &["ltai"], r"LTAI[A-Za-z0-9]{12,30}", 34).exact_case().check(drawn),
    Shape::token("alibaba-sts-key", &["sts."], r"STS\.[A-Za-z0-9]{16,64}", 68).exact_case().check(mixed),
    Shape::token("alibaba-sts-token", &["cais"], r"CAIS[A-Za-z0-9+/_=-]{20}", 24).check(mixed).run("+/_=-"),
    Shape::token("tencent-secret-id", &["akid"], r"AKID[A-Za-z0-9]{32}", 36).exact_case(),
    Shape::token("yandex-iam-token", &["t1."], r"t1\.[\w-]{1,400}={0,2}\.[\w-]{60,100}={0,2}", 508),
    Shape::token("yandex-api-key", &["aqvn"], r"AQVN[\w-]{35,38}", 42).check(mixed),
    Shape::token(
        "digitalocean-token",
        &["dop_v1_", "doo_v1_", "dor_v1_", "dos_v1_"],
        r"do[oprs]_v1_[a-f0-9]{40,80}",
        87,
    ),
    Shape::token("digitalocean-spaces-key", &["do00"], r"DO00[A-Z0-9]{16}", 20).exact_case(),
    Shape::token("scaleway-access-key", &["scw"], r"SCW[A-Z0-9]{17}", 20).exact_case().check(numbered),
    Shape::token("exoscale-key", &["exo"], r"EXO[A-Za-z0-9]{24,30}", 33).exact_case().check(mixed),
    Shape::token("upcloud-token", &["ucat_"], r"ucat_[A-Za-z0-9]{20,40}", 45),
    Shape::token(
        "backblaze-key",
        &["k000", "k001", "k002", "k003", "k004", "k005", "k006", "k007", "k008", "k009"],
        r"K00[0-9][A-Za-z0-9/+]{27}",
        31,
    )
    .exact_case()
    .check(mixed),
    Shape::token("akamai-token", &["akab-"], r"akab-[a-z0-9]{16}-[a-z0-9]{16}", 38),
    Shape::token("heroku-key", &["hrku-"], r"HRKU-[\w-]{36,64}", 69),
    Shape::token(
        "fly-token",
        &["fo1_", "fm1a_", "fm1r_", "fm2_"],
        r"(?:fo1|fm1[ar]|fm2)_[A-Za-z0-9+/=_,-]{40}",
        45,
    )
    .run("+/=_-,"),
    Shape::token("fly-legacy-token", &["flyv1"], r"FlyV1[ \t]([A-Za-z0-9=_,/+-]{60})", 66).run("+/=_-,"),
    Shape::token("render-key", &["rnd_"], r"rnd_[A-Za-z0-9]{24,40}", 44).check(drawn),
    Shape::token("vercel-token", &["vcp_", "vci_", "vca_", "vcr_", "vck_"], r"vc[piark]_[\w-]{24,64}", 68)
        .check(mixed),
    Shape::token(
        "netlify-token",
        &["nfp_", "nfc_", "nfo_", "nfu_", "nfb_"],
        r"nf[pcoub]_[A-Za-z0-9]{36,40}",
        44,
    ),
    Shape::token("supabase-token", &["sbp_"], r"sbp_(?:oauth_|v0_)?[\w-]{38,44}", 54).check(odd),
    Shape::token("supabase-secret-key", &["sb_secret_"], r"sb_secret_[\w-]{20,60}", 70),
    Shape::token(
        "planetscale-token",
        &["pscale_tkn_", "pscale_oauth_", "pscale_pw_"],
        r"pscale_(?:tkn|oauth|pw)_[\w=.-]{30,64}",
        77,
    ),
    Shape::token("neon-key", &["napi_"], r"napi_[A-Za-z0-9]{50,80}", 85),
    Shape::token("cloudflare-token", &["cfut_", "cfat_", "cfk_"], r"cf(?:ut|at|k)_[A-Za-z0-9_-]{36,60}", 65)
        .check(odd),
    Shape::token("cloudflare-origin-key", &["v1.0-"], r"v1\.0-[a-f0-9]{24}-[a-f0-9]{100,200}", 230),
    Shape::token("cloudflare-turnstile-secret", &["0x4aaaaaaa"], r"0x4AAAAAAA[\w-]{22,28}", 38),
    Shape::token(
        "databricks-token",
        &["dapi", "dkea", "dsapi"],
        r"(?:dapi|dkea|dsapi)[a-f0-9]{32}(?:-[0-9])?",
        39,
    ),
    Shape::token("confluent-secret", &["cflt"], r"cflt[A-Za-z0-9+/]{56,64}", 68).exact_case(),
    Shape::token("mongodb-atlas-secret", &["mdb_sa_sk_"], r"mdb_sa_sk_[\w-]{36,64}", 74),
    Shape::token("cockroach-key", &["ccdb1_"], r"CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}", 69),
    Shape::token("aiven-password", &["avns_"], r"AVNS_[\w-]{15,40}", 45),
    Shape::token("elastic-cloud-key", &["essu_"], r"essu_[\w-]{40}", 45).run("_-="),
    Shape::token("upstash-token", &["ayngas"], r"AYNgAS[A-Za-z0-9+/_-]{24,100}={0,2}", 108).exact_case(),
    Shape::token("datastax-astra-token", &["astracs:"], r"AstraCS:[A-Za-z0-9:]{20,120}", 128),
    Shape::token("clickhouse-cloud-secret", &["4b1d"], r"4b1d[A-Za-z0-9]{38}", 42).exact_case().check(mixed),
    Shape::token("terraform-token", &[".atlasv1."], r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{50,90}", 113)
        .before(14),
    Shape::token("pulumi-token", &["pul-"], r"pul-[a-f0-9]{40}", 44),
    Shape::token("vault-token", &["hvs.", "hvb.", "hvr."], r"hv[sbr]\.[\w-]{16}", 20).run("_-"),
    Shape::token(
        "doppler-token",
        &["dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."],
        r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}",
        89,
    ),
    Shape::token("infisical-token", &["st."], r"st\.[a-f0-9]{24}\.[a-f0-9]{32}\.[a-f0-9]{32}", 93),
    Shape::token("1password-service-token", &["ops_eyj"], r"ops_eyJ[A-Za-z0-9+/_-]{40}", 47).run("+/_=-"),
    Shape::token(
        "1password-secret-key",
        &["a3-"],
        r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}",
        40,
    )
    .exact_case(),
    Shape::token(
        "bitwarden-access-token",
        &[
            "0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "0.a", "0.b", "0.c", "0.d",
            "0.e", "0.f",
        ],
        r"0\.[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==",
        94,
    ),
    Shape::token(
        "tailscale-key",
        &["tskey-"],
        r"tskey-(?:(?:api|auth|client|scim|webhook)-)?[A-Za-z0-9]{8,30}-[A-Za-z0-9]{16,48}",
        93,
    ),
    Shape::token("netbird-token", &["nbp_"], r"nbp_[A-Za-z0-9]{36}", 40),
    Shape::token("defined-networking-key", &["dnkey-"], r"dnkey-[\w=-]{26}-[\w=-]{52}", 85),
    Shape::token("jumpcloud-key", &["jca_"], r"jca_[A-Za-z0-9]{36,44}", 48),
    Shape::token(
        "kubernetes-bootstrap-token",
        &["kubeadm"],
        r"kubeadm join [\w.:-]{1,80} --token ([a-z0-9]{6}\.[a-z0-9]{16})",
        125,
    ),
    Shape::token("openshift-token", &["sha256~"], r"sha256~[\w-]{43}", 50),
    Shape::token("docker-swarm-token", &["swmtkn-1-"], r"SWMTKN-1-[a-z0-9]{40,60}-[a-z0-9]{20,30}", 100),
    Shape::token("docker-swarm-key", &["swmkey-1-"], r"SWMKEY-1-[A-Za-z0-9+/]{40,50}", 59),
    Shape::token(
        "duffel-token",
        &["duffel_test_", "duffel_live_"],
        r"duffel_(?:test|live)_[\w=-]{36,50}",
        62,
    ),
    Shape::token(
        "settlemint-token",
        &["sm_aat_", "sm_pat_", "sm_sat_"],
        r"sm_(?:aat|pat|sat)_[A-Za-z0-9]{16,32}",
        39,
    )
    .check(drawn),
    Shape::token("scalingo-token", &["tk-us-"], r"tk-us-[\w-]{48}", 54),
    Shape::token("unkey-root-key", &["unkey_"], r"unkey_[A-Za-z0-9_]{20,40}", 46).check(drawn),
    Shape::token("zuplo-key", &["zpka_"], r"zpka_[a-z0-9]{32}_[a-f0-9]{8}", 46),
];
