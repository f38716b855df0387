"""What was decided: sentences by which the meeting, or who chairs it, settles something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .people import People
from .sentences import Sentence, item_of, sentences
from .transcript import Line, Transcript

LOOK_BACK = 4
"""Lines among which what a bare “passed” settles was put."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision, in the words that were spoken."""

    text: str
    lines: tuple[int, ...]
    """Numbers of the lines that it rests on; empty where a person wrote it in."""


_WHO_ZH = "(?:會議|委員會|大會|理事會|小組|本會|各委員|委員|全體|與會者|大家|我們|我哋)"
_BY_ANYBODY_ZH = re.compile(
    rf"{_WHO_ZH}(?:一致|已|都|均)?(?:決定|同意|通過|議決|接納|批准|確認(?=.{{0,6}}[不將由以把]))|一致(?:通過|同意|贊成)"
    r"|全體(?:贊成|通過)|獲得?(?:一致|委員)?(?:通過|接納|批准)|決議(?:如下|是|為|:|：|，)|議決|就?(?:咁|這麼|這樣)決定|就(?:咁|這麼|這樣)定"
    r"|拍板|一言為定|經(?:過)?(?:討論|表決|投票)[^。]{0,14}(?:通過|決定|同意)"
)
_BY_CHAIR_ZH = re.compile(
    r"^(?:通過|決定)|決定(?!權|性)(?=.{2})|^同意[，,。]|押後|擱置|暫緩|暫不|留待|[遲晚]啲先?再|遲啲先|下次(?:會議|開會)?(?:再|先)|之後再(?:傾|談|討論)"
    r"|先[不唔][一-鿿]|不再(?:考慮|成立|舉辦|處理)|^(?:咁|那麼?|就|咁就|那就)[^？?，,。]{1,30}(?:啦|吧|喇)(?:[，,。]|$)"
    r"|^(?:咁|那麼?|就)?(?:便|就)?[^，。]{0,8}(?:維持|照)(?:不變|舊|原)|(?:我們|我哋)?(?:就)?定(?:在|喺|為|於)[^？]"
    r"|^(?:唔|不)(?:買|換|做|加|租|用|搞|辦|請)(?:[了啦喇]?[，,。]|[了啦喇]?$)|就(?:唔|不|暫時唔|先唔)[一-鿿]{1,4}(?:住|了|先|[，,。]|$)"
    r"|^(?:賣|換|買|拆|租|停)(?:掉|咗佢|佢|了)?(?:吧|啦|了)?[，,。]|(?:話|說)?[，,]就[^，。？]{1,10}(?:吧|啦)[。]?$"
)
_PAST_ZH = re.compile(r"去年|舊年|上次(?!會議[記紀]錄)|上個月|早前|[之以]前(?:已|就)|曾經|當時")
_BARE_ZH = re.compile(r"(?:好[，,。]?)?(?:一致|獲|獲得)?通過[。！!]?|(?:好[，,])?(?:咁)?(?:就)?咁決定[。！!]?")
_PUT_ZH = re.compile(r"異議|贊成|反對|同意|意見|\bok\b", re.IGNORECASE)

_BY_ANYBODY_EN = re.compile(
    r"\b(?:it (?:is|was)|it['’]s|that['’]s|that is) (?:therefore |hereby |now )?(?:agreed|decided|resolved|settled)\b"
    r"|\b(?:members|the meeting|the committee|this committee|the board|the panel|we|everyone|all)(?: have| has| all| both| unanimously)*"
    r" (?:agreed|agree|endorsed?|approved?|resolved?|decided?|adopted?|confirmed|rejected|supported)\b(?! with\b)"
    r"|\bdecision\s*[:：]|\b(?:motion|proposal|amendment) (?:is |was )?(?:carried|passed|defeated)\b",
    re.IGNORECASE,
)
_BY_CHAIR_EN = re.compile(
    r"\b(?:is|are|was|were|stands?) (?:not |hereby |therefore |now )?(?:approved|endorsed|adopted|carried|rejected|confirmed|supported"
    r"|accepted|withdrawn|deferred|postponed|agreed)\b"
    r"|\b(?:let['’]s|let us|we['’]ll|we will|we shall|we['’]re going to) (?:then |therefore |just )?(?:go(?: ahead)? with|leave|keep|drop"
    r"|defer|postpone|adopt|do|use|put (?:that|this|it) off|stick|hold|come back|take (?:that|this|it) up)\b"
    r"|\bit is[.!]?$|\b(?:stays?|remains?) (?:on|as|at|in|with)\b.*\bfinal\b|\bwe['’]re going with\b|^agreed\b|^approved\b|^carried\b"
    r"|\bthat['’]s final\b",
    re.IGNORECASE,
)
_PAST_EN = re.compile(
    r"\b(?:last (?:year|month|week|time|meeting)|previously|earlier|already|years? ago"
    r"|(?:as )?we (?:said|decided|agreed) in \w+)\b",
    re.IGNORECASE,
)
_BARE_EN = re.compile(r"(?:agreed|approved|carried|passed|that['’]s settled|it['’]s agreed)[.!]?", re.IGNORECASE)
_PUT_EN = re.compile(r"\b(?:object\w*|content|agree\w*|happy|in favour|support|against)\b", re.IGNORECASE)


def find_decisions(transcript: Transcript, people: People) -> list[Decision]:
    """Every decision, in order; one that is put and then passed in few words counts once."""
    found: list[Decision] = []
    for line in transcript.lines:
        said = list(sentences(line))
        for one in said:
            if _decides(one, people):
                _add(found, transcript.lines, one)
                break
    return found


def _decides(said: Sentence, people: People) -> bool:
    if said.asks:
        return False
    text = said.plain
    by_anybody, by_chair, past = (
        (_BY_ANYBODY_ZH, _BY_CHAIR_ZH, _PAST_ZH) if said.chinese else (_BY_ANYBODY_EN, _BY_CHAIR_EN, _PAST_EN)
    )
    if past.search(text) or re.search(r"\b(?:if|should we)\b|未有?決定|未能", text):
        return False
    if by_anybody.search(said.folded) or by_anybody.search(text):
        return True
    chairs = not people.chair or said.line.speaker == people.chair
    return chairs and bool(by_chair.search(text))


def _add(found: list[Decision], lines: Sequence[Line], said: Sentence) -> None:
    """The decision, with what it settles where it says no more than that it does."""
    number = said.line.number
    bare, put = (_BARE_ZH, _PUT_ZH) if said.chinese else (_BARE_EN, _PUT_EN)
    if bare.fullmatch(said.plain):
        if found and 0 < number - found[-1].lines[-1] <= LOOK_BACK:
            found[-1] = replace(found[-1], lines=(*found[-1].lines, number))
            return
        for line in reversed(lines[max(0, number - 1 - LOOK_BACK) : number - 1]):
            if line.speaker == said.line.speaker and put.search(line.words):
                found.append(Decision(text=item_of(line.words), lines=(line.number, number)))
                return
    found.append(Decision(text=item_of(said.text), lines=(number,)))
