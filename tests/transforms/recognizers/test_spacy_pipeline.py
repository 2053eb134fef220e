"""spaCy pipelines: offsets, labels, what runs, and what is said of those that cannot run."""

import logging
import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.recognizers import RecognizerMissingError, load_recognizer
from transforms.recognizers.spacy_pipeline import SpacyRecognizer, unneeded

spacy: Any = pytest.importorskip("spacy", reason="needs pip install 'newsbeam[spacy]'")

PHRASES = {
    "Anna Rossi": "PERSON",
    "E\u0301lodie": "PERSON",
    "رنا حداد": "PER",
    "ACME": "ORG",
    "Lugano": "GPE",
    "Ponte Vecchio": "FAC",
    "28 gennaio": "DATE",
}


def saved(path: Path, *components: str, **patterns: str) -> str:
    """A pipeline with an entity_ruler behind `components`, in a folder."""
    nlp = spacy.blank("it")
    for component in components:
        nlp.add_pipe(component)
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": v, "pattern": k} for k, v in (patterns or PHRASES).items()])
    nlp.meta.update(name="tiny", version="1.2.3")
    nlp.to_disk(path)
    return str(path)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SpacyRecognizer:
    return SpacyRecognizer(saved(tmp_path_factory.mktemp("spacy") / "tiny"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anna Rossi (ACME) a Lugano.", "Anna Rossi/PER ACME/ORG Lugano/LOC"),
        ("👩‍👩‍👧🇮🇹 Anna Rossi 😀 Lugano", "Anna Rossi/PER Lugano/LOC"),
        ("«E\u0301lodie», a\u0301 Lugano", "E\u0301lodie/PER Lugano/LOC"),
        ("Ieri\r\nACME\r\nLugano\r\n", "ACME/ORG Lugano/LOC"),
        ("قالت رنا حداد إن ACME", "رنا حداد/PER ACME/ORG"),
        ("Il 28 gennaio sul Ponte Vecchio", "28 gennaio/DATE Ponte Vecchio/LOC"),
        ("\ud800 ACME", "ACME/ORG"),
        ("nessuno", ""),
        (" \n", ""),
        ("", ""),
    ],
)
def test_names_are_where_they_stand(model: SpacyRecognizer, text: str, names: str) -> None:
    (recognition,) = model.recognize([text], "it")
    found = [f"{text[start:end]}/{label}" for start, end, label, _ in recognition.names]
    assert " ".join(found) == names
    assert all(score == 1.0 for _, _, _, score in recognition.names)
    assert recognition.states is None


def test_the_model_is_named_by_its_meta(model: SpacyRecognizer, tmp_path: Path) -> None:
    assert (model.model_id, model.version) == ("spacy:it_tiny", "1.2.3")
    loaded = load_recognizer("spacy:" + saved(tmp_path / "tiny"))
    assert (loaded.model_id, loaded.version) == (model.model_id, model.version)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(max_size=30) | st.lists(st.sampled_from([*PHRASES, "\r\n", "😀"])).map(" ".join)
    )
)
def test_any_text_gives_spans_inside_it(model: SpacyRecognizer, texts: list[str]) -> None:
    for text, recognition in zip(texts, model.recognize(texts, None), strict=True):
        last = 0
        for start, end, label, _ in recognition.names:
            assert last <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip()
            assert label in {"PER", "ORG", "LOC", "DATE"}
            last = end


def pipeline(*components: str, patterns: list[Any] | None = None, **config: Any) -> Any:
    nlp = spacy.blank("it")
    for component in components:
        pipe = nlp.add_pipe(component, config=config if component == "entity_ruler" else {})
        if component in {"entity_ruler", "span_ruler"}:
            made = patterns or ["ACME"]
            pipe.add_patterns([{"label": "ORG", "pattern": pattern} for pattern in made])
    return nlp


LEMMAS = [[{"LEMMA": "banca"}]]


@pytest.mark.parametrize(
    ("nlp", "rest"),
    [
        (lambda: pipeline("tagger", "parser", "ner", "textcat"), "tagger parser textcat"),
        (lambda: pipeline("sentencizer", "entity_ruler"), "sentencizer"),
        (lambda: pipeline("entity_ruler", "merge_entities"), "merge_entities"),
        (lambda: pipeline("tagger", "entity_ruler", patterns=LEMMAS), ""),
        (lambda: pipeline("tagger", "ner", "span_ruler", patterns=LEMMAS), ""),
        (lambda: pipeline("sentencizer", "entity_ruler", phrase_matcher_attr="LOWER"), ""),
        (lambda: pipeline("tok2vec", "tagger", "ner"), "tok2vec tagger"),
    ],
)
def test_only_what_names_need_runs(nlp: Callable[[], Any], rest: str) -> None:
    assert unneeded(nlp()) == rest.split()


