"""The rows of what models find: entities, quotations, stances. Every span is checked against the
body, so that no offset in the dataset can be wrong."""

from dataclasses import asdict
from typing import Any

from transforms.elements import Article, Party, Quotation, Span, Stance


def enrichment(article: Article) -> dict[str, Any]:
    """The record's `entities`, `quotations` and `stances`; None where no model ran.

    Raises ValueError when a span does not slice to its text.
    """
    body = article.body or ""
    entities = article.entities
    return {
        "entities": None
        if entities is None
        else [
            {
                "entity_id": entity.entity_id,
                "name": entity.name,
                "label": entity.label,
                "wikidata_id": entity.wikidata_id,
                "country": entity.country,
                "salience": entity.salience,
                "mentions": [
                    {**_span(mention, body), "score": mention.score} for mention in entity.mentions
                ],
            }
            for entity in entities
        ],
        "quotations": None
        if article.quotations is None
        else [_quotation(quotation, body) for quotation in article.quotations],
        "stances": None
        if article.stances is None
        else [_stance(stance, body) for stance in article.stances],
    }


def _span(span: Span, body: str) -> dict[str, Any]:
    if body[span.start : span.end] != span.text:
        raise ValueError(
            f"span [{span.start}, {span.end}) is {body[span.start : span.end]!r} in the body, "
            f"not {span.text!r}; offsets must be code points of body"
        )
    return {"text": span.text, "start": span.start, "end": span.end}


def _party(party: Party, body: str) -> dict[str, Any]:
    if party.text is not None and party.start is not None and party.end is not None:
        _span(Span(party.text, party.start, party.end), body)
    return asdict(party)


def _quotation(quotation: Quotation, body: str) -> dict[str, Any]:
    speaker = quotation.speaker and _party(quotation.speaker, body)
    if speaker:
        del speaker["kind"]
    return {
        "kind": quotation.kind,
        **_span(quotation, body),
        "cue": quotation.cue and _span(quotation.cue, body),
        "speaker": speaker,
        "about": list(quotation.about),
        "confidence": quotation.confidence,
    }


def _stance(stance: Stance, body: str) -> dict[str, Any]:
    start, end = stance.evidence
    return {
        "holder": _party(stance.holder, body),
        "target": _party(stance.target, body),
        "polarity": stance.polarity,
        "score": stance.score,
        "confidence": stance.confidence,
        "expression": _span(stance.expression, body),
        "evidence": {"start": start, "end": end},
        "quotation": stance.quotation,
    }
