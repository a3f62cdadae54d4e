"""The command line: ``python -m tfcore VERB [options]``.

Progress goes to stderr; the last line of stdout is one JSON object. Status 0: done; 2: a mistake
that the person can mend, told in one line; 130: stopped.
"""

from __future__ import annotations

import json
import sys
from typing import Protocol, cast

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    CliSubCommand,
    SettingsConfigDict,
    SettingsError,
    get_subcommand,
)

from tfcore.cli import verbs
from tfcore.cli.answers import Answer
from tfcore.errors import UserError
from tfcore.parsing import sentence
from tfcore.settings import KINDS, RunSettings, SynthesizeSettings

_BAD_INPUT = 2


class Verb(Protocol):
    """What every verb can do."""

    def answer(self) -> Answer:
        """The JSON object and the exit status."""
        ...


class CommandLine(BaseSettings):
    """Transfer Lab: what a pretrained network knows, what it dreams and what fools it."""

    model_config = SettingsConfigDict(
        cli_prog_name="python -m tfcore",
        cli_kebab_case=True,
        cli_exit_on_error=False,
        cli_implicit_flags=True,
        cli_hide_none_type=True,
        cli_avoid_json=True,
        env_prefix="TRANSFERLAB_COMMAND_LINE_",
    )

    networks: CliSubCommand[verbs.Networks]
    synthesize: CliSubCommand[verbs.Synthesize]
    attack: CliSubCommand[verbs.Attack]
    scan: CliSubCommand[verbs.Scan]
    extract: CliSubCommand[verbs.Extract]
    train: CliSubCommand[verbs.Train]
    export: CliSubCommand[verbs.Export]
    predict: CliSubCommand[verbs.Predict]
    replay: CliSubCommand[verbs.Replay]


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        line = CommandLine(_cli_parse_args=given)  # type: ignore[call-arg]  # read by pydantic
        verb = cast(Verb, get_subcommand(line, cli_exit_on_error=False))
        answer, status = verb.answer()
    except UserError as error:
        return _refuse(error)
    except ValidationError as error:
        return _refuse(sentence(error, _kind(error)))
    except SettingsError as error:
        first = str(error).splitlines()[0].removeprefix("error parsing CLI: ")
        first = first.removeprefix("Error: ")
        return _refuse(UserError(first, "a known verb and its options", "add --help to see them"))
    print(json.dumps(answer))
    return status


def _kind(error: ValidationError) -> type[RunSettings]:
    """Settings of the verb that refused something: their bounds stand in the sentence."""
    verb = error.errors()[0]["loc"][:1]
    return KINDS.get(str(*verb), SynthesizeSettings)


def _refuse(error: UserError) -> int:
    print("error:", " ".join(str(error).split()), file=sys.stderr)  # one line, whatever was typed
    return _BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
