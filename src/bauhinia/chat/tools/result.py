"""What a live tool gives back: a value with its source and times, or why there is none, in four languages.

Found    the value, the source's name and address, the source's own time, when it was fetched
Unknown  the source was asked, or the table read, and has no such thing; it may say what comes near
Down     the source could not be asked: nothing is guessed, the last time it answered is told
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from ...language import Variety, to_simplified
from ..sources import Fetched, SourceDown, hosts

HONG_KONG = timezone(timedelta(hours=8), "HKT")
"""Hong Kong has had no summer time since 1979."""
Language = Variety


class Frozen(BaseModel):
    """Arguments and values: unknown names are refused, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Frozen):
    """One sentence in the languages that people are answered in; Simplified is written from `zh`."""

    en: str
    zh: str
    yue: str = ""
    """Empty where Cantonese says it as written Chinese does."""

    def said(self, language: Language) -> str:
        """The sentence in a language; English where the language is not one of ours."""
        match language:
            case Variety.TRADITIONAL:
                return self.zh
            case Variety.CANTONESE:
                return self.yue or self.zh
            case Variety.SIMPLIFIED:
                return to_simplified(self.zh)
            case _:
                return self.en


class Source(Frozen):
    """Where a value is from."""

    name: Words
    url: str
    """What was asked; for a person, `page`."""
    page: str
    at: datetime | None = None
    """The source's own time, where it gives one."""
    fetched: datetime | None = None
    """When it was asked; None for a table that ships, and for arithmetic."""

    def said(self, language: Language) -> str:
        """The citation: its name and its time."""
        name = self.name.said(language)
        if self.at is None:
            return name
        at = self.at.astimezone(HONG_KONG)
        return (
            f"{name}, {at:%Y-%m-%d %H:%M}" if language is Variety.ENGLISH else f"{name}，{at:%Y-%m-%d %H:%M}"
        )


class Found(Frozen):
    """A value, and where it is from."""

    status: Literal["found"] = "found"
    tool: str
    value: dict[str, Any]
    """The tool's value model as plain data: what is checked, cited and shown."""
    source: Source
    words: Words

    def sentence(self, language: Language) -> str:
        """The answer in a language, without its citation."""
        return self.words.said(language)

    def cited(self, language: Language) -> str:
        """The answer with its citation."""
        cite = self.source.said(language)
        return (
            f"{self.sentence(language)} ({cite})"
            if language is Variety.ENGLISH
            else f"{self.sentence(language)}（{cite}）"
        )


class Unknown(Frozen):
    """The source has no such thing."""

    status: Literal["unknown"] = "unknown"
    tool: str
    reason: str
    """A stable word."""
    near: tuple[str, ...] = ()
    """What may have been meant."""
    source: Source | None = None
    words: Words

    def sentence(self, language: Language) -> str:
        """That it is not known, in a language."""
        return self.words.said(language)

    cited = sentence


class Down(Frozen):
    """The source could not be asked."""

    status: Literal["down"] = "down"
    tool: str
    reason: str
    """A `DownReason`."""
    host: str
    last: datetime | None
    """When it last answered; None where it has not since the start."""
    page: str
    words: Words

    def sentence(self, language: Language) -> str:
        """That it is down, and since when, in a language."""
        return self.words.said(language)

    cited = sentence


Result = Found | Unknown | Down


def down(tool: str, failed: SourceDown) -> Down:
    """The result of a source that failed."""
    host = hosts().get(failed.host)
    name = host.name if host else None
    en, zh = (name.en, name.zh) if name else ("The source", "資料來源")
    had, had_zh = _last(failed.last)
    return Down(
        tool=tool,
        reason=failed.reason,
        host=failed.host,
        last=failed.last,
        page=host.page if host else "",
        words=Words(
            en=f"I cannot reach {_the(en)} at the moment, so I do not know. {had}",
            zh=f"現時未能連接{zh}，所以我不知道答案。{had_zh}",
            yue=f"而家連唔到{zh}，所以我唔知道答案。{had_zh.replace('沒有', '冇')}",
        ),
    )


def _the(name: str) -> str:
    return name if name.startswith(("1823", "DATA", "Sun ", "Kowloon")) else f"the {name}"


def _last(last: datetime | None) -> tuple[str, str]:
    if last is None:
        return "It has not answered since I was started.", "自啟動以來，這個來源一直沒有回應。"
    at = last.astimezone(HONG_KONG)
    return f"It last answered at {at:%Y-%m-%d %H:%M}.", f"這個來源上次回應的時間是 {at:%Y-%m-%d %H:%M}。"


def from_host(
    fetched: Fetched, *, at: datetime | None = None, name: Words | None = None, page: str = ""
) -> Source:
    """The source of what was fetched."""
    host = hosts()[fetched.host]
    return Source(
        name=name or Words(en=host.name.en, zh=host.name.zh),
        url=fetched.url,
        page=page or host.page,
        at=at,
        fetched=fetched.at,
    )


def found(tool: str, value: BaseModel, source: Source, words: Words) -> Found:
    """A result of a value."""
    return Found(tool=tool, value=value.model_dump(mode="json"), source=source, words=words)


def instant(text: str) -> datetime:
    """A time as sources write it; without an offset it is Hong Kong's. Raises ValueError."""
    at = datetime.fromisoformat(text.strip())
    return at if at.tzinfo else at.replace(tzinfo=HONG_KONG)


def minutes_until(at: datetime, now: datetime) -> int:
    """Whole minutes, never below 0."""
    return max(0, int((at - now).total_seconds() // 60))


def day_en(day: date) -> str:
    """27 November 2026 (Friday)."""
    return f"{day.day} {day:%B %Y} ({day:%A})"


def day_zh(day: date) -> str:
    """2026年11月27日（星期五）."""
    return f"{day.year}年{day.month}月{day.day}日（星期{'一二三四五六日'[day.weekday()]}）"


def joined_zh(parts: Mapping[str, Any] | tuple[str, ...] | list[str]) -> str:
    """Chinese items of a list."""
    return "、".join(parts)


def joined_en(parts: tuple[str, ...] | list[str]) -> str:
    """English items of a list."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
