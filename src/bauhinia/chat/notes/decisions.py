"""What was decided: sentences by which the meeting, or who chairs it, settles something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from . import errands_en, errands_zh
from .errands_zh import VERB as _VERB
from .people import People
from .sentences import Sentence, accepts, item_of, sentences
from .transcript import Line, Transcript

LOOK_BACK = 4
"""Lines among which what a bare “passed” settles was put."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision, in the words that were spoken."""

    text: str
    lines: tuple[int, ...]
    """Numbers of the lines that it rests on; empty where a person wrote it in."""
    sure: bool = True
    """False for what whoever chairs says that may settle something: left out unless a person chooses it."""


_WHO_ZH = "(?:會議|委員會|大會|理事會|小組|本會|各委員|委員|全體|與會者|大家|我們|我哋|咱們?)"
_BY_ANYBODY_ZH = re.compile(
    rf"{_WHO_ZH}(?:原則上|一致|已|都|均|不|未能)*(?:決定|同意|通過|議決|接納|採納|批准|支持"
    rf"|確認(?=.{{0,6}}[不將由以把]))|一致(?:通過|同意|贊成)"
    r"|全體(?:贊成|通過)|獲得?(?:一致|委員|大會)?(?:通過|接納|採納|批准|支持)|決議(?:如下|是|為|:|：|，)|議決"
    r"|就?(?:咁|噉|這麼|這樣)(?:話)?(?:決定|定)|無異議通過|冇異議[，,]?(?:就)?(?:通過|過)|拍板|一言為定"
    r"|議定|商定|裁定|(?:達成|取得)共識|(?:動議|議案|建議|方案|提案|預算案?)(?:獲|已|一致"
    r"|修正後)?得?(?:通過|否決|不獲)|[，,]通過[。]?$|敲定|定案"
    r"|經(?:過)?(?:討論|表決|投票)[^。]{0,14}(?:通過|決定|同意)|[^？]{0,14}[並且](?:同意|支持|通過|接納"
    r"|批准)|過半數|多數贊成|不?予以?(?:採納|通過|接納|批准|支持|推行|考慮|受理)"
)
_DO = (
    "(?:買|換|做|加|減|租|用|搞|辦|請|整|轉|改|開|賣|搬|起|拆|修|收|印|去|玩|要|試|理|裝|裝修|舉辦|考慮"
    "|推行|處理|成立|續約|招)"
)
_DO_ALONE = (
    "採用|分開|分兩|合併|增設|延長|縮短|提早|撥|鋪|找[^人]|改用|用返|減到|加多|停用|沿用|維持|保留|統一"
    "|外判|外包|續約|更換|購買|租用|搬去"
)
_OPENS = "^(?:那麼?|咁|噉|所以|就|那就)?"
_BY_CHAIR_ZH = re.compile(
    r"^(?:通過|決定)|決定(?!權|性|點|怎)(?=.{2})|^同意[，,。]|^批(?:准)?[。，,]?$|押後|擱置|擺低先|放一放"
    r"|暫緩|暫不|暫停|留待|留返"
    r"|[遲晚]啲先?再|遲啲先|(?:下次|以後|之後|遲啲|第日)(?:會議|開會)?(?:再|先)(?:傾|談|討論|說|講|議"
    r"|決定)|取消|cancel"
    rf"|先[不唔]{_DO}|暫時(?:唔|不)|唔好再?{_DO}|不再{_DO}|不{_DO}了|唔{_DO}(?:喇|啦|住)"
    r"|^(?:咁|噉|那麼?|就|咁就|那就|一於)[^？?，,。]{1,30}(?:啦|吧|喇|辦|好了|算)(?:[，,。]|$)|^(?:那就"
    r"|咁就|一於|就按|就照|就用|統一)[^？?]{2,}"
    r"|(?:^|[，,])就(?:咁|噉|這樣|照)(?:啦|吧|辦|做|咁做)?[，,。]?$|就(?:照)?(?:咁|噉|這樣)(?:做|辦)"
    r"|照(?:咁|舊|做|用|搞|辦)|就算(?:啦|喇|吧)?[。]?$"
    r"|^(?:咁|那麼?|就)?(?:便|就)?[^，。]{0,8}(?:維持|照)(?:不變|舊|原)|(?:我們|我哋)?(?:就)?定(?:在|喺"
    r"|為|於|咗|下來)[^？]"
    rf"|^(?:唔|不){_DO}(?:[了啦喇]?[，,。]|[了啦喇]?$)|就(?:唔|不|暫時唔|先唔)[一-鿿]{{1,4}}(?:住|了|先"
    r"|[，,。]|$)"
    rf"|^{_DO}(?:掉|咗佢|佢|了)?(?:吧|啦|了)?[，,。]|(?:話|說)?[，,]就[^，。？]{{1,10}}(?:吧|啦)[。]?$"
    rf"|改(?:到|為|成|喺|在)|^{_DO}[^，。]{{1,6}}[，,](?:唔好|不要|別)"
    rf"|{_OPENS}(?:先|一律|全部|統一|只)?(?:{_DO_ALONE})(?!下|嘢|嘛|晒)|{_OPENS}(?:先{_DO}|(?:從|由"
    rf"|用)[^，。]{{2,12}}(?:{_DO}|撥|付|扣|調)|准(?!備|時|確))"
    r"|^[^，。？我你佢]{1,10}(?:先|就)?(?:減到|加到|改用|改喺|定為|砍掉|留作|用返|照舊|分開|合併|停用)"
    r"|一[個棵件樣間次張]都(?:唔|不)|[，,]就按|按這個來"
    rf"|(?:以後|今後|從今|由今[日天]起|今年|一律|全部|每[月週周日次])[^，。？]{{0,8}}(?:不(?:要|再|准|能"
    rf"|得|可)|別|唔好|唔准|只)|^(?:[^，。？我你佢]{{0,8}})(?:先不|先唔|放棄|唔准|不准)"
    rf"|^(?:別|唔好|不要)(?:再)?(?:{_DO}|{_VERB})|(?:唔使|不用)再|獲批|獲准|當選|獲選"
    rf"|[，,]按[^，。]{{1,8}}[發辦做收]|^[^，。？]{{1,8}}按[^，。？]{{1,8}}[發辦做收]"
    rf"|^(?:{_DO}|{_VERB})[^，。？我你]{{0,6}}(?:囉|啦|吧|喇)[，,。]|就由[^，。]+(?:擔任|出任|做)"
    rf"|^同意(?:[一-鿿]{{2}})|就夠[。]?$|改[用名](?=[^？]*$)(?=.*贏)"
    r"|(?:開始|起)(?:執行|實施|實行|生效)|無人反對|冇人反對|既然(?:沒有|無|冇)(?:人)?(?:意見|異議|反對)"
)
_AGENDA_ZH = re.compile(
    r"^(?:那麼?|咁|噉)?(?:先|首先|再|就)?(?:處理|談|傾|講|討論|說|睇|看)(?!掂)[^，。]*[。，]?$"
)
"""What only opens an item of the agenda."""
_CONCLUDES_ZH = re.compile(
    r"(?:(?:好|行|可以|得|ok|嗯|對|係|有道理|同意|沒有|冇|無|既然[^，]{1,12}|太[^，]{1,3}"
    r"|[^，。？]{1,8}太[^，。？]{1,2})(?:的|啦|呀|喇|吧)?[，,、。 ]\s*)+"
    rf"(?:咁|噉|那|那麼|就|那就|咁就|都|所以|一律|全部|先|多|都係|還是)*(?:{_DO}|{_DO_ALONE}|搵|找|選|揀"
    r"|按|照|放|聘|分|送|報|派|寫|不考慮|唔考慮)"
    rf"(?!下|過|咗|到)|[^，。？]{{0,10}}(?:還是|都係)(?:用|做|選|揀|先|唔|不)|(?:放|擺)(?:到|喺"
    rf"|在)[^，。？]+|[^，。？]{{2,20}}[，,]?就[選揀用按照租買請]"
    rf"|(?:不|唔)(?:考慮|批|接受|支持|同意|要|用|再)[^？]{{0,12}}$|(?:舊|新)[嘅的][^，。]{{1,8}}[，,]"
    rf"|{_DO}[^，。？]{{1,8}}[，,](?:不|唔)"
)
_PAST_ZH = re.compile(r"去年|舊年|上年|上次(?!會議[記紀]錄)|上個月|早前|[之以]前(?:已|就)|曾經|當時")
_BARE_ZH = re.compile(
    r"(?:好[，,。]?)?(?:一致|獲|獲得)?通過[。！!]?|(?:好[，,])?(?:咁)?(?:就)?[咁噉]決定[。！!]?"
    r"|就這樣(?:辦|吧|定)?[。！!]?"
)
_PUT_ZH = re.compile(r"異議|贊成|反對|同意|意見|\bok\b", re.IGNORECASE)

