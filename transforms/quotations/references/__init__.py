"""What pronouns, titles and nouns of a text stand for (docs/stance.md, docs/quotations.md)."""
