"""Rules for holidays and calendars, sums, units and money."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from ..tools.resolve import Spot, currencies
from ..tools.units import added_up, units
from .sentence import Guess, Sentence
from .when import month_in, year_in

_HOLIDAY = (
    r"public holiday|general holiday|bank holiday|statutory holiday|\bholidays?\b|day off|"
    r"公眾假期|公假|紅日|假期|放假|放.{1,4}假|假日|法定假"
)
_LUNAR = r"lunar|chinese calendar|農曆|舊曆|陰曆|新曆|生肖|zodiac|year of the"
_FESTIVALS: tuple[tuple[str, str], ...] = (
    (
        "lunar_new_year",
        r"lunar new year|chinese new year|年初一|農曆新年|農曆年|大年初一|春節|spring festival|\bcny\b",
    ),
    ("lantern", r"lantern festival|元宵"),
    ("mid_autumn", r"mid[- ]?autumn|moon festival|中秋"),
    ("tuen_ng", r"tuen ng|dragon boat|端午"),
    ("chung_yeung", r"chung yeung|重陽"),
    ("yu_lan", r"yu lan|hungry ghost|盂蘭"),
    ("seven_sisters", r"qixi|seven sisters|七夕|七姐"),
    ("buddha", r"buddha|佛誕"),
    ("tin_hau", r"tin hau(?:'s)? (?:birthday|festival|feast)|birthday of tin hau|天後誕"),
)
_NAMED_HOLIDAYS: tuple[tuple[str, str], ...] = (
    ("Christmas", r"christmas|xmas|聖誕"),
    ("Easter", r"easter|復活節"),
    ("Good Friday", r"good friday|耶穌受難"),
    ("Ching Ming", r"ching ming|qingming|清明"),
    ("Labour Day", r"labou?r day|勞動節"),
    ("National Day", r"national day|國慶"),
    ("Establishment Day", r"establishment day|回歸|特區成立"),
    ("first day of January", r"new year's day|元旦|一月一日(?:放|係|是)"),
)
_WHEN = (
    r"\bwhen\b|what (?:date|day)|which (?:date|day)|how many days|how long|幾時|邊日|邊一日|"
    r"幾號|何時|什麼時候|甚麼時候|哪天|哪一天|哪日|仲有幾耐|還有多久|幾多日|多少天|幾日"
)
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_HAN_AMOUNT = re.compile(
    r"([一二三四五六七八九十百千萬億兩半]+)(?=\s*(?:蚊|元|斤|両|呎|公斤|磅|英里|公里|平方|日|天|加|減|乘|除|個|美|港|英鎊|歐))"
)
_SUM = re.compile(r"[\d(（][\d\s,.()（）]*(?:[+\-*/×÷^%xX＋－]\s*[\d(（.][\d\s,.()（）%]*)+%?")
_OF = re.compile(rf"{_NUMBER}\s*(?:%|percent|per cent|巴仙)\s*(?:of|嘅|的)?\s*(?:hk\$|\$)?\s*{_NUMBER}")
_OF_ZH = re.compile(
    rf"(?:hk\$|\$)?{_NUMBER}\s*(?:元|蚊)?\s*(?:嘅|的)\s*(?:百分之\s*{_NUMBER}|{_NUMBER}\s*(?:%|巴仙))"
)
_DEGREES = re.compile(r"(華氏|攝氏)\s*(-?\d+(?:\.\d+)?)\s*度?")
_WORDS = (
    (r"\bplus\b|加(?:上|埋)?", "+"),
    (r"\bminus\b|減(?:去)?", "-"),
    (r"\btimes\b|multiplied by|乘以|乘", "*"),
    (r"divided by|除以", "/"),
)


def holidays(sentence: Sentence) -> Guess | None:
    """A public holiday, by day, name, year or month; else the next."""
    if not sentence.has(_HOLIDAY) or sentence.has(r"annual leave|sick leave|(?<!新)年假|病假|許可"):
        return None
    arguments: dict[str, object] = {}
    named = next((name for name, pattern in _NAMED_HOLIDAYS if sentence.has(pattern)), "")
    festival = next((pattern for name, pattern in _FESTIVALS if sentence.has(pattern)), "")
    year, month = year_in(sentence.plain, sentence.today), month_in(sentence.plain, sentence.today)
    if sentence.days and not named:
        return Guess(tool="public_holidays", arguments={"day": sentence.days[0].day}, confidence=0.95)
    if named or festival:
        arguments["name"] = named or _holiday_name(sentence)
    if year:
        arguments["year"] = year
    if month and not named:
        arguments["month"] = month
        arguments.setdefault("year", _year_of(month, sentence.today))
    return Guess(tool="public_holidays", arguments=arguments, confidence=0.9)


_FESTIVAL_NAMES = {
    "lunar_new_year": "Lunar New Year",
    "mid_autumn": "Mid-Autumn",
    "tuen_ng": "Tuen Ng",
    "chung_yeung": "Chung Yeung",
    "buddha": "Buddha",
}


def _holiday_name(sentence: Sentence) -> str:
    found = next(name for name, pattern in _FESTIVALS if sentence.has(pattern))
    return _FESTIVAL_NAMES.get(found, found.replace("_", " "))


def holiday_named(text: str) -> str:
    """The holiday that a folded text names, and nothing beside it; else empty."""
    bare = re.sub(r"(?:\s+(?:day|festival|holidays?))+$|節$|假期$", "", text.strip())
    for name, pattern in (*_NAMED_HOLIDAYS, *_FESTIVALS):
        if any(re.fullmatch(pattern, each) for each in (text.strip(), bare)):
            return _FESTIVAL_NAMES.get(name, name)
    return ""


def _year_of(month: int, today: date) -> int:
    return today.year if month >= today.month else today.year + 1


def named_days(sentence: Sentence) -> Guess | None:
    """When a festival or a named holiday is, without the word holiday."""
    if not sentence.has(_WHEN):
        return None
    year = year_in(sentence.plain, sentence.today)
    for name, pattern in _FESTIVALS:
        if sentence.has(pattern):
            arguments: dict[str, object] = {"ask": "festival", "festival": name}
            return Guess(tool="lunar_calendar", arguments=_with_year(arguments, year), confidence=0.9)
    for name, pattern in _NAMED_HOLIDAYS:
        if sentence.has(pattern) and not sentence.has(r"how many days|幾多日|多少天|仲有幾耐|還有多久"):
            return Guess(tool="public_holidays", arguments=_with_year({"name": name}, year), confidence=0.85)
    return None


def _with_year(arguments: dict[str, object], year: int | None) -> dict[str, object]:
    return {**arguments, "year": year} if year else arguments


def lunar(sentence: Sentence) -> Guess | None:
    """A day in the Chinese calendar, or the other way."""
    if not sentence.has(_LUNAR):
        return None
    match = re.search(
        r"農曆\s*(?:(\d{4})年)?\s*(正|[一二三四五六七八九十]{1,2})月(初[一二三四五六七八九十]|十[一二三四五六七八九]|廿[一二三四五六七八九]?|二十|三十|十五)",
        sentence.plain,
    )
    if match and sentence.has(r"新曆|西曆|公曆|solar|gregorian|邊日|幾號|哪天|幾時|何時|什麼時候|甚麼時候"):
        month = 1 if match[2] == "正" else _han(match[2])
        arguments: dict[str, object] = {"ask": "solar_of", "month": month, "number": _han_day(match[3])}
        return Guess(tool="lunar_calendar", arguments=arguments, confidence=0.9)
    year = year_in(sentence.plain, sentence.today)
    if sentence.days:
        return Guess(
            tool="lunar_calendar", arguments={"ask": "lunar_of", "day": sentence.days[0].day}, confidence=0.9
        )
    if year and sentence.has(r"生肖|zodiac|year of the|屬咩|屬什麼|animal"):
        # Whoever asks for a year's animal means the year that begins in its spring.
        return Guess(
            tool="lunar_calendar", arguments={"ask": "lunar_of", "day": date(year, 7, 1)}, confidence=0.85
        )
    return Guess(tool="lunar_calendar", arguments={"ask": "lunar_of", "day": sentence.today}, confidence=0.7)


def _han(text: str) -> int:
    digits = "零一二三四五六七八九十"
    if len(text) == 2:
        return 10 + digits.index(text[1])
    return digits.index(text)


def _han_day(text: str) -> int:
    digits = "零一二三四五六七八九"
    if text == "三十":
        return 30
    if text in ("二十", "廿"):
        return 20
    head, last = text[0], text[-1]
    if text == "初十":
        return 10
    return {"初": 0, "十": 10, "廿": 20}[head] + digits.index(last)


def calendar(sentence: Sentence) -> Guess | None:
    """Weekdays, days between, days on."""
    days = sentence.days
    later = re.search(
        r"(\d{1,5})\s*(?:days?|日|天)\s*(?:from (?:now|today)|after today|later|hence|"
        r"之後|後|以後)|(\d{1,5})\s*(weeks?|星期|個星期|週|周)\s*(?:from (?:now|today)|"
        r"later|之後|後)",
        sentence.plain,
    )
    if later:
        count = int(later[1]) if later[1] else int(later[2]) * 7
        return Guess(tool="dates", arguments={"ask": "add", "days": count}, confidence=0.9)
    ago = re.search(r"(\d{1,5})\s*(?:days?|日|天)\s*(?:ago|before today|之前|前)", sentence.plain)
    if ago:
        return Guess(tool="dates", arguments={"ask": "add", "days": -int(ago[1])}, confidence=0.9)
    if sentence.has(
        r"how many days|幾多日|多少天|多少日|幾日|仲有幾耐|還有多久|how long (?:until|"
        r"till|to)|days (?:until|till|left|between|to go)|相隔|差幾"
    ):
        return _between(sentence)
    if sentence.has(
        r"星期幾|禮拜幾|周幾|週幾|what day (?:of the week )?(?:is|was|will|does)|"
        r"which day of the week|which weekday|what weekday|day of the week"
    ):
        return Guess(
            tool="dates",
            arguments={"ask": "weekday", "start": days[0].day if days else sentence.today},
            confidence=0.9,
        )
    if days and sentence.has(r"幾多?號|what date|which date") and not sentence.has(r"電話|熱線|波|風"):
        return Guess(tool="dates", arguments={"ask": "weekday", "start": days[0].day}, confidence=0.85)
    if sentence.has(
        r"today's date|what(?:'s| is) the date|what date is it|今日幾號|今天幾號|"
        r"今日係幾號|今天是幾號|今日幾月幾號|今日係咩日子"
    ):
        return Guess(tool="dates", arguments={"ask": "today"}, confidence=0.9)
    return None


def _between(sentence: Sentence) -> Guess | None:
    days = [each.day for each in sentence.days]
    christmas = date(sentence.today.year, 12, 25)
    if not days and sentence.has(r"christmas|xmas|聖誕"):
        days = [christmas if christmas >= sentence.today else christmas + timedelta(days=365)]
    if not days and sentence.has(r"new year's (?:day|eve)|元旦|新年"):
        days = [date(sentence.today.year + 1, 1, 1)]
    if not days:
        return None
    start, end = (days[0], days[1]) if len(days) > 1 else (sentence.today, days[0])
    return Guess(tool="dates", arguments={"ask": "between", "start": start, "end": end}, confidence=0.9)


def sums(sentence: Sentence) -> Guess | None:
    """A sum in signs, or in the plainest words."""
    text = sentence.plain
    for pattern, sign in _WORDS:
        text = re.sub(rf"(?<=[\d) ])\s*(?:{pattern})\s*(?=[\d( ])", sign, text)
    if match := _OF.search(text):
        percent, whole = match[1].replace(",", ""), match[2].replace(",", "")
        return Guess(tool="arithmetic", arguments={"expression": f"{percent}% * {whole}"}, confidence=0.9)
    if match := _OF_ZH.search(text):
        percent = (match[2] or match[3]).replace(",", "")
        return Guess(
            tool="arithmetic",
            arguments={"expression": f"{percent}% * {match[1].replace(',', '')}"},
            confidence=0.9,
        )
    for named in reversed(sentence.days):
        if named.end - named.start > 4 and re.search(r"\d[-/]\d", text[named.start : named.end]):
            return None
    match = _SUM.search(text)
    if match is None or (re.fullmatch(r"[\d-]+", match[0].strip()) and match[0].count("-") > 1):
        return None
    asked = sentence.has(
        r"計|等於|幾|幾多|多少|what|calculate|work out|how much|compute|solve|=|equals?|係咩|sum"
    )
    lone = match[0].strip() == text.strip(" ?？=＝")
    if not asked and not lone:
        return None
    return Guess(
        tool="arithmetic", arguments={"expression": match[0].strip(" .,")}, confidence=0.9 if asked else 0.8
    )


def conversion(sentence: Sentence) -> Guess | None:
    """So much of a unit, in another."""
    text = _DEGREES.sub(r"\2 \1度", _with_numbers(sentence.plain))
    text = re.sub(r"(?<=\d)(?=[a-z°])", " ", text)
    spots = [spot for spot in units().spot(text) if _is_a_unit(text, spot)]
    match = re.search(rf"(-?){_NUMBER}", text)
    if len(spots) < 2 or match is None or currencies_in(text) >= 2:
        return None
    amount = _decimal(match[2])
    if amount is None:
        return None
    first = next((spot for spot in spots if 0 <= spot.start - match.end() <= 3), None)
    if first is None:
        return None
    amount = -amount if match[1] else amount
    rest = [spot for spot in spots if spot.start > first.start and spot.id != first.id] or spots
    second = rest[0]
    if (more := re.search(rf"{_NUMBER}\s*$", text[: second.start])) and more.start() > match.start():
        # 5 feet 7 inches: the sum, in the smaller unit.
        added = added_up(amount, first.id, _decimal(more[1]) or Decimal(0), second.id)
        rest = [spot for spot in rest if spot.id not in (first.id, second.id)]
        if added is None or not rest:
            return None
        amount, first = added, second
    other = next((spot for spot in rest if spot.id != first.id), None)
    if other is None:
        return None
    arguments = {"amount": f"{amount}", "start": first.id, "end": other.id}
    return Guess(tool="convert_units", arguments=arguments, confidence=0.9)


def _is_a_unit(text: str, spot: Spot) -> bool:
    """Whether a letter, or `in`, stands where a unit stands: after its number, or after to."""
    if not re.fullmatch(r"[a-z]|in", text[spot.start : spot.end]):
        return True
    return re.search(r"(?:\d|\bto|\binto)\s*$", text[: spot.start]) is not None


def money(sentence: Sentence) -> Guess | None:
    """So much of a currency, in another; the other is the Hong Kong dollar unless it is named."""
    text = _with_numbers(sentence.plain)
    spots = currencies().spot(text)
    distinct = list(dict.fromkeys(spot.id for spot in spots))
    asked = sentence.has(
        r"exchange|convert|\brate\b|\bworth\b|how much|how many|匯率|兌|換|等於|即係|值|"
        r"幾多|多少|\bin\b|\bto\b|\binto\b"
    )
    if not distinct or not asked:
        return None
    if distinct == ["HKD"] or (
        len(distinct) == 1 and not sentence.has(r"exchange|rate|匯率|兌|換|worth|convert|值|hk")
    ):
        return None
    match = re.search(rf"{_NUMBER}\s*([萬億]|million|thousand|k\b)?", text)
    amount = _decimal(match[1]) if match else None
    scale = {"萬": 10_000, "億": 10**8, "million": 10**6, "thousand": 1000, "k": 1000}.get(
        (match[2] or "") if match else "", 1
    )
    start = distinct[0]
    if match is not None:
        near = min(
            spots,
            key=lambda spot: (
                abs(spot.start - match.end()) if spot.start >= match.end() else match.start() - spot.end + 1
            ),
        )
        start = near.id
    end = next((code for code in distinct if code != start), "HKD")
    arguments = {"amount": f"{(amount or Decimal(1)) * scale}", "start": start, "end": end}
    return Guess(tool="currency", arguments=arguments, confidence=0.9 if len(distinct) > 1 else 0.8)


def currencies_in(text: str) -> int:
    """How many currencies a text names."""
    return len({spot.id for spot in currencies().spot(text)})


def _with_numbers(text: str) -> str:
    """Chinese numbers before a measure word, in figures."""
    return _HAN_AMOUNT.sub(lambda match: _figure(match[1]), text)


def _figure(text: str) -> str:
    from ...language.numbers import read_number

    try:
        return str(read_number(text.replace("兩", "二")))
    except (ValueError, ArithmeticError, LookupError):
        return text


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
