"""Every command explains itself."""

import pytest

from app.cli.commands import app
from tests.support.commands import call

COMMANDS = [each.name or each.callback.__name__ for each in app.registered_commands if each.callback]
PROMISED = [
    "serve",
    "publish",
    "check",
    "import-xlsform",
    "export-xlsform",
    "enrol",
    "revoke",
    "demo",
    "rebuild",
    "bench",
    "backup",
    "restore",
    "renew-epoch",
]
BESIDE = ["preview", "replay", "erase"]
"""What the contract does not name and the work of authors and coordinators, or the law, needs."""


def test_the_commands_are_those_that_were_promised() -> None:
    assert [command for command in COMMANDS if command not in BESIDE] == PROMISED
    assert set(BESIDE) <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_explains_itself_and_its_options(command: str) -> None:
    done = call({}, command, "--help")
    assert (done.code, done.err) == (0, "")
    assert f"tangguh {command}" in done.out
    assert "--help" in done.out


def test_alone_it_lists_all_commands() -> None:
    for arguments in ([], ["--help"]):
        done = call({}, *arguments)
        assert (done.code, done.err) == (0, "")
        assert all(f" {command} " in done.out for command in COMMANDS)


@pytest.mark.parametrize("command", app.registered_commands, ids=COMMANDS)
def test_every_command_has_a_sentence(command: object) -> None:
    sentence = getattr(command, "callback", None).__doc__
    assert sentence
    assert sentence.strip().endswith(".")
