//! Templates of ordinary texts.

pub(super) const ALL: &[(&str, &str)] = &[
    ("arn", "arn:aws:iam::‹account›:role/‹word›-‹word›"),
    ("arn", "arn:aws:lambda:eu-central-1:‹account›:function:‹word›-‹word›:‹n›"),
    ("arn", "arn:aws:secretsmanager:us-east-1:‹account›:secret:prod/‹word›/db-a1B2c3"),
    ("arn", "arn:aws:kms:eu-west-1:‹account›:key/‹uuid›"),
    (
        "arn",
        "{\"SecretArn\": \"arn:aws:secretsmanager:us-east-1:‹account›:secret:‹word›/‹word›-Ab12Cd\", \"RotationEnabled\": true}",
    ),
    ("s3", "s3://‹word›-‹word›/2026/‹date›/part-000‹n›.parquet"),
    ("s3", "copied s3://‹word›/‹word›/‹hex8›.csv to s3://partner-drop/‹word›-‹date›.csv, ‹big› bytes"),
    (
        "policy",
        "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"Allow‹Word›\", \"Effect\": \"Allow\", \"Action\": [\"secretsmanager:GetSecretValue\", \"sts:GetSessionToken\"], \"Resource\": \"arn:aws:secretsmanager:*:‹account›:secret:‹word›/*\"}]}",
    ),
    (
        "policy",
        "permit (principal, action == Action::\"rotate-secret\", resource) when { resource.name like \"prod/‹word›/*\" };",
    ),
    (
        "cloudtrail",
        "{\"eventVersion\": \"1.09\", \"userIdentity\": {\"type\": \"AssumedRole\", \"principalId\": \"AROA‹unique›:‹word›\", \"accountId\": \"‹account›\"}, \"eventTime\": \"‹date›T10:11:12Z\", \"eventName\": \"GetSecretValue\", \"requestParameters\": {\"secretId\": \"prod/‹word›/db\"}, \"requestID\": \"‹uuid›\", \"eventID\": \"‹uuid›\"}",
    ),
    (
        "cloudtrail",
        "{\"eventName\": \"PutObject\", \"sourceIPAddress\": \"‹ip›\", \"userAgent\": \"aws-cli/2.‹n›.0\", \"requestParameters\": {\"bucketName\": \"‹word›\", \"key\": \"‹word›/‹uuid›.json\"}, \"resources\": [{\"ARN\": \"arn:aws:s3:::‹word›\"}]}",
    ),
    (
        "terraform",
        "  # aws_db_instance.‹word› will be updated in-place\n  ~ resource \"aws_db_instance\" \"‹word›\" {\n        id                = \"db-‹hex16›\"\n      ~ allocated_storage = ‹n› -> 1‹n›\n        password          = (sensitive value)\n    }\n",
    ),
    (
        "terraform",
        "resource \"aws_secretsmanager_secret\" \"‹word›\" {\n  name                    = \"prod/‹word›/db\"\n  recovery_window_in_days = 7\n}\n",
    ),
    (
        "terraform",
        "variable \"‹word›_token\" {\n  type        = string\n  sensitive   = true\n  description = \"The token of ‹word›\"\n}\n",
    ),
    ("terraform", "password = var.‹word›_password\n"),
    (
        "kubectl",
        "NAME                       READY   STATUS    RESTARTS   AGE\n‹word›-‹pod›   1/1     Running   ‹n›          4d2h\n‹word›-‹pod›   0/1     Pending   0          12s\n",
    ),
    (
        "kubectl",
        "‹word›-tls   kubernetes.io/tls   2      ‹n›d\ndefault-token-x7k2p   kubernetes.io/service-account-token   3   ‹n›d\n",
    ),
    (
        "kubectl",
        "      valueFrom:\n        secretKeyRef:\n          name: ‹word›-db\n          key: password\n",
    ),
    (
        "kubectl",
        "imagePullSecrets:\n  - name: registry-‹word›\nserviceAccountName: ‹word›\nautomountServiceAccountToken: false\n",
    ),
    (
        "git",
        "commit ‹hex40›\nAuthor: Alice <alice at example>\nDate:   Mon Nov 23 10:11:12 2026 +0100\n\n    Rotate the ‹word› password every ‹n› days\n",
    ),
    ("git", "‹hex7› (HEAD -> main) The ‹word› reads its token from the environment\n"),
    (
        "git",
        "diff --git a/‹word›/‹word›.rs b/‹word›/‹word›.rs\nindex ‹hex7›..‹hex7› 100644\n@@ -‹n›,7 +‹n›,9 @@ fn tokenize(text: &str)\n",
    ),
    ("digest", "image: registry.example/‹word›@sha256:‹hex64›"),
    ("digest", "sha256:‹hex64›  ‹word›-‹version›.tar.gz"),
    ("digest", "‹hex32›  ‹word›.zip"),
    ("digest", "ETag: \"‹hex32›\"\nLast-Modified: Mon, 23 Nov 2026 10:11:12 GMT\nContent-Length: ‹big›\n"),
    (
        "lock file",
        "    \"node_modules/‹word›\": {\n      \"version\": \"‹version›\",\n      \"resolved\": \"https://registry.npmjs.org/‹word›/-/‹word›-‹version›.tgz\",\n      \"integrity\": \"sha512-‹b64-64›\"\n    },\n",
    ),
    (
        "lock file",
        "[[package]]\nname = \"‹word›-token\"\nversion = \"‹version›\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"‹hex64›\"\n",
    ),
    ("lock file", "‹word›==‹version› \\\n    --hash=sha256:‹hex64›\n"),
    ("lock file", "github.com/acme/‹word› v‹version› h1:‹b64›\n"),
    (
        "html",
        "<script src=\"/js/‹word›.js\" integrity=\"sha384-‹b64-64›\" crossorigin=\"anonymous\"></script>",
    ),
    (
        "html",
        "<label for=\"password\">Password</label><input type=\"password\" id=\"password\" name=\"password\" autocomplete=\"current-password\" placeholder=\"Your password\">",
    ),
    ("html", "<p>Forgot your password? <a href=\"/reset?lang=en\">Reset it</a> before <b>‹date›</b>.</p>"),
    ("log", "‹date›T‹time›Z INFO ‹word›: request ‹uuid› took ‹n› ms, status 200"),
    ("log", "‹date› ‹time› [worker-‹n›] WARN c.e.‹word›.TokenService - token expired, refreshing"),
    (
        "log",
        "level=error ts=‹date›T‹time›Z caller=‹word›.go:‹n› msg=\"authorization failed\" trace_id=‹hex32› span_id=‹hex16›",
    ),
    (
        "log",
        "‹ip› - - [23/Nov/2026:10:11:12 +0000] \"GET /v1/‹word›/‹big› HTTP/1.1\" 200 ‹n› \"-\" \"Mozilla/5.0\"",
    ),
    (
        "log",
        "START RequestId: ‹uuid› Version: $LATEST\nEND RequestId: ‹uuid›\nREPORT RequestId: ‹uuid› Duration: ‹n›.12 ms Billed Duration: ‹n› ms Memory Size: 256 MB\n",
    ),
    ("log", "[‹epoch›] password for user ‹word› changed by administrator"),
    ("log", "sshd[‹n›]: Accepted publickey for deploy from ‹ip› port 5‹n› ssh2: ED25519 SHA256:‹b64›"),
    ("log", "‹date› ‹time› INFO secret ‹word›/db rotated, version ‹uuid› is AWSCURRENT"),
    (
        "stack trace",
        "Traceback (most recent call last):\n  File \"/app/‹word›/auth.py\", line ‹n›, in get_token\n    token = self.client.get_token(scope)\nValueError: token must not be empty\n",
    ),
    (
        "stack trace",
        "java.lang.IllegalStateException: password policy not met\n\tat com.example.‹word›.PasswordValidator.validate(PasswordValidator.java:‹n›)\n\tat com.example.‹word›.Main.main(Main.java:‹n›)\n",
    ),
    (
        "stack trace",
        "thread 'main' panicked at src/‹word›.rs:‹n›:9:\nindex out of bounds: the len is ‹n› but the index is ‹big›\n",
    ),
    (
        "stack trace",
        "TypeError: Cannot read properties of undefined (reading 'token')\n    at ‹word› (/srv/app/dist/‹word›.js:‹n›:17)\n    at processTicksAndRejections (node:internal/process/task_queues:95:5)\n",
    ),
    ("code", "fn next_token(&mut self) -> Option<Token> { self.tokens.get(self.at + ‹n›).cloned() }"),
    ("code", "let token = self.‹word›.next_token()?;\nlet password = read_password(&mut input)?;\n"),
    ("code", "const ‹word›Token = await getToken({ audience: \"‹word›\" });\n"),
    ("code", "password = os.environ[\"‹word›_PASSWORD\"]\ntoken = get_token()\n"),
    ("code", "String password = request.getParameter(\"password\");\nif (password == null) { return; }\n"),
    (
        "code",
        "def rotate_secret(secret_id: str, token: str | None = None) -> None:\n    \"\"\"Rotate ‹word›.\"\"\"\n    client.rotate_secret(SecretId=secret_id)\n",
    ),
    ("code", "export interface ‹Word›Options { password?: string; token: string; maxTokens: number }\n"),
    ("code", "ENV ‹word›_TOKEN_FILE=/run/secrets/‹word›_token\n"),
    ("code", "password: ${{ secrets.‹word›_PASSWORD }}\ntoken: ${‹word›_TOKEN}\n"),
    ("code", "db_password: \"{{ vault_‹word›_password }}\"\napi_key: <your-api-key>\n"),
    (
        "sql",
        "SELECT id, password_hash IS NOT NULL AS has_password FROM users WHERE tenant_id = ‹n› AND created_at > '‹date›' LIMIT ‹n›;",
    ),
    (
        "sql",
        "ALTER TABLE ‹word› ADD COLUMN token_expires_at timestamptz; CREATE INDEX ‹word›_token_idx ON ‹word› (token_expires_at);",
    ),
    (
        "json",
        "{\"UserName\": \"‹word›\", \"PasswordLastUsed\": \"‹date›T10:11:12Z\", \"AccessKeyLastUsed\": \"‹date›\", \"passwordLastUsed\": \"‹date›\"}",
    ),
    (
        "json",
        "{\"items\": [{\"id\": \"‹uuid›\"}], \"nextToken\": null, \"maxResults\": ‹n›, \"total\": ‹big›}",
    ),
    (
        "json",
        "{\"secretName\": \"prod/‹word›/db\", \"secret_arn\": \"arn:aws:secretsmanager:eu-west-1:‹account›:secret:‹word›\", \"secretVersion\": ‹n›}",
    ),
    (
        "json",
        "{\"model\": \"‹word›-large\", \"max_tokens\": 4096, \"prompt_tokens\": ‹n›, \"completion_tokens\": ‹n›, \"total_tokens\": 1‹n›}",
    ),
    (
        "json",
        "{\"tokenType\": \"Bearer\", \"token_type\": \"bearer\", \"expires_in\": 3600, \"tokenUrl\": \"https://id.example/‹word›/token\"}",
    ),
    (
        "json",
        "{\"passwordPolicy\": {\"minimumLength\": ‹n›, \"requireSymbols\": true, \"maxAge\": 90}, \"passwordRequired\": false}",
    ),
    (
        "json",
        "{\"account\": \"‹account›\", \"order\": ‹big›, \"created\": ‹epoch›, \"amount\": \"‹money›\", \"currency\": \"EUR\"}",
    ),
    (
        "json",
        "{\"publicKey\": \"ssh-‹word›\", \"keyId\": \"‹uuid›\", \"keyName\": \"‹word›\", \"primaryKey\": \"id\", \"foreign_key\": \"‹word›_id\", \"partitionKey\": \"‹word›\"}",
    ),
    (
        "json",
        "{\"body\": \"{\\\"event\\\": \\\"‹word›\\\", \\\"id\\\": \\\"‹uuid›\\\", \\\"tokens\\\": ‹n›}\"}",
    ),
    (
        "metrics",
        "http_requests_total{method=\"GET\",handler=\"/‹word›\",code=\"200\"} ‹big›\n‹word›_tokens_total ‹big›\n",
    ),
    ("metrics", "‹word›.latency:‹n›|ms|#env:prod,version:‹version›,host:ip-‹n›"),
    ("csv", "id,name,date,amount\n‹big›,‹word›,‹date›,‹money›\n‹big›,‹word›,‹date›,‹money›\n"),
    ("csv", "request_id,user,tokens_used,cost\n‹uuid›,‹word›,‹n›,0.0‹n›\n"),
    ("uuid", "The ‹word› is ‹uuid›, its parent ‹uuid›."),
    ("timestamps", "‹date›T‹time›Z to ‹date› ‹time› (‹epoch›)"),
    ("prose", "The ‹word› secret is rotated every ‹n› days, and the ‹word› token is renewed at ‹date›."),
    (
        "prose",
        "Please export ‹n› rows of ‹word› for the ‹word› team by ‹date›; the password policy of the ‹word› stays as it is.",
    ),
    ("prose", "Authorization failed for ‹word›: the token is expired or has no scope ‹word›:read."),
    ("prose", "Tokenization of ‹word› takes ‹n› ms, at most ‹big› tokens a minute."),
    ("prose", "Order ‹big› of ‹date› costs EUR ‹money›, invoice R-2026-‹big›, delivery to the ‹word›."),
    (
        "prose",
        "Version ‹version› of the ‹word› replaces ‹version›; see https://docs.example/‹word›/‹version›/index.html#token-format.",
    ),
    (
        "yaml",
        "replicas: ‹n›\nimage: registry.example/‹word›:‹version›\nresources:\n  limits: { memory: ‹n›Mi }\n",
    ),
    (
        "yaml",
        "on:\n  push:\n    branches: [main]\npermissions:\n  id-token: write\n  contents: read\njobs:\n  ‹word›:\n    runs-on: ubuntu-24.04\n",
    ),
    ("resources", "i-‹id› in subnet-‹id› of vpc-‹id›, sg-‹id›, ami-‹id›, vol-‹id›"),
    ("url", "https://console.example/‹word›?page=‹n›&sort=‹word›&from=‹date›&id=‹uuid›"),
    ("url", "https://git.example/acme/‹word›/-/merge_requests/‹n›/diffs?commit_id=‹hex40›"),
    (
        "command",
        "aws secretsmanager get-secret-value --secret-id prod/‹word›/db --query SecretString --region eu-central-1",
    ),
    (
        "command",
        "curl -sS -o ‹word›.json https://api.example/v1/‹word›/‹uuid› && jq .token_count ‹word›.json",
    ),
    ("command", "docker build -t registry.example/‹word›:‹hex7› --build-arg VERSION=‹version› ."),
    (
        "command",
        "countersign propose ‹word›.json --key run-‹big› --wait --timeout ‹n› --token-file /run/‹word›/token",
    ),
    (
        "base64",
        "<img alt=\"‹word›\" src=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\">",
    ),
];
