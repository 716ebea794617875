"""Deploys the real templates to the emulator, and does what its CloudFormation leaves out."""

from __future__ import annotations

import base64
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import chat
import place
import vendor
from botocore.config import Config
from botocore.exceptions import ClientError
from packages import Package
from place import Trouble, say

CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
SECRETS = ("fingerprint", "client", "cookie", "chat")
FINISHED = re.compile(r"_(COMPLETE|FAILED)$")
# DER of an Ed25519 SubjectPublicKeyInfo: this much, then the 32 bytes of the key (RFC 8410).
ED25519_HEADER = bytes.fromhex("302a300506032b6570032100")

_session = boto3.session.Session(
    aws_access_key_id=place.ROOT_KEY["AWS_ACCESS_KEY_ID"],
    aws_secret_access_key=place.ROOT_KEY["AWS_SECRET_ACCESS_KEY"],
    region_name=place.REGION,
)


def client(service: str):
    """An SDK client of the emulator, with the root key."""
    settings = Config(connect_timeout=5, read_timeout=120, retries={"max_attempts": 2}, s3={"addressing_style": "path"})
    return _session.client(service, endpoint_url=place.ENDPOINT, config=settings)


def deploy_state() -> None:
    template = (place.ROOT / "infra" / "state.yaml").read_text()
    parameters = {
        "Deployment": place.DEPLOYMENT,
        "LogRetentionDays": str(place.LOG_RETENTION_DAYS),
        "TableDeletionProtection": "false",
    }
    put_stack(f"{place.PREFIX}-state", template, parameters)
    for bucket in (place.LOG_BUCKET, place.BUNDLES_BUCKET):
        lock(bucket)


def lock(bucket: str) -> None:
    """The emulator's CloudFormation does not apply ObjectLockConfiguration: apply it here, and look whether it holds."""
    s3 = client("s3")
    retention = {"Mode": "COMPLIANCE", "Days": place.LOG_RETENTION_DAYS}
    wanted = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=wanted)
    found = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    if found != wanted:
        raise Trouble(f"the bucket {bucket} is not locked as it should be: {json.dumps(found)}")


def fill_secrets() -> dict[str, str]:
    """Gives every secret a value once. Returns their ARNs."""
    secrets = client("secretsmanager")
    values = {
        "fingerprint": lambda: base64.b64encode(_random(32)).decode(),
        "cookie": lambda: base64.b64encode(_random(32)).decode(),
        "client": lambda: place.client_id("countersign-pages"),
        "chat": lambda: "{}",
    }
    arns = {}
    for name in SECRETS:
        secret = f"countersign/{place.DEPLOYMENT}/{name}"
        described = secrets.describe_secret(SecretId=secret)
        arns[name] = described["ARN"]
        # Another provider has another client, and with it another secret.
        if (name == "client" and place.PROVIDER) or not _has_value(secrets, secret):
            secrets.put_secret_value(SecretId=secret, SecretString=values[name]())
    return arns


def connect_chat() -> bool:
    """Writes the doubles into the secret `chat`. Whether it said something else before."""
    secrets = client("secretsmanager")
    name = f"countersign/{place.DEPLOYMENT}/chat"
    kept = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
    wanted = chat.secret(kept)
    if wanted != kept:
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps(wanted))
    return wanted != kept


def _has_value(secrets, secret: str) -> bool:
    try:
        return bool(secrets.get_secret_value(SecretId=secret).get("SecretString"))
    except secrets.exceptions.ResourceNotFoundException:
        return False


def _random(count: int) -> bytes:
    return Path("/dev/urandom").open("rb").read(count)


def read_keys() -> tuple[dict[str, str], dict[str, str]]:
    """ARNs of the three keys, and the raw public halves (base64) of those that sign."""
    kms = client("kms")
    arns = {}
    public = {}
    for name in ("payload", "verdict", "checkpoint"):
        arns[name] = kms.describe_key(KeyId=f"alias/{place.PREFIX}-{name}")["KeyMetadata"]["Arn"]
    for name in ("verdict", "checkpoint"):
        der = kms.get_public_key(KeyId=arns[name])["PublicKey"]
        if not der.startswith(ED25519_HEADER) or len(der) != len(ED25519_HEADER) + 32:
            raise Trouble(f"the {name} key is not an Ed25519 key")
        public[name] = base64.b64encode(der[len(ED25519_HEADER) :]).decode()
    return arns, public


def make_packages_bucket(s3) -> str:
    try:
        s3.create_bucket(Bucket=place.PACKAGES_BUCKET)
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        pass
    return place.PACKAGES_BUCKET


