"""What the AI is used for. A small list until the guideline's register holds it."""

from __future__ import annotations

USES: dict[str, str] = {
    "pilot.summarise": "A cited summary of documents for an officer",
    "pilot.translate": "A translation of a document for an officer",
    "pilot.draft": "A draft letter, memo, press release, speech or minutes for an officer",
    "pilot.analyse": "Answers about documents, and tables of what they oblige, for an officer",
    "pilot.compare": "What changed between two versions, or differs between two languages, for an officer",
    "pilot.redraft": "A document written anew, shorter, plainer or for other readers, for an officer",
    "pilot.ask": "Answers from the department's library, for an officer",
    "knowledge.index": "Documents of the department's library made ready to be found by meaning",
    "knowledge.search": "A search of the department's library by meaning",
    "api.chat": "A program of the department asks the model",
    "api.embed": "A program of the department turns text into vectors",
    "evaluation.compare": "Measuring the product beside its plain model",
}
"""Each AI use by its id."""