_BY_ANYBODY_EN = re.compile(
    r"\b(?:it (?:is|was)|it['’]s|that['’]s|that is) (?:therefore |hereby |now )?(?:agreed|decided"
    r"|resolved|settled)\b"
    r"|\b(?:members|the meeting|the committee|this committee|the board|the panel|we|everyone|all)(?: have"
    r"| has| all| both| unanimously| therefore)*"
    r" (?:agreed|agree|endorsed?|approved?|resolved?|decided?|adopted?|confirmed|rejected|supported"
    r"|concur(?:red)?|accepted|ruled)\b(?! with (?:you|him|her|that)\b)"
    r"|\bdecision\s*[:：]|\b(?:motion|proposal|amendment|resolution) (?:is |was )?(?:carried|passed"
    r"|passes|defeated|lost)\b"
    r"|\b(?:it was )?the (?:sense|consensus|view|decision) of the meeting\b|\bby consensus\b"
    r"|\bunanimous(?:ly)?\b|\bresolved (?:that|not|to)\b",
    re.IGNORECASE,
)
_WE_WILL = r"(?:let['’]s|let us|we['’]ll|we will|we shall|we['’]re going to|we are going to|i['’]m going to)"
_BY_CHAIR_EN = re.compile(
    r"\b(?:is|are|was|were|stands?) (?:not |hereby |therefore |now )?(?:approved|endorsed|adopted|carried"
    r"|rejected|confirmed|supported"
    r"|accepted|withdrawn|deferred|postponed|agreed|cancelled|final)\b|^(?:matter|item|decision"
    r"|application|request|motion) "
    r"(?:deferred|approved|rejected|withdrawn|adjourned|noted)\b"
    rf"|\b{_WE_WILL} (?:then |therefore |just )?(?:go(?: ahead)? with|go for|leave|keep|drop|park|scrap"
    r"|cancel|make it|skip|not\b"
    r"|defer|postpone|adopt|do|use|put (?:that|this|it) off|stick|hold|come back|take (?:that|this|it) up"
    r"|say|settle|try|stay)\b"
    r"|\bwe['’]re (?:not )?(?:parking|dropping|keeping|going with|sticking|going for|scrapping|cancelling"
    r"|postponing|doing|having|moving)\b"
    r"|\bit is[.!]?$|\b(?:stays?|remains?) (?:on|as|at|in|with)\b.*\bfinal\b|^(?:agreed|approved|carried"
    r"|passed|go for it|done deal|sold)\b"
    r"|\bthat['’]s (?:final|the rule|the plan|the decision|settled|a yes|a no)\b|\bfrom now on\b"
    r"|\bgreen light\b|\bso be it\b|\bgo ahead with\b"
    r"|^(?:and )?(?:then )?(?:double|halve|cut|close|open|use|move|cancel|drop|stop|raise|lower|extend"
    r"|shorten|split|merge|switch|replace"
    r"|remove|scrap|hold|postpone|allow|ban|limit)\b|^(?:nobody|no one|no-one|everyone|everybody"
    r"|all \w+) (?!knows|said|thinks|wants|came)\w+s?\b"
    r"|\bit (?:will|shall|is to) be\b(?! (?:a|the|good|nice|hard|long|fine|ready)\b)|\b(?:was|is|been"
    r"|are) (?:defeated|lost|granted|refused|turned down)\b"
    r"|^(?:as )?from (?:today|tomorrow|now|next \w+|\d|january|february|march|april|may|june|july|august"
    r"|september|october|november|december)\b|\bno longer\b"
    r"|[,;] (?:approved|agreed|granted|carried|accepted|done)\b[.!]?|\bi (?:can live|['’]m (?:happy"
    r"|content|fine|ok)|am (?:happy|content|fine)) with (?:that|it|this)\b"
    r"|\bthat['’]s that\b|\bthe (?:panel|committee|board|council|meeting|working group) (?:will|shall)\b"
    r"|\bthe ayes have it\b"
    r"|\bno objections?, (?:so|then|carried|approved)\b|\bwe stick (?:with|to)\b|\bi(?:['’]m"
    r"| am) approving\b|\bsigned off\b",
    re.IGNORECASE,
)
_CONCLUDES_EN = re.compile(
    r"(?:(?:right|ok(?:ay)?|fine|then|so|well|good|great|all right|very well|in that case|no"
    r"|yes)[,.;:]?\s+)*(?:then |so |therefore )?"
    r"we(?:['’]ll| will| shall| do| won['’]t| don['’]t| shan['’]t)?(?: not)? (?!have|are|were|was|had"
    r"|need|know|think|come|move on|turn|start|begin"
    r"|meet|hear|heard|got|get|can|could|should|may|might|must|all|also|just|will|shall|do|did|see|saw"
    r"|want|would|look|return|go to|go back"
    r"|discuss|take (?:a|the next)|resume|adjourn|ordered|received|sent|asked)[a-z]+(?<!ed)\b",
    re.IGNORECASE,
)
_TAG_ZH = re.compile(
    r".{6,}[，,、](?:大家|各位)?(?:有|都)?(?:冇|沒有?|無)?(?:問題|異議|意見|反對|所謂)?(?:吧|嗎|嘛|呀"
    r"|㗎)?[？?]?$|.{6,}[，,](?:好|可以|得|行|ok|同意|贊成)"
    r"(?:唔好|唔得|不好|不行)?(?:吧|嗎|嘛|呀)?[？?]$"
)
_TAG_EN = re.compile(
    r"(?:are (?:we|you|members|all)(?: all)? (?:agreed|happy|content|in favour|ok(?:ay)?)|any objections?"
    r"|all agreed|everyone (?:ok|happy)|ok with that)\b.*[?]$",
    re.IGNORECASE,
)
_IDLE_ZH = re.compile(
    r"多謝|謝謝|唔該晒|辛苦|歡迎|早晨|早安|你好|大家好|各位好|開會|開始|散會|散水|休會|今[日天次]|議題"
    r"|議程|首先|下一項|第[一二三四五六]|接下來|繼續"
    r"|唔緊要|沒關係|唔好意思|不好意思|太好|正[！!]|明白|知道|收到|問題[係是]|幾多|多少|[點怎]樣|為什麼"
    r"|點解|我[覺認]|聽講|據|好像|好似|其實|上[次個月週星]"
)
_IDLE_EN = re.compile(
    r"\b(?:thank|thanks|welcome|good (?:morning|afternoon|evening)|apolog|hello|hi|agenda|item|minutes"
    r"|next (?:one|up|is)|let['’]s (?:begin|start|turn|see|hear|get)"
    r"|see you|brilliant|lovely|great|understood|noted|i (?:think|see|hear|know|understand|reported|had"
    r"|was|am)|there (?:is|are|was|were)|how|what|why|where|who)\b",
    re.IGNORECASE,
)
"""What whoever chairs says and does not settle anything."""
_PAST_EN = re.compile(
    r"\b(?:last (?:year|month|week|time|meeting)|previously|earlier|already|years? ago"
    r"|(?:as )?we (?:said|decided|agreed) in \w+)\b",
    re.IGNORECASE,
)
_BARE_EN = re.compile(
    r"(?:agreed|approved|carried|passed|that['’]s settled|it['’]s agreed|go for it)[.!]?", re.IGNORECASE
)
_PUT_EN = re.compile(r"\b(?:object\w*|content|agree\w*|happy|in favour|support|against)\b", re.IGNORECASE)


