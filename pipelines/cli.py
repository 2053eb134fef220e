"""The command line: `newsbeam run | stream | demo | check | extract | annotate | feeds`.

Heavy modules (Beam, trafilatura) are imported by the command that needs them, so that help and
errors of usage come at once.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pipelines.command_line import (
    CONFIG,
    FAILED,
    JSON,
    QUIET,
    VERBOSE,
    check_url,
    load_config,
    print_json,
    read_input,
    say_error,
    usage_error,
)
from pipelines.feed_commands import feeds
from pipelines.version import __version__

if TYPE_CHECKING:
    from pipelines.configuration import Configuration

INTERRUPTED = "interrupted; nothing is lost: the next run picks up the rest"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="newsbeam")
def main() -> None:
    """Turn news feeds into a clean, queryable dataset.

    Fetches the feeds of a YAML list and the pages behind them, extracts the articles, detects
    the language, finds entities, quotations and stances (who is for or against what), and writes
    one record per article to Parquet.
    """


@main.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    epilog="Other options go to Beam: --runner, --direct_num_workers, --flink_master, ...",
)
@CONFIG
@click.option("--output", "-o", required=True, metavar="DIR", help="The dataset's directory.")
@click.option("--now", "ask_all", is_flag=True, help="Ask all feeds, not only those due.")
@JSON
@QUIET
@VERBOSE
@click.argument("beam_options", nargs=-1, type=click.UNPROCESSED)
def run(
    config: str,
    output: str,
    ask_all: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    beam_options: tuple[str, ...],
) -> None:
    """Run once over the feeds that are due and write what is new."""
    from pipelines.console import configure_logging

    configure_logging(verbose)
    configuration = load_config(config, beam_options)
    summary, path = _run(configuration, output, "run", ask_all, beam_options, as_json or quiet)
    _report(summary, path, as_json, quiet)


@main.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    epilog="Other options go to Beam: --runner PrismRunner --prism_location FILE, ...",
)
@CONFIG
@click.option("--output", "-o", required=True, metavar="DIR", help="The dataset's directory.")
@click.option("--window", default="1m", show_default=True, metavar="TIME",
              help="From the start of a round to the start of the next: 30s, 5m, ...")  # fmt: skip
@click.option("--metrics-port", "metrics", metavar="[HOST:]PORT",
              help="Serve /metrics for Prometheus, on loopback unless HOST is given "
              "(extra: metrics).")  # fmt: skip
@QUIET
@VERBOSE
@click.argument("beam_options", nargs=-1, type=click.UNPROCESSED)
def stream(
    config: str,
    output: str,
    window: str,
    metrics: str | None,
    quiet: bool,
    verbose: bool,
    beam_options: tuple[str, ...],
) -> None:
    """Run until stopped: ask feeds when they are due and write what is new.

    Without --runner: batch runs over what is due, one after the other, in this process. SIGTERM
    or Ctrl-C ends it after the one at work, a second one at once; nothing is lost either way.
    With --runner (PrismRunner, FlinkRunner, PortableRunner, DataflowRunner): a job on an engine,
    whose files are a window apart; SIGTERM cancels it.
    """
    from pipelines.console import configure_logging

    configure_logging(verbose)
    configuration = load_config(config, beam_options)
    seconds = _window(window)
    from pipelines.metrics import MetricsError
    from pipelines.stream import run_stream

    with _errors_of_runs():
        try:
            done = run_stream(configuration, output, seconds, beam_options, metrics, quiet)
        except MetricsError as error:
            usage_error(str(error))
    if not quiet:
        click.echo(done, err=True)


def _window(text: str) -> float:
    from pydantic import TypeAdapter, ValidationError

    from pipelines.settings import Duration

    try:
        seconds: float = TypeAdapter(Duration).validate_python(text)
    except ValidationError:
        seconds = 0.0
    if seconds < 1:
        usage_error(f"--window: found {text!r}; allowed: a duration of at least 1s, such as 1m")
    return seconds


@main.command()
@click.option(
    "--output", "-o", default="newsbeam-demo", show_default=True, metavar="DIR",
    help="The dataset's directory.",
)  # fmt: skip
@JSON
@VERBOSE
def demo(output: str, as_json: bool, verbose: bool) -> None:
    """Run the whole pipeline over a sample news site.

    The site ships with newsbeam and is served on this machine: no network is needed.
    """
    from pipelines.console import configure_logging
    from pipelines.demo import demo_configuration, sample_site, show_dataset

    configure_logging(verbose)
    with sample_site() as site:
        configuration = demo_configuration(site)
        summary, path = _run(configuration, output, "demo", True, (), as_json)
    _report(summary, path, as_json, quiet=False)
    if not as_json:
        show_dataset(output)


@main.command()
@CONFIG
@click.option("--output", "-o", metavar="DIR", help="A dataset: say which feeds are due.")
@JSON
def check(config: str, output: str | None, as_json: bool) -> None:
    """Validate a configuration and say what would be fetched; fetch nothing."""
    configuration = load_config(config)
    from pipelines.checking import describe, print_description

    description = describe(configuration, output)
    if as_json:
        print_json(description)
    else:
        print_description(description)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE.html...")
@click.option("--url", metavar="URL", help="The page's address; sharpens links and metadata.")
def extract(files: tuple[str, ...], url: str | None) -> None:
    """Print what the pipeline would keep of saved pages, one JSON line a page."""
    from pipelines.console import configure_logging, json_text
    from pipelines.extraction import extract_file

    configure_logging(False)
    check_url(url)
    contents = [(name, read_input(name)) for name in files]
    for name, content in contents:
        click.echo(json_text(extract_file(name, content, url)))


@main.command()
@click.argument("file", default="-", metavar="[FILE]")
@click.option("--entities", "model", default="embedded", show_default=True, metavar="MODEL",
              help="embedded, spacy:NAME or onnx:DIR.")  # fmt: skip
@click.option("--gazetteer", "gazetteers", multiple=True, metavar="CSV", help="Names to link.")
def annotate(file: str, model: str, gazetteers: tuple[str, ...]) -> None:
    """Print what the models find in texts: entities, quotations, stances.

    Reads JSON lines, {"text": ..., "language": optional, "pairs": optional}, from FILE or
    standard input and prints one JSON line for each, in order. For each of `pairs`, {"holder":
    [start, end] or null, "target": [start, end]}, also against, neutral or favor and the scores.
    Offsets are code points, half-open. A line that cannot be read gives {"line", "error"}, and
    the exit status is 1.
    """
    from pipelines.console import configure_logging, json_text

    configure_logging(False)  # first: Beam speaks when it is imported
    from pipelines.annotation import Annotator, annotate_lines

    lines = sys.stdin.buffer if file == "-" else read_input(file).splitlines()
    try:
        annotator = Annotator.load(model, gazetteers)
    except (ValueError, RuntimeError) as error:
        usage_error(str(error))
    failed = False
    for result in annotate_lines(lines, annotator):
        failed |= "error" in result
        click.echo(json_text(result))
    if failed:
        sys.exit(FAILED)


main.add_command(feeds)


def _run(
    configuration: "Configuration",
    output: str,
    command: str,
    ask_all: bool,
    beam_options: tuple[str, ...],
    quiet: bool,
) -> tuple[dict[str, Any], str]:
    from pipelines.batch import run_batch
    from pipelines.console import live_progress

    with _errors_of_runs(), live_progress(quiet) as (folder, announce):
        result = run_batch(
            configuration,
            output,
            command=command,
            ask_all=ask_all,
            beam_args=beam_options,
            progress=folder,
            announce=announce,
        )
    return result.summary, result.path


@contextmanager
def _errors_of_runs() -> Iterator[None]:
    """Says what went wrong, and exits with the status that tells."""
    from pipelines.engines import OptionError
    from transforms.lock import LockHeld

    try:
        yield
    except OptionError as error:
        usage_error(str(error))
    except LockHeld as error:
        say_error(error)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        click.echo(INTERRUPTED, err=True)
        sys.exit(FAILED)
    except Exception as error:
        _run_failed(error)


def _run_failed(error: Exception) -> NoReturn:
    import logging

    logging.getLogger("newsbeam").debug("the run failed", exc_info=error)
    reason = str(error).strip() or type(error).__name__
    say_error(f"the run failed: {reason[-2000:]}")
    click.echo("Nothing is lost: the next run picks up what is missing.", err=True)
    sys.exit(FAILED)


def _report(summary: dict[str, Any], path: str, as_json: bool, quiet: bool) -> None:
    """Prints the account; exits 1 when the balance does not add up."""
    if as_json:
        print_json(summary)
    elif not quiet:
        from pipelines.console import output_console, print_summary

        print_summary(output_console(), summary, path)
    if summary["status"] != "complete":
        click.echo(f"Error: the balance of entries does not add up, see {path}", err=True)
        sys.exit(FAILED)
