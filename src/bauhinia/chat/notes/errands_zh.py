"""Who is told, or offers, to do something: one folded sentence of Cantonese, written Chinese or Putonghua."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .days import due_in
from .errand import Errand
from .people import People, fold, speaks_for
from .sentences import Sentence

_ME = "(?:我哋|我們|我|本部門?|本隊|本組|本處|本署|本科|本會|本人|咱們?)"
_YOU = "(?:你哋|你們|你|您)"
VERB = (
    "(?:跟進|跟|安排|聯絡|聯繫|聯系|處理|負責|準備|預備|整理|更新|修改|修訂|草擬|擬備|擬|起草|提交|提供"
    "|匯報|彙報|報告|解釋"
    "|通知|轉告|告訴|回覆|答覆|回復|覆|檢查|檢討|核實|核對|查證|落實|落單|落order|補|統計|計算|計|研究"
    "|探討|設計|印製|影印|印|打電話|打|約"
    "|搞掂|搞|洗|改|拎|帶|攞|收集|收|寫|做|搵|找|訂|買|採購|借|租|發放|發|派|寄|交|送|問|查|講|傾|談|溝通"
    "|商量|商討|辦理|辦|包辦|包|諗|想辦法"
    "|排|邀請|申請|登記|張貼|貼|清理|維修|修理|修|整|執|試|上載|上傳|上架|製作|製備|拍|翻譯|協調|統籌"
    "|監察|監督|聘請|招聘|招|請人|開(?=會|單|張|個|返)"
    "|搬|換|填|弄|掛|盯|催|追|安裝|裝|拆|搭|佈置|測試|調查|評估|分析|總結|撰寫|編寫|編製|校對|審閱|簽"
    "|付款|付|支付|報價|報名|呈交|傳閱|傳"
    "|轉交|轉達|公布|公佈|宣傳|拜訪|會面|巡查|反映|回歸|更換|砍|入(?=紙|表|啦|落|$)|出(?=[一兩個份])|入帳"
    "|審|視察|協助|幫|支援|陪|接|主持|夾|解決|搞定|完成|落實|預訂|預約|訂購|訂位"
    "|follow|check|send|e?mail|forward|call|confirm|book|update|draft|upload|prepare|arrange|fix|test"
    "|submit|whatsapp|share|print|order)"
)
_DONE = re.compile(
    r"已經?(?!讀)|曾經?|上個?(?:月|星期|禮拜|週|周)|舊年|去年|琴日|尋日|噚日|昨[天日]|[之早]前已|啱啱"
    r"|剛剛?|一直"
)
_UNDONE = (
    "(?:唔|不|冇|沒|未|無法|建議|覺得|認為|贊成|同意|想(?!辦法)|希望|擔心|怕|記得|識|知道|聽講|係|是否"
    "|有冇|提議|提出|動議|自己人|大家|一齊|一起|先生|太太|而家|現在|正在|定(?=在|喺))"
)
_IF = re.compile(r"^(?:如果?(?!無|沒)|若(?!無)|假如|倘|萬一|要是)|的話[，,]|如果")
_ASK = (
    r"(?<![邀申聘敬提])(?:煩請|有請|請|有勞|麻煩|勞煩|唔該|拜託|勞駕)(?!問|教(?![務師育])|假|客|各位|大家|人)"
)
_NOT_ORDERS = re.compile(r"[繼翻舉看坐]|大家|各位|留意|注意|說明一下|講下$|發言|晒|你哋?$")
_CAN_ASK = re.compile(
    r"得唔得|好唔好|可唔可以|可不可以|可否|能否|能不能|得閒|什麼時候|幾時|哪天|何時|幾號"
    r"|可以.{0,20}[嗎？?]|[會能]唔[會能]|幫"
)
_OWES = re.compile(
    r"(?:必須|務須|須|需要|需(?!時)|要(?!求|唔要|不要|點|看|睇)|應(?!該)|負責|則負責|得(?=去|喺|在))"
)
_ORDERED = re.compile(
    r"(?:可)?(?:一併)?(?:研究|考慮)|(?:與|和|同|跟).{1,10}(?:商討|商量|傾|夾|講|聯絡|溝通)|.{0,24}向(?:我"
    r"|本會|委員會|主席|大會)|"
    r"(?:再|先|自己|就|請|抓緊|趕緊|盡快|儘快)?(?:把|將(?!會|於|在)|去|自己|幫(?:手|忙)?|盡快|儘快|抓緊"
    r"|趕緊|跟進|跟|返去|同.{1,8}(?:講|傾|聯絡|夾))"
)
_WILL = re.compile(r"(?:將會?|會(?!議|員|場|後|上|費))")
_BY = re.compile(r"[^，。]{2,14}?(?:之?前|或以前|之?內|月底)[^，。]")
_HAND_OVER = re.compile(
    r"^.{0,12}?(?:俾|給|畀|覆|發|交|寄|送|話|答|通知|出)(?:返|到|俾|給)*(?:你|大家|各位|主席|您|群)"
)
_TO_ME = re.compile(
    r"^(?:就|都|可以)?(?:交|留)(?:俾|給|畀)(?:我|我哋|我們)(?:啦|吧|處理|辦|做|跟|負責|$|[，,。])"
    r"|包在我身上|算我(?:嘅|的)|我(?:嚟|來)?(?:啦|吧|吖)(?:我|[，,。！!]|$)|我去(?:啦|吧|$|[，,。])"
    r"|我(?:嚟|來)(?:[，,。]|$)|我負責"
    r"|(?:俾|給|畀)[^，。]{1,4}(?:日|天|星期|禮拜)(?:時間)?我"
)
_SHALL = (
    "(?:都|就|亦|也|則|仲|還)?(?:會|將會|將|打算|準備|盡快|儘快|馬上|即刻|立即|立刻|而家就|今日(?:就|會)?"
    "|今天(?:就|會)?|今晚(?:就|會)?"
    "|聽日|聽朝|聽晚|明天|明早|後天|後日|下個?(?:星期|禮拜|週|周)[一二三四五六日天]?)"
)
"""What after “I” says that it is to come."""
_NO_WAY = re.compile(r"(?:先?想|去年|嘅|的|都?要?係|有)")
"""Between “I” and a verb: no undertaking."""
_OVER = re.compile(r"(?:了|咗|過)$")
_NOT_ME = re.compile(r"(?:俾|給|畀|交|幫|同|問|答|覆|向|對|望|搵)$")
"""Before “I” where somebody else does something to or for whoever speaks."""
_BARE = re.compile(
    r"(?:(?:^|[，,。])|(?<=可於)|(?<=將於)|(?<=會於))(?:預計|預期|估計|應該|大概"
    r"|最快)?(?P<when>[^，。]{1,14}?(?:之?前|或以前|之?內|[日號一二三四五六日天](?=放置|交|送|完成|刊登"
    r"|開始|寄|發)))(?:應?可以?|能夠?|會|全部|先|就|一定)*"
    rf"(?:{VERB}|完成|修好|搞好|做好|提供|送印|放置|刊登)"
)
"""No subject, a limit and what is done by then: whoever says it undertakes it."""
_TIME_FOR_ME = re.compile(r"(?:俾|給|畀)(?:多)?我(?:到|多|[^，。]{1,4}[日天]|[^，。]{1,3}(?:星期|禮拜))")
_AWAITS = "(?:有待|仍待|待|等候?)(?P<who>{who})(?:去|嚟|來)?(?:跟進|處理|安排|提供|提交|回覆|覆|研究)"
_REPORT_TO_ME = (
    r"(?:告訴|通知|交俾|交給|發給|發俾|覆|話返?俾|話)(?:返)?(?:我|我哋|我們)|(?:俾|給|畀)(?:返)?(?:我"
    r"|我哋|我們)(?:睇|看|過目|啦|吧|$|[，,。])"
)
OPEN = re.compile(r"(?:邊個|誰|邊位|哪位|哪個人|有冇人|有沒有人|由邊|要有人|搵人|找人)|[呢]\s*[？?]\s*$")
"""A need for which nobody is named yet."""
WHEN = re.compile(r"幾時|什麼時候|何時|幾耐|多久|幾號|哪天|邊日")


def errands(said: Sentence, people: People) -> Iterator[Errand]:
    """What the sentence gives anybody to do, the surest reading first; at most one a party."""
    text = said.plain
    if _IF.search(text) and "同意的話" not in text:
        return
    given: dict[str, Errand] = {}
    for read in (_by_whom, _awaited, _requests, _orders):
        for errand in read(text, said, people):
            given.setdefault(errand.owner, errand)
    if given:
        yield from sorted(given.values(), key=lambda errand: errand.start)
        return
    for read in (_offers, _told):
        found = list(read(text, said, people))
        if found:
            yield from found
            return


def _by_whom(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """由秘書跟, 由我向會員解釋, 交新聞組辦理."""
    for match in re.finditer(
        rf"(?:由(?P<who>{_ME}|{people.zh_inside})(?P<rest>[^，。]+)"
        rf"|由(?P<any>(?:(?!我|你|佢|他|此|這|於)[一-鿿]){{1,6}}?)(?=(?:負責|跟進|處理|統籌))|交(?:由|俾"
        rf"|給|畀|予)?(?P<other>{people.zh_inside})(?:辦理|處理|跟進|負責|辦|做|統籌|研究|安排))",
        text,
    ):
        rest = match["rest"] or ""
        if re.match(r"(?:[起至到開]|改|.*(?:咗|完成了|了$))", rest) or _DONE.search(text):
            continue
        if (said.asks and not _CAN_ASK.search(text)) or "建議" in text[: match.start()]:
            continue
        yield _errand(match["who"] or match["other"] or match["any"], match.start(), said, people)


def _requests(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """請渠務工程師於五月十五日前提交; 人事組請於…; 唔該你問咗價先; 請於月底前交回."""
    before = re.match(rf"(?P<who>{people.zh})\s*[，,]?\s*(?={_ASK})", text)
    for match in re.finditer(rf"{_ASK}(?P<who>{people.zh_inside}|{_YOU})?(?P<rest>.*)", text):
        rest = match["rest"]
        if not rest or _NOT_ORDERS.match(rest) or _DONE.search(rest):
            continue
        if before and (match["who"] is None or re.fullmatch(_YOU, match["who"])):
            yield _errand(before["who"], match.start(), said, people)
            return
        if match["who"] is None and not re.match(r"[於在喺盡儘把將]|.{0,10}(?:前|內)", rest):
            continue
        yield _errand(match["who"] or "你", match.start(), said, people)
        return


def _orders(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """活動主任，你…; 財務組須…; 倉管把…; 資訊科技組六月三十號前交…."""
    for match in re.finditer(rf"(?:^|(?<=[，,；。、]))(?P<who>{people.zh})(?P<rest>.+)", text):
        rest = match["rest"]
        spoken_to = re.match(rf"[，,、]?\s*{_YOU}", rest)
        if spoken_to is None and said.asks and re.match(r"[，,]", rest):
            spoken_to = re.match(rf"[，,].{{0,20}}{_YOU}", rest) or WHEN.search(rest)
        if said.asks and not (spoken_to and _CAN_ASK.search(rest)):
            continue
        rest = rest.lstrip("，,、 ")
        if _DONE.search(rest) or re.match(r"(?:話|說|表示|指出|建議|認為)", rest):
            continue
        if spoken_to and (re.search(VERB, rest) or (said.asks and WHEN.search(rest))):
            if not re.match(rf"{_YOU}(?:哋)?(?:覺得|點睇|認為|話|說|知|係|是|好)", rest):
                yield _errand(match["who"], match.start(), said, people)
            return
        own = speaks_for(said.line.speaker, people.named(match["who"]))
        owes = _OWES.match(rest) or _ORDERED.match(rest) or (_BY.match(rest) and re.search(VERB, rest))
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
    if said.asks or _DONE.search(text):
        return
    speaker = said.line.speaker
    for me in re.finditer(
        rf"{_ME}(?P<way>(?:(?!{_UNDONE})[^，。]){{0,14}}?){VERB}(?!緊|過(?!目)|了(?!解)|咗(?!.*先)|完咗"
        r"|到了|得|唔|出嚟)"
        r"(?P<rest>[^，。]*)",
        text,
    ):
        if _NO_WAY.match(me["way"]) or _OVER.search(me["rest"]) or _NOT_ME.search(text[: me.start()]):
            continue
        yield Errand(said, speaker, "me", me.start(), handover=bool(_HAND_OVER.match(text)))
        return
    will = re.search(rf"{_ME}{_SHALL}(?!{_UNDONE}|議|員|場|後|得|唔|不)", text)
    if will and not _NOT_ME.search(text[: will.start()]):
        yield Errand(said, speaker, "me", will.start(), handover=bool(_HAND_OVER.match(text)))
        return
    if _TO_ME.search(text) or _TIME_FOR_ME.match(text):
        yield Errand(said, speaker, "me", 0)
    elif _HAND_OVER.match(text) and due_in(text, None).words:
        yield Errand(said, speaker, "me", 0, handover=True)
    elif speaker != people.chair and (bare := _BARE.search(text)) and due_in(bare["when"], None).words:
        yield Errand(said, speaker, "me", bare.start())


def _told(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """咁你幫手問問？ 市務夾下點擺: an errand only where whoever is meant says yes in the next line."""
    if _DONE.search(text):
        return
    if you := re.search(
        rf"(?:^|[，,。、 ]|咁|那|但){_YOU}(?!.{{0,3}}(?:覺得|睇|認為|話|知|係|是|好"
        rf"|哋覺))[^，。]{{0,10}}?{VERB}",
        text,
    ):
        yield Errand(said, "", "you", you.start(), weak=True)
        return
    if said.asks:
        return
    named = "|".join(rf"{re.escape(each.lower())}(?![處署組局長])" for each in people.stems) or "(?!)"
    for match in re.finditer(rf"(?P<who>{named})(?:[^，。]{{0,10}}?){VERB}", text):
        if not speaks_for(said.line.speaker, people.named(match["who"])):
            sure = bool(re.search(_REPORT_TO_ME, text))
            yield Errand(
                said, _as_said(people.named(match["who"]), said.text), "named", match.start(), weak=not sure
            )
            return
    me = re.search(_REPORT_TO_ME, text)
    if me is None and due_in(text, None).words:
        me = re.search(r"(?:俾|給|畀|交)(?:返|俾|給)?我(?!哋?們?會)", text)
    if me:
        yield Errand(said, "", "you", me.start(), weak=True)


def proposes(said: Sentence) -> bool:
    """Whether the speaker asks to be the one to do something: 使唔使我打電話？"""
    return said.asks and bool(
        re.search(rf"(?:要唔要|使唔使|要不要|需唔需要|需要|不如|可唔可以|可以){_ME}", said.plain)
    )


def _errand(who: str, start: int, said: Sentence, people: People) -> Errand:
    if re.fullmatch(_ME, who):
        return Errand(said, said.line.speaker, "me", start)
    if re.fullmatch(_YOU, who):
        return Errand(said, "", "you", start)
    return Errand(said, _as_said(people.named(who), said.text), "named", start)


def _as_said(words: str, text: str) -> str:
    """The party in the characters that were used: rules see Traditional ones."""
    size = len(words)
    return next(
        (text[at : at + size] for at in range(len(text) - size + 1) if fold(text[at : at + size]) == words),
        words,
    )
