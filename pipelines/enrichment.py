"""The stages that add labels to an article, wired; each depends on the ones before.

Article -> DetectLanguage -> RecognizeEntities -> LinkEntities -> AttributeQuotations
        -> DetectStance (or ForgetStates) -> Article
"""

import apache_beam as beam

from pipelines.settings import NO_MODEL, EnrichSettings
from transforms.elements import Article
from transforms.entities import LinkEntities
from transforms.language import DetectLanguage
from transforms.quotations import AttributeQuotations
from transforms.recognizers import ForgetStates, RecognizeEntities
from transforms.stages import Outcome
from transforms.stance import DetectStance


def enrich(articles: beam.PCollection[Article], settings: EnrichSettings) -> list[Outcome]:
    """The outcomes of all stages in order; the last one's elements are the labelled articles."""
    languages = articles | DetectLanguage(settings.language.detector)
    if settings.entities.model == NO_MODEL:
        return [languages]
    entities = settings.entities
    named = languages.elements | RecognizeEntities(
        entities.model, entities.max_sentences, entities.threads
    )
    linked = named.elements | LinkEntities(settings.gazetteers)
    quoted = linked.elements | AttributeQuotations()
    last = ForgetStates() if settings.stance.model == NO_MODEL else DetectStance()
    return [languages, named, linked, quoted, quoted.elements | last]
