"""Whether a sentence denies, and whether it speaks of a rise or a fall: what embeddings do not tell apart."""

from __future__ import annotations

import re

_DENIAL = re.compile(
    r"\b(?:not|no|never|without|none|nor|neither|cannot|refus\w*|reject\w*|prohibit\w*|unable|fail\w*|exempt\w*)\b|n't\b"
    r"|不得|不會|不能|不可|不應|不須|不用|不再|不設|不接受|並不|並非|沒有|未有|未能|尚未|無須|無需|毋須|禁止|拒絕|豁免|唔|冇",
    re.IGNORECASE,
)
_RISE = re.compile(
    r"\b(?:increas\w*|rise[sn]?|rising|rose|gr[oe]w\w*|rais(?:e|ed|es|ing)|higher|extend\w*)\b|增加|增長|上升|上調|提高|調高|升至|延長",
    re.IGNORECASE,
)
_FALL = re.compile(
    r"\b(?:decreas\w*|reduc\w*|fall(?:s|en|ing)?|fell|declin\w*|drop\w*|lower\w*|shorten\w*|cut)\b"
    r"|減少|下降|下跌|下調|降低|調低|降至|縮短|削減",
    re.IGNORECASE,
)


def denies(text: str) -> bool:
    """Whether it says that something is not so, or is not to be done."""
    return _DENIAL.search(text) is not None


def contradicts(statement: str, source: str) -> bool:
    """Whether the statement denies what the source does not, or turns a rise into a fall or back."""
    if denies(statement) and not denies(source):
        return True
    rises, falls = bool(_RISE.search(statement)), bool(_FALL.search(statement))
    if rises == falls:
        return False
    same, other = (_RISE, _FALL) if rises else (_FALL, _RISE)
    return bool(other.search(source)) and not same.search(source)
