"""The AWS commands of the deployment pages, those too that no emulator can run: each names an operation of its service, with
options that the operation has."""

from __future__ import annotations

import re
import unittest

import botocore.session
import scratch  # noqa: F401
from botocore import xform_name

import place

PAGES = ("docs/deploy.md", "docs/deploy/issuers.md", "docs/deploy/parameters.md", "docs/deploy/operations.md",
         "docs/channels/README.md", "docs/channels/slack.md", "docs/channels/teams.md")
# A command begins where a line, a substitution or a code span begins, and ends with the next of them.
COMMAND = re.compile(r"(?:^ *|\$\(|`)aws ([a-z0-9]+) ([a-z-]+)([^`\n]*)", re.M)
OPTIONS_OF_EVERY_COMMAND = {"query", "output", "region", "profile", "endpoint-url"}
# Commands of the AWS CLI itself.
OWN = {("configure", "export-credentials"): {"format"}}


def options(service: str, operation: str, session=botocore.session.get_session()) -> set[str]:
    """The options of a command, as the AWS CLI makes them of the service's own description."""
    if (service, operation) in OWN:
        return OWN[service, operation]
    model = session.get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        raise AssertionError(f"aws {service} has no {operation}")
    shape = model.operation_model(names[operation]).input_shape
    members = shape.members if shape else {}
    found = {xform_name(name, "-") for name in members}
    return found | {f"no-{xform_name(name, '-')}" for name, member in members.items() if member.type_name == "boolean"}


class AwsCommands(unittest.TestCase):
    def test_every_command_and_option_exists(self):
        tried = 0
        for page in PAGES:
            text = (place.ROOT / page).read_text().replace("\\\n", " ")
            for service, operation, rest in COMMAND.findall(text):
                known = options(service, operation) | OPTIONS_OF_EVERY_COMMAND
                # What a substitution inside the command asks for is a command of its own.
                given = set(re.findall(r" --([a-z-]+)", rest.split("$(aws ")[0]))
                self.assertLessEqual(given, known, f"{page}: aws {service} {operation}")
                tried += 1
        self.assertGreaterEqual(tried, 16)

    def test_what_is_no_command_is_found(self):
        with self.assertRaises(AssertionError):
            options("sqs", "move-messages")
        self.assertNotIn("queue", options("sqs", "start-message-move-task"))
        self.assertIn("no-deletion-protection-enabled", options("dynamodb", "update-table"))


if __name__ == "__main__":
    unittest.main()
