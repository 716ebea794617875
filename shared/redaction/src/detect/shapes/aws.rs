//! AWS's own credentials. Role and user ids (`AROA…`, `AIDA…`), account numbers and ARNs are no secrets and stay.

use super::Shape;
use super::check::drawn;

pub(super) const ROWS: &[Shape] = &[
    Shape::aws_key(
        "aws-access-key-id",
        &["akia", "asia", "abia", "acca", "a3t"],
        r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}",
        20,
    )
    .exact_case()
    .fixed(),
    Shape::aws_secret(
        "aws-session-token",
        &["fwogzxivyxdz", "fqogzxivyxdz", "iqojb3jpz2lu", "agojb3jpz2lu", "agogb3jpz2lu", "aqodyxdz"],
        r"(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2lu|Ago[GJ]b3JpZ2lu|AQoDYXdz)[A-Za-z0-9/+=%]{40}",
        52,
    )
    .run("/+=%")
    .open(),
    Shape::aws_secret("aws-bedrock-key", &["absk"], r"ABSK[A-Za-z0-9+/]{40}", 44).exact_case().run("+/="),
    Shape::aws_secret(
        "aws-bedrock-session-key",
        &["bedrock-api-key-"],
        r"bedrock-api-key-[A-Za-z0-9+/=_-]{20}",
        36,
    )
    .run("+/=_-"),
    Shape::token(
        "aws-presigned-url",
        &["x-amz-signature", "x-amz-security-token", "x-amz-credential"],
        r"x-amz-(?:signature|security-token|credential)(?:=|%3d)([A-Za-z0-9/+%._~=-]{8})",
        31,
    )
    .run("/+%._~=-")
    .open(),
    Shape::token("aws-signature", &["signature="], r"signature=([A-Za-z0-9/+%~_-]{24})", 34)
        .check(drawn)
        .run("/+%~_=-")
        .open(),
    Shape::aws_secret(
        "aws-ecr-password",
        &["qvdtomv", "qvdtomz", "eyjwyxlsb2fkijoi"],
        r"(?:QVdTOm[VZ]|eyJwYXlsb2FkIjoi)[A-Za-z0-9+/=]{40}",
        56,
    )
    .run("+/="),
    Shape::token("aws-eks-token", &["k8s-aws-v1."], r"k8s-aws-v1\.[A-Za-z0-9_-]{40}", 51).run("_-="),
    Shape::token("aws-sso-token", &["aoaaaaa"], r"aoaAAAAA[A-Za-z0-9_:+/=-]{40}", 48).run("_:+/=-"),
    Shape::token("aws-appsync-key", &["da2-"], r"da2-[a-z0-9]{26}", 30).fixed(),
    Shape::token(
        "amazon-mws-token",
        &["amzn.mws."],
        r"amzn\.mws\.[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
        45,
    )
    .fixed(),
    Shape::token("amazon-lwa-secret", &["amzn1.oa2-cs.v1."], r"amzn1\.oa2-cs\.v1\.[a-f0-9]{60,70}", 86),
    Shape::token("amazon-lwa-token", &["atza|", "atzr|"], r"Atz[ar]\|[A-Za-z0-9_/+=-]{40}", 45).run("_/+=-"),
];
