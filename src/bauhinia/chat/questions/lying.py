"""What a model says that always invents: an official, a date, an amount, a life. For tests and benches."""

from __future__ import annotations

from ...language import Variety, detect

LIAR = {
    Variety.ENGLISH: "The Secretary is Mr Chan Tai-man. It began on 3 March 2026. The fee is HK$512. "
    "A teacher before, and well liked.",
    Variety.TRADITIONAL: "局長是陳大文先生。計劃於2026年3月3日開始。費用為512元。以前是老師，深受歡迎。",
    Variety.SIMPLIFIED: "局长是陈大文先生。计划于2026年3月3日开始。费用为512元。以前是老师，深受欢迎。",
}
LIES = ("Chan Tai-man", "陳大文", "陈大文", "3 March", "3月3日", "512")
"""What is shown to nobody, unless they said it themselves."""
OF_PEOPLE = ("teacher", "老師", "老师")
"""What is shown to nobody who asks about people: it holds no name, figure or date, so that only the question
can tell that it needs a source."""


def lied(prompt: str) -> str:
    """What it says to that, in its language."""
    return LIAR.get(detect(prompt).variety, LIAR[Variety.TRADITIONAL])
