"""How sure an attribution is: the rule that found it, times what is known of the speaker."""

from transforms.quotations.found import Found, Rule

BY_RULE: dict[Rule, float] = {
    "colon": 0.95,  # X said: “…”
    "after": 0.95,  # “…,” said X
    "before": 0.9,  # X said “…”
    "lead_in": 0.9,  # X said: <new paragraph> “…”
    "split": 0.85,  # “…,” X said. “…”
    "according": 0.85,
    "mixed_before": 0.8,
    "mixed_after": 0.8,
    "that": 0.8,
    "trailing": 0.75,  # …, X said
    "zero": 0.65,  # X said he …
    "headline": 0.65,  # X: …
    "paragraph": 0.6,  # the speaker of the paragraph before
    "nearby": 0.4,  # nobody says it; somebody was named just before
    "marks": 0.3,  # no lexicon for the language
}
UNCLOSED = 0.7  # the end of the quotation is a guess
SPEAKER = {"linked": 1.0, "words": 0.9, "earlier": 0.8, "unknown": 0.6}


def confidence(found: Found, speaker: str) -> float:
    """In [0, 1]. `speaker`: "linked" to an entity, "words" that are not, one "earlier" in the
    text because the verb has none, or "unknown"."""
    closed = 1.0 if found.closed else UNCLOSED
    return round(BY_RULE[found.rule] * SPEAKER[speaker] * closed, 3)
