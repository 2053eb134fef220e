"""Who says what: quoted and reported speech, its cue and its speaker (docs/quotations.md)."""

from transforms.quotations.stage import AttributeQuotations, attribute_quotations

__all__ = ["AttributeQuotations", "attribute_quotations"]
