"""Quality limits: good Hong Kong writing passes, each kind of bad text is turned away for what it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from datatrove.data import Document
from datatrove.pipeline.filters.gopher_quality_filter import GopherQualityFilter
from datatrove.pipeline.filters.gopher_repetition_filter import GopherRepetitionFilter
from datatrove.utils.word_tokenizers import WordTokenizer

from bauhinia.errors import InputError
from bauhinia.evaluation import load_source_texts, load_summaries
from bauhinia.evaluation.retrieval_corpus import load_papers
from bauhinia.foundry.corpus.config import HkcancorSource, rehearsal
from bauhinia.foundry.corpus.measures import measured, spread, thresholds_data
from bauhinia.foundry.corpus.rows import RowLanguage
from bauhinia.foundry.corpus.sources.carried import hkcancor_rows
from bauhinia.foundry.corpus.steps.quality import fault_of, fault_of_pair, read_thresholds
from bauhinia.foundry.corpus.steps.script import language_of
from bauhinia.foundry.corpus.steps.tidy import tidied
from bauhinia.language import split_sentences, words

from .texts import PLACES, english, notice, talk

MENU = "首頁\n關於我們\n最新消息\n服務範圍\n常見問題\n聯絡我們\n網站地圖\n無障礙網頁\n下載專區\n人才招募\n相關連結\n合作夥伴"
BAD: list[tuple[RowLanguage, str, str]] = [
    ("yue", "好。", "too_short"),
    ("yue", talk(1)[:60] + "★☆♪♥◆◇" * 3, "symbols"),
    ("zh-Hant", "電話 2345 6789 3456 7890 4567 8901 5678 9012 6789 0123 查詢請電以上號碼", "digits"),
    ("yue", "\n".join([talk(1)[:70]] * 4), "repeated_lines"),
    ("zh-Hant", "本公司提供優質搬屋服務歡迎來電查詢價格。" * 6, "repeated_phrases"),
    ("yue", "哈哈哈" * 30 + talk(1)[:40], "repeated_phrases"),
    ("zh-Hant", "登入 註冊 分享至 上一篇 下一篇 閱讀更多 版權所有 不得轉載 返回頁首", "boilerplate"),
    ("en", "Sign in or log in. Read more. Add to cart. Privacy policy. All rights reserved. Click here.", "boilerplate"),
    ("zh-Hant", "、".join(f"{place}搬運{place}清潔" for place in PLACES), "few_different_words"),
    ("zh-Hant", "鎴戜滑鐨勫伐浣滄姤鍛婂湪鏈湀搴曞墠瀹屾垚骞舵彁浜ょ粰濮斿憳浼氬鏍歌璁烘剰瑙佸緛姹傛剰瑙佸弽棣堢粨鏋滃叕甯", "few_function_words"),
    ("en", "cheap flights hotel deals casino bonus poker online slots free spins jackpot roulette betting odds "
     + "mortgage loans insurance quotes credit cards refinance debt consolidation payday lender broker rates tips "
     + "shoes bags watches replica designer outlet discount coupon promo sale clearance bargain wholesale", "few_function_words"),
    ("zh-Hant", MENU, "lines_without_end"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "reason"), BAD, ids=[f"{b[2]}-{n}" for n, b in enumerate(BAD)])
def test_bad_text_is_turned_away_for_what_it_is(language: RowLanguage, text: str, reason: str) -> None:
    assert fault_of(text, language) == reason


@pytest.mark.parametrize("number", range(12))
def test_plain_writing_passes_in_each_language(number: int) -> None:
    assert fault_of(talk(number), "yue") == ""
    assert fault_of(notice(number), "zh-Hant") == ""
    assert fault_of(english(number), "en") == ""


def test_cantonese_is_judged_by_cantonese_words() -> None:
    # by the words of written Chinese it would be turned away
    text = "佢哋噚日喺嗰度傾咗好耐偈，仲話聽日會嚟搵我哋食晏，唔知得唔得閒呢，睇吓點啦。" + talk(2)[-50:]
    assert fault_of(text, "yue") == ""
    assert measured(text, "yue").function > 2 * measured(text, "zh-Hant").function


def _good() -> list[tuple[RowLanguage, str]]:
    talks = [tidied(row.text) for row in hkcancor_rows(HkcancorSource(kind="hkcancor"), rehearsal())]
    papers = [paper.text for paper in load_papers()]
    papers += [each.text for each in load_source_texts().values()] + [each.text for each in load_summaries()]
    return [(language_of(text, 0.3) or "en", text) for text in (*talks, *papers)]


def test_text_known_to_be_good_passes_and_published_limits_would_lose_it() -> None:
    """Gopher's limits as datatrove has them, given our words, turn away talk that has nothing wrong with it."""
    good = _good()
    ours = [(language, text) for language, text in good if fault_of(text, language)]
    assert len(good) > 390 and len(ours) <= len(good) // 100

    class Words(WordTokenizer):
        def word_tokenize(self, text: str) -> list[str]:
            return words(text)

        def sent_tokenize(self, text: str) -> list[str]:
            return [text[start:end] for start, end in split_sentences(text)]

        def span_tokenize(self, text: str) -> list[tuple[int, int]]:
            return split_sentences(text)

    published = (GopherQualityFilter(language=Words()), GopherRepetitionFilter(language=Words()))
    chinese = [text for language, text in good if language in ("yue", "zh-Hant")]
    lost = [
        text for text in chinese if any(step.filter(Document(text, "x")) is not True for step in published)
    ]
    assert len(lost) > 0.9 * len(chinese)


def test_pairs_have_limits_of_their_own() -> None:
    assert fault_of_pair("Open file", "開啟檔案") == ""
    assert fault_of_pair("Invalid type `%s' on line %d", "第 %2$d 行的類型「%1$s」無效") == ""
    assert fault_of_pair("ARGS", "args") == "untranslated"
    assert fault_of_pair("Delete %d files?", "刪除檔案？") == "slots_differ"
    assert fault_of_pair("Yes", "你是否確定要永久刪除所有已選取的檔案和資料夾") == "lengths"
    assert fault_of_pair("[[]]~^", "[[]]~^ 字") == "symbols"


def test_thresholds_can_be_others_and_must_be_readable(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text("rates_from: 1000\n", encoding="utf-8")
    assert read_thresholds(path)["rates_from"] == 1000
    assert read_thresholds(path)["limits"] == thresholds_data()["limits"]
    path.write_text("- a list\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        read_thresholds(path)


def test_a_spread_is_between_neighbours() -> None:
    assert spread([1.0, 2.0, 3.0, 4.0, 5.0], 0.5) == 3.0
    assert spread([0.0, 10.0], 0.25) == 2.5
    assert spread([7.0], 0.99) == 7.0
