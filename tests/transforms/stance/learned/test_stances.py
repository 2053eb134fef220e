"""What DetectStance makes of a finder that knows nothing: whatever it says is in the text."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.transforms.stance.learned.asking import arrays, states_of
from tests.transforms.stance.test_stage import WORDS, StubScorer, check, reading_of_words
from transforms.elements import Reading
from transforms.stance import detect_stance
from transforms.stance.decide import Calibration
from transforms.stance.evidence import weigh
from transforms.stance.learned.finder import Finder
from transforms.stance.learned.questions import MOST_QUESTIONS, asked
from transforms.stance.proposals import MOST_PAIRS, scenes

SAYS_ALL = Calibration({"bias": 3.0}, {"bias": 3.0}, 0.5, 0.5)


def with_states(reading: Reading) -> Reading:
    body = reading.article.body or ""
    states = tuple(states_of(body, *place) for place in reading.sentences)
    return Reading(reading.article, reading.sentences, reading.names, states)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(WORDS), max_size=40),
    st.sampled_from(["en", "it", "de", "ru"]),
    st.integers(0, 20),
)
@example(["Ada Lindt", ".", "e\u0301", "Nordfer", "Nordfer"], "it", 0)  # a subject left out
def test_whatever_a_finder_says_is_in_the_text(words: list[str], language: str, seed: int) -> None:
    reading = with_states(reading_of_words(words, language))
    finder = Finder(arrays(layers=1, seed=seed))
    found = detect_stance(reading, StubScorer(), None, SAYS_ALL, finder)
    check(found)
    assert found == detect_stance(reading, StubScorer(), None, SAYS_ALL, finder)


def test_such_a_finder_does_say_something() -> None:
    words = ["Ada Lindt", "said", "that", "Nordfer", "called", "the plan", "a disgrace", "."]
    reading = with_states(reading_of_words(words, "en"))
    said = [
        detect_stance(reading, StubScorer(), None, SAYS_ALL, Finder(arrays(1, seed))).stances
        for seed in range(20)
    ]
    assert sum(map(len, filter(None, said))) > 20


def test_a_list_of_names_costs_no_more_than_a_few() -> None:
    names = "Ada Lindt criticised " + ", ".join(f"Name{i}" for i in range(300)) + "."
    reading = reading_of_words(names.replace("Ada Lindt", "Nordfer").split(" "), "en")
    scene, *_ = scenes(with_states(reading))
    many = [
        scene.parties.named[0]._replace(start=10 * i, end=10 * i + 5, entity_id=str(i))
        for i in range(150)
    ]
    crowd = scene._replace(parties=scene.parties._replace(named=many))
    body = reading.article.body or ""
    assert len(asked(body, crowd, states_of(body, *scene.place)).questions) == MOST_QUESTIONS
    states = {scene.number: states_of(body, *scene.place)}
    weighed = weigh(reading, [crowd], states, StubScorer(), Finder(arrays(1)))
    assert len(weighed) <= 2 * MOST_PAIRS
