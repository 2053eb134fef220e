"""Quoted spans by their marks alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.quotations.marks import find_quoted

MARKS = "\"'“”„‟«»‹›‘’‚「」『』〝〞〟＂《》〈〉"


@pytest.mark.parametrize(
    ("body", "inner"),
    [
        ('"A b," he said. "C."', ["A b,", "C."]),
        ("“A b,” he said. “C.”", ["A b,", "C."]),
        ("„Nein“, sagte er. „Nie”, rzekł.", ["Nein", "Nie"]),
        ("»Ja«, sagte er. «Oui», dit-il. « Non », dit-elle.", ["Ja", "Oui", "Non"]),
        ("›Ja‹ und ‹oui›", ["Ja", "oui"]),
        ("‚Ja‘ und ‘no’ und 'si'", ["Ja", "no", "si"]),
        ("”Hej”, sa han.", ["Hej"]),
        ("首相は「最後『まで』戦う」と述べた。", ["最後『まで』戦う"]),
        ("《红楼梦》是“名著”。", ["红楼梦", "名著"]),
        ("〝はい〟と言った", ["はい"]),
        ("l’«amico» e dell’“amica”", ["amico", "amica"]),
        ("“It feels like, ‘Meh, we can put this off,’” he said.",
         ["It feels like, ‘Meh, we can put this off,’"]),
        ("„Er sagte: ‚Nein‘“, so Kern.", ["Er sagte: ‚Nein‘"]),
        ("« Il a dit “non”, hier », dit-elle.", ["Il a dit “non”, hier"]),
        ("“One mark” and \"another\" and “mixed\".", ["One mark", "another", "mixed"]),
        ("The workers' rights, the boss's car, the '90s and rock 'n' roll.", []),
        ("The workers’ rights and the boss’s car.", []),
        ("'We won't go,' he said of the workers' rights.", ["We won't go,"]),
        ("'The workers' rights are at risk,' he said.", ["The workers' rights are at risk,"]),
        ("nl: 's ochtends zei hij 'ja hoor' en 't was", ["ja hoor"]),
        ("It was 6'2\" tall and \"fine\".", ["fine"]),
        ("“First.\n“Second.\n“Third,” he said.", ["First.\n“Second.\n“Third,"]),
        ("« Un.\n» Deux », dit-il.", ["Un.\n» Deux"]),
        ("“First.\nSecond,” he said.", ["First.\nSecond,"]),
        ("“Never closed.\nAnother “one” here.", ["Never closed.", "one"]),
        ('"Open. "Closed," he said.', ["Open.", "Closed,"]),
        ("“ spaced ” and \" spaced \"", ["spaced", "spaced"]),
        ("“” and \"\" and «»", []),
        ("(“x”)", ["x"]),
        ("''Not yet,'' he said of ``it''.", ["Not yet,", "it"]),
        ("", []),
    ],
)  # fmt: skip
def test_what_marks_enclose(body: str, inner: list[str]) -> None:
    assert [body[q.inner_start : q.inner_end] for q in find_quoted(body)] == inner


def test_labels_end_a_run_of_paragraphs() -> None:
    body = '"WALLACE: One.\n"PENCE: Two.\nend'
    assert [body[q.inner_start : q.inner_end] for q in find_quoted(body)] == [
        "WALLACE: One.",
        "PENCE: Two.",
    ]


@given(st.text(st.sampled_from(MARKS + "aB ,.\n—-s9é"), max_size=80) | st.text(max_size=60))
def test_spans_are_in_order_and_apart(body: str) -> None:
    before = 0
    for quoted in find_quoted(body):
        assert before <= quoted.start <= quoted.inner_start < quoted.inner_end <= quoted.end
        assert quoted.end <= len(body)
        assert not body[quoted.inner_start].isspace()
        before = quoted.end
