//! What names say.

use super::names::by_name;

fn kind(name: &str, value: &str) -> Option<&'static str> {
    by_name(name).and_then(|named| named.kind(value))
}

/// C5: the last word of a name decides, in any style.
#[test]
fn the_last_word_tells() {
    for name in [
        "password",
        "dbPassword",
        "DB-PASSWORD",
        "db_password",
        "userPasswords",
        "PGPASSWORD",
        "password2",
        "DB_PASSWORD_PROD",
        "client_secret",
        "clientSecretValue",
        "SecretString",
        "xToken",
        "X_TOKEN",
        "x-auth-token",
        "authToken",
        "authtoken",
        "apiKey",
        "API_KEY",
        "x-api-key",
        "apikey",
        "AccountKey",
        "SharedAccessKey",
        "aws_secret_access_key",
        "ssh private key",
        "Kennwort",
        "mot_de_passe",
        "contraseña",
        "CONTRASEÑA",
        "Senha",
        "пароль",
        "ПАРОЛЬ",
        "パスワード",
        "db.password",
        "DB_PASS",
        "credentials",
        "spring.datasource.password",
        "authorization",
        "Proxy-Authorization",
        "set-cookie",
        "Cookie",
    ] {
        assert!(kind(name, "hunter2-hunter2").is_some(), "{name}");
    }
}

#[test]
fn what_only_speaks_of_secrets_stays() {
    for (name, value) in [
        ("passwordLastUsed", "2026-11-21T14:47:31Z"),
        ("PasswordLastChanged", "2026-11-21"),
        ("nextToken", "eyJuZXh0IjoxMjM0NTY3ODkwfQ"),
        ("next_token", "abc123"),
        ("NextContinuationToken", "1ueGcxLPRx1Tr"),
        ("nexttoken", "abc123def456"),
        ("max_tokens", "4096"),
        ("totalTokens", "1234567"),
        ("secretName", "prod/payments/db"),
        ("secret_arn", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf"),
        ("secret", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf"),
        ("secret", "prod/payments/db"),
        ("password", "‹password 1›"),
        ("password", "${DB_PASSWORD}"),
        ("token", "3"),
        ("key", "exports/2026/q3.csv"),
        ("cacheKey", "8f14e45fceea167a5a36dedd4bea2543"),
        ("primaryKey", "customer_id"),
        ("publicKey", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"),
        ("bypass", "none"),
        ("compass", "north"),
        ("tokenType", "Bearer"),
        ("password", ""),
        ("pin", "three"),
        ("keyboard", "8f14e45fceea167a5a36dedd4bea2543"),
    ] {
        assert_eq!(kind(name, value), None, "{name}: {value}");
    }
}

#[test]
fn other_names_tell_with_their_value() {
    assert_eq!(kind("stripe_key", "8f14e45fceea167a5a36dedd4bea2543"), Some("password"));
    assert_eq!(kind("stripe_key", "customers"), None);
    assert_eq!(kind("otp", "493021"), Some("password"));
    assert_eq!(kind("phone", "2125550123"), Some("phone"));
    assert_eq!(kind("phone", "ask reception"), None);
    assert_eq!(kind("phone", &format!("2125550123{}", " ".repeat(60))), None);
}
