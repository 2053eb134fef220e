"""Whose word counts for an address: that of feeds on its own domain.

Anyone can announce anybody's addresses, with any title, date and content. So a feed is believed
about an address only as far as the two have one registrable domain:

* the content that a `full_content` feed carries stands for the page only there; elsewhere the
  page itself is fetched;
* where several feeds announce an address, its own feeds come first;
* that nothing was found at an address makes it known to feeds of its own domain only if one of
  these announced it.
"""

from transforms.elements import Entry
from transforms.urls import registrable_domain


def is_own(feed_url: str, url: str | None) -> bool:
    """Whether an address is on the registrable domain of a feed; no address always is."""
    if url is None:
        return True
    domain = registrable_domain(url)
    return domain is not None and domain == registrable_domain(feed_url)


def carries_content(entry: Entry) -> bool:
    """Whether the entry's content stands for its page, so that this need not be fetched."""
    return bool(
        entry.feed.full_content and entry.content_html and is_own(entry.feed.url, entry.url)
    )
