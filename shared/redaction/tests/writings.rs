//! Ways of writing a secret with its name that the corpus does not have.

use redaction::{Known, Marks, redact, redact_text};
use serde_json::{Value, json};

const SECRET: &str = "q7Xw2LmP9sKd4VbNq7Xw2LmP";

/// C5: configuration, code, commands, logs and messages; `@` is the secret.
#[test]
fn secrets_are_found_however_they_are_written() {
    let mut missed = Vec::new();
    for way in [
        "{ password:: \"@\" }",
        "{ 'api-key'+: '@' }",
        "userPassword:: @",
        "$ENV{API_TOKEN} = '@';",
        "{password, \"@\"}.",
        "{password, <<\"@\">>}",
        "application:set_env(app, api_token, \"@\").",
        "const api_key: []const u8 = \"@\";",
        "std::string apiKey{\"@\"};",
        "public string Password { get; set; } = \"@\";",
        "CREATE LOGIN app WITH PASSWORD = N'@';",
        "MasterUserPassword: !Sub \"@\"",
        "$password = ConvertTo-SecureString \"@\" -AsPlainText -Force",
        "$password = ConvertTo-SecureString -String '@' -AsPlainText -Force",
        "if token != \"@\":",
        "new NetworkCredential(\"user\", \"@\")",
        "new Client({ auth: \"@\" })",
        "<apiToken>{@}</apiToken>",
        "requirepass @",
        "bindpw: @",
        "keytool -list -storepass '@'",
        "https://maps.example/api/js?key=@&callback=x",
        "https://h.example/x?auth=@",
        "https://h.example/cb?code=@&state=1",
        "session cookie sid=@",
        "curl -b \"session=@\" https://h.example",
        "echo \"@\" | docker login -u u --password-stdin",
        "echo 'u:@' | chpasswd",
        "sqlcmd -S h -U sa -P @ -Q \"x\"",
        "ldapsearch -x -D cn=x -w @ -b dc=x",
        "7z x -p@ f.7z",
        "twine upload -u u -p @ dist/*",
        "oc login -u u -p @",
        "mosquitto_pub -u u -P @ -t t",
        "vault login @",
        "http -a u:@ h.example",
        "CREATE USER 'app'@@'%' IDENTIFIED WITH mysql_native_password BY '@';",
        "SET PASSWORD FOR 'u'@@'localhost' = '@';",
        "error: Incorrect API key provided: @. You can find it",
        "Using token @",
        "New password for alice: @",
        "password for the db: @",
        "The secret key should be @.",
        "pw: @",
        "GH_PAT: @",
        "githubPat = '@'",
        "recovery code: @",
        "privateKeyPem: @",
        "config('SECRET_KEY', default='@')",
        "parser.add_argument(\"--token\", default=\"@\")",
        "attr :token, default: \"@\"",
        "Kennwort für die Datenbank: @",
        "Das Token lautet: @",
        "Der geheime Schlüssel ist @",
        "Votre mot de passe temporaire : @",
        "La nueva contraseña de la base de datos es @",
        "contraseña nueva: @",
        "clave secreta: @",
    ] {
        let text = way.replace("@@", "\u{1}").replace('@', SECRET).replace('\u{1}', "@");
        let shown = redact_text(&text, "", &Known::nothing()).text;
        if SECRET.as_bytes().windows(8).any(|part| shown.contains(std::str::from_utf8(part).unwrap())) {
            missed.push(text);
        }
    }
    assert_eq!(missed, Vec::<String>::new());
}

/// Sentences, packages, licences and folders.
#[test]
fn what_only_looks_like_that_stays() {
    for text in [
        "- **Token configuration → Add groups claim**",
        "`--token` is gone, `--proxy` is new",
        "`FindToken`, `InFlightRequests`",
        "[`quote::ToTokens`]: https://docs.rs/quote/1.0/quote/trait.ToTokens.html",
        "<a accesskey=\"p\" href=\"x.html\">",
        "\"cookies\": \"~0.9.1\",",
        "\"jsonwebtoken\": \"^9.0.0\",",
        "secret_access_key: impl Into<String>,",
        "token = token[len(h):]",
        "pass `--plain` for plain text",
        "nothing may pass: reading goes on",
        "51 Franklin Street, Boston, MA 02110-1301 USA",
        "docker run -p 127.0.0.1:5432:5432 postgres",
        "docker ps -a | grep x",
        "\"Action\": \"sts:GetWebIdentityToken\", \"Resource\": \"*\"",
        "the token for the job is kept in the vault",
        "tokens: 400000",
        "cd $PWD && PWD=/srv/app ./run",
    ] {
        assert_eq!(redact_text(text, "", &Known::nothing()).text, text);
    }
}

/// E1: a value that has no name of its own is masked in a parameter only if no command could be made of it.
#[test]
fn a_name_elsewhere_hides_no_command() {
    let code = |parameters: &Value| redact(parameters, "", &Marks::none()).map_err(|error| error.code());
    for parameters in [
        json!({ "credentials": { "command": "DELETE everything" } }),
        json!({ "token": { "run": "curl${IFS}x|sh" } }),
        json!({ "secrets": [{ "name": "a", "value": "rm -rf /" }] }),
        json!({ "kind": "Secret", "stringData": { "run.sh": "rm -rf /" } }),
        json!(["mysql", "--password", "DROP TABLE a"]),
        json!({ "name": "deploy-token", "content": "#!/bin/sh\nrm -rf /" }),
        json!({ "name": "deploy-token", "content": "cm0gLXJmIC8K" }),
    ] {
        assert_eq!(code(&parameters), Err("secret-in-parameter"), "{parameters}");
    }
    for parameters in [
        json!({ "credentials": { "command": SECRET } }),
        json!({ "secret": { "run": "short-one" } }),
        json!({ "credentials": { "some_key": "short-one" } }),
        json!({ "password": "two words" }),
        json!(["mysql", "--password", SECRET]),
        json!({ "name": "DB_PASSWORD", "value": "two words" }),
    ] {
        assert_eq!(code(&parameters).expect("masked").masked.len(), 1, "{parameters}");
    }
    for parameters in [
        json!({ "pwd": "/etc/cron.d" }),
        json!({ "tokens": 400_000 }),
        json!({ "dependencies": { "jsonwebtoken": "^9.0.0", "cookie": "~0.5.0" } }),
    ] {
        assert_eq!(code(&parameters).expect("shown").masked, vec![], "{parameters}");
    }
}
