"""The commands `newsbeam feeds import | export | discover`."""

import sys

import click

from pipelines.command_line import (
    CONFIG,
    FAILED,
    JSON,
    check_url,
    load_config,
    print_json,
    read_input,
    say_error,
    usage_error,
    write_output,
)


@click.group()
def feeds() -> None:
    """Feed lists: OPML in and out, and finding a site's feeds."""


@feeds.command("import")
@click.argument("opml", metavar="OPML")
@click.option("--output", "-o", metavar="FILE", help="Default: standard output.")
def feeds_import(opml: str, output: str | None) -> None:
    """Turn an OPML file (- for standard input) into a `feeds:` list in YAML."""
    from pipelines.feed_lists import feeds_yaml, parse_opml

    try:
        found = parse_opml(read_input(opml))
    except ValueError as error:
        usage_error(f"{opml}: {error}")
    write_output(feeds_yaml(found).encode(), output)
    click.echo(f"{len(found)} feeds", err=True)


@feeds.command("export")
@CONFIG
@click.option("--title", default="newsbeam", show_default=True, help="The list's title.")
@click.argument("opml", metavar="[OPML]", default="-")
def feeds_export(config: str, title: str, opml: str) -> None:
    """Write the feeds of a configuration as OPML 2.0 (- for standard output)."""
    configuration = load_config(config)
    from pipelines.feed_lists import to_opml

    write_output(to_opml(configuration.feeds, title), None if opml == "-" else opml)


@feeds.command("discover")
@click.argument("url", metavar="URL")
@click.option("--config", "-c", "config", metavar="FILE", help="Its fetch settings are used.")
@JSON
def feeds_discover(url: str, config: str | None, as_json: bool) -> None:
    """Find the feeds that a page announces."""
    from pipelines.console import configure_logging, printable
    from pipelines.discovery import DiscoveryError, discover

    configure_logging(False)
    check_url(url)
    settings = load_config(config).settings if config else None
    try:
        found = discover(url, settings)
    except DiscoveryError as error:
        say_error(error)
        sys.exit(FAILED)
    if as_json:
        print_json(found)
    else:
        for feed in found:
            click.echo("\t".join(printable(feed[key] or "") for key in ("url", "type", "title")))
    if not found:
        click.echo(f"no feed found at {url}", err=True)
        sys.exit(FAILED)
