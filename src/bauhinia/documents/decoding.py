"""Bytes of a text file made characters, whatever the encoding; the same bytes always give the same answer."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from ..errors import BrokenDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE = ("utf-16-le", "utf-16-be", "big5hkscs", "gb18030")
_SAMPLE = 40_000
_COMMON = frozenset(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得于着下自之年過發後作里用道行所然家種事成方多經"
    "麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全"
    "三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西月話合回特代內信表化老給世位次度門任常"
    "先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計"
    "管期市直德資命山金指許統區保至隊形社便空決治展科司五基書非則聽白界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張"
    "該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運香港局署處長於及其須予按照本署申請人文件政府立法會委員服務計劃工作資料公眾"
    "这个们来为国说时会对过发后里种经么学现当没动还进样开从实军无与长机关点业将两间问并应战头体见产话内给门东声员论处义几认条气题变总"
    "电数报结务场计资统区队决书则听达强难权设记类据边张该规万觉术领确传师观让识带导争运请众划"
    "係唔嘅咗喺咁佢哋嗰啲嚟冇睇乜嘢點噉俾畀攞搵，。、：；「」『』（）？！《》"
)
"""Characters that make up most running text in written Chinese, in either script, and in Cantonese."""
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\uff61-\uffef\u0590-\u1fff\ua000-\uabff]")
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,30})", re.I)


class Decoded(NamedTuple):
    """Text and the name of its encoding."""

    text: str
    encoding: str


def decode(data: bytes, *, html: bool = False) -> Decoded:
    """The text in `data`: by its byte-order mark, as UTF-8, as the page declares (HTML), else by which
    encoding gives the likeliest text. Raises BrokenDocument when none does."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(data.decode(encoding, "replace"), encoding)
    declared = _DECLARED.search(data[:2048]) if html else None
    guesses = ["utf-8", *([codec_of(declared[1].decode("ascii"))] if declared else [])]
    for encoding in guesses:
        if encoding and b"\x00" not in data and (text := _strictly(data, encoding)) is not None:
            return Decoded(text, encoding)
    if encoding := _chinese(data[:_SAMPLE]):
        return Decoded(data.decode(encoding, "replace"), encoding)
    return _otherwise(data)


def codec_of(label: str) -> str:
    """Python's codec for a declared encoding; empty when there is none of that name.

    `big5` and `gb2312` mean their supersets, as in browsers.
    """
    label = {"big5": "big5hkscs", "gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252"}.get(
        label.lower(), label
    )
    try:
        return codecs.lookup(label).name
    except LookupError:
        return ""


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _chinese(sample: bytes) -> str:
    """Of the encodings that Chinese is written in, the one that makes the likeliest text; empty for none."""
    scores = {encoding: _likelihood(sample, encoding) for encoding in _CHINESE}
    best = max(scores, key=lambda encoding: scores[encoding])
    return best if scores[best] > 0 else ""


def _likelihood(sample: bytes, encoding: str) -> float:
    """How much `sample` looks like text in `encoding`, at most 1; not above 0 means no."""
    if encoding.startswith("utf-16") and (len(sample) % 2 or _one_sided(sample) is False):
        return -1.0
    text = sample.decode(encoding, "replace")
    text = text[:-1] if text.endswith("\ufffd") else text
    han = _HAN.findall(text)
    odd = len(_ODD.findall(text))
    if encoding.startswith("utf-16") and not han:
        return 1.0 if odd == 0 and text.count("\ufffd") == 0 and text.isascii() else -1.0
    common = sum(character in _COMMON for character in han)
    share = common / len(han) if han else 0.0
    # Even specialised text is about a third common characters; a wrong encoding gives a few per cent.
    return share - 0.2 - 4 * odd / max(1, len(han)) if len(han) > 1 else -1.0


def _one_sided(sample: bytes) -> bool:
    """Whether zero bytes, if any, stand nearly all in the same one of two places."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return min(even, odd) <= 0.1 * max(even, odd)


def _otherwise(data: bytes) -> Decoded:
    """Any other encoding, by charset-normalizer on a bounded sample."""
    from charset_normalizer import from_bytes  # loaded only here: nearly every file is UTF-8

    match = from_bytes(data[:_SAMPLE]).best()
    encoding = match.encoding if match is not None else ""
    if not encoding:
        raise BrokenDocument(
            "The text's encoding cannot be recognised.",
            hint="Save the file as UTF-8 in a text editor, then upload it again.",
        )
    return Decoded(data.decode(encoding, "replace"), encoding)
