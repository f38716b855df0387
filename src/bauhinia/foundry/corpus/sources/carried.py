"""Sources that come with packages and systems: what a rehearsal is built from on any machine."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from datatrove.data import Document

from ....errors import MissingPart
from ....yaml_text import read_yaml
from ..config import (
    CataloguesSource,
    CldrSource,
    CorpusConfig,
    CtcpcSource,
    HkcancorSource,
    PackagesSource,
    name_of,
)
from ..rows import document, refused
from .files import pair
from .passages import passages

_TALK = 800
"""Characters of a conversation that make a row."""
_WIDE = str.maketrans({",": "，", ".": "。", "?": "？", "!": "！", ";": "；", ":": "："})
_LATIN = re.compile(r"[A-Za-z0-9]")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")


def hkcancor_rows(source: HkcancorSource, config: CorpusConfig) -> Iterator[Document]:
    """Conversations, an utterance a line, in passages. Raises MissingPart without pycantonese."""
    corpus = _pycantonese().hkcancor()
    files = zip(corpus.file_paths, corpus.utterances(by_file=True), strict=True)
    for path, utterances in sorted(files, key=lambda each: Path(each[0]).name):
        talk = Path(path).stem
        lines = [spoken for each in utterances if (spoken := _utterance(token.word for token in each.tokens))]
        for number, text in enumerate(passages("\n".join(lines), min(_TALK, config.passage_characters))):
            yield document(text, place=f"{talk}#{number}", of=f"{name_of(source)}:{talk}", **_about(source))


def _utterance(words: Iterable[str]) -> str:
    """Words written together as Chinese is, Latin words apart; marks of the width that goes with it."""
    text = ""
    for word in words:
        if text and _LATIN.match(text[-1]) and _LATIN.match(word):
            text += " "
        text += word.translate(_WIDE) if not _LATIN.match(word) else word
    # a dash before a mark is where a speaker broke off
    text = re.sub(r"[-‑]+(?=[，。？！；：]|$)", "……", text)
    return re.sub(r"…+[。，]", "……", text)


def ctcpc_rows(source: CtcpcSource, config: CorpusConfig) -> Iterator[Document]:
    """Sentences, each a row. Raises MissingPart without pycantonese."""
    import json

    del config
    file = resources.files(_pycantonese()) / "data" / "ctcpc" / "sents.json"
    for number, text in enumerate(json.loads(file.read_text(encoding="utf-8"))):
        place = f"sents.json:{number}"
        if text.strip():
            yield document(text.strip(), place=place, of=f"{name_of(source)}:{number}", **_about(source))
        else:
            yield refused("no_text", place=place, **_about(source))


def _pycantonese() -> Any:
    try:
        import pycantonese
    except ImportError as error:
        raise MissingPart(
            "The Hong Kong Cantonese Corpus is not on this machine: it comes with pycantonese.",
            hint="Install the foundry's packages: pip install 'bauhinia[foundry]'.",
        ) from error
    return pycantonese


@cache
def catalogue_origins() -> dict[str, dict[str, str]]:
    """Which Debian package a catalogue comes with, and under which licence, by its name."""
    text = (resources.files(__package__).joinpath("../data/catalogues.yaml")).read_text(encoding="utf-8")
    read: dict[str, dict[str, str]] = read_yaml(text)
    return read


def catalogue_files(folder: Path) -> list[Path]:
    """The catalogues in that folder. Raises MissingPart, naming the packages, where there are none."""
    found = sorted(file for file in folder.glob("*.[mp]o")) if folder.is_dir() else []
    if not found:
        packages = sorted({origin["package"] for origin in catalogue_origins().values()})
        raise MissingPart(
            f"There are no message catalogues in {folder}.",
            hint=f"On Debian these packages have them: apt-get install {' '.join(packages)}. Images for "
            "containers leave translations out (`path-exclude` in dpkg.cfg.d): put them back first.",
        )
    return found


def catalogue_rows(source: CataloguesSource, file: Path, config: CorpusConfig) -> Iterator[Document]:
    """Messages with their English. A catalogue whose package we do not know has no licence we know."""
    origin = catalogue_origins().get(file.stem)
    about = {**_about(source), "licence": origin["licence"] if origin else ""}
    if file.stat().st_size > config.most_file_bytes:
        yield refused("file_too_large", place=file.name, **about)
        return
    try:
        messages = list(_messages(file))
    except (OSError, ValueError, struct.error, UnicodeDecodeError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        yield refused("broken_file", place=file.name, **about)
        return
    for number, (english, chinese) in enumerate(messages):
        yield pair(_shown(english), _shown(chinese), place=f"{file.name}#{number}", **about)


def _messages(file: Path) -> Iterator[tuple[str, str]]:
    try:
        from babel.messages.mofile import read_mo
        from babel.messages.pofile import read_po
    except ImportError as error:
        raise _no_babel() from error
    with file.open("rb") as opened:
        catalogue = read_mo(opened) if file.suffix == ".mo" else read_po(opened)
    for message in catalogue:
        english = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        chinese = message.string[0] if isinstance(message.string, (tuple, list)) else message.string
        if english and chinese and not message.fuzzy:
            yield str(english), str(chinese)


_KEY = re.compile(r"[(（]_?[A-Z][)）]|_(?=[A-Za-z\u4e00-\u9fff])")
_MARKUP = re.compile(r"</?[a-z][^<>]{0,80}>")


def _shown(message: str) -> str:
    """A message as it is shown: without access keys and markup."""
    return _MARKUP.sub("", _KEY.sub("", message)).replace("\\n", " ")


def cldr_rows(source: CldrSource, config: CorpusConfig) -> Iterator[Document]:
    """Names in English and in Traditional Chinese (Hong Kong). Raises MissingPart without babel."""
    try:
        from babel import Locale
    except ImportError as error:
        raise _no_babel() from error
    del config
    english, chinese = Locale("en"), Locale("zh", "HK", "Hant")
    for table in ("territories", "languages", "scripts", "currencies", "variants"):
        names, ours = getattr(english, table), getattr(chinese, table)
        for key in sorted(names):
            if key in ours and not key.isdigit():
                yield pair(names[key], ours[key], place=f"{table}/{key}", **_about(source))


def _no_babel() -> MissingPart:
    return MissingPart(
        "Message catalogues and CLDR are read with babel.", hint="Install it: pip install babel."
    )


_CLASSIFIED = {
    "MIT License": "MIT", "Apache Software License": "Apache-2.0", "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0", "The Unlicense (Unlicense)": "Unlicense",
}  # fmt: skip
_LEAST_PROSE = 80
_PROSE_END = re.compile(r"[.!?:]['\")]?$")
_FENCE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|<!--.*?-->", re.S)
_LINK = re.compile(r"!\[[^\]]*\]\([^)]*\)|\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])|`([^`<>]*?)\s*<[^>]*>`_+")
_RESIDUE = re.compile(r"[|<>{}=\\]|::|\.\. |https?://|^\s*[-*#>$]|^\s{2,}|\]\(", re.M)


def package_rows(source: PackagesSource, config: CorpusConfig) -> Iterator[Document]:
    """Paragraphs of prose from package descriptions, in order of the packages' names."""
    found: dict[str, Any] = {}
    for each in metadata.distributions():
        found.setdefault(str(each.metadata["Name"]).lower(), each)
    for name in sorted(found):
        about = found[name].metadata
        text = "\n\n".join(_prose(str(about.get("Description") or about.get_payload() or "")))
        for number, passage in enumerate(passages(text, config.passage_characters)):
            yield document(
                passage,
                place=f"{name} {found[name].version}#{number}",
                of=f"{name_of(source)}:{name}",
                source=name_of(source),
                licence=_licence(about),
            )


