"""Who can be meant: the speakers by their labels, and posts and bodies that nobody speaks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ...language import to_traditional

_CHAIR = re.compile(
    r"chair(?:man|person|woman)?|convenor|convener|moderator|host|主席|召集人|主持(?:人)?|會長|組長",
    re.IGNORECASE,
)
_BODY_ZH = (
    "(?:工作小組|秘書處|辦公室|管理處|委員會|小組|專責組|公司|中心|供應商|承建商|承辦商|營辦商|服務商"
    "|顧問|團隊|物業|組(?![織成長])|署(?![名理])"
    "|局(?![面限部])|科(?![技學目文])|部(?![分署份門])|處(?![理於境])"
    "|主任|秘書|經理|主席|司庫|工程師|代表|專員|幹事|組長|隊長|館長|總監|督導|財務)"
)
_BODY_EN = (
    "Department|Bureau|Office|Authority|Council|Committee|Board|Secretariat|Division|Section|Unit|Branch|Team"
    "|Group|Agency|Centre|Company|Chairman|Chairperson|Convenor|Secretary|Director|Officer|Manager|Engineer"
    "|Architect|Surveyor|Inspector|Treasurer|Contractor|Operator|Supervisor|Coordinator"
)
_POST_EN = (
    "Secretary|Treasurer|Chairman|Chairperson|Convenor|Secretariat|Contractor|Consultant|Auditor|Clerk"
    "|Procurement|Finance|Legal"
    "|Marketing|Operations|Communications|Facilities|Security|Estates|Admin|Engineering|Logistics|Audit"
    "|Compliance"
    "|Accounts"
)
"""Posts and bodies that are named alone."""
_EACH_ZH = "各(?:(?!位)[一-鿿]){0,3}?(?:委員|部門|組別?|署|局|單位|成員|同事|代表|家長|業主|科|處|校|區|班)"
_ALONE_ZH = (
    "(?:物業|管理處|秘書處|校工|保安|總務|人事|會計|前台|採購|隊員|會員|組員|學員|參加者|申請人|商戶|住戶"
    "|業戶|家長|導師|義工)(?![一-鿿]?(?:主任|經理|代表|部|組|處|員))"
)
_NO_BODY_ZH = "(?!下次|今次|上次|每|全|[我你您佢他她咱大各請由仍待等交有這那呢嗰先再同跟和與就將把])"
"""What begins like this is a sentence, and no body's name."""
_SUFFIX_ZH = re.compile(r"(?:代表|組長|主管)$")


@dataclass(frozen=True)
class People:
    """Everybody who may be given something to do in one meeting."""

    labels: tuple[str, ...]
    """The speakers."""

    @cached_property
    def chair(self) -> str:
        """Who chairs: by the label, else who speaks first; empty where nobody is named."""
        if not self.labels:
            return ""
        return self.named_chair or self.labels[0]

    @cached_property
    def named_chair(self) -> str:
        """Who chairs by their own label; empty where no label says so."""
        return next((each for each in self.labels if _CHAIR.fullmatch(each)), "")

    @cached_property
    def folded(self) -> dict[str, str]:
        """Each label by how rules see it."""
        return {fold(label): label for label in self.labels}

    @cached_property
    def zh(self) -> str:
        """An expression for a party in Chinese, without a group of its own."""
        named = [rf"{re.escape(each.lower())}(?![處署組局長])" for each in self.stems]
        body = rf"(?<![一-鿿]){_NO_BODY_ZH}(?:(?![的嘅由將請])[一-鿿]){{1,6}}?{_BODY_ZH}"
        return "(?:" + "|".join([*named, _EACH_ZH, body, _ALONE_ZH]) + ")"

    @cached_property
    def zh_inside(self) -> str:
        """The same where it follows a word that leads to it, such as 由 or 請."""
        named = [rf"{re.escape(each.lower())}(?![處署組局長])" for each in self.stems]
        return (
            "(?:"
            + "|".join(
                [*named, _EACH_ZH, rf"{_NO_BODY_ZH}(?:(?![的嘅由將請])[一-鿿]){{1,6}}?{_BODY_ZH}", _ALONE_ZH]
            )
            + ")"
        )

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Labels in Chinese, and the bodies that their 代表 and 組長 speak for, the longest first."""
        han = [each for each in self.folded if not each.isascii()]
        short = [stem for each in han if len(stem := _SUFFIX_ZH.sub("", each)) > 1]
        return tuple(sorted({*han, *short}, key=lambda each: (-len(each), each)))

    @cached_property
    def en(self) -> str:
        """An expression for a party in English, without a group of its own; case counts."""
        named = sorted((each for each in self.labels if each.isascii()), key=len, reverse=True)
        body = rf"(?!(?:The|If|When|As|And|But|So|Then) )(?:[A-Z][\w&'’-]* ){{1,4}}(?:{_BODY_EN})"
        post = rf"(?:{_POST_EN})"
        every = [*(re.escape(each) for each in named), body, post, "(?!OK|TV|PPT|PDF|AOB|NB)[A-Z]{2,6}"]
        return "(?:" + "|".join(every) + r")(?!\w)"

    def named(self, words: str) -> str:
        """The party as the meeting calls it: a speaker's own label where it is one."""
        words = re.sub(r"^[Tt]he ", "", words.strip())
        if (label := self.folded.get(fold(words))) is not None:
            return label
        close = [label for folded, label in self.folded.items() if folded.casefold() == words.casefold()]
        return close[0] if close else words


def fold(words: str) -> str:
    """Chinese in Traditional characters, as the rules are written; English as it is."""
    return words if words.isascii() else to_traditional(words).replace("祕", "秘").replace("爲", "為")


def speaks_for(speaker: str, party: str) -> bool:
    """Whether a speaker is that party, or its representative."""
    one, other = fold(speaker), fold(party)
    if one == other or not other:
        return bool(other)
    return _SUFFIX_ZH.sub("", one) == other or (
        len(other) > 1 and not other.isascii() and one.startswith(other)
    )


def only(parties: Sequence[str]) -> str:
    """The one party of several readings; empty where there are none or two."""
    return parties[0] if len(set(parties)) == 1 else ""
