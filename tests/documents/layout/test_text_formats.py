"""Web pages, Markdown, text, subtitles and e-mails written back: what is translated, what stays as it was."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping

import pytest
from file_makers import bounds

from bauhinia.documents.layout import Layout, LayoutFormat, Rewritten
from bauhinia.documents.layout.typography import typeset
from bauhinia.language import Variety
from bauhinia.models import pseudo

CHINESE, ENGLISH = Variety.TRADITIONAL, Variety.ENGLISH


def opened(form: str, text: str | bytes) -> Layout:
    data = text.encode() if isinstance(text, str) else text
    return LayoutFormat(form).open(data, bounds())


def sources(form: str, text: str | bytes) -> list[str]:
    return [unit.source for unit in opened(form, text).units]


def rewritten(form: str, text: str, targets: Mapping[str, str], to: Variety = CHINESE) -> str:
    """The file with the unit of each source text translated."""
    layout = opened(form, text)
    by_id = {unit.id: targets[unit.source] for unit in layout.units if unit.source in targets}
    assert len(by_id) >= len(targets)
    return layout.write(by_id, to).data.decode()


PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Notice</title>
<meta name="description" content="About us"><script>var a = "Not this";</script></head>
<body>
  <h1 class='x'>Public   notice</h1>
  <p>Read <a href="/a?b=1&amp;c">our <b>page</b></a> by
     5 May.<br>Thank you &amp; all.</p>
  <ul><li>One</li><li>Two <img src="a.png" alt="A map"> three</ul>
  <pre>code stays</pre><p translate="no">Brand</p><p hidden>Secret</p>
  <table><tr><td>12</td><td>Cell</td></tr></table>
</body></html>
"""


def test_a_web_page_is_cut_into_blocks_and_attributes() -> None:
    found = {(unit.story, unit.source) for unit in opened("html", PAGE).units}
    assert found == {
        ("title", "Notice"),
        ("alt_text", "About us"),
        ("body", "Public notice"),
        ("body", "Read <1>our <2>page</2></1> by 5 May.<3/>Thank you &amp; all."),
        ("body", "One"),
        ("alt_text", "A map"),
        ("body", "Two <1/> three"),
        ("hidden", "Secret"),
        ("body", "Cell"),
    }


def test_a_web_page_keeps_every_other_character() -> None:
    targets = {
        "Read <1>our <2>page</2></1> by 5 May.<3/>Thank you &amp; all.": "5月5日前看<1>我們的<2>網頁</2></1>。<3/>多謝 &lt;大家&gt;。",
        "Two <1/> three": "二<1/>三",
        "A map": '地圖"甲"',
        "Notice": "公告",
    }
    wanted = (
        PAGE.replace('lang="en"', 'lang="zh-HK"')
        .replace(
            'Read <a href="/a?b=1&amp;c">our <b>page</b></a> by\n     5 May.<br>Thank you &amp; all.',
            '5月5日前看<a href="/a?b=1&amp;c">我們的<b>網頁</b></a>。<br>多謝 &lt;大家&gt;。',
        )
        .replace('Two <img src="a.png" alt="A map"> three', '二<img src="a.png" alt="地圖「甲」">三')
        .replace("<title>Notice", "<title>公告")
    )
    assert rewritten("html", PAGE, targets) == wanted


def test_a_page_in_big5_stays_in_big5_and_its_other_characters_are_numbers() -> None:
    page = (
        '<html><head><meta charset="big5"></head><body><p>政府公告及各項服務的資料</p></body></html>'.encode(
            "big5"
        )
    )
    layout = opened("html", page)
    written = layout.write({layout.units[0].id: "Žižek 公告"}, ENGLISH).data
    assert "&#381;i&#382;ek 公告" in written.decode("big5")


def test_the_label_of_a_page_is_in_its_head() -> None:
    marked = LayoutFormat("html").marked(Rewritten(data=PAGE.encode()), 'AI "helped"', bounds()).data.decode()
    assert '<head><meta name="ai-label" content="AI &quot;helped&quot;"><title>' in marked


