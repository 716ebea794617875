"""Demo data: what the sample bundle's actions are about. Written once, and only what is not there yet."""

from __future__ import annotations

import io
import json
import random
import zipfile

import place
from botocore.exceptions import ClientError
from deploy import client

BUCKETS = ("customers", "partner-drop", "reports", "analytics")
CUSTOMERS_KEY = "2026/q3.csv"
REPORTS_KEY = "2026/revenue-q3.csv"
ROLE = "etl-nightly"
POLICY = "reports-read"
SECRET = "prod/payments/db"
FUNCTION = "demo-retrain"

FIRST = "Ada Ben Cleo Dario Esra Finn Greta Hugo Ines Jonas Kaja Luis Mira Nils Oona Pavel Quinn Rosa Sami Tove".split()
LAST = "Adler Brandt Costa Dahl Engel Ferro Gruber Haas Ivarsen Jensen Keller Lind Moretti Novak Olsen Prado".split()
CITIES = "Bergen Bologna Brno Ghent Graz Leipzig Lyon Malmö Porto Tartu".split()

RETRAIN = '''"""A model's retraining, as small as it gets: says what it was asked and in which version it ran."""


def handler(event, context):
    return {"job": "retrain", "model": event.get("model"), "version": context.function_version, "accepted": True}
'''


def target_names() -> dict[str, str]:
    """What infra/target.yaml lets the demo's actions touch."""
    return {
        "ExportSources": "customers,reports",
        "ExportDestinations": "partner-drop,analytics",
        "ManagedRole": ROLE,
        "AttachablePolicies": f"arn:aws:iam::{place.ACCOUNT}:policy/{POLICY},arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        "ManagedSecret": SECRET,
        "InvocableFunction": FUNCTION,
        "RulesBucket": place.BUNDLES_BUCKET,
        "SeeObjectHeaders": "on",
    }


def seed() -> None:
    _buckets()
    _role_and_policy()
    _secret()
    _function()


def _buckets() -> None:
    s3 = client("s3")
    there = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    for name in BUCKETS:
        if name not in there:
            s3.create_bucket(Bucket=name)
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for bucket, key, content in (("customers", CUSTOMERS_KEY, customers_csv()), ("reports", REPORTS_KEY, revenue_csv())):
        if not s3.list_objects_v2(Bucket=bucket, Prefix=key).get("KeyCount"):
            s3.put_object(Bucket=bucket, Key=key, Body=content.encode(), ContentType="text/csv; charset=utf-8")


def customers_csv(rows: int = 4000) -> str:
    """Invented customers, the same every time; the addresses and numbers belong to nobody (RFC 2606, drama numbers)."""
    dice = random.Random(20260930)
    lines = ["email,name,city,phone,since"]
    for number in range(rows):
        first, last = dice.choice(FIRST), dice.choice(LAST)
        since = f"{dice.randint(2015, 2026)}-{dice.randint(1, 9):02}-{dice.randint(1, 28):02}"
        phone = f"+44 20 7946 0{dice.randint(100, 999)}"
        lines.append(f"{first}.{last}{number}@example.com,{first} {last},{dice.choice(CITIES)},{phone},{since}".lower())
    return "\n".join(lines) + "\n"


def revenue_csv() -> str:
    """A report without anybody's data in it."""
    dice = random.Random(7)
    rows = [f"2026-{month:02},{city.lower()},{dice.randint(20_000, 90_000)}" for month in (7, 8, 9) for city in CITIES]
    return "\n".join(["month,city,revenue_eur", *rows]) + "\n"


def _role_and_policy() -> None:
    iam = client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    reading = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}],
    }
    _once(lambda: iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust)))
    _once(lambda: iam.create_policy(PolicyName=POLICY, PolicyDocument=json.dumps(reading)))


def _once(create) -> None:
    try:
        create()
    except ClientError as error:
        if "Exist" not in error.response["Error"]["Code"] and "Conflict" not in error.response["Error"]["Code"]:
            raise


def _secret() -> None:
    secrets = client("secretsmanager")
    first = {"username": "payments", "password": "first-password-of-the-demo", "host": "db.example.com"}
    _once(lambda: secrets.create_secret(Name=SECRET, SecretString=json.dumps(first)))


def _function() -> None:
    functions = client("lambda")
    try:
        functions.get_function(FunctionName=f"{FUNCTION}:1")
        return
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
    role = f"arn:aws:iam::{place.ACCOUNT}:role/{FUNCTION}"
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    _once(lambda: client("iam").create_role(RoleName=FUNCTION, AssumeRolePolicyDocument=json.dumps(trust)))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("retrain.py", date_time=(2026, 1, 1, 0, 0, 0)), RETRAIN)
    _once(
        lambda: functions.create_function(
            FunctionName=FUNCTION,
            Runtime="python3.12",
            Handler="retrain.handler",
            Role=role,
            Code={"ZipFile": packed.getvalue()},
        )
    )
    functions.publish_version(FunctionName=FUNCTION)