def find_decisions(transcript: Transcript, people: People) -> list[Decision]:
    """Every decision, in order, and what may be one; what is put and then passed in few words counts once."""
    found: list[Decision] = []
    maybe: list[Decision] = []
    for line in transcript.lines:
        said = list(sentences(line))
        if (one := next((one for one in said if _decides(one, people)), None)) is not None:
            _add(found, transcript.lines, one)
        elif (one := next((one for one in said if _is_put(one, people)), None)) and _is_taken(
            transcript.lines, line
        ):
            found.append(Decision(text=item_of(one.text), lines=(line.number, line.number + 1)))
        elif (
            line.number > 1
            and (one := next((one for one in said if _may_decide(one, people)), None)) is not None
        ):
            maybe.append(Decision(text=item_of(line.words), lines=(line.number,), sure=False))
    settled = {number for each in found for number in each.lines}
    maybe = [each for each in maybe if not settled & set(each.lines)]
    return sorted([*found, *maybe], key=lambda each: each.lines[0])


def _is_put(said: Sentence, people: People) -> bool:
    """Whether whoever chairs states something and asks whether all agree: 定在八月二十二號，沒問題吧？"""
    chairs = bool(people.chair) and said.line.speaker == people.chair
    tag = (_TAG_ZH if said.chinese else _TAG_EN).search(said.plain)
    reads = errands_zh if said.chinese else errands_en
    return chairs and said.asks and tag is not None and next(iter(reads.errands(said, people)), None) is None


