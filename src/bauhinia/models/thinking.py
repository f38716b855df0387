"""Tells a reasoning model's thinking from its answer while both are still being written."""

from __future__ import annotations

from .backend import Delta

OPEN, CLOSE = "<think>", "</think>"


class ThinkingSplitter:
    """Feed the pieces of an answer in order; each gives back what is answer and what is thinking.

    Text between `<think>` and `</think>` is thinking, wherever the pieces are cut. A `<think>` that is
    never closed makes all that follows thinking; a stray `</think>` is left out. Blank space before the
    answer's first word is left out too once there has been any thinking.

    `inside=True` is for models whose chat template has already opened the tag: they begin by thinking.
    """

    def __init__(self, *, inside: bool = False) -> None:
        self._inside = inside
        self._held = ""
        self._strip = inside

    def feed(self, text: str) -> Delta:
        """Split the next piece. Holds back an ending that may yet become a tag."""
        if not self._held and not self._inside and not self._strip and "<" not in text:
            return Delta(text)
        return self._split(self._held + text, final=False)

    def flush(self) -> Delta:
        """Whatever was held back, once the answer has ended."""
        return self._split(self._held, final=True)

    def _split(self, text: str, *, final: bool) -> Delta:
        answer: list[str] = []
        thinking: list[str] = []
        while True:
            cut, tag = _first_tag(text, self._inside)
            if not tag:
                break
            (thinking if self._inside else answer).append(self._trim(text[:cut]))
            text = text[cut + len(tag) :]
            self._inside = tag is OPEN
            self._strip = True
        keep = 0 if final else _partial_tag(text, self._inside)
        self._held = text[len(text) - keep :]
        (thinking if self._inside else answer).append(self._trim(text[: len(text) - keep]))
        return Delta("".join(answer), "".join(thinking))

    def _trim(self, text: str) -> str:
        """Drop blank space that stands between the thinking and the answer's first word."""
        if self._inside or not self._strip:
            return text
        text = text.lstrip()
        self._strip = not text
        return text


def _first_tag(text: str, inside: bool) -> tuple[int, str]:
    """Where the next tag that changes or ends something begins; an empty tag when there is none."""
    close = text.find(CLOSE)
    opening = -1 if inside else text.find(OPEN)
    if opening >= 0 and (close < 0 or opening < close):
        return opening, OPEN
    return (close, CLOSE) if close >= 0 else (-1, "")


def _partial_tag(text: str, inside: bool) -> int:
    """Length of the ending of `text` that begins a tag."""
    tags = (CLOSE,) if inside else (OPEN, CLOSE)
    for length in range(min(len(text), len(CLOSE) - 1), 0, -1):
        ending = text[-length:]
        if any(len(tag) > length and tag.startswith(ending) for tag in tags):
            return length
    return 0
