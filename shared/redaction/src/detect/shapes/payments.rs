//! Payments, shops and shipping.

use super::Shape;
use super::check::{drawn, mixed, odd};

pub(super) const ROWS: &[Shape] = &[
    Shape::token(
        "stripe-key",
        &["sk_live_", "sk_test_", "sk_prod_", "rk_live_", "rk_test_", "rk_prod_"],
        r"[sr]k_(?:live|test|prod)_[A-Za-z0-9+/]{10,250}={0,2}",
        260,
    )
    .check(drawn),
    Shape::token("stripe-webhook-secret", &["whsec_"], r"whsec_[A-Za-z0-9+/=]{16,100}", 106).check(drawn),
    Shape::token(
        "secret-key",
        &["sk_dev_", "sk_sbx_", "sk_staging_", "sk_production_", "sup_sk_", "skey_"],
        r"(?:sk_(?:dev|sbx|staging|production)|sup_sk|skey(?:_test|_live)?)_[\w*-]{19,160}",
        174,
    )
    .check(drawn),
    Shape::token("square-token", &["sq0atp-", "sq0csp-", "sq0ats-"], r"sq0(?:atp|csp|ats)-[\w-]{20,60}", 67),
    Shape::token("square-access-token", &["eaaa"], r"EAAA[\w-]{22,60}", 64).exact_case().check(mixed),
    Shape::token(
        "braintree-token",
        &["access_token$"],
        r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}",
        73,
    )
    .marks("_$"),
    Shape::token(
        "adyen-key",
        &["aqe"],
        r"AQE[A-Za-z0-9+/]{20,200}={0,2}-[A-Za-z0-9+/]{30,90}={0,2}-[\w^~.:;*%+=?<>-]{8,40}",
        339,
    )
    .exact_case(),
    Shape::token(
        "shopify-token",
        &["shpat_", "shpca_", "shppa_", "shpss_", "shptka_", "shpit_", "shpua_", "shpsa_"],
        r"shp(?:at|ca|pa|ss|tka|it|ua|sa)_[A-Fa-f0-9]{30,64}",
        71,
    ),
    Shape::token(
        "plaid-token",
        &["access-sandbox-", "access-development-", "access-production-"],
        r"access-(?:sandbox|development|production)-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
        55,
    ),
    Shape::token(
        "plaid-link-token",
        &["link-sandbox-", "link-development-", "link-production-"],
        r"link-(?:sandbox|development|production)-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
        53,
    ),
    Shape::token("razorpay-key", &["rzp_live_", "rzp_test_"], r"rzp_(?:live|test)_[A-Za-z0-9]{14,24}", 33)
        .check(drawn),
    Shape::token(
        "flutterwave-key",
        &["flwseck"],
        r"FLWSECK(?:_TEST|_LIVE|_SANDBOX)?-[A-Za-z0-9]{12,64}(?:-X)?",
        82,
    )
    .exact_case(),
    Shape::token("midtrans-server-key", &["mid-server-"], r"Mid-server-[\w-]{10,30}", 41).check(odd),
    Shape::token(
        "xendit-key",
        &["xnd_production_", "xnd_development_"],
        r"xnd_(?:production|development)_[A-Za-z0-9+/=]{30,110}",
        126,
    ),
    Shape::token("gocardless-token", &["live_", "sandbox_"], r"(?:live|sandbox)_[\w=-]{40}", 48).check(mixed),
    Shape::token("live-or-test-key", &["live_", "test_"], r"(?:live|test)_[A-Za-z0-9]{30,35}", 40)
        .check(drawn),
    Shape::token("live-or-test-long-key", &["live_", "test_"], r"(?:live|test)_[A-Za-z0-9]{36,64}", 69)
        .check(mixed),
    Shape::token("easypost-key", &["ezak", "eztk"], r"EZ[AT]K[A-Za-z0-9]{54}", 58).fixed(),
    Shape::token("shippo-token", &["shippo_live_", "shippo_test_"], r"shippo_(?:live|test)_[a-f0-9]{40}", 52)
        .fixed(),
    Shape::token(
        "paddle-key",
        &["pdl_live_apikey_", "pdl_sdbx_apikey_"],
        r"pdl_(?:live|sdbx)_apikey_[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}",
        69,
    )
    .fixed(),
    Shape::token(
        "polar-token",
        &["polar_at_", "polar_oat_", "polar_pat_", "polar_whs_", "polar_cs_"],
        r"polar_(?:at|oat|pat|whs|cs)_[\w-]{20,100}",
        110,
    )
    .check(odd),
    Shape::token("asaas-key", &["$aact_"], r"\$aact_(?:prod|hmlg)_[A-Za-z0-9:_=-]{20}", 31)
        .run("_:=-")
        .marks("$_:=-"),
    Shape::token(
        "mercury-token",
        &["mercury_production_", "mercury_sandbox_"],
        r"mercury_(?:production|sandbox)_[a-z]{3,6}_[A-Za-z0-9]{40,50}_yrucrem",
        84,
    ),
    Shape::token("ramp-secret", &["ramp_sec_"], r"ramp_sec_[A-Za-z0-9]{40,56}", 65),
    Shape::token("brex-token", &["bxt_"], r"bxt_[A-Za-z0-9]{32,64}", 68).check(mixed),
    Shape::token(
        "klarna-key",
        &["klarna_live_api_", "klarna_test_api_"],
        r"klarna_(?:live|test)_api_[A-Za-z0-9_+/=]{30,160}",
        176,
    ),
    Shape::token("cashfree-key", &["cfsk_ma_"], r"cfsk_ma_(?:prod|test)_[a-f0-9]{32}_[a-f0-9]{8}", 54)
        .fixed(),
    Shape::token(
        "circle-key",
        &["test_api_key:", "live_api_key:", "sand_api_key:"],
        r"(?:TEST|LIVE|SAND)_API_KEY:[a-f0-9]{32}:[a-f0-9]{32}",
        78,
    )
    .fixed(),
    Shape::token("alchemy-token", &["alcht_"], r"alcht_[A-Za-z0-9]{30}", 36).fixed(),
    Shape::token(
        "persona-key",
        &["persona_production_", "persona_sandbox_"],
        r"persona_(?:production|sandbox)_[\w-]{20,80}",
        99,
    )
    .check(odd),
    Shape::token(
        "onfido-token",
        &["api_live", "api_sandbox"],
        r"api_(?:live|sandbox)(?:_[a-z]{2})?\.[\w-]{20,80}",
        95,
    ),
    Shape::token("proof-key", &["prf_"], r"prf_(?:cli_)?[\w-]{20,80}", 88).check(mixed),
    Shape::token("rainforest-key", &["apikey_"], r"apikey_[a-f0-9]{64}", 71).fixed(),
    Shape::token(
        "ebay-secret",
        &["prd-", "sbx-"],
        r"(?:PRD|SBX)-[a-f0-9]{8,12}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4,12}",
        44,
    )
    .exact_case(),
    Shape::token("ebay-token", &["v^1.1#"], r"v\^1\.1#[A-Za-z0-9^#+/=]{60}", 66).run("^#+/=").marks("^#.+/="),
    Shape::token("woocommerce-secret", &["cs_", "ck_"], r"c[sk]_[a-f0-9]{40}", 43).fixed(),
];
