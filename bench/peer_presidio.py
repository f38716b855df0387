"""Presidio's default recognisers over texts, run by an interpreter that has it.

Reads JSON on standard input: `texts`, and `timed` ones. Writes what was found in the first,
`[[kind, start, end], ...]` a text, and the seconds of one core that the others took. No spaCy model: a blank
one stands in, so that every recogniser that goes by pattern, check sum and context works as shipped, and the
one for names, which needs a trained model, finds nothing.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

KINDS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "card",
    "US_PASSPORT": "passport",
    "UK_PASSPORT": "passport",
    "IN_PASSPORT": "passport",
    "US_BANK_NUMBER": "bank_account",
    "IBAN_CODE": "bank_account",
    "PERSON": "person",
    "LOCATION": "address",
}
"""What corresponds to our kinds; it has none for the others."""


class Blank(NlpEngine):
    """Tokens of spaCy's blank English pipeline, and no entities."""

    def __init__(self) -> None:
        self.nlp = spacy.blank("en")

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        tokens = self.nlp(text)
        lemmas = [token.text.lower() for token in tokens]
        return NlpArtifacts([], tokens, [token.idx for token in tokens], lemmas, self, language)

    def process_batch(self, texts, language, **_):  # its own signature
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:  # noqa: ARG002
        return word.lower() in self.nlp.Defaults.stop_words

    def is_punct(self, word: str, language: str) -> bool:  # noqa: ARG002
        return not any(map(str.isalnum, word))

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return ["en"]


def main() -> None:
    """Read, look, write."""
    given = json.load(sys.stdin)
    texts = given["texts"]
    engine = Blank()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    analyzer = AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["en"])
    analyzer.analyze(texts[0], language="en")
    found = [analyzer.analyze(text, language="en") for text in texts]
    begun = time.process_time()
    for text in given["timed"]:
        analyzer.analyze(text, language="en")
    seconds = time.process_time() - begun
    spans = [
        [[KINDS[each.entity_type], each.start, each.end] for each in one if each.entity_type in KINDS]
        for one in found
    ]
    json.dump({"version": version("presidio_analyzer"), "spans": spans, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
