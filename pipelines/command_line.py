"""What all commands share: options, files that are read and written, errors and exit statuses.

Exit status: 0 complete, 1 the run failed, 2 the command line or the configuration is wrong.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from pipelines.configuration import Configuration

FAILED, USAGE = 1, 2
CONFIG = click.option(
    "--config", "-c", "config", required=True, metavar="FILE", help="Configuration, YAML."
)
JSON = click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
QUIET = click.option("--quiet", "-q", is_flag=True, help="No progress, only errors.")
VERBOSE = click.option("--verbose", "-v", is_flag=True, help="Also what the libraries say.")


def load_config(config: str, beam_options: tuple[str, ...] = ()) -> "Configuration":
    """The configuration in a file; exits with its problems where there are any."""
    from pipelines.configuration import ConfigurationError, load_configuration
    from pipelines.places import is_remote, use_options

    if beam_options or is_remote(config):
        use_options(beam_options)

    try:
        return load_configuration(config)
    except ConfigurationError as error:
        for problem in error.problems:
            say_error(problem)
        sys.exit(USAGE)


def check_url(url: str | None) -> None:
    """Exits where an argument is no address."""
    if url is not None and not url.lower().startswith(("http://", "https://")):
        usage_error(f"{url!r} is no address; it must start with http:// or https://")


def read_input(name: str) -> bytes:
    """A file, or standard input for "-"."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        usage_error(f"{name}: {error.strerror}")


def write_output(content: bytes, name: str | None) -> None:
    """To a file, or to standard output."""
    if name is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        Path(name).write_bytes(content)
    except OSError as error:
        usage_error(f"{name}: {error.strerror}")


def print_json(value: Any) -> None:
    """A result, indented, for people and programs."""
    from pipelines.console import json_text

    click.echo(json_text(value, indent=2))


def say_error(message: object) -> None:
    """Errors may quote what a server or a file said."""
    from pipelines.console import printable

    click.echo("\n".join(map(printable, f"Error: {message}".splitlines())), err=True)


def usage_error(message: str) -> NoReturn:
    """Says what is wrong with the command line and exits."""
    say_error(message)
    sys.exit(USAGE)
