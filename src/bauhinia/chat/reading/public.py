"""Rules for departments, posts, forms, places and ordinances; and for people that no tool knows."""

from __future__ import annotations

import re

from ..tools.forms import form_number, forms_in
from ..tools.legislation import cap_number, laws_in
from ..tools.resolve import departments
from .sentence import Guess, Sentence

_PHONE = (
    r"phone|telephone|hotline|\bcall\b|\bring\b|contact|\btel\b|number (?:of|for)|enquir|"
    r"電話|熱線|打去|打俾|打畀|聯絡|聯繫|聯系|致電|查詢|call邊個|號碼"
)
_POST = (
    r"(?:(?:deputy|assistant|senior|chief|principal|acting)\s+)*(?:director|"
    r"commissioner|secretary|head|officer|controller|postmaster general|manager|"
    r"superintendent)"
    r"(?:\s+(?:of|for)\s+(?:the\s+)?[a-z ]+?)?(?:\s*[/(][a-z ()/]+)?"
)
_POST_EN = re.compile(
    rf"\b({_POST})(?=\s*(?:[?,.!]|$|of the|at the|in the|'s|\bat\b|\bin\b|\bplease\b|\bnow\b))"
)
_POST_ZH = re.compile(
    r"((?:副|助理|高級|總|首席|署理|代理)?[\u4e00-\u9fff]{0,8}?(?:處長|署長|局長|台長|署署長|專員|主任|總監|關長|司長))(?:（[^）]{1,20}）|\([^)]{1,20}\))?"
)
_WHO = r"\bwho(?:'s| is| are)?\b|name of|邊個|邊位|係誰|是誰|誰是|哪位|叫咩名|叫什麼名|叫甚麼名"
_FORM = r"\bforms?\b|表格|申請表|表單|通知書|報稅表|form"
_LAW = r"ordinance|\bcap\b|\bcap\.|chapter|legislation|\blaws?\b|條例|法例|法律|香港法|第\s*\d{1,4}\s*章"
_WHERE = (
    r"where(?:'s| is| are| can i find)|\baddress\b|located|location|地址|喺邊|係邊度|在哪|邊度|"
    r"位於|位置|哪裡|哪兒|哪里|怎麼找"
)
_NEAR_ME = r"nearest|closest|near me|nearby|最近|附近|就近"
"""Where the person is is not known, and not asked for."""
_ADDRESS = re.compile(
    r"\d{1,4}[a-z]?\s+[a-z' ]+\s(?:road|street|avenue|lane|path|drive|square|place|"
    r"terrace)\b|[\u4e00-\u9fff]{2,8}[路街道里徑坊場]\s*\d{1,4}\s*[a-z]?號?"
)
_PLACE_EN = re.compile(
    r"where(?:'s| is| are| can i find)\s+(?:the\s+)?(.+?)(?:\s+located)?\s*[?.!]*$|"
    r"(?:address|location) (?:of|for)\s+(?:the\s+)?(.+?)\s*[?.!]*$"
)
_PLACE_ZH = re.compile(
    r"(?:請問|問下|想問下?|你知唔知|"
    r"知唔知)?\s*([\u4e00-\u9fffa-z0-9（）() ]{2,24}?)(?:嘅|的)?(?:地址|"
    r"位置)?\s*(?:喺邊|係邊度|在哪|喺邊度|位於哪|是什麼|係咩|係乜|是甚麼|嘅地址|的地址|"
    r"$)"
)


_NO_PLACE = re.compile(r"地址|位置|地方|它|佢|那|呢度|這裏|這里|it|that|this|here|there|address|location")


def law(sentence: Sentence) -> Guess | None:
    """An ordinance by chapter or subject."""
    cap = cap_number(sentence.plain)
    if cap:
        return Guess(tool="legislation", arguments={"query": f"Cap. {cap}"}, confidence=0.95)
    if not sentence.has(_LAW):
        return None
    laws = laws_in(sentence.plain)
    if laws:
        return Guess(tool="legislation", arguments={"query": f"Cap. {laws[0]}"}, confidence=0.85)
    if sentence.has(r"ordinance|條例"):
        return Guess(tool="legislation", arguments={"query": sentence.text[:120]}, confidence=0.6)
    return None