def _is_taken(lines: Sequence[Line], line: Line) -> bool:
    """Whether the next speaker says yes."""
    after = lines[line.number : line.number + 1]
    return bool(after) and after[0].speaker not in ("", line.speaker) and accepts(after[0])


def _decides(said: Sentence, people: People) -> bool:
    if said.asks:
        return False
    text = said.plain
    by_anybody, by_chair, past = (
        (_BY_ANYBODY_ZH, _BY_CHAIR_ZH, _PAST_ZH) if said.chinese else (_BY_ANYBODY_EN, _BY_CHAIR_EN, _PAST_EN)
    )
    if said.chinese and (_AGENDA_ZH.search(text) or re.match(r"(?:開始|開會|散會|休會|繼續)", text)):
        return False
    if past.search(text) or re.search(r"\b(?:if|should we)\b|未有?決定|未能", text):
        return False
    if by_anybody.search(said.folded) or by_anybody.search(text):
        return True
    chairs = not people.chair or said.line.speaker == people.chair
    return chairs and (bool(by_chair.search(text)) or _concludes(said, people))


def _may_decide(said: Sentence, people: People) -> bool:
    """Whether whoever chairs states something that a person should look at: no question, thanks or errand."""
    if said.asks or (people.chair and said.line.speaker != people.chair):
        return False
    text = said.plain
    idle = (_IDLE_ZH if said.chinese else _IDLE_EN).search(text)
    long_enough = len(text) > 4 if said.chinese else len(text.split()) > 3
    reads = errands_zh if said.chinese else errands_en
    return long_enough and idle is None and next(iter(reads.errands(said, people)), None) is None


def _concludes(said: Sentence, people: People) -> bool:
    """Whether whoever chairs says what is done, to nobody in particular: “Right, we split them”."""
    if said.chinese:
        found = _CONCLUDES_ZH.match(said.folded.lower())
        told = errands_zh.errands(said, people)
    else:
        found = _CONCLUDES_EN.match(said.folded)
        told = errands_en.errands(said, people)
    return found is not None and next(iter(told), None) is None


def _add(found: list[Decision], lines: Sequence[Line], said: Sentence) -> None:
    """The decision, with what it settles where it says no more than that it does."""
    number = said.line.number
    put_before = bool(found) and len(found[-1].lines) > 1 and found[-1].lines[1] == found[-1].lines[0] + 1
    if put_before and 0 < number - found[-1].lines[-1] <= 2:
        found[-1] = replace(found[-1], lines=(*found[-1].lines, number))
        return
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