LISTENER = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 16,
    "maxout_pieces": 2,
    "use_upper": True,
    "tok2vec": {"@architectures": "spacy.Tok2VecListener.v1", "width": 96},
}


def test_a_statistical_pipeline_runs_with_the_vectors_it_listens_to(tmp_path: Path) -> None:
    nlp = spacy.blank("it")
    nlp.add_pipe("tok2vec")
    nlp.add_pipe("tagger").add_label("X")
    ner = nlp.add_pipe("ner", config={"model": LISTENER})
    for label in ("PERSON", "GPE"):
        ner.add_label(label)
    nlp.initialize()  # random weights: names are nonsense, but where they stand is not
    nlp.to_disk(tmp_path)
    assert unneeded(spacy.load(tmp_path)) == ["tagger"]
    recognizer = SpacyRecognizer(str(tmp_path))
    texts = ["Anna 😀 Rossi, e\u0301 a Lugano\r\ncon ACME.", "", "così"] * 5
    found = recognizer.recognize(texts, "it")
    assert found == recognizer.recognize(texts, "it")
    expected = [[(e.start_char, e.end_char) for e in nlp(text).ents] for text in texts]
    assert [[name[:2] for name in recognition.names] for recognition in found] == expected


def test_words_of_past_texts_are_forgotten(model: SpacyRecognizer) -> None:
    model.recognize(["una parola"], "it")
    size = len(model._nlp.vocab.strings)
    model.recognize([f"parola{i} ACME" for i in range(500)], "it")
    assert len(model._nlp.vocab.strings) == size


class _Fails:
    def __call__(self, text: str) -> Any:
        raise RuntimeError("no memory of its own")


def test_a_failure_leaves_the_model_usable(
    model: SpacyRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(model._nlp, "tokenizer", _Fails())
        with pytest.raises(RuntimeError, match="no memory"):
            model.recognize(["parolaccia ACME"], "it")
    assert len(model.recognize(["parolaccia ACME"], "it")[0].names) == 1


def test_a_tokenizer_that_changes_the_text_is_refused(
    model: SpacyRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        model._nlp, "tokenizer", lambda text: spacy.tokens.Doc(model._nlp.vocab, text.split())
    )
    with pytest.raises(ValueError, match="changes the text, so its offsets cannot be used"):
        model.recognize(["Anna  Rossi"], "it")


def test_threads_may_share_a_model(model: SpacyRecognizer) -> None:
    texts = [[f"parola{i} ACME " * i] for i in range(1, 40)]
    expected = [model.recognize(text, None) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: model.recognize(text, None), texts)) == expected


def test_a_pipeline_without_names_is_refused(tmp_path: Path) -> None:
    pipeline("sentencizer").to_disk(tmp_path)
    with pytest.raises(ValueError, match=r"it_pipeline finds no names \(its components: sentenc"):
        SpacyRecognizer(str(tmp_path))


def test_a_missing_pipeline_is_named_with_the_way_to_get_it() -> None:
    message = (
        "'xx_none_sm' is neither installed nor a folder; `python -m spacy download xx_none_sm`"
    )
    with pytest.raises(RecognizerMissingError, match=message):
        load_recognizer("spacy:xx_none_sm")


def test_missing_spacy_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(RecognizerMissingError, match=re.escape("pip install 'newsbeam[spacy]'")):
        load_recognizer("spacy:it_core_news_sm")


def test_an_old_spacy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    old = SimpleNamespace(Language=object, __version__="3.7.5")
    monkeypatch.setitem(sys.modules, "spacy", old)
    with pytest.raises(RecognizerMissingError, match=r"spaCy 3\.7\.5 is too old: pip install"):
        load_recognizer("spacy:it_core_news_sm")


def test_a_component_that_nothing_brings_is_named(tmp_path: Path) -> None:
    saved(tmp_path)
    config = tmp_path / "config.cfg"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('factory = "entity_ruler"', 'factory = "no_such_thing"'))
    with pytest.raises(
        RecognizerMissingError, match=r"needs a package that is not installed .*no_such"
    ):
        SpacyRecognizer(str(tmp_path))


@pytest.mark.parametrize("name", ["meta.json", "config.cfg", "tokenizer", "vocab/strings.json"])
def test_a_broken_folder_is_named(tmp_path: Path, name: str) -> None:
    saved(tmp_path)
    (tmp_path / name).write_bytes(b"\xff{")
    with pytest.raises(
        ValueError, match=f"{re.escape(tmp_path.name)}' cannot be read .*install it"
    ):
        SpacyRecognizer(str(tmp_path))
    (tmp_path / name).unlink()
    if name != "vocab/strings.json":
        with pytest.raises(ValueError, match="cannot be read"):
            SpacyRecognizer(str(tmp_path))


def test_a_package_that_is_no_pipeline_is_named(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    with pytest.raises(ValueError, match="'pytest' cannot be read"):
        SpacyRecognizer("pytest")
