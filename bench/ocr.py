"""Reading scans: characters a second and errors on pages drawn here, beside Tesseract (chi_tra+eng).

python bench/ocr.py [--pages N]
"""

from __future__ import annotations

import argparse
import asyncio
import io
import subprocess
import time
from collections.abc import Callable, Iterator

import typst
from PIL import Image
from rapidfuzz.distance import Levenshtein

from bauhinia.documents import read_page
from bauhinia.settings import Limits
from report import record

# ruff: noqa: RUF001  # Chinese punctuation
TEXTS = {
    "chinese": "運輸署將於二零二七年三月三十一日前完成四十二條行人天橋的維修工程，預算開支為三千六百萬元。"
    * 4,
    "english": "The Transport Department will repair 42 footbridges in Kowloon by 31 March 2027. " * 4,
    "mixed": "運輸署 Transport Department 就 Policy Address 第 42 段作出回覆：電話 2804 2600。" * 4,
    "cantonese": "嗰啲嘢喺邊度？佢話而家搭𨋢落嚟，唔使等㗎。我哋好攰，聽日先至搞掂。" * 4,
}
SETTING = (
    "#set page(width: 16cm, height: auto, margin: 1.5cm)\n"
    '#set text(font: ("Noto Serif CJK HK", "Libertinus Serif"), size: 12pt, lang: "zh", region: "hk")\n'
)


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=16, help="of the sixteen; fewer for a trial")
    pages = list(drawn())[: parser.parse_args().pages]
    ours = {name: measured(read_here, data, text) for name, text, data in pages}
    others = {name: measured(tesseract, data, text) for name, text, data in pages}
    for which, found in (("ours", ours), ("tesseract", others)):
        print(which, {name: f"{100 * error:.1f} %" for name, (_, error) in found.items()})
    characters = sum(len(bare(text)) for _, text, _ in pages)
    record(
        "documents.ocr_characters_per_second",
        characters / total(ours),
        "characters/s",
        beside={"tesseract": characters / total(others)},
    )
    record("documents.ocr_error", mean_error(ours), "%", beside={"tesseract": mean_error(others)})


def drawn() -> Iterator[tuple[str, str, bytes]]:
    """Name, text and PNG of each page: clean, at half resolution, noisy, skewed."""
    for name, text in TEXTS.items():
        png = typst.compile((SETTING + text).encode(), format="png", ppi=200)
        page = Image.open(io.BytesIO(png)).convert("L")
        noise = Image.effect_noise(page.size, 90)
        yield f"{name} clean", text, saved(page)
        yield f"{name} half", text, saved(page.resize((page.width // 2, page.height // 2)))
        yield f"{name} noisy", text, saved(Image.blend(page, noise, 0.3))
        yield f"{name} skewed", text, saved(page.rotate(1.5, Image.Resampling.BICUBIC, fillcolor=255))


def saved(page: Image.Image) -> bytes:
    """As PNG."""
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def read_here(data: bytes) -> str:
    """By us, the child process and the repairs included."""
    page = asyncio.run(read_page(data, "page.png", 1, Limits()))
    return "".join(block.text for block in page.blocks)


def tesseract(data: bytes) -> str:
    """By Tesseract's command."""
    command = ["tesseract", "stdin", "stdout", "-l", "chi_tra+eng"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


def measured(read: Callable[[bytes], str], data: bytes, text: str) -> tuple[float, float]:
    """Seconds and errors a character, white space aside."""
    start = time.perf_counter()
    found = read(data)
    seconds = time.perf_counter() - start
    return seconds, Levenshtein.distance(bare(found), bare(text)) / len(bare(text))


def bare(text: str) -> str:
    """Without white space."""
    return "".join(text.split())


def total(found: dict[str, tuple[float, float]]) -> float:
    """Seconds of all pages."""
    return sum(seconds for seconds, _ in found.values())


def mean_error(found: dict[str, tuple[float, float]]) -> float:
    """Of all pages, in per cent."""
    return 100 * sum(error for _, error in found.values()) / len(found)


if __name__ == "__main__":
    main()
