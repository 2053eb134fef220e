"""Feeds to entries: RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0 and JSON Feed 1.0, 1.1.

    bytes -> charset -> repair -> prune -> feedparser -> RawFeed -> Entry
                     -> json ----------------------------^

parse.py wires and holds the PTransform; raw.py is what the formats hand over; entries.py makes
elements of it; tree.py, repair.py and prune.py make hostile XML harmless.
"""

from transforms.feeds.parse import ParseFeeds, parse_feed
from transforms.feeds.raw import MAX_ENTRIES
from transforms.feeds.texts import language_tag

__all__ = ["MAX_ENTRIES", "ParseFeeds", "language_tag", "parse_feed"]