@pytest.mark.parametrize(
    ("text", "source", "target", "wanted"),
    [
        ("**A sum.** Then", "<1>A sum.</1> Then", "<1>一筆。</1>然後", "**一筆**。然後"),
        ("**A (b).** Then", "<1>A (b).</1> Then", "<1>甲（乙）。</1>然後", "**甲（乙）**。然後"),
        ("See **“A”** now", "See <1>“A”</1> now", "見<1>「甲」</1>了", "見 **「甲」** 了"),
        ("See _a_ now", "See <1>a</1> now", "見<1>甲</1>了", "見*甲*了"),
        ("See _a_ now", "See <1>a</1> now", "見 X <1>a</1> 了", "見X *a*了"),
    ],
)
def test_emphasis_without_spaces_round_it_is_still_emphasis(
    text: str, source: str, target: str, wanted: str
) -> None:
    again = rewritten("markdown", text, {source: target})
    assert again == wanted
    assert "<1>" in sources("markdown", again)[0]


MARKDOWN = """---
title: Left alone
---

# A *new* heading

See [our page](https://a.hk/x "Tip") and `code`,
which goes on here.

> Quoted text
> in two lines

- Item **one**
- Item two

```python
print("code")
```

| Head | Other |
|------|-------|
| Cell | 12    |

[ref]: https://b.hk
"""


def test_markdown_is_cut_into_what_a_reader_reads() -> None:
    assert sources("markdown", MARKDOWN) == [
        "A <1>new</1> heading",
        "See <1>our page</1> and <2/>, which goes on here.",
        "Quoted text in two lines",
        "Item <1>one</1>",
        "Item two",
        "Head",
        "Other",
        "Cell",
    ]


def test_markdown_keeps_its_marks_and_code() -> None:
    targets = {
        "A <1>new</1> heading": "<1>新</1>標題",
        "See <1>our page</1> and <2/>, which goes on here.": "見<1>網頁</1>及<2/>，_強調_。",
        "Quoted text in two lines": "# 引文",
        "Cell": "格|一",
    }
    wanted = (
        MARKDOWN.replace("A *new* heading", "*新*標題")
        .replace(
            'See [our page](https://a.hk/x "Tip") and `code`,\nwhich goes on here.',
            '見[網頁](https://a.hk/x "Tip")及`code`，\\_強調\\_。',
        )
        .replace("Quoted text\n> in two lines", "\\# 引文")
        .replace("| Cell |", "| 格\\|一 |")
    )
    assert rewritten("markdown", MARKDOWN, targets) == wanted


def test_text_is_wrapped_as_it_was() -> None:
    text = (
        "1. The department will review the scheme every year and publish what\r\n"
        "   it finds on its page, so that everybody can read what was found.\r\n"
        "\r\n> A quoted line\r\nTel: 2345 6789\r\nThe last paragraph of the text is as wide as the first one is here.\r\n"
    )
    found = sources("plain_text", text)
    assert found[1:] == [
        "A quoted line",
        "Tel: 2345 6789",
        "The last paragraph of the text is as wide as the first one is here.",
    ]
    layout = opened("plain_text", text)
    target = "本局每年會檢討計劃，並在網頁公布結果，讓市民知道檢討的內容及所得的結論，並提出意見。"
    written = layout.write({layout.units[0].id: target}, CHINESE).data.decode()
    first, second, *rest = written.split("\r\n")
    assert first.startswith("1. 本局") and second.startswith("   ")
    assert (first[3:] + second[3:]).startswith(target[:30]) and rest[-2:] == text.split("\r\n")[-2:]


SRT = """1
00:00:01,000 --> 00:00:04,000
{\\an8}The <i>committee</i> met
on Monday.

2
00:00:05,000 --> 00:00:06,500
- Yes.
- No, thank you.
"""


def test_subtitles_keep_their_times_and_are_wrapped() -> None:
    assert sources("subtitles", SRT) == ["The <1>committee</1> met on Monday.", "- Yes.<1/>- No, thank you."]
    long = "委員會在<1>星期一</1>舉行會議，討論有關計劃的最新進展及安排。"
    written = rewritten("subtitles", SRT, {"The <1>committee</1> met on Monday.": long})
    lines = written.split("\n")
    assert lines[:2] == SRT.split("\n")[:2] and lines[4:] == SRT.split("\n")[4:]
    assert lines[2].startswith("{\\an8}委員會在<i>星期一</i>")
    assert all(
        len(line.replace("<i>", "").replace("</i>", "").replace("{\\an8}", "")) <= 18 for line in lines[2:4]
    )


