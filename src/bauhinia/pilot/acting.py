"""Who has to act, read out of an item of minutes: only a post or body that is named and that the words bind.

A wrong party is worse than none, so every doubt ends in none: a subject in the passive (“FEHD should be
told”), a condition, a denial, one of two parties that nobody named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ..language import Termbase, Variety, names, same_name
from .obligations import CHINESE, ENGLISH
from .polarity import denies

_BODIES = (
    "Department|Bureau|Office|Authority|Council|Commission|Committee|Board|Panel|Secretariat|Division|Section"
    "|Unit|Branch|Team|Group|Agency|Corporation|Force|Registry|Observatory"
)
_POSTS = (
    "Chairman|Chairperson|Chairwoman|Chair|Convenor|Secretary|Director|Commissioner|Controller|Officer|Manager"
    "|Superintendent|Engineer|Architect|Surveyor|Head|Inspector|Registrar|Librarian|Postmaster|Solicitor"
    "|Treasurer"
)
_POST = re.compile(rf"(?:\S+ )*(?:{_POSTS})(?:,? (?:of|for) .+)?")
_BODY = re.compile(rf"(?:Committee|Secretariat|\S+ (?:.+ )?(?:{_BODIES}))")
"""A post may stand alone, “the Secretary”; of bodies only the one that meets and its secretariat."""
_ABBREVIATION = re.compile(r"[A-Z][A-Z&]*[A-Z]")
_CAPITAL = r"[A-Z][\w'’&-]*"
_NAME = rf"(?P<party>{_CAPITAL}(?:,? (?:(?:and|of|for|on|the|&) )*{_CAPITAL})*)(?: \([A-Z&]+\))?"
"""A name with what abbreviates it; the abbreviation is not given again."""
_BEGINS = r"(?:^|[,;:] (?:and |but |while )?|\bthat )(?:[Tt]he )?"
_REPORTED = (
    r"(?:was|were) (?:(?:required|requested|asked|directed|instructed|reminded|invited) )?to|undertook to"
)
_ACTS = r"(?! (?:not )?(?:also )?(?:be|have)\b(?! responsible))"
"""Who is to be told something does not act, nor who should have acted."""
_ASKED = r"\b(?:requested|asked|directed|instructed|required|reminded|invited|tasked) (?:the )?"
_ENGLISH = (
    re.compile(rf"{_BEGINS}{_NAME} (?:{ENGLISH.pattern}|{_REPORTED})\b{_ACTS}"),
    re.compile(rf"{_ASKED}{_NAME} to\b{_ACTS}"),
)
_CONDITION = re.compile(
    r"\b(?:if|unless|whether|until|when|where|once|after|before|because|as)\b[^,;]*$", re.IGNORECASE
)

_HAN = r"[\u3400-\u9fff]"
_HAN_PARTY = re.compile(
    rf"(?![該本有各此其貴我如若倘]){_HAN}*"
    "(?:(?<![部簽連])署|(?<![結當時])局|(?<![各四好何用益害])處|(?:委員|議|協|學|商|工|聯|總|基金|事)會|辦公室"
    "|小組|專責組|公司|警隊|中心|法院"
    "|主席|召集人|秘書|主任|總監|專員|工程師|經理|署長|局長|處長|司長|總長|測量師|建築師|督察|館長)"
)
"""Not every word that ends like a body is one: 部署, 當局, 各處, 社會."""
_HAN_NAME = rf"(?P<party>{_HAN}(?:{_HAN}|、)+?)(?:[（(][^（()）]+[)）])?"
_HAN_ACTS = "(?![獲被受由])"
_HAN_ASKED = "(?<![申邀聘不未無毋非])(?:請|要求|促請|責成|指示|委派|交由)"
_HAN_DOES = (
    "(?=於|在|就|向|為|按|把|將|提交|提供|跟進|研究|負責|安排|聯絡|匯報|擬備|考慮|檢討|清理|加強|盡快|協助"
    "|通知)"
)
_CHINESE = (
    re.compile(rf"(?:^|[，；：。]|(?<=[前後內起])){_HAN_NAME}(?:{CHINESE.pattern}|承諾){_HAN_ACTS}"),
    re.compile(rf"{_HAN_ASKED}{_HAN_NAME}{_HAN_DOES}"),
)
_DATE_BEFORE = re.compile(r"^.*[日月年底會](?:或之)?[前後內起](?=.)")
_HAN_CONDITION = re.compile(r"(?:如果|倘若|假如|如|若|倘|是否|除非)[^，；。]*$")


def party_of(item: str, named_in: str) -> str:
    """The posts or bodies that the item binds, as it names them; empty unless `named_in` names every one."""
    english = not re.search(_HAN, item)
    patterns, condition = (_ENGLISH, _CONDITION) if english else (_CHINESE, _HAN_CONDITION)
    found: dict[str, None] = {}
    for match in sorted(_matches(patterns, item), key=lambda match: match.start("party")):
        before = item[: match.start("party")]
        clause = re.split(r"[;；。]", before)[-1]
        if condition.search(before) or denies(clause):
            continue
        party = _DATE_BEFORE.sub("", match["party"])
        if not _is_named_party(party, named_in):
            return ""
        found[party] = None
    return ("; " if english else "、").join(found)


def _matches(patterns: Sequence[re.Pattern[str]], item: str) -> list[re.Match[str]]:
    return [match for pattern in patterns for match in pattern.finditer(item)]


def _is_named_party(party: str, named_in: str) -> bool:
    """Whether it is one post or body that the text names, or several of which each is."""
    if _is_party(party, named_in) and _is_named(party, named_in):
        return True
    parts = re.split(r",? and (?:the )?|, (?:the )?|[及和與、]", party)
    return len(parts) > 1 and all(_is_party(part, named_in) and _is_named(part, named_in) for part in parts)


def _is_party(name: str, named_in: str) -> bool:
    """Whether the words are a post's or a body's: by the termbase, by their form, or as its abbreviation."""
    if name in _official() or _HAN_PARTY.fullmatch(name) or _POST.fullmatch(name) or _BODY.fullmatch(name):
        return True
    if not _ABBREVIATION.fullmatch(name):
        return False
    return any(_BODY.fullmatch(other) and same_name(name, other) for other in names(named_in))


def _is_named(name: str, text: str) -> bool:
    """Whether the text has the name, a longer form of it, or another that the termbase knows."""
    if name.isascii():
        literal = re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) is not None
    else:
        literal = name in text
    others = (other for other in names(text) if name in _official() or len(name) < len(other))
    return literal or any(same_name(name, other) for other in others)


@cache
def _official() -> frozenset[str]:
    """Every name of a body or post that the termbase knows, in both languages."""
    terms = (term for term in Termbase.load().terms if term.domain in ("organisation", "post", "court"))
    return frozenset(form for term in terms for tongue in _TONGUES for form in term.forms(tongue))


_TONGUES = (Variety.ENGLISH, Variety.TRADITIONAL)
