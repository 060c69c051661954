"""The command line: parse, call the service, print. Only click is imported here."""

import atexit
import gc
from importlib import import_module
from typing import Any

import click

from programgen.errors import ProgramgenError

COMMANDS = {
    "batch": "Make plans for everybody in a folder or a table.",
    "check": "Check content: every exercise, rule, protocol and source.",
    "checkin": "Report how sessions went; the plan follows.",
    "exercises": "Search the catalogue; 'exercises show ID' prints one.",
    "diff": "Say what is different between two versions of a plan, and why.",
    "explain": "Say why: levels, exercises in or out, stage and weeks.",
    "export": "Write a saved plan in other formats: calendar, watch, table, record.",
    "figures": "Draw the pictures of exercises from their pose files.",
    "handout": "A quick sheet of chosen exercises, without a schedule.",
    "import-protocol": "Make a ladder from a week table of your own.",
    "intake": "Ask the questions and write the answers to a file.",
    "plan": "Make a plan, or the page that says who to see.",
    "progress": "Draw the way so far: minutes, pain and outcomes by week.",
    "update": "Plan again from the log: the past stays, every change has its reason.",
    "schema": "Write the JSON Schema of every kind of file.",
}

# The end of a process frees everything, so nothing is gained by looking for garbage once more.
atexit.register(gc.freeze)


class Programgen(click.Group):
    """A group that imports a command when it is called, and shows expected errors plainly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"programgen.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Turn every expected error into one plain message and exit code 1."""
        # Most runs are short, and their end frees everything; long ones turn this on again.
        gc.disable()
        try:
            return super().invoke(ctx)
        except ProgramgenError as error:
            raise _Plain(str(error)) from error
        except OSError as error:
            name = f"{str(error.filename)[:80]}: " if error.filename else ""
            raise _Plain(f"{name}{(error.strerror or 'input or output failed').lower()}") from error
        finally:
            gc.enable()


class _Plain(click.ClickException):
    """An expected error; its text already says what, where and what to do."""

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), err=file is None, file=file)


@click.group(cls=Programgen)
@click.version_option(package_name="programgen")
def main() -> None:
    """Return-to-run plans for runners with back pain.

    Exit codes: 0 done, 1 a problem in a file, 2 wrong usage, 3 no plan was made
    because somebody should look at the back first, or questions are open.
    """
