"""A small news world on loopback: five invented publishers, seven feeds, fourteen languages.

`newsbeam demo` runs the pipeline over it and the tests use it. Texts, people, media and most
places are invented. `content/` holds the site as files, `content.py` turns them into HTTP
resources and expectations, `server.py` serves them.
"""

from pipelines.sample_site.content import Expected, ExpectedRecord, Resource
from pipelines.sample_site.server import Request, SampleSite

__all__ = ["Expected", "ExpectedRecord", "Request", "Resource", "SampleSite"]