def upload(packages: list[Package]) -> dict[str, str]:
    """Puts the packages where CloudFormation finds them. Returns function → s3 address."""
    s3 = client("s3")
    make_packages_bucket(s3)
    listed = s3.list_objects_v2(Bucket=place.PACKAGES_BUCKET).get("Contents", [])
    there = {entry["Key"] for entry in listed if entry["Key"].endswith(".zip")}
    missing = [package for package in packages if package.key not in there]
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda p: s3.put_object(Bucket=place.PACKAGES_BUCKET, Key=p.key, Body=p.path.read_bytes()), missing))
    for key in there - {package.key for package in packages}:
        s3.delete_object(Bucket=place.PACKAGES_BUCKET, Key=key)
    return {package.function: f"s3://{place.PACKAGES_BUCKET}/{package.key}" for package in packages}


def deploy_functions(code: dict[str, str], architecture: str, publisher_key: str, verdict_key: str) -> dict[str, str]:
    """Deploys template.yaml; returns its outputs."""
    template = (place.ROOT / "infra" / "template.yaml").read_text()
    for function, address in code.items():
        template, count = re.subn(rf"CodeUri: \S+/{function}\.zip", f"CodeUri: {address}", template)
        if count != 1:
            raise Trouble(f"infra/template.yaml names the package of {function} {count} times, not once")
    parameters = {
        "Deployment": place.DEPLOYMENT,
        "ARCH": architecture,
        "Issuers": json.dumps(issuers(), separators=(",", ":")),
        "PagesClient": place.client_id("countersign-pages"),
        "PublisherKey": publisher_key,
        "VerdictPublicKey": verdict_key,
        "PublicUrl": place.API,
        "ConsoleChannel": f"{place.CONSOLE}/messages",
        "TargetRolePrefixes": f"arn:aws:iam::{place.ACCOUNT}:role/{place.PREFIX}",
        "LogGroupDays": "1",
        # The emulator does not fill s3:if-none-match, and it speaks plain HTTP.
        "CreateOnlyGuard": "off",
        "TransportGuard": "off",
    }
    return put_stack(place.PREFIX, template, parameters)


def issuers() -> list[dict]:
    if place.PROVIDER:
        return vendor.issuers()
    return [
        {
            "issuer": place.ISSUER,
            "metadata": f"{place.ISSUER}/.well-known/openid-configuration",
            "audience": "countersign",
            "algorithms": ["ES256", "RS256"],
            "people": True,
            "person_clients": ["countersign-cli", "countersign-pages"],
            "groups_claim": "groups",
            "client_claim": "client_id",
        }
    ]


def deploy_target(names: dict[str, str]) -> None:
    """The roles in the target account, which here is the same one. `names`: what the demo's actions may touch."""
    parameters = {
        "Deployment": place.DEPLOYMENT,
        "CountersignAccount": place.ACCOUNT,
        # The emulator does not fill sts:SourceIdentity.
        "SourceIdentityGuard": "off",
        **names,
    }
    put_stack(f"{place.PREFIX}-target", (place.ROOT / "infra" / "target.yaml").read_text(), parameters)


def put_stack(name: str, template: str, parameters: dict[str, str]) -> dict[str, str]:
    """Creates or updates a stack and waits for it; returns its outputs."""
    cloudformation = client("cloudformation")
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    address = _upload_template(name, template)
    request = {"StackName": name, "TemplateURL": address, "Parameters": given, "Capabilities": CAPABILITIES}
    started = time.monotonic()
    status = _status(cloudformation, name)
    if status in ("ROLLBACK_COMPLETE", "CREATE_FAILED"):
        cloudformation.delete_stack(StackName=name)
        _wait(cloudformation, name)
        status = None
    try:
        (cloudformation.update_stack if status else cloudformation.create_stack)(**request)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return _outputs(cloudformation, name)
        raise Trouble(f"the stack {name} was refused: {str(error)[-1500:]}") from error
    end = _wait(cloudformation, name)
    if end not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise Trouble(f"the stack {name} ended as {end}:\n{_reasons(cloudformation, name)}")
    say(f"  {name}: {end.lower().replace('_', ' ')} in {time.monotonic() - started:.1f} s")
    return _outputs(cloudformation, name)


def _upload_template(name: str, template: str) -> str:
    """A template goes through S3, as with `sam deploy`: in the request itself it may have 51,200 bytes at most."""
    s3 = client("s3")
    key = f"{name}.yaml"
    s3.put_object(Bucket=make_packages_bucket(s3), Key=key, Body=template.encode())
    return f"{place.ENDPOINT}/{place.PACKAGES_BUCKET}/{key}"


def _status(cloudformation, name: str) -> str | None:
    try:
        return cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError:
        return None


def _wait(cloudformation, name: str) -> str | None:
    while True:
        status = _status(cloudformation, name)
        if status is None or FINISHED.search(status) and not status.endswith("CLEANUP_IN_PROGRESS"):
            return status
        time.sleep(0.1)


def _outputs(cloudformation, name: str) -> dict[str, str]:
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _reasons(cloudformation, name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return "\n".join(f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed[-10:])
