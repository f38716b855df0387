"""Rows and sources for the corpus's tests: text of our own, made for them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PLACES = ("東涌", "沙田", "荃灣", "元朗", "西貢", "大埔", "柴灣", "觀塘", "屯門", "上水", "長洲", "赤柱")


WHO = (
    "我",
    "阿媽",
    "我同事",
    "細佬",
    "隔籬屋嗰個",
    "我哋成班人",
    "個司機",
    "老師",
    "我個女",
    "佢老公",
    "個醫生",
    "班義工",
)
WHEN = (
    "琴日",
    "前日",
    "上個禮拜",
    "今朝早",
    "收工之後",
    "放假嗰陣",
    "食完飯",
    "落雨嗰日",
    "聽日",
    "夜晚",
    "搬屋之前",
    "開學前",
)
DID = ("買咗", "搬走咗", "影咗", "整返好", "送咗", "賣晒", "搵到", "試咗", "借咗", "洗乾淨", "拆咗", "換咗")
WHAT = (
    "張枱",
    "把遮",
    "個背囊",
    "本舊書",
    "條裙",
    "部單車",
    "盆花",
    "幅畫",
    "個水煲",
    "對鞋",
    "盞燈",
    "把風扇",
)
SAID = (
    "真係幾好用",
    "唔知點解咁貴",
    "話下次唔會再去",
    "佢都覺得值得",
    "搞到成身汗",
    "差啲冇位坐",
    "原來唔使排隊",
    "咁就啱晒喇",
    "仲有人問我邊度買",
    "想再試多次",
    "講咗好耐先明",
    "冇乜特別嘅",
)
BODY = (
    "地區辦事處",
    "街坊會",
    "社區中心",
    "環境小組",
    "文娛委員會",
    "圖書館",
    "博物館",
    "青年中心",
    "業主會",
    "工程組",
    "園藝組",
    "長者中心",
)
ACT = (
    "舉行座談會",
    "開放參觀",
    "清洗外牆",
    "更換照明",
    "派發單張",
    "舉辦展覽",
    "收集意見",
    "檢查水管",
    "種植花木",
    "安排導賞",
    "修葺欄杆",
    "暫停服務",
)
RULE = (
    "名額先到先得",
    "費用由本處承擔",
    "參加者須自備食水",
    "結果將以書面公布",
    "如遇大雨則會順延",
    "不便之處敬請見諒",
    "每戶可派兩人出席",
    "車輛須改用側門",
    "有關資料稍後上載",
    "小童須由家長陪同",
    "職員會在場協助",
    "請於三天前登記",
)
NOUN = (
    "baker",
    "ferry",
    "gardener",
    "clinic",
    "museum",
    "tailor",
    "market",
    "school",
    "printer",
    "harbour",
    "workshop",
    "choir",
)
VERBED = (
    "mended",
    "sold",
    "carried",
    "painted",
    "borrowed",
    "counted",
    "planted",
    "washed",
    "moved",
    "lent",
    "framed",
    "sorted",
)
THINGS = (
    "chairs",
    "lamps",
    "baskets",
    "letters",
    "bicycles",
    "curtains",
    "boxes",
    "ladders",
    "maps",
    "kettles",
    "benches",
    "drums",
)
THEN = (
    "which nobody had asked for",
    "although it was raining",
    "before the shop had closed",
    "as the notice said",
    "and that was all of it",
    "while the others waited by the gate",
    "if the weather would hold",
    "so that there was room for more",
    "because the road was shut",
    "after a long and warm day",
    "since there is no lift",
    "with the help of two friends",
)


def talk(number: int, sentences: int = 5) -> str:
    """A passage of Cantonese, unlike any other."""
    pick = random.Random(f"talk {number}")
    return "\n".join(
        f"{pick.choice(WHO)}{pick.choice(WHEN)}喺{pick.choice(PLACES)}{pick.choice(DID)}{pick.choice(WHAT)}，"
        f"用咗{pick.randrange(20, 900)}蚊，{pick.choice(SAID)}。"
        for _ in range(sentences)
    )


def notice(number: int, sentences: int = 5) -> str:
    """A passage of written Chinese, unlike any other."""
    pick = random.Random(f"notice {number}")
    return "\n".join(
        f"{pick.choice(PLACES)}的{pick.choice(BODY)}將於{pick.randrange(1, 13)}月{pick.randrange(1, 29)}日在"
        f"{pick.choice(PLACES)}{pick.choice(ACT)}，{pick.choice(RULE)}。"
        for _ in range(sentences)
    )


def english(number: int, sentences: int = 5) -> str:
    """A passage of English, unlike any other."""
    pick = random.Random(f"english {number}")
    return " ".join(
        f"The {pick.choice(NOUN)} in the {pick.choice(NOUN)} street {pick.choice(VERBED)} {pick.randrange(3, 90)} "
        f"{pick.choice(THINGS)} and {pick.choice(VERBED)} the {pick.choice(THINGS)} of the {pick.choice(NOUN)}, "
        f"{pick.choice(THEN)}."
        for _ in range(sentences)
    )


def write_jsonl(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """A JSON-lines file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Its objects."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
