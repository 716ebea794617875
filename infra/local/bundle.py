"""Publishes the sample bundle with the product's own CLI: the publisher's key once, a new number when it changed; and
stages it once more, so that there is something for the action that puts rules in force."""

from __future__ import annotations

import base64
import binascii
import hashlib
import subprocess

import chat
import deploy
import place
import vendor
from packages import cli
from place import Trouble, say

KEY = place.KEYS / "publisher.pk8"
PUBLIC = place.KEYS / "publisher.pub"
SAMPLE = place.ROOT / "infra" / "policies"
# The sample rules as this stack has them: with the addresses of its doubles, or with the names of a vendor's provider.
SOURCE = place.POLICIES
PUBLISHED = place.RUN / "published"
STAGED = "bundles/staged/example.json"


def publisher_key() -> str:
    """The publisher's public key (base64 of 32 bytes); makes the pair the first time."""
    if not (KEY.exists() and PUBLIC.exists()):
        printed = _run("keygen", str(KEY)).split()
        public = printed[-1] if printed else ""
        if not _is_key(public):
            raise Trouble("`countersign bundle keygen` printed no public key (32 bytes in base64)")
        place.write_private(PUBLIC, public.encode())
    return PUBLIC.read_text().strip()


def publish() -> None:
    """Publishes the sample rules unless exactly this was published here before, with this key."""
    if place.PROVIDER:
        vendor.policies(SAMPLE)
    else:
        chat.policies(SAMPLE, SOURCE)
    now = _fingerprint()
    there = deploy.client("s3").list_objects_v2(Bucket=place.BUNDLES_BUCKET, Prefix="bundles/0", MaxKeys=1)
    if there.get("KeyCount") and PUBLISHED.exists() and PUBLISHED.read_text() == now:
        return
    told = _publish()
    PUBLISHED.write_text(now)
    for line in told.strip().splitlines():
        say(f"  {line}")


def stage() -> None:
    """Stages the same rules as the catalogue's example says: once, and only while the number it names is the next."""
    s3 = deploy.client("s3")
    keys = s3.list_objects_v2(Bucket=place.BUNDLES_BUCKET, Prefix="bundles/0").get("Contents", [])
    there = s3.list_objects_v2(Bucket=place.BUNDLES_BUCKET, Prefix=STAGED).get("KeyCount")
    if len(keys) != 1 or there:
        return
    _publish("--stage", "example")
    say(f"  staged once more: {STAGED}")


def _publish(*more: str) -> str:
    where = ("--dir", str(SOURCE), "--bucket", place.BUNDLES_BUCKET)
    return _run("publish", *where, "--key", str(KEY), "--issuer", place.ISSUER, *more)


def _fingerprint() -> str:
    running = hashlib.sha256(PUBLIC.read_bytes() + place.ISSUER.encode())
    for file in sorted(SOURCE.rglob("*")):
        if file.is_file():
            running.update(str(file.relative_to(SOURCE)).encode() + b"\0" + file.read_bytes() + b"\0")
    return running.hexdigest()


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _run(*arguments: str) -> str:
    environment = place.clean_environment(
        AWS_ENDPOINT_URL=place.ENDPOINT, AWS_REGION=place.REGION, AWS_DEFAULT_REGION=place.REGION, **place.ROOT_KEY
    )
    command = [str(cli()), "bundle", *arguments]
    done = subprocess.run(command, env=environment, cwd=place.ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"`countersign bundle {arguments[0]}` failed:\n{done.stderr or done.stdout}")
    return done.stdout
