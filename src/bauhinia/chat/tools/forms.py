"""Government forms that people ask for most: number, name, and the page where the department keeps it."""

from __future__ import annotations

import re
from functools import cache

from pydantic import Field

from .protocol import Context
from .resolve import Names, departments, folded, rows, table
from .result import Frozen, Result, Source, Unknown, Words, found


class FormQuestion(Frozen):
    """What it is for, or its number."""

    query: str = Field(min_length=1, max_length=120)


class Form(Frozen):
    """A form."""

    number: str
    name: str
    name_zh: str
    department: str
    page: str


class GovernmentForms:
    """`data/forms.csv`; the form itself is fetched by the person from the department's own page."""

    name = "government_forms"
    about = "The number and official page of a common government form, by what it is for or by its number."
    arguments = FormQuestion

    async def run(self, given: FormQuestion, context: Context) -> Result:  # noqa: ARG002
        """Found, or Unknown for what the table does not have."""
        number = form_number(given.query) or next(iter(forms_in(given.query)), "")
        row = next((each for each in rows("forms.csv") if each["number"] == number), None)
        if row is None:
            return _no_form()
        department = departments().things.get(row["department"])
        name, name_zh = (
            (department.en, department.zh) if department else ("Civil Service Bureau", "公務員事務局")
        )
        value = Form(
            number=row["number"], name=row["en"], name_zh=row["zh"], department=name, page=row["page"]
        )
        source = Source(name=Words(en=name, zh=name_zh), url=row["page"], page=row["page"])
        return found(self.name, value, source, _words(value, name_zh))


@cache
def _forms() -> Names:
    return table("forms.csv", "number")


def forms_in(text: str) -> list[str]:
    """Numbers of the forms whose purpose a text names, the longest name first."""
    return _forms().spotted(text)


def form_number(text: str) -> str:
    """The number of a form of the table that stands in a text, however spaced; empty where none does."""
    numbers, expression = _numbers()
    match = expression.search(folded(text))
    return numbers[re.sub(r"[\s.]+", "", match[1])] if match else ""


@cache
def _numbers() -> tuple[dict[str, str], re.Pattern[str]]:
    """Numbers by what they are without spaces, and what finds one."""
    known = {re.sub(r"\s+", "", row["number"]).casefold(): row["number"] for row in rows("forms.csv")}
    spaced = [r"[\s.]*".join(re.escape(character) for character in number) for number in known]
    spaced.sort(key=len, reverse=True)
    return known, re.compile(rf"(?<![a-z0-9])({'|'.join(spaced)})(?![a-z0-9])")


def _words(value: Form, department_zh: str) -> Words:
    return Words(
        en=f"Form {value.number}, “{value.name}”, of the {value.department}: {value.page}",
        zh=f"{department_zh}的表格 {value.number}「{value.name_zh}」：{value.page}",
        yue=f"{department_zh}嘅表格 {value.number}「{value.name_zh}」：{value.page}",
    )


def _no_form() -> Unknown:
    return Unknown(
        tool="government_forms",
        reason="no_form",
        words=Words(
            en=(
                "I do not know a form for that; https://www.gov.hk/en/apps/ lists the forms of every "
                "department."
            ),
            zh="我不知道有這樣的表格；https://www.gov.hk/tc/apps/ 列出各部門的表格。",
            yue="我唔知有咁樣嘅表格；https://www.gov.hk/tc/apps/ 有齊各部門嘅表格。",
        ),
    )
