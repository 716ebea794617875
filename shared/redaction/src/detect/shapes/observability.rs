//! Monitoring, logs and on-call.

use super::Shape;
use super::check::odd;

pub(super) const ROWS: &[Shape] = &[
    Shape::token("grafana-key", &["eyjrijoi"], r"eyJrIjoi[A-Za-z0-9+/_-]{40}", 48).run("+/=_-"),
    Shape::token("grafana-cloud-token", &["glc_"], r"glc_[A-Za-z0-9+/=]{32,400}", 404).check(odd),
    Shape::token("grafana-service-token", &["glsa_"], r"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}", 46).fixed(),
    Shape::token(
        "sentry-token",
        &["sntrys_", "sntryu_", "sntryi_", "sntrya_"],
        r"sntry[suia]_[A-Za-z0-9+/=_]{40}",
        47,
    )
    .run("+/=_"),
    Shape::token(
        "dynatrace-token",
        &["dt0c", "dt0s"],
        r"dt0[cs][0-9]{2}\.[A-Z0-9-]{8,30}\.[A-Z0-9]{60,70}",
        108,
    ),
    Shape::token(
        "new-relic-key",
        &["nrak-", "nrii-", "nriq-", "nrra-", "nraa-"],
        r"NR(?:AK|II|IQ|RA|AA)-[A-Za-z0-9_-]{24,48}",
        53,
    )
    .check(odd),
    Shape::token("new-relic-license-key", &["nral"], r"[a-f0-9]{4,6}[a-fx0-9]{2}[a-z0-9]{28,30}NRAL", 42)
        .before(38),
    Shape::token(
        "honeycomb-key",
        &["hcaik_", "hcalk_", "hcamk_", "hcbik_", "hcblk_", "hcbmk_", "hcxik_", "hcxlk_", "hcxmk_"],
        r"hc[abx][ilm]k_[A-Za-z0-9]{30,64}",
        70,
    ),
    Shape::token(
        "axiom-token",
        &["xaat-", "xapt-"],
        r"xa[ap]t-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
        41,
    )
    .fixed(),
    Shape::token(
        "coralogix-key",
        &["cxtp_", "cxth_", "cxtd_", "cxup_"],
        r"cx(?:t[phd]|up)_[A-Za-z0-9]{30}",
        35,
    )
    .fixed(),
    Shape::token("rootly-token", &["rootly_"], r"rootly_[a-f0-9]{60,70}", 77),
    Shape::token("firehydrant-token", &["fhb-"], r"fhb-[a-f0-9]{32,64}", 68),
    Shape::token("checkly-key", &["cu_"], r"cu_[a-f0-9]{32}", 35).fixed(),
    Shape::token("tinybird-token", &["p.eyj"], r"p\.eyJ[\w-]{20,400}\.[\w-]{20,80}", 486),
];
