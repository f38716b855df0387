"""Cases and incidents as files: for the provider of a model, the authority concerned, and the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import orjson

from ..documents.output import OutputBlock, OutputMeta, write_docx, write_pdf
from ..language import Variety
from .case_kinds import case_kind
from .complaints import Case, CaseEvent, without_complainant
from .incidents import Incident, IncidentEvent, playbooks

PAPER_FORMS = ("docx", "pdf", "json")
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "json": "application/json",
}
_ENGLISH = {
    "case": "Case file",
    "incident": "Incident report",
    "drill": "Report of a drill",
    "number": "Number",
    "kind": "Kind",
    "received": "Received",
    "due": "Due",
    "decided": "Decided",
    "state": "State",
    "department": "Department",
    "answer": "Answer",
    "entry": "Ledger entry",
    "words": "What was said",
    "outcome": "Outcome",
    "reply": "Reply",
    "cause": "Cause",
    "correction": "Correction",
    "handler": "Handled by",
    "timeline": "Timeline",
    "at": "At (UTC)",
    "who": "By",
    "what": "What",
    "note": "Note",
    "class": "Class",
    "severity": "Severity",
    "found": "Found",
    "contained": "Contained",
    "closed": "Closed",
    "lessons": "Lessons",
    "plan": "What the plan says",
    "title": "Title",
    "withdrawn": "Withdrawn",
    "reinstated": "Given back",
}
_CHINESE = {
    "case": "個案檔案",
    "incident": "事故報告",
    "drill": "演習報告",
    "number": "編號",
    "kind": "類別",
    "received": "收到日期",
    "due": "限期",
    "decided": "裁定日期",
    "state": "狀況",
    "department": "部門",
    "answer": "答案",
    "entry": "帳本記項",
    "words": "投訴內容",
    "outcome": "結果",
    "reply": "回覆",
    "cause": "成因",
    "correction": "更正",
    "handler": "處理人",
    "timeline": "經過",
    "at": "時間（UTC）",
    "who": "人員",
    "what": "事項",
    "note": "備註",
    "class": "類別",
    "severity": "嚴重程度",
    "found": "發現時間",
    "contained": "受控時間",
    "closed": "結案時間",
    "lessons": "汲取的教訓",
    "plan": "應變計劃",
    "title": "標題",
    "withdrawn": "撤回時間",
    "reinstated": "恢復時間",
}
_VALUES_CHINESE = {
    "received": "收到",
    "under_way": "處理中",
    "decided": "已裁定",
    "upheld": "成立",
    "partly": "部分成立",
    "unfounded": "不成立",
    "noted": "備悉",
    "withdrawn": "已撤回",
    "taken": "開始處理",
    "reinstated": "已恢復",
    "removed": "已刪除",
    "decided.upheld": "裁定成立",
    "decided.partly": "裁定部分成立",
    "decided.unfounded": "裁定不成立",
    "decided.noted": "備悉",
    "opened": "立案",
    "contained": "受控",
    "closed": "結案",
    "open": "未受控",
    "low": "低",
    "medium": "中",
    "high": "高",
    "critical": "嚴重",
}
"""What stands in the database as a stable word."""


def case_file(case: Case, events: Sequence[CaseEvent], form: str, chinese: bool) -> bytes:
    """A case with its timeline, as `docx`, `pdf` or `json`. It does not name the complainant."""
    events = without_complainant(case, events)
    if form == "json":
        told = {key: value for key, value in asdict(case).items() if not key.startswith("complainant")}
        return orjson.dumps({**told, "name": case.name, "events": [asdict(each) for each in events]})
    say = _CHINESE if chinese else _ENGLISH
    tag = "zh-Hant-HK" if chinese else "en"
    facts = [
        ("number", case.name), ("kind", case_kind(case.kind).name.name(tag)), ("state", case.state),
        ("department", case.department), ("answer", case.subject), ("entry", case.entry),
        ("received", case.created), ("due", case.due), ("withdrawn", case.withdrawn),
        ("reinstated", case.reinstated), ("handler", case.handler_name), ("decided", case.decided),
        ("outcome", case.outcome),
    ]  # fmt: skip
    texts = [(key, getattr(case, key)) for key in ("words", "reply", "cause", "correction")]
    return _written(f"{say['case']} {case.name}", facts, texts, events, form, chinese)


def incident_report(incident: Incident, events: Sequence[IncidentEvent], form: str, chinese: bool) -> bytes:
    """An incident with its timeline and its plan, as `docx`, `pdf` or `json`."""
    if form == "json":
        return orjson.dumps(
            {**asdict(incident), "name": incident.name, "events": [asdict(each) for each in events]}
        )
    say = _CHINESE if chinese else _ENGLISH
    tag = "zh-Hant-HK" if chinese else "en"
    plan = playbooks()[incident.class_]
    facts = [
        ("number", incident.name), ("title", incident.title), ("class", plan.name.name(tag)),
        ("severity", incident.severity), ("department", incident.department), ("state", incident.state),
        ("found", incident.found), ("contained", incident.contained), ("closed", incident.closed),
    ]  # fmt: skip
    steps = "\n".join(f"{number}. {step.name(tag)}" for number, step in enumerate(plan.steps, 1))
    texts = [("lessons", incident.lessons), ("plan", steps)]
    title = f"{say['drill' if incident.drill else 'incident']} {incident.name}"
    return _written(title, facts, texts, events, form, chinese)


def _written(
    title: str,
    facts: Sequence[tuple[str, Any]],
    texts: Sequence[tuple[str, str]],
    events: Sequence[CaseEvent | IncidentEvent],
    form: str,
    chinese: bool,
) -> bytes:
    blocks = list(_blocks(title, facts, texts, events, chinese))
    meta = OutputMeta(title=title, language=Variety.TRADITIONAL if chinese else Variety.ENGLISH)
    return write_pdf(blocks, meta) if form == "pdf" else write_docx(blocks, meta)


def _blocks(
    title: str,
    facts: Sequence[tuple[str, Any]],
    texts: Sequence[tuple[str, str]],
    events: Sequence[CaseEvent | IncidentEvent],
    chinese: bool,
) -> Iterator[OutputBlock]:
    say = _CHINESE if chinese else _ENGLISH
    yield OutputBlock(kind="title", text=title)
    rows = [[say[key], _said(value, chinese)] for key, value in facts if value not in (None, "")]
    yield OutputBlock(kind="table", text="", rows=rows)
    for key, text in texts:
        if text:
            yield OutputBlock(kind="heading", text=say[key], level=1)
            for line in text.splitlines():
                yield OutputBlock(kind="paragraph", text=line)
    yield OutputBlock(kind="heading", text=say["timeline"], level=1)
    head = [say[key] for key in ("at", "who", "what", "note")]
    lines = [[_said(e.at, chinese), e.officer_name, _said(e.what, chinese), e.note] for e in events]
    yield OutputBlock(kind="table", text="", rows=[head, *lines])


def _said(value: Any, chinese: bool) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    text = str(value)
    return _VALUES_CHINESE.get(text, text) if chinese else text.replace("_", " ").replace("decided.", "")
