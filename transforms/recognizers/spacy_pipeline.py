"""Any spaCy pipeline, installed or in a folder."""

import importlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transforms.recognizers.base import Recognition, RecognizerMissingError
from transforms.recognizers.spans import Name, checked, encodable, standard_label

_INSTALL = "pip install 'newsbeam[spacy]'"
_STATISTICAL = frozenset(["ner", "beam_ner"])
_RULERS = frozenset(["entity_ruler", "span_ruler", "future_entity_ruler"])
# Components by factory that find no names. What is in neither list may find some, and stays.
_OTHERS = (
    "tagger morphologizer parser senter sentencizer lemmatizer trainable_lemmatizer"
    " attribute_ruler textcat textcat_multilabel spancat spancat_singlelabel span_finder"
    " entity_linker merge_noun_chunks merge_entities merge_subtokens doc_cleaner"
)
_FINDS_NONE = frozenset(_OTHERS.split())


class SpacyRecognizer:
    """`name` is an installed pipeline ("en_core_web_sm") or the folder of one.

    Only the components run that names need. spaCy gives no scores: each name has 1.0. Raises
    RecognizerMissingError for what is not installed and ValueError for a pipeline that cannot be
    read or finds no names. An installed pipeline may bring code, which runs; of a folder none does.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._nlp = _loaded(name)
        self._lock = threading.Lock()  # a vocabulary has one memory zone at a time
        for component in unneeded(self._nlp):
            self._nlp.disable_pipe(component)

    @property
    def model_id(self) -> str:
        return f"spacy:{self._nlp.meta['lang']}_{self._nlp.meta['name']}"

    @property
    def version(self) -> str:
        return str(self._nlp.meta["version"])

    def recognize(self, sentences: Sequence[str], language: str | None) -> list[Recognition]:
        """The names of each sentence. Raises ValueError when the tokenizer changes a text."""
        texts = [encodable(sentence) for sentence in sentences]
        # New words would stay in the vocabulary for good without a zone. No exception may pass
        # its end: the zone would stay open (spaCy's issue 13924).
        with self._lock, self._nlp.memory_zone():
            found = self._read(texts)
        if isinstance(found, Exception):
            raise found
        return found

    def _read(self, texts: list[str]) -> list[Recognition] | Exception:
        try:
            docs = self._nlp.pipe(texts)
            return [Recognition(_names(*pair)) for pair in zip(texts, docs, strict=True)]
        except Exception as error:  # whatever a component raises
            return error.with_traceback(None)  # its frames hold what the zone frees


def _names(text: str, doc: Any) -> tuple[Name, ...]:
    if doc.text != text:
        raise ValueError(
            "the pipeline's tokenizer changes the text, so its offsets cannot be used; choose a "
            "pipeline whose doc.text is the text"
        )
    return checked(
        text,
        (
            (span.start_char, span.end_char, standard_label(span.label_), 1.0)
            for span in doc.ents
            if span.label_
        ),
    )


def unneeded(nlp: Any) -> list[str]:
    """The components that names do not depend on.

    Raises ValueError for a pipeline of which nothing remains.
    """
    factories = {name: nlp.get_pipe_meta(name).factory for name in nlp.pipe_names}
    embedders = [name for name in factories if hasattr(nlp.get_pipe(name), "listening_components")]
    finders = [
        name for name in factories if factories[name] not in _FINDS_NONE and name not in embedders
    ]
    if not finders:
        raise ValueError(
            f"the spaCy pipeline {nlp.meta['lang']}_{nlp.meta['name']} finds no names (its "
            f"components: {', '.join(factories) or 'none'}); choose one with ner or entity_ruler"
        )
    if not all(_stands_alone(nlp.get_pipe(name), factories[name]) for name in finders):
        return []
    heard = [
        name for name in embedders if set(nlp.get_pipe(name).listening_components) & set(finders)
    ]
    return [name for name in factories if name not in finders and name not in heard]


def _stands_alone(component: Any, factory: str) -> bool:
    """Whether a component reads nothing but the text. Patterns of tokens may ask for lemmas or
    parts of speech; components that we do not know may ask for anything."""
    if factory in _STATISTICAL:
        return True
    if factory not in _RULERS or getattr(component, "phrase_matcher_attr", None):
        return False
    return all(isinstance(pattern["pattern"], str) for pattern in component.patterns)


def _loaded(name: str) -> Any:
    try:
        spacy = importlib.import_module("spacy")
    except ImportError as error:
        raise RecognizerMissingError(f"spacy:{name} needs spaCy ({error}): {_INSTALL}") from error
    if not hasattr(spacy.Language, "memory_zone"):
        raise RecognizerMissingError(f"spaCy {spacy.__version__} is too old: {_INSTALL}")
    if not spacy.util.is_package(name) and not Path(name).is_dir():
        raise RecognizerMissingError(
            f"the spaCy pipeline {name!r} is neither installed nor a folder; "
            f"`python -m spacy download {name}` installs spaCy's own, pip those of others"
        )
    try:
        return spacy.load(name)
    except ImportError as error:
        raise _lacking(name, error) from error
    except Exception as error:  # readers of a dozen formats raise what they like
        if "[E002]" in str(error):  # a component that no installed package brings
            raise _lacking(name, error) from error
        raise ValueError(
            f"the spaCy pipeline {name!r} cannot be read ({_brief(error)}); install it again in a "
            f"version for spaCy {spacy.__version__}"
        ) from error


def _lacking(name: str, error: Exception) -> RecognizerMissingError:
    return RecognizerMissingError(
        f"the spaCy pipeline {name!r} needs a package that is not installed ({_brief(error)}); "
        "its description says which, often spacy-transformers or a tokenizer"
    )


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
