"""Readings for the tests of stance, from annotated sentences (training/annotated.py)."""

from tests.builders import make_article
from training.annotated import Sentence
from transforms.elements import Entity, Mention, Reading
from transforms.quotations import attribute_quotations
from transforms.sentences import sentences


def reading_of(sentence: Sentence, language: str) -> Reading:
    """The sentence as an article with its entities and quotations."""
    text = sentence.text
    entities = tuple(
        Entity(
            span.key or f"_{number}",
            text[span.start : span.end],
            span.label,
            (Mention(text[span.start : span.end], span.start, span.end, 1.0),),
            1.0,
        )
        for number, span in enumerate(sentence.entities)
    )
    article = make_article(body=text, language=language, entities=entities)
    return attribute_quotations(Reading(article, tuple(sentences(text, language))))
