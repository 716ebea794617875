"""The issuer's signing keys: one pair for each algorithm signs, older ones stay published. Kept across restarts."""

from __future__ import annotations

import json
import threading

import place
from joserfc.jwk import ECKey, KeySet, RSAKey

FILE = place.KEYS / "issuer.json"


class Keys:
    """`signing` holds one RS256 and one ES256 private key; `published` is what /jwks shows."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        if FILE.exists():
            self.all = [dict(key) for key in json.loads(FILE.read_text())["keys"]]
        else:
            self.all = []
            self.rotate()

    def rotate(self, forget: bool = False) -> list[str]:
        """New signing keys; with `forget` the older ones are no longer published. Returns the new key ids."""
        fresh = [_new(RSAKey.generate_key(2048), "RS256"), _new(ECKey.generate_key("P-256"), "ES256")]
        with self.lock:
            self.all = fresh + ([] if forget else self.all)
            place.write_private(FILE, json.dumps({"keys": self.all}).encode())
        return [key["kid"] for key in fresh]

    def signing(self) -> KeySet:
        with self.lock:
            return KeySet.import_key_set({"keys": self.all[:2]})

    def published(self) -> dict:
        with self.lock:
            return KeySet.import_key_set({"keys": self.all}).as_dict(private=False)


def _new(key: RSAKey | ECKey, algorithm: str) -> dict:
    return key.as_dict(private=True) | {"kid": key.thumbprint(), "alg": algorithm, "use": "sig"}