def test_a_cue_that_does_not_fit_is_noted() -> None:
    layout = opened("subtitles", SRT)
    written = layout.write({layout.units[0].id: f"<1>{'word ' * 20}</1>"}, ENGLISH)
    assert [note.check for note in written.notes] == ["fit"]
    assert all(len(line) <= 60 for line in written.data.decode().splitlines())


def test_webvtt_keeps_notes_and_settings_and_takes_the_label() -> None:
    vtt = "WEBVTT\n\nNOTE not this\n\nintro\n00:01.000 --> 00:02.000 line:0 align:start\n<v Chan>Hello</v> there\n"
    assert sources("webvtt", vtt) == ["<1>Hello</1> there"]
    written = rewritten("webvtt", vtt, {"<1>Hello</1> there": "<1>你好</1>嗎"})
    assert written == vtt.replace("<v Chan>Hello</v> there", "<v Chan>你好</v>嗎")
    marked = LayoutFormat("webvtt").marked(Rewritten(data=vtt.encode()), "AI", bounds()).data.decode()
    assert marked.startswith("WEBVTT\n\nNOTE AI\n\nNOTE not this")


def _mail() -> bytes:
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"] = "a@example.hk", "Chan <b@example.hk>"
    message["Subject"] = "Meeting on Monday"
    message["X-Odd"] = "kept  as it is"
    message.set_content("Dear Sir,\n\nWe shall meet on Monday.\n")
    message.add_alternative("<p>We shall <b>meet</b> on Monday.</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4 \x00\xff", maintype="application", subtype="pdf", filename="a.pdf")
    message.add_attachment("Attached text stays.", filename="b.txt")
    return message.as_bytes()


def test_an_email_keeps_its_headers_and_attachments() -> None:
    data = _mail()
    layout = opened("mail", data)
    assert [unit.source for unit in layout.units] == [
        "Meeting on Monday",
        "Dear Sir,",
        "We shall meet on Monday.",
        "We shall <1>meet</1> on Monday.",
    ]
    targets = {unit.id: pseudo(unit.source, "chinese") for unit in layout.units}
    written = layout.write(targets, CHINESE).data
    before, after = (email.message_from_bytes(each, policy=email.policy.default) for each in (data, written))
    assert isinstance(after, email.message.EmailMessage) and isinstance(before, email.message.EmailMessage)
    assert after["Subject"] == targets["mail#subject"]
    assert [after[name] for name in ("From", "To", "X-Odd")] == [
        before[name] for name in ("From", "To", "X-Odd")
    ]
    assert b"X-Odd: kept  as it is\r\n" in written
    plain_part, html_part = after.get_body(("plain",)), after.get_body(("html",))
    assert plain_part is not None and html_part is not None
    assert typeset(targets[layout.units[2].id], CHINESE) in plain_part.get_content()
    assert "<b>" in html_part.get_content() and not html_part.get_content().isascii()
    raw = [part.get_content() for part in after.iter_attachments()]
    assert raw == [part.get_content() for part in before.iter_attachments()]
    marked = LayoutFormat("mail").marked(Rewritten(data=written), "AI had a part", bounds()).data
    assert email.message_from_bytes(marked, policy=email.policy.default)["X-AI-Label"] == "AI had a part"


@pytest.mark.parametrize(
    ("form", "text"),
    [("html", PAGE), ("markdown", MARKDOWN), ("plain_text", MARKDOWN), ("subtitles", SRT), ("mail", _mail().decode("latin-1"))],
)  # fmt: skip
def test_nothing_changes_unasked(form: str, text: str) -> None:
    data = text.encode("latin-1") if form == "mail" else text.encode()
    layout = opened(form, data)
    assert layout.write({}, CHINESE).data == data
    for kind, to in (("accented", ENGLISH), ("chinese", CHINESE)):
        targets = {unit.id: pseudo(unit.source, kind) for unit in opened(form, data).units}  # type: ignore[arg-type]
        again = opened(form, opened(form, data).write(targets, to).data)
        assert len(again.units) == len(layout.units)
