"""samconfig.toml as the SAM CLI reads it: every stack has its environments, every parameter arrives whole. Run with the
Python of `.local/lint`, where the SAM CLI is."""

from __future__ import annotations

import json
import os
import re
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# Another account's environment names a profile; SAM looks it up as soon as it reads it.
_PROFILES = tempfile.NamedTemporaryFile("w", suffix=".ini", delete=False)
_PROFILES.write("[profile ANOTHER_PROFILE]\nregion = us-east-1\n")
_PROFILES.close()
os.environ["AWS_CONFIG_FILE"] = _PROFILES.name
os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull

import tomlkit  # noqa: E402
from cfnlint.decode import cfn_yaml  # noqa: E402
from samcli.commands.deploy.command import cli as deploy  # noqa: E402

TEXT = (ROOT / "samconfig.toml").read_text()
ENVIRONMENTS = [name for name in tomlkit.parse(TEXT) if name != "version"]
# A word that whoever deploys replaces.
WORD = re.compile(r"\b(?:THE|ANOTHER)_[A-Z_]+")
ISSUERS = re.compile(r"(\{ Issuers = ''').*?(''' \})", re.S)


def read(environment: str, text: str = TEXT) -> dict:
    """What `sam deploy --config-env ENVIRONMENT` would do, read by SAM itself."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "samconfig.toml"
        file.write_text(text.replace('"infra/', f'"{ROOT}/infra/'))
        return deploy.make_context("deploy", ["--config-file", str(file), "--config-env", environment]).params


def template(path: str) -> dict:
    return cfn_yaml.load(path)


def examples() -> list[str]:
    """Every value of Issuers on the page."""
    page = (ROOT / "docs" / "deploy" / "issuers.md").read_text()
    return re.findall(r"^```json\n(.*?)^```$", page, re.M | re.S)


class Samconfig(unittest.TestCase):
    def test_every_stack_has_an_environment(self):
        found = {(name.split("-")[0], Path(read(name)["template_file"]).name) for name in ENVIRONMENTS}
        stacks = ("state.yaml", "template.yaml", "target.yaml")
        self.assertEqual(found, {(deployment, stack) for deployment in ("dev", "production") for stack in stacks})

    def test_parameters_are_those_of_the_template(self):
        for name in ENVIRONMENTS:
            params = read(name)
            known = template(params["template_file"])["Parameters"]
            given = params["parameter_overrides"]
            self.assertLessEqual(set(given), set(known), name)
            required = {key for key, parameter in known.items() if "Default" not in parameter}
            self.assertLessEqual(required, set(given), name)

    def test_every_example_of_issuers_arrives_whole(self):
        self.assertGreaterEqual(len(examples()), 8)
        for example in examples():
            for name in ("dev", "production"):
                text = ISSUERS.sub(lambda found: found[1] + example + found[2], TEXT)
                self.assertEqual(json.loads(read(name, text)["parameter_overrides"]["Issuers"]), json.loads(example))

    def test_why_json_has_a_table_of_its_own(self):
        """As a text, it is cut without an error: what the page warns of is so."""
        example = json.dumps(json.loads(examples()[0]))
        text = ISSUERS.sub(lambda _: json.dumps(f"Issuers={example}"), TEXT)
        self.assertNotEqual(read("dev", text)["parameter_overrides"].get("Issuers"), example)

    def test_nothing_is_deployed_with_a_word_left_in(self):
        """Words in capitals are refused: by the template's own patterns, or by the parser of the functions."""
        given = read("dev")["parameter_overrides"]
        known = template(str(ROOT / "infra" / "template.yaml"))["Parameters"]
        for name in ("PublisherKey", "VerdictPublicKey"):
            self.assertIsNone(re.fullmatch(known[name]["AllowedPattern"], given[name]), name)
        self.assertIsNone(re.fullmatch(known["PublicUrl"]["AllowedPattern"], read("production")["parameter_overrides"]["PublicUrl"]))
        self.assertIn('"preset": "THE_DEV_PRESET"', given["Issuers"])

    def test_no_word_is_both_development_and_production(self):
        """What docs/deploy.md has people replace for one deployment stays to be replaced for the other."""
        development, production = (
            {word for name in ENVIRONMENTS if name.startswith(deployment) for word in WORD.findall(json.dumps(read(name)["parameter_overrides"]))}
            for deployment in ("dev", "production")
        )
        self.assertGreaterEqual(len(development), 10)
        self.assertEqual(development & production, set())


if __name__ == "__main__":
    unittest.main()
