"""How much of sentences that espeak-ng speaks the built-in recogniser gets wrong: synthetic speech.

    PYTHONPATH=src python bench/hearing.py

Needs espeak-ng and `bauhinia models fetch whisper-base`. English errors are of words, Chinese ones of
characters;
marks and letter case do not count, and Chinese is compared in Simplified characters.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from bauhinia.chat.reading_aloud import SpeechLanguage
from bauhinia.chat.speech import EspeakSpeaker, seconds_of
from bauhinia.chat.work import Work
from bauhinia.language import to_simplified
from bauhinia.models import WhisperHearer
from bauhinia.settings import Settings
from report import record

SENTENCES: dict[SpeechLanguage, tuple[str, ...]] = {
    "en": (
        "The library opens at nine in the morning.",
        "Please bring your identity card to the counter.",
        "The meeting will be held on Friday afternoon.",
        "Heavy rain is expected in the evening.",
        "The committee agreed to publish the report next month.",
        "Take your rubbish home after the picnic.",
    ),
    "cmn": (
        "图书馆每天早上九点开放。",
        "请带身份证到柜台办理。",
        "会议将于星期五下午举行。",
        "预料晚上会有大雨。",
        "委员会同意下个月公布报告。",
        "野餐之后请带走垃圾。",
    ),
    "yue": (
        "圖書館每日朝早九點開門。",
        "請帶身份證去櫃枱辦理。",
        "會議喺星期五下晝舉行。",
        "預計夜晚會落大雨。",
        "委員會同意下個月公布報告。",
        "野餐之後請帶走垃圾。",
    ),
}  # fmt: skip


def units(text: str, language: SpeechLanguage) -> list[str]:
    """What is compared: words, or characters."""
    if language == "en":
        return re.findall(r"[a-z0-9']+", text.lower())
    return re.findall(r"\w", to_simplified(text))


async def measured() -> None:
    """A line a language."""
    hearer, speaker, work = WhisperHearer(Settings()), EspeakSpeaker(), Work()
    with tempfile.TemporaryDirectory() as folder:
        for language, sentences in SENTENCES.items():
            wrong = total = doubtful = 0
            audio = took = 0.0
            for sentence in sentences:
                wav = await speaker.speak(sentence, language, Path(folder), work)
                began = time.monotonic()
                heard = await hearer.hear(wav, language)
                took += time.monotonic() - began
                audio += seconds_of(wav)
                doubtful += any(segment.doubtful for segment in heard.segments)
                wrong += Levenshtein.distance(units(sentence, language), units(heard.text, language))
                total += len(units(sentence, language))
                print(f"    {sentence} | {heard.text}", flush=True)
            print(f"{language}: {wrong} of {total} wrong, {doubtful} of {len(sentences)} sentences marked")
            print(f"    {audio:.1f} s of speech in {took:.1f} s", flush=True)
            record(f"chat.hearing_errors_{language}", 100 * wrong / total, "%", beside={"marked": doubtful})
    await hearer.stop()


if __name__ == "__main__":
    asyncio.run(measured())