def _licence(about: Any) -> str:
    """The SPDX expression that a package gives, or what its classifier means; empty where it says neither."""
    if given := about.get("License-Expression"):
        return str(given)
    classified = {
        _CLASSIFIED.get(each.rpartition(" :: ")[2], "")
        for each in about.get_all("Classifier") or ()
        if each.startswith("License :: ") and each.count(" :: ") > 1
    }
    if classified and "" not in classified:
        return " AND ".join(sorted(classified))
    given = str(about.get("License") or "").strip()
    return given if re.fullmatch(r"[A-Za-z0-9.+-]+(?: (?:AND|OR) [A-Za-z0-9.+-]+)*", given) else ""


def _prose(description: str) -> Iterator[str]:
    """Paragraphs of sentences, links as their words, without code, tables, lists and badges."""
    text = _LINK.sub(lambda match: match[1] or match[2] or "", _FENCE.sub("", description))
    for paragraph in re.split(r"\n[ \t]*\n", text):
        if len(paragraph) < _LEAST_PROSE or _RESIDUE.search(paragraph):
            continue
        line = " ".join(paragraph.replace("**", "").replace("``", "").replace("`", "").split())
        if _PROSE_END.search(line):
            yield line


def sampled(rows: Iterable[Document], most: int | None, seed: int) -> Iterator[Document]:
    """Whole documents in their order, chosen by their digests until there are so many characters."""
    every = list(rows)
    if most is None:
        yield from every
        return
    sizes: dict[str, int] = {}
    for row in every:
        of = row.metadata["document"]
        sizes[of] = sizes.get(of, 0) + len(row.text)
    chosen, taken = set(), 0
    for of in sorted(sizes, key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest()):
        if taken >= most:
            break
        chosen.add(of)
        taken += sizes[of]
    yield from (row for row in every if row.metadata["document"] in chosen)


def _about(source: Any) -> dict[str, Any]:
    return {"source": name_of(source), "licence": source.licence}
