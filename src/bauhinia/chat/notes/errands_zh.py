"""Who is told, or offers, to do something: one sentence of Cantonese, written Chinese or Putonghua, folded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .days import due_in
from .errand import Errand
from .people import People, speaks_for
from .sentences import Sentence

_ME = "(?:我哋|我們|我|本組|本處|本署|本科|本會|本人)"
_YOU = "(?:你哋|你們|你|您)"
_VERB = (
    "(?:跟進|跟|安排|聯絡|聯繫|聯系|處理|負責|準備|預備|整理|更新|修改|修訂|草擬|擬備|擬|起草|提交|提供|匯報|彙報|報告|解釋"
    "|通知|轉告|告訴|回覆|答覆|覆|檢查|檢討|核實|核對|落實|落單|補|統計|計算|計|研究|探討|設計|印製|印|打電話|打|約|搞掂|搞"
    "|洗|改|拎|帶|收集|收|寫|做|搵|找|訂|買|採購|借|租|發放|發|派|寄|交|送|問|查|講|傾|談|辦|包辦|包|諗辦法|想辦法|排|邀請"
    "|申請|登記|張貼|貼|清理|維修|修理|整|執|試|上載|製作|製備|拍|翻譯|協調|統籌|監察|聘請|請人|開(?=會|單|張))"
)
_DONE = re.compile(r"已經?|曾經?|上個?(?:月|星期|禮拜|週|周)|舊年|去年|琴日|尋日|噚日|昨[天日]|[之早]前已|啱啱|剛剛?")
_UNDONE = "(?:唔|不|冇|沒|未|無法|建議|覺得|認為|贊成|同意|想(?!辦法)|希望|擔心|怕|記得|識|知道|聽講|係|是否|有冇)"
_IF = re.compile(r"^(?:如果?|若|假如|倘|萬一)|的話[，,]|如果")
_ASKED = re.compile(
    r"(?<![邀申聘敬提])(?:請|煩請|有勞|麻煩|勞煩|唔該|拜託|勞駕)(?!問|假|教|客|各位|大家|人)(?P<who>{who}|{you})?(?P<rest>.*)"
)
_NOT_ORDERS = re.compile(r"[繼翻舉看坐]|大家|各位|留意|注意|說明一下|講下$|發言")
_CAN_ASK = re.compile(r"得唔得|好唔好|可唔可以|可不可以|可否|能否|能不能|得閒|什麼時候|幾時|可以.{0,20}[嗎？?]")
_OWES = re.compile(r"(?:必須|務須|須|需要|需|要(?!唔要|不要|點|看|睇)|應該?|負責|則負責|得(?=去|喺|在))")
_ORDERED = re.compile(r"(?:再|先|自己|就)?(?:把|將(?!會|於|在)|去|自己|幫(?:手|忙)?|盡快|儘快|跟進|跟|返去|同.{1,8}(?:講|傾|聯絡))")
_WILL = re.compile(r"(?:將會?|會(?!議|員|場|後|上|費))")
_BY = re.compile(r"[^，。]{2,14}?(?:之?前|或以前|之?內|月底)[^，。]")
_HAND_OVER = re.compile(
    r"^.{0,12}?(?:俾|給|畀|覆|發|交|寄|送|話|答|通知)(?:返|到|俾|給)*(?:你|大家|各位|主席|您)"
)
_TO_ME = re.compile(r"^(?:就|都|可以)?(?:交|留)(?:俾|給|畀)(?:我|我哋|我們)(?:啦|吧|處理|辦|做|跟|負責|$|[，,。])|包在我身上|算我(?:嘅|的)")
_AWAITS = "(?:有待|仍待|待|等)(?P<who>{who})(?:去|嚟|來)?(?:跟進|處理|安排|提供|提交|回覆|覆|研究)"
OPEN = re.compile(r"(?:邊個|誰|邊位|哪位|哪個人|有冇人|有沒有人|由邊|要有人|搵人|找人)|[呢]\s*[？?]\s*$")
"""A need for which nobody is named yet."""
WHEN = re.compile(r"幾時|什麼時候|何時|幾耐|多久|幾號")


def errands(said: Sentence, people: People) -> Iterator[Errand]:
    """What the sentence gives anybody to do, the surest reading first; at most one a party."""
    text = said.plain
    if _IF.search(text) and "同意的話" not in text:
        return
    for read in (_by_whom, _requests, _orders, _awaited, _offers):
        found = list(read(text, said, people))
        if found:
            yield from found
            return


def _by_whom(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """由秘書跟, 由我向會員解釋."""
    for match in re.finditer(rf"由(?P<who>{_ME}|{people.zh_inside})(?P<rest>[^，。]+)", text):
        if re.match(r"(?:[起至到開]|改|.*(?:咗|完成了|了$))", match["rest"]) or _DONE.search(text):
            continue
        if said.asks and not _CAN_ASK.search(text):
            continue
        yield _errand(match["who"], match.start(), said, people)


def _requests(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """請渠務工程師於五月十五日前提交; 唔該你問咗價先; 請於月底前交回."""
    who = rf"{people.zh_inside}"
    pattern = _ASKED.pattern.replace("{who}", who).replace("{you}", _YOU)
    for match in re.finditer(pattern, text):
        rest = match["rest"]
        if not rest or _NOT_ORDERS.match(rest) or _DONE.search(rest):
            continue
        if match["who"] is None:
            if not re.match(r"[於在喺盡儘]|.{0,10}(?:前|內)", rest):
                continue
            yield Errand(said, "", "you", match.start())
            return
        named = re.match(rf"(?P<who>{people.zh})[，,]", text)
        owner = named["who"] if named and re.fullmatch(_YOU, match["who"]) else match["who"]
        yield _errand(owner, match.start(), said, people)
        return


def _orders(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """活動主任，你…; 財務組須…; 仓管把…; 資訊科技組六月三十號前交…."""
    for match in re.finditer(rf"(?:^|(?<=[，,；。、]))(?P<who>{people.zh})(?P<rest>.+)", text):
        rest = match["rest"]
        spoken_to = re.match(rf"[，,、]?\s*{_YOU}", rest)
        if spoken_to is None and (to_topic := re.match(rf"[，,].{{0,20}}{_YOU}", rest)) and said.asks:
            spoken_to = to_topic
        if said.asks and not (spoken_to and _CAN_ASK.search(rest)):
            continue
        rest = rest.lstrip("，,、 ")
        if _DONE.search(rest) or re.match(r"(?:話|說|表示|指出|建議|認為)", rest):
            continue
        own = speaks_for(said.line.speaker, people.named(match["who"]))
        if spoken_to and re.search(_VERB, rest):
            if not re.match(rf"{_YOU}(?:哋)?(?:覺得|點睇|認為|話|說|知|係|是|好)", rest):
                yield _errand(match["who"], match.start(), said, people)
            return
        owes = _OWES.match(rest) or _ORDERED.match(rest) or (_BY.match(rest) and re.search(_VERB, rest))
        will = _WILL.match(rest) and (due_in(text, None).words or own)
        if owes or will:
            yield _errand(match["who"], match.start(), said, people)
            return


def _awaited(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """核數師方面，仍待司庫跟進."""
    for match in re.finditer(_AWAITS.replace("{who}", people.zh_inside), text):
        yield _errand(match["who"], match.start(), said, people)


def _offers(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """我會同供應商講; 等我去搵人報價; 交俾我啦; 聽日俾你睇."""
    if said.asks or not said.line.speaker and not re.search(_ME, text):
        return
    me = re.search(
        rf"{_ME}(?P<way>(?:(?!{_UNDONE})[^，。]){{0,14}}?){_VERB}(?!緊|過|了(?!解)|咗(?!.*先)|完咗|到了|得|唔|出嚟)(?P<rest>[^，。]*)", text
    )
    if me and not _DONE.search(text) and not re.match(r"(?:先?想|去年|嘅|的|都?要?係)", me["way"]):
        if not re.search(r"(?:了|咗)$", me["rest"]):
            yield Errand(said, said.line.speaker, "me", me.start(), handover=bool(_HAND_OVER.match(text)))
            return
    if _TO_ME.search(text):
        yield Errand(said, said.line.speaker, "me", 0)
        return
    if _HAND_OVER.match(text) and due_in(text, None).words and not _DONE.search(text):
        yield Errand(said, said.line.speaker, "me", 0, handover=True)


def _errand(who: str, start: int, said: Sentence, people: People) -> Errand:
    if re.fullmatch(_ME, who):
        return Errand(said, said.line.speaker, "me", start)
    if re.fullmatch(_YOU, who):
        return Errand(said, "", "you", start)
    return Errand(said, people.named(who), "named", start)
