"""Names that a claim must find in its source: bodies, posts, laws, schemes, places and people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from .scripts import HAN_RANGES
from .sentences import split_sentences
from .termbase import Term, Termbase
from .variety import Variety
from .word_lists import word_list

_HAN = f"[{HAN_RANGES}]"
_CAPITAL = r"[A-Z][A-Za-z]*(?:['’\-][A-Za-z]+)*"
_RUN = re.compile(rf"{_CAPITAL}(?:(?:,?\s(?:of|for|on|the|&|of the|for the|on the))?\s{_CAPITAL}){{0,12}}")
_LINK = re.compile(r",?\s(?:of the|for the|on the|of|for|on|the)\s")
_ACRONYM = re.compile(r"(?<![A-Za-z0-9$])[A-Z][A-Z&]*[A-Z](?![A-Za-z0-9$])")
_HONORIFIC = re.compile(r"^(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Hon|Sir|Madam|The|the|Ir|Sr)\.?\s+")
_TITLE = re.compile(r"《([^《》\n]{2,60})》")
_BREAK = (
    "個間項元年月日共將去今的由向在及和與或於是為將對按據經往到至該本各從把被就並已可須應請讓令使給以因但而且若如當每這那其此有跟隨稱說指表示認希望"
    "負責獲聯同透過根包括"
)
_SUFFIX = (
    "委員會|管理局|審裁處|辦公室|事務處|條例|規例|計劃|基金|協會|學會|商會|工會|聯會|總會|議會|公司|集團|銀行|醫院|診所|中心|大學|學院|中學|小學|學校"
    "|法院|公署|總署|小組|專責組|署長|局長|處長|司長|專員|署|局|處(?![理分罰置境於所方死事])"
)
_BODY = re.compile(f"(?:(?![{_BREAK}]){_HAN}){{2,12}}?(?:{_SUFFIX})(?:{_SUFFIX})?")
_VERB = re.compile(
    "成立|設立|推出|開放|離開|改善|攜帶|興建|擴建|增設|關閉|啟用|位於|設有|修訂|制定|制訂|諮詢|通知|聯絡|委託|邀請|要求|提交|轉交|交予|查詢|前往|到訪|向|市民|政府"
)
_SURNAMES = (
    "陳李張王黃何林吳劉梁鄭曾葉蔡郭謝馮鄧許周楊蘇羅盧潘黎余趙朱馬胡徐高鍾鄺譚莫方麥莊歐關廖洪孔"
    "溫袁范石魏戴湯薛姚彭江嚴沈丁杜姜簡甘龍史韓唐白文尹"
)
_PERSON = re.compile(f"[{_SURNAMES}]{_HAN}{{0,2}}?(?=先生|女士|小姐|太太|議員|博士|教授|醫生|律師|督察|法官)")
_GENERIC = re.compile(
    "^(?:有關|相關|其他|上述|政府|個別|不同|各個|多個|部分|本港|全港|香港|當區|新的|一個|兩個|這個|現行|主要){0,2}"
    f"(?:{_SUFFIX})$"
)


def names(text: str) -> list[str]:
    """The names of a text, once each, in the order of their first place.

    Terms of the termbase that are names; English words in capitals that no rule explains (Chan Tai-man,
    FEHD); 《titles》; Chinese bodies, posts and laws by their endings; people by their address.
    """
    return list(_names(text))


@lru_cache(maxsize=2048)
def _names(text: str) -> tuple[str, ...]:
    """Kept, because a statement is compared with many places of its sources."""
    found = sorted(_places(text))
    return tuple(dict.fromkeys(re.sub(r"\s+", " ", name) for _, name in found))


def same_name(one: str, other: str) -> bool:
    """Whether two names are of the same thing, in whichever language.

    By the termbase; by their words; an abbreviation by its initials (FEHD) or, in Chinese, by its
    characters in order (食環署).
    """
    first, second = _plain(one), _plain(other)
    if first.casefold() == second.casefold():
        return True
    if (term := _terms().get(first.casefold())) is not None:
        return term is _terms().get(second.casefold())
    return _shortens(first, second) or _shortens(second, first)


def _places(text: str) -> Iterator[tuple[int, str]]:
    masked = text
    for start, end, name in _known_names(text):
        yield start, name
        masked = masked[:start] + "\x00" * (end - start) + masked[end:]
    for match in _TITLE.finditer(text):
        if masked[match.start(1)] != "\x00":
            yield match.start(1), match[1]
    masked = _TITLE.sub(lambda match: "\x00" * len(match.group()), masked)
    yield from _chinese_names(masked)
    yield from _english_names(masked)


def _known_names(text: str) -> Iterator[tuple[int, int, str]]:
    termbase = _termbase()
    proper = set(termbase.proper)
    hits = [*termbase.find(text, Variety.ENGLISH), *termbase.find(text, Variety.TRADITIONAL)]
    for hit in hits:
        # an English place may be part of a longer name: Kowloon Tong Residents Association
        certain = not hit.text.isascii() or (hit.text[:1].isupper() and hit.term.domain != "place")
        if hit.term in proper and certain:
            yield hit.start, hit.end, hit.text


def _chinese_names(text: str) -> Iterator[tuple[int, str]]:
    for match in _BODY.finditer(text):
        name = _after_verb(match.group())
        if not _GENERIC.match(name):
            yield match.end() - len(name), name
    for match in _PERSON.finditer(text):
        if len(match.group()) > 1:
            yield match.start(), match.group()


def _after_verb(name: str) -> str:
    """What follows the last verb that the expression took in: 成立|道路安全小組."""
    for match in reversed(list(_VERB.finditer(name))):
        if len(name) - match.end() > 3:
            return name[match.end() :]
    return name


def _english_names(text: str) -> Iterator[tuple[int, str]]:
    for start, end in split_sentences(text):
        sentence = text[start:end]
        if _is_heading(sentence):
            yield from ((start + match.start(), match.group()) for match in _ACRONYM.finditer(sentence))
            continue
        for match in _RUN.finditer(sentence.replace("\n", " ")):
            for at, piece in _pieces(match.group()):
                name = _without_opening(piece, first=at == 0 and _opens(sentence, match.start()))
                if name and not _is_ordinary(name):
                    yield start + match.start() + at, name


def _pieces(run: str) -> Iterator[tuple[int, str]]:
    """The run cut at `of`, `for` and `on`, except after a word that they belong to: Director of Health."""
    at = 0
    for match in _LINK.finditer(run):
        before = run[at : match.start()].split()
        if before and before[-1].rstrip(",").lower() not in word_list("words_with_of"):
            yield at, run[at : match.start()]
            at = match.end()
    yield at, run[at:]


def _opens(sentence: str, at: int) -> bool:
    """Whether a word stands first in its sentence, so that its capital tells nothing."""
    before = sentence[:at].rstrip(" \"'“‘「(（-*•#>")
    return not before or before[-1] in "|:：.。!！?？;；/\n"


def _is_heading(sentence: str) -> bool:
    """Whether nearly every word has a capital, so that capitals tell nothing."""
    if sentence.rstrip().endswith((".", "。", "!", "?")):
        return False
    found = re.findall(r"[A-Za-z]{4,}", sentence)
    return len(found) >= 3 and sum(word[0].isupper() for word in found) >= 0.8 * len(found)


def _without_opening(name: str, *, first: bool) -> str:
    """The name without titles and the words that only open a sentence."""
    while match := _HONORIFIC.match(name):
        name = name[match.end() :]
    opening, _, rest = name.partition(" ")
    if opening.lower() in word_list("opening_words"):
        name = re.sub(r"^(?:of|for|on|the)(?:\sthe)?\s", "", rest)
    elif first and " " not in name and not name.isupper() and name.casefold() not in _terms():
        return ""
    return name


def _is_ordinary(name: str) -> bool:
    """Whether a capital is only custom: months, days, Government, Members, I."""
    if len(name) < 2:
        return True
    parts = [part.lower() for part in re.split(r"[\s,]+", name)]
    return name.casefold() not in _terms() and all(part in word_list("capitalised_words") for part in parts)


def _plain(name: str) -> str:
    name = name.strip(" 《》「」“”\"'")
    while match := _HONORIFIC.match(name):
        name = name[match.end() :]
    return re.sub(r"\s+", " ", name).replace("’", "'")


def _shortens(short: str, long: str) -> bool:
    """Whether `short` abbreviates `long`: initials, a part with whole words, or characters in order."""
    if len(short) >= len(long) or len(short) < 2:
        return False
    if short.isascii() and long.isascii():
        initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", long) if word[0].isupper())
        if short.isupper():
            return short.replace("&", "") == initials
        return bool(re.search(rf"(?<![A-Za-z]){re.escape(short)}(?![A-Za-z])", long, re.IGNORECASE))
    if short.isascii() or long.isascii():
        return False
    return short in long or (len(short) >= 3 and short[-1] == long[-1] and _in_order(short, long))


def _in_order(short: str, long: str) -> bool:
    rest = iter(long)
    return all(char in rest for char in short)


@cache
def _termbase() -> Termbase:
    return Termbase.load()


@cache
def _terms() -> dict[str, Term]:
    return {
        form.casefold(): term
        for term in _termbase().terms
        for form in (term.en, term.zh, *term.also_en, *term.also_zh)
    }
