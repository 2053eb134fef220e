"""Which entity speaks, what the content is about, and how sure that is."""

import pytest

from tests.transforms.quotations.builders import Case, quotations

ANNA, TOM = "per:anna-kessler", "per:tom-hale"


def speakers(case: Case) -> list[str | None]:
    return [q.speaker.entity_id if q.speaker else None for q in quotations(case)]


@pytest.mark.parametrize(
    ("language", "body", "ids"),
    [
        # surnames
        ("en", "Anna Kessler spoke first. “We won,” said Kessler.", [ANNA]),
        # pronouns: the one person who can be meant
        ("en", "Anna Kessler spoke first. “We won,” she said.", [ANNA]),
        ("de", "Anna Kessler sprach zuerst. „Wir haben gewonnen“, sagte sie.", [ANNA]),
        ("it", "Anna Kessler ha parlato. «Abbiamo vinto», ha detto lei.", [ANNA]),
        ("en", "Anna Kessler met Tom Hale. “We won,” she said.", [ANNA]),
        ("en", "Nat Kessler met Tom Hale. “We won,” he said.", [None]),
        ("en", "“We won,” said Anna Kessler. “We are glad,” she added.", [ANNA, ANNA]),
        # titles: the person who bears it in this text
        ("en", "Chancellor Anna Kessler met Tom Hale. “We won,” the chancellor said.", [ANNA]),
        ("en", "Tom Hale, the mayor, met Anna Kessler. “We won,” the mayor said.", [TOM]),
        ("de", "Kanzlerin Anna Kessler traf Tom Hale. „Wir siegen“, sagte die Kanzlerin.", [ANNA]),
        ("en", "Minister Anna Kessler and minister Tom Hale met. “We won,” the minister said.",
         [None]),
        ("en", "Minister Anna Kessler left. “We lost,” a minister said.", [None]),
        # unnamed sources
        ("en", "Anna Kessler left. “She lost,” police said.", [None]),
        # the subject that a verb leaves out
        ("es", "Anna Kessler llegó a Sevilla. «Hemos ganado», dijo.", [ANNA]),
        ("pl", "Anna Kessler przyjechała do Łodzi. „Wygraliśmy” – dodała.", [ANNA]),
        ("es", "Anna Kessler y Tom Hale llegaron. «Hemos ganado», dijo.", [None]),
        # across sentences and paragraphs
        ("en", "Anna Kessler said:\n“We won, and that is what counts.”", [ANNA]),
        ("en", "“We won,” said Anna Kessler. “It took years. We paid for it.”", [ANNA, ANNA]),
        ("en", "“We won,” said Anna Kessler.\n“It took years, and we paid for it.”", [ANNA, ANNA]),
        ("en", "“Who won?” “We did,” said Tom Hale.", [TOM, TOM]),
        # by whom
        ("en", "The plan was called “mad” by Anna Kessler.", [ANNA]),
        ("it", "Il piano è stato definito da Anna Kessler «una follia».", [ANNA]),
        # not who it was said to, nor where
        ("en", "“We won,” Tom Hale told Anna Kessler in Berlin.", [TOM]),
        ("en", "Tom Hale told Anna Kessler: “We won the vote.”", [TOM]),
        ("de", "Tom Hale sagte Anna Kessler in Berlin: „Wir haben gewonnen.“", [TOM]),
        ("en", "“We won,” said a spokesman for Anna Kessler.", [None]),
        ("fr", "« Nous gagnons », a dit un porte-parole d’Anna Kessler.", [None]),
        # what a participle says, the subject says
        ("en", "Anna Kessler attacked Tom Hale in Berlin, saying, “He lied to us.”", [ANNA]),
        ("it", "Anna Kessler ha attaccato Tom Hale, sostenendo che abbia mentito a tutti.", [ANNA]),
        # X says that Y ...: X speaks
        ("en", "Anna Kessler said that Tom Hale had called it “mad”.", [ANNA]),
    ],
)  # fmt: skip
def test_who_is_meant(language: str, body: str, ids: list[str | None]) -> None:
    case = Case(language, body, [], "Anna Kessler, Tom Hale, Nat Kessler", "", "Berlin")
    assert speakers(case) == ids


def test_about_holds_the_entities_of_the_content_once() -> None:
    body = "“Tom Hale left Berlin. Hale was right,” said Anna Kessler in Leeds."
    case = Case("en", body, [], "Anna Kessler, Tom Hale", "", "Berlin, Leeds")
    assert quotations(case)[0].about == (TOM, "loc:berlin")


def test_confidence_falls_with_what_is_not_known() -> None:
    def of(body: str, language: str = "en") -> float:
        return quotations(Case(language, body, [], "Anna Kessler"))[0].confidence

    linked = of("“We are ready now,” said Anna Kessler.")
    title = of("“We are ready now,” said the minister.")
    unclosed = of("“We are ready now, said Anna Kessler.")
    marks = of("“We are all ready now,” said Anna Kessler.", "sv")
    assert linked == 0.95
    assert linked > title > unclosed > marks > 0


def test_transcripts() -> None:
    body = "The interview:\nKESSLER: Why did you go?\nHALE: Because it was late."
    found = quotations(Case("en", body, [], "Anna Kessler/KESSLER, Tom Hale/HALE"))
    assert [(q.kind, q.text, q.speaker.entity_id if q.speaker else "") for q in found] == [
        ("direct", "Why did you go?", ANNA),
        ("direct", "Because it was late.", TOM),
    ]
