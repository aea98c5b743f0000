"""The commands, made of the parsers that read them."""

import argparse
from collections.abc import Iterator, Sequence

from reference.tables import table


def page(parsers: Sequence[argparse.ArgumentParser]) -> list[str]:
    """Every command with its arguments."""
    lines = ["# Commands"]
    for parser in parsers:
        lines += ["", f"## {parser.prog}", "", parser.description or "", ""]
        lines += [parser.epilog or "", "", *_arguments(parser)]
        for command, meaning in _commands(parser):
            usage = " ".join(command.format_usage().removeprefix("usage: ").split())
            lines += ["", f"### {command.prog}", "", _sentence(meaning), "", "```text", usage, "```", ""]
            lines += _arguments(command)
    return lines


# argparse has no public way to the arguments and commands of a parser; these three places are the only ones.


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return parser._actions  # noqa: SLF001  # see above


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[argparse.ArgumentParser, str]]:
    """The commands below a parser that have none below themselves, each with what it does."""
    for action in _actions(parser):
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  # see above
            for entry in action._choices_actions:  # noqa: SLF001  # see above
                command = action.choices[entry.dest]
                yield from list(_commands(command)) or [(command, entry.help or "")]


def _arguments(parser: argparse.ArgumentParser) -> list[str]:
    """The arguments of one parser; `--help`, which each has, is left out."""
    return table(
        ("Argument", "Meaning"),
        (
            (f"`{_spelling(action)}`", (action.help or "").replace("%(prog)s", parser.prog))
            for action in _actions(parser)
            if action.help != argparse.SUPPRESS and action.dest != "help" and action.nargs != argparse.PARSER
        ),
    )


def _spelling(action: argparse.Action) -> str:
    value = action.metavar or (f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper())
    if not action.option_strings:
        return str(value)
    name = ", ".join(action.option_strings)
    return name if action.nargs == 0 else f"{name} {value}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
