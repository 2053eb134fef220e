"""ExtractArticles: from fetched pages to articles (docs/extraction.md)."""

from transforms.articles.extract import ExtractArticles, extract_article

__all__ = ["ExtractArticles", "extract_article"]
