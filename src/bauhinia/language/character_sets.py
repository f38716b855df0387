"""Characters that exist in one Chinese script only, derived from OpenCC's dictionaries.

The sets are committed (`data/characters.json`), because OpenCC's dictionaries take 0.2 s and 40 MB to load
and most requests never need them. Write the file anew after an OpenCC upgrade, from the repository root:

    python -c "from bauhinia.language.character_sets import write; write()"

A character counts as Simplified only when OpenCC converts it and never to itself, and it is no form that
Hong Kong writes. 后, 里, 面, 只, 台, 干, 系, 范, 于, 云 and 余 are therefore in neither set.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data" / "characters.json"

HONG_KONG_FORMS = frozenset("霉苧虱肴床峰秘痴灶粽群扑晒凄炖瓮栖昵咏吓冲叁麽恤凭卧揾着")
"""OpenCC's standard differs (牀 峯 羣 祕 曬), or the character is a Cantonese word (晒 吓 揾 扑)."""

SIMPLIFIED_IN_PRACTICE = frozenset("适胜苹虫党种极据价确广厂叶柜愿万与个荐听宁")
"""Also rare or archaic Traditional characters (拮据 is the one living word: see `KEPT`), but in an
administrative text always the Simplified form of 適 勝 蘋 蟲 黨 ..."""

KEPT = ("拮据", "么鳳")
"""Traditional words with a character of the Simplified set."""

WRITTEN_IN_BOTH = frozenset(
    "乾瞭著藉徵夥摺覆餘於甯祇祕陞昇邨鍾麼麽蒐淼堃喆仝像俱剋氾澂釐谿扞阪龢彷椀犇甦菉迺耑藷薹"
)
"""Traditional characters that Simplified texts hold too: 乾隆, 瞭望, 著名, 狼藉, names."""


class CharacterSets(NamedTuple):
    """What the characters of a text tell of its script."""

    simplified_only: frozenset[str]
    traditional_only: frozenset[str]
    in_both: frozenset[str]
    """Right in both scripts, yet of Simplified text OpenCC changes some: 后 里 面."""


def derive() -> dict[str, str]:
    """The sets of `CharacterSets` by name, each sorted by code point."""
    with tempfile.TemporaryDirectory() as folder:
        simplified = _dictionary("STCharacters", Path(folder))
        traditional = _dictionary("TSCharacters", Path(folder))
        hong_kong = {form for forms in _dictionary("HKVariants", Path(folder)).values() for form in forms}
    one_way = {char for char, forms in simplified.items() if char not in forms}
    simplified_only = (one_way - hong_kong - HONG_KONG_FORMS) | SIMPLIFIED_IN_PRACTICE
    simplified_forms = {form for forms in traditional.values() for form in forms}
    other_way = {char for char, forms in traditional.items() if char not in forms}
    traditional_only = (other_way | hong_kong) - simplified_forms - WRITTEN_IN_BOTH - simplified_only
    changing = {char for char, forms in simplified.items() if forms != [char]} - simplified_only
    sets = {"simplified_only": simplified_only, "traditional_only": traditional_only, "in_both": changing}
    return {name: "".join(sorted(found)) for name, found in sets.items()}


def _dictionary(name: str, folder: Path) -> dict[str, list[str]]:
    """One of OpenCC's dictionaries, read with the tool in its own wheel."""
    import opencc

    library = Path(opencc.__file__).parent / "clib"
    written = folder / f"{name}.txt"
    source = library / "share" / "opencc" / f"{name}.ocd2"
    tool = str(library / "bin" / "opencc_dict")
    command = [tool, "-i", str(source), "-f", "ocd2", "-o", str(written), "-t", "text"]
    subprocess.run(command, check=True, capture_output=True)
    rows = (line.split("\t") for line in written.read_text(encoding="utf-8").splitlines())
    return {row[0]: row[1].split(" ") for row in rows if len(row) == 2}


def load() -> CharacterSets:
    """The committed sets."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    return CharacterSets(**{name: frozenset(found) for name, found in data.items()})


def write() -> None:
    """Derive the sets and write them to `data/characters.json`."""
    DATA.write_text(json.dumps(derive(), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
