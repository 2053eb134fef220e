"""Sentences as the finder sees them, with states that say nothing, and networks that do not know
anything."""

import re
from typing import Any

import numpy as np

from tests.transforms.stance.readings import reading_of
from training.annotated import parse
from transforms.elements import SentenceStates
from transforms.stance.learned.network import EXPRESSION_TAGS, HEADS, TARGET_TAGS
from transforms.stance.learned.questions import (
    NOWHERE,
    OTHERS_WORDS,
    STAND_IN,
    SUBJECT,
    Asked,
    asked,
)
from transforms.stance.proposals import scenes

HIDDEN = 8
WIDTH = 4 * HEADS


def states_of(text: str, start: int, end: int, seed: int = 0) -> SentenceStates:
    """A piece for each word and mark of a sentence, and the one of the whole before them."""
    pieces = [m.span() for m in re.finditer(r"\w+|[^\w\s]", text[start:end])]
    offsets = [(start, start), *((start + a, start + b) for a, b in pieces)]
    states = np.random.default_rng(seed).normal(size=(len(offsets), HIDDEN))
    return SentenceStates(np.array(offsets, np.int32), states.astype(np.float32))


def all_asked(line: str, language: str = "en") -> list[Asked]:
    """Every sentence of an annotated line in which somebody may take a side."""
    reading = reading_of(parse(line), language)
    body = reading.article.body or ""
    return [asked(body, scene, states_of(body, *scene.place)) for scene in scenes(reading)]


def arrays(layers: int = 2, seed: int = 0) -> dict[str, Any]:
    """Random weights under the names that training gives them."""
    chance = np.random.default_rng(seed)
    made: dict[str, Any] = {}

    def linear(name: str, inside: int, outside: int) -> None:
        made[f"{name}.weight"] = chance.normal(size=(outside, inside)).astype(np.float32)
        made[f"{name}.bias"] = chance.normal(size=outside).astype(np.float32)

    def norm(name: str) -> None:
        made[f"{name}.weight"] = np.ones(WIDTH, np.float32)
        made[f"{name}.bias"] = np.zeros(WIDTH, np.float32)

    for name in ("word", "holder", "product", "factor"):
        linear(name, HIDDEN, WIDTH)
    rows = {"absent": SUBJECT, "party": STAND_IN, "quoted": OTHERS_WORDS, "distance": NOWHERE}
    for name, last in rows.items():
        made[name] = chance.normal(size=(last + 1, WIDTH)).astype(np.float32)
    for layer in range(layers):
        norm(f"layers.{layer}.norm1")
        norm(f"layers.{layer}.norm2")
        linear(f"layers.{layer}.qkv", WIDTH, 3 * WIDTH)
        linear(f"layers.{layer}.mix", WIDTH, WIDTH)
        linear(f"layers.{layer}.up", WIDTH, 2 * WIDTH)
        linear(f"layers.{layer}.down", 2 * WIDTH, WIDTH)
    norm("input")
    norm("out")
    linear("targets", WIDTH, len(TARGET_TAGS))
    linear("expressions", WIDTH, len(EXPRESSION_TAGS))
    linear("gate", HIDDEN, 1)
    return made
