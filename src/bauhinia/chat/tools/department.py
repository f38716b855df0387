"""A department's enquiry number and address on the web, from the table that ships."""

from __future__ import annotations

from pydantic import Field

from .protocol import Context
from .resolve import departments, rows
from .result import Frozen, Result, Source, Unknown, Words, found


class DepartmentName(Frozen):
    """Which department."""

    department: str = Field(min_length=1, max_length=80)


class Contact(Frozen):
    """How it is reached."""

    department: str
    department_zh: str
    enquiries: str
    """Its general enquiry number; empty where the table has none."""
    page: str


class DepartmentContact:
    """`data/departments.csv`: numbers that departments publish, to be checked at their page."""

    name = "department_contact"
    about = "A government department's general enquiry telephone number and website."
    arguments = DepartmentName

    async def run(self, given: DepartmentName, context: Context) -> Result:  # noqa: ARG002
        """Found, or Unknown for a department that the table does not have."""
        match = departments().find(given.department)
        if match is None:
            return no_department(self.name, given.department)
        row = next(each for each in rows("departments.csv") if each["code"] == match.id)
        value = Contact(
            department=row["en"], department_zh=row["zh"], enquiries=row["enquiries"], page=row["page"]
        )
        source = Source(
            name=Words(
                en=f"{row['en']} (table of this product; check {row['page']})",
                zh=f"{row['zh']}（本系統的資料表；請到 {row['page']} 核對）",
            ),
            url=row["page"],
            page=row["page"],
        )
        return found(self.name, value, source, _words(value))


def _words(value: Contact) -> Words:
    if not value.enquiries:
        return Words(
            en=f"I have no enquiry number of the {value.department}; see {value.page}",
            zh=f"我沒有{value.department_zh}的查詢電話，請看 {value.page}",
            yue=f"我冇{value.department_zh}嘅查詢電話，請睇 {value.page}",
        )
    return Words(
        en=(
            f"The enquiry number of {_the(value.department)} is {value.enquiries}; its website is "
            f"{value.page}"
        ),
        zh=f"{value.department_zh}的查詢電話是 {value.enquiries}，網址是 {value.page}",
        yue=f"{value.department_zh}嘅查詢電話係 {value.enquiries}，網址係 {value.page}",
    )


def _the(name: str) -> str:
    return name if name[0].isdigit() or name == "Hongkong Post" else f"the {name}"


def no_department(tool: str, name: str) -> Unknown:
    """That no department of that name is known, and where to ask."""
    return Unknown(
        tool=tool,
        reason="no_department",
        near=departments().near(name),
        words=Words(
            en=(
                f"I know no government department called {name}. 1823 (https://www.1823.gov.hk/) can "
                "tell you who to ask."
            ),
            zh=f"我不知道有名為「{name}」的政府部門。你可以致電 1823（https://www.1823.gov.hk/）查詢。",
            yue=f"我唔知有叫做「{name}」嘅政府部門。你可以打 1823（https://www.1823.gov.hk/）問下。",
        ),
    )