def form(sentence: Sentence) -> Guess | None:
    """A form by number or by what it is for."""
    number = form_number(sentence.plain)
    asked = sentence.has(_FORM)
    if number and (asked or sentence.has(r"what is|where|download|係咩|是什麼|邊度|下載")):
        return Guess(tool="government_forms", arguments={"query": number}, confidence=0.95)
    if not asked:
        return None
    forms = forms_in(sentence.plain)
    query = forms[0] if forms else sentence.text[:120]
    return Guess(tool="government_forms", arguments={"query": query}, confidence=0.85 if forms else 0.6)


def department(sentence: Sentence) -> Guess | None:
    """A department's enquiry number, or a post in it."""
    spots = departments().spot(sentence.plain)
    post = _post(sentence)
    asked = sentence.has(_PHONE)
    if post and (asked or sentence.has(_WHO)):
        code = spots[0].id if spots else _department_of(post)
        arguments = {"department": _name(code) if code else "", "post": post}
        return Guess(tool="government_directory", arguments=arguments, confidence=0.9)
    if not asked:
        return None
    if spots:
        return Guess(tool="department_contact", arguments={"department": _name(spots[0].id)}, confidence=0.9)
    name = _department_said(sentence.plain)
    if name:
        return Guess(tool="department_contact", arguments={"department": name}, confidence=0.7)
    return None


def place(sentence: Sentence) -> Guess | None:
    """An address, or where a named place is."""
    written = _ADDRESS.search(sentence.plain)
    if written and sentence.has(
        _WHERE + r"|what building|邊座|咩大廈|什麼大廈|district|哪一區|邊區|what is at|what's at|有咩|是什麼"
    ):
        return Guess(tool="address_lookup", arguments={"query": written[0].strip()}, confidence=0.85)
    if not sentence.has(_WHERE) or sentence.has(_NEAR_ME):
        return None
    match = _PLACE_EN.search(sentence.plain) or _PLACE_ZH.search(sentence.plain)
    name = next((group for group in (match.groups() if match else ()) if group), "").strip()
    name = re.sub(r"^(?:請問|問下|想問|我想知|其實|唔該|你好)+[，, ]*", "", name)
    if len(name) < 2 or _NO_PLACE.fullmatch(name):
        return None
    return Guess(tool="place_search", arguments={"query": name[:120]}, confidence=0.7)


def person(sentence: Sentence) -> bool:
    """Whether it asks who somebody is: no live tool knows people but by their posts."""
    return sentence.has(_WHO)


def _post(sentence: Sentence) -> str:
    if match := _POST_EN.search(sentence.plain):
        return match[1].strip()
    text = re.sub(r"請問|邊個係|邊位係|誰是|想搵|想知|問下|邊個|係咪|我想|電話", " ", sentence.plain)
    if match := _POST_ZH.search(text):
        return match[0].strip()
    return ""


def _department_said(text: str) -> str:
    """What looks like a department's name, known or not; empty where nothing does."""
    for pattern in _DEPARTMENTS:
        if match := pattern.search(text):
            return match[1].strip()[:80]
    return ""


_DEPARTMENTS = (
    re.compile(r"\b((?:department|bureau|office|ministry|authority) (?:of|for) [a-z ]*[a-z])"),
    re.compile(
        r"(?:\bof|\bfor|\bcontact|\bcall|\bring|"
        r"\bthe)\s+(?:the\s+)?((?:[a-z]+ ){1,5}(?:department|bureau|office|authority))\b"
    ),
    re.compile(
        r"(?:請問|想問|點樣|聯絡|聯繫|聯系|打去|打俾|打畀|如何|怎麼)*([\u4e00-\u9fff]{2,8}?(?:署|局|處|部|辦公室))"
    ),
)
_POST_DEPARTMENTS = (
    (r"immigration|入境", "IMMD"),
    (r"transport|運輸", "TD"),
    (r"observatory|天文台", "HKO"),
    (r"inland revenue|稅務", "IRD"),
    (r"health|衞生|衛生", "DH"),
    (r"labour|勞工", "LD"),
    (r"social welfare|社會福利", "SWD"),
    (r"water supplies|水務", "WSD"),
    (r"environmental protection|環境保護", "EPD"),
    (r"police|警務", "HKPF"),
    (r"customs|海關", "CED"),
    (r"housing|房屋", "HD"),
    (r"leisure|康樂", "LCSD"),
    (r"food and environmental|食物環境", "FEHD"),
    (r"rating and valuation|差餉", "RVD"),
)


def _department_of(post: str) -> str:
    """The department that a post's own title names."""
    return next((code for pattern, code in _POST_DEPARTMENTS if re.search(pattern, post)), "")


def _name(code: str) -> str:
    return departments().things[code].en
