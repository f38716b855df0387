"""What the tables in Word and Excel have in common: headings, statuses, and rows told by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import UnsupportedFormat
from .exchanged import Row, Status, check_count, unreadable

HEADINGS = ("No. 編號", "Source 原文", "Translation 譯文", "Status 狀況", "Findings 待核對事項")
NUMBER, SOURCE, TARGET = HEADINGS[:3]
STATUS_HEADING = HEADINGS[3]
STATUS: dict[Status, str] = {"draft": "Draft 草稿", "confirmed": "Confirmed 已確認"}
INSTRUCTIONS = (
    "Change the Translation column only. Keep every grey mark such as <1>, </1> and <2/>: each stands for "
    "formatting or a thing in the line. Write Confirmed in the Status column when a row is final.\n"
    "請只修改「譯文」一欄。<1>、</1>、<2/>等灰色標記代表格式或行內物件，請全部保留。"
    "譯文定稿後，請在「狀況」一欄寫上「已確認」。"
)
_CONFIRMED = ("confirmed", "已確認", "已确认")


def rows_of(lines: Iterable[Sequence[str]]) -> list[Row]:
    """The segments of a table's lines; those before its headings and those without a number are none.

    Raises UnsupportedFormat where there are no such headings, DocumentTooLarge.
    """
    columns: dict[str, int] = {}
    rows: list[Row] = []
    for line in lines:
        if NUMBER in (cells := [" ".join(cell.split()) for cell in line]):
            columns = {heading: cells.index(heading) for heading in HEADINGS if heading in cells}
        elif {SOURCE, TARGET} <= columns.keys() and (row := _row(line, columns)):
            rows.append(row)
        check_count(len(rows))
    if not {SOURCE, TARGET} <= columns.keys():
        raise UnsupportedFormat(
            f"The file has no table with the headings “{NUMBER}”, “{SOURCE}” and “{TARGET}”.",
            hint="Send back the file that was downloaded here, with its headings as they were.",
        )
    return rows


def _row(line: Sequence[str], columns: dict[str, int]) -> Row | None:
    def cell(heading: str) -> str:
        place = columns.get(heading, len(line))
        return line[place] if place < len(line) else ""

    number = cell(NUMBER).strip().removesuffix(".0")
    if not number:
        return None
    confirmed = cell(STATUS_HEADING).strip().casefold().startswith(_CONFIRMED)
    return Row(
        number=number,
        source=unreadable(cell(SOURCE)),
        target=unreadable(cell(TARGET)),
        status="confirmed" if confirmed else "draft",
    )
