//! The ways in which names and values are written, and texts that only look like that.

use crate::detect::tests::shown;
use crate::fold::Folded;

#[test]
fn assigned_secrets_are_found() {
    for (text, value) in [
        ("password=hunter2&x=1", "hunter2"),
        ("db password: hunter2", "hunter2"),
        (r#"{"password": "two words", "a": 1}"#, "two words"),
        ("API_KEY='abc def'", "abc def"),
        ("client_secret=s3cr3t;", "s3cr3t"),
        (r#"{"token":"abcd1234"}"#, "abcd1234"),
        ("run --db-password hunter2 --verbose", "hunter2"),
        ("PGPASSWORD=hunter2 psql", "hunter2"),
        ("Passwort: geheim1", "geheim1"),
    ] {
        assert_eq!(shown(text), [format!("password:{value}")], "{text}");
    }
}

/// What was missed shares its way of writing, not its vendor.
#[test]
fn every_way_of_writing_is_read() {
    let secret = "q7Xw2LmP9sKd4VbN";
    let mut missed: Vec<(String, Vec<String>)> = Vec::new();
    for way in [
        "xToken=\"S\"",
        "xToken = \"S\"",
        "xToken=S",
        "xToken = S",
        "x_token: S",
        "x_token: 'S'",
        "x_token: \"S\"",
        "X-TOKEN: S",
        "{\n  \"x_token\": \"S\"\n}",
        "{\"x_token\":\"S\"}",
        "{\\\"x_token\\\":\\\"S\\\"}",
        "\"{\\\\\\\"x_token\\\\\\\": \\\\\\\"S\\\\\\\"}\"",
        "<xToken>S</xToken>",
        "<xToken>\n    S\n</xToken>",
        "<x:xToken type=\"a\">S</x:xToken>",
        "<xToken><![CDATA[S]]></xToken>",
        "<add key=\"xToken\" value=\"S\" />",
        "<property name=\"x.token\">S</property>",
        "<c x-token='S'/>",
        "string xToken = \"S\";",
        "var xToken string = \"S\"",
        "xToken := \"S\"",
        "xToken := `S`",
        "const xToken: &str = \"S\";",
        "private static final String X_TOKEN = \"S\";",
        "val xToken: String = \"S\"",
        "let xToken = 'S';",
        "let xToken: string = `S`;",
        "$xToken = \"S\";",
        "$xToken .= \"S\";",
        "$xToken ??= 'S';",
        "'xToken' => 'S',",
        "define('X_TOKEN', 'S');",
        "x_token = r'S'",
        "x_token = \"\"\"S\"\"\"",
        "os.environ[\"X_TOKEN\"] = \"S\"",
        ":x_token => 'S'",
        "x_token: 'S',",
        "X_TOKEN := S",
        "X_TOKEN :::= \"S\"",
        "X_TOKEN ::=\n\"S\"",
        "x_token||S",
        "xToken || \"S\"",
        "xToken, 'S'",
        "X_TOKEN ::= S",
        "X_TOKEN ?= S",
        "X_TOKEN += S",
        "export X_TOKEN=S",
        "ENV X_TOKEN S",
        "ENV X_TOKEN=S",
        "setenv(\"X_TOKEN\", \"S\")",
        "(\"X_TOKEN\", \"S\")",
        "(\"X_TOKEN\" \"S\")",
        "(X_TOKEN, \"S\")",
        "config.put(\"xToken\", \"S\");",
        "-x-token S",
        "--x-token S",
        "--x-token=S",
        "--x-token 'S'",
        "/x-token:S",
        "x_token\t=\tS",
        "x_token:   S",
        "x_token:\tS",
        "x_token:\n  S",
        "x_token:\n  - S",
        "x_token: [\"S\"]",
        "x_token: |\n  S\n",
        "x_token: >-\n  S\n",
        "x_token=>S",
        "x_token -> S",
        "x-token|S",
        "| x_token | S |",
        "{x_token: S}",
        "{x_token=S}",
        "?x_token=S&y=1",
        "x_token==S",
        "- name: X_TOKEN\n  value: S",
        "{\"name\": \"X_TOKEN\", \"value\": \"S\"}",
        "**x_token**: S",
        "`x_token`: `S`",
        "x_token=%22S%22",
        "x_token=&quot;S&quot;",
        "x_token: “S”",
        "-H 'X-Token: S'",
        "Authorization: Bearer S",
        "authorization: S",
        "\"Authorization\": \"Basic S\"",
        "Cookie: S",
        "X_TOKEN=$'S'",
        "x_token = new String(\"S\")",
        "x_token = SecretString::from(\"S\")",
        "set x_token \"S\"",
        "The token is S.",
        "password S",
        "PASSWORD 'S'",
        "Das Kennwort ist S",
        "пароль: S",
        "ПАРОЛЬ = S",
        "密码：S",
        "パスワード: S",
        "mot de passe : S",
        "contraseña: S",
        "clave API: S",
        "api key: S",
        "API-Key: S",
    ] {
        let text = way.replace('S', "\u{1}");
        // Capital S stands for the secret only where it stands alone.
        let alone = |text: &str| {
            let mut out = String::new();
            let chars: Vec<char> = text.chars().collect();
            for (at, char) in chars.iter().enumerate() {
                let letter = |at: Option<usize>| {
                    at.and_then(|at| chars.get(at))
                        .is_some_and(|char| char.is_alphanumeric() || *char == '_' || *char == '\u{1}')
                };
                let lone = *char == '\u{1}' && !letter(at.checked_sub(1)) && !letter(Some(at + 1))
                    || *char == '\u{1}' && text.contains("%22");
                match char {
                    '\u{1}' if lone => out.push_str(secret),
                    '\u{1}' => out.push('S'),
                    other => out.push(*other),
                }
            }
            out
        };
        let text = Folded::of(&alone(&text)).text.into_owned();
        assert!(text.contains(secret), "{way}");
        let found = shown(&text);
        if !found.iter().any(|found| found.ends_with(&format!(":{secret}"))) {
            missed.push((text, found));
        }
    }
    assert_eq!(missed, vec![]);
}

/// N2: aligned YAML and .env files.
#[test]
fn white_space_between_name_and_value_does_not_count() {
    for text in [
        "password:  hunter2-hunter2",
        "password  = hunter2-hunter2",
        "password:\thunter2-hunter2",
        "password:\n  hunter2-hunter2",
        "DB_PASSWORD\t=\thunter2-hunter2",
    ] {
        assert_eq!(shown(text), ["password:hunter2-hunter2"], "{text:?}");
    }
    assert_eq!(shown("{\"password\":\"foo\\\"bar-tail\"}"), ["password:foo\\\"bar-tail"]);
    assert_eq!(shown("password hunter2-hunter2"), ["password:hunter2-hunter2"]);
    assert_eq!(shown("'it''s'; password 'it''s'"), ["password:it''s"]);
}

#[test]
fn talk_about_secrets_is_left_alone() {
    let mut touched: Vec<(&str, Vec<String>)> = Vec::new();
    for text in [
        "rotate the secret prod/payments/db",
        "secret: prod/payments/db",
        "a new password is needed",
        "the token has expired",
        "http://host.example:8080/path@2",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf",
        "Token::new(value)",
        "password: string;",
        "password: str = None",
        "let token = request.headers.token;",
        "token = get_token()",
        "password = os.environ[\"DB_PASSWORD\"]",
        "password: ${DB_PASSWORD}",
        "passwordLastUsed: 2026-11-21T14:47:31Z",
        "nextToken: eyJuZXh0IjoxMjM0NTY3ODkwfQ",
        "max_tokens: 4096",
        "1,234 tokens: 512 in, 722 out",
        "key: exports/2026/q3.csv",
        "the password is rotated every 90 days",
        "password policy",
        "Password must be at least 12 characters",
        "Authorization failed",
        "primary key: customer_id",
        "token type: Bearer",
        "keywords: a, b",
        "the secret is stored in prod/payments/db",
        "password: ‹password 1›",
        "secretsmanager:GetSecretValue",
        "x-token|y",
    ] {
        if !shown(text).is_empty() {
            touched.push((text, shown(text)));
        }
    }
    assert_eq!(touched, vec![]);
}
