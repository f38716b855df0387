"""Identity, travel, company, vehicle, bank and card numbers, dates of birth; and what only looks like them."""

from __future__ import annotations

import pytest

from bauhinia.privacy import STRUCTURED, check_digit, find_personal
from bauhinia.privacy.checks import passes_luhn


def found(text: str) -> list[tuple[str, str]]:
    return [(item.kind, item.value) for item in find_personal(text, kinds=STRUCTURED)]


PERSONAL = [
    # HKID
    ("The applicant's identity card number is A123\n456(3).", "hkid", "A123\n456(3)"),
    ("HKID: A123456\n(3)", "hkid", "A123456\n(3)"),
    ("身份證號碼：a123456（3）", "hkid", "a123456（3）"),
    ("HKID No.: Ａ１２３４５６（３）", "hkid", "Ａ１２３４５６（３）"),
    ("持證人 A123XXX(X) 已到場。", "hkid", "A123XXX(X)"),
    ("身份证号码 A1234**(*)", "hkid", "A1234**(*)"),
    ("HKID A123XXX", "hkid", "A123XXX"),
    ("佢張身份證係 AB987654(3) 嚟㗎", "hkid", "AB987654(3)"),
    ("HKID (mistyped) is A123456(4)", "hkid", "A123456(4)"),
    ("ID card no A-123456-3 was shown", "hkid", "A-123456-3"),
    # passports and permits
    ("Passport No.: K12345678", "passport", "K12345678"),
    ("HKSAR passport HA1234567 expires in May.", "passport", "HA1234567"),
    ("護照號碼：KJ0123456，簽發日期為2020年。", "passport", "KJ0123456"),
    ("持英國護照 987654321 入境", "passport", "987654321"),
    ("Indian passport number: Z1234567", "passport", "Z1234567"),
    ("他的护照（E12345678）已过期。", "passport", "E12345678"),
    ("回鄉證號碼 H12345678", "home_return_permit", "H12345678"),
    ("Home Return Permit No. H1234567801", "home_return_permit", "H1234567801"),
    ("港澳居民來往內地通行證：M12345678", "home_return_permit", "M12345678"),
    ("回乡证：H12345678（01）", "home_return_permit", "H12345678（01）"),
    # telephone and e-mail
    ("打俾我 6123 4567 啦", "phone", "6123 4567"),
    ("手機：9123-4567", "phone", "9123-4567"),
    ("Please call me at 23456789.", "phone", "23456789"),
    ("Mobile +852 9123 4567", "phone", "+852 9123 4567"),
    ("Dial 00852 2345 6789", "phone", "00852 2345 6789"),
    ("Her UK number is +44 20 7946 0958.", "phone", "+44 20 7946 0958"),
    ("內地手機 +86 138 0013 8000", "phone", "+86 138 0013 8000"),
    ("聯絡電話（９１２３　４５６７）", "phone", "９１２３　４５６７"),
    ("電郵：ａｂｃ＠example．com", "email", "ａｂｃ＠example．com"),
    # companies
    ("Business Registration No. 12345678-000-01-24-5", "business_registration", "12345678-000-01-24-5"),
    ("商業登記號碼：12345678", "business_registration", "12345678"),
    ("BR No: 12345678-000", "business_registration", "12345678-000"),
    ("UBI 76543210", "business_registration", "76543210"),
    ("唯一业务识别码：76543210", "business_registration", "76543210"),
    ("Company Registration No. 1234567", "company_registration", "1234567"),
    ("CR No. 0123456", "company_registration", "0123456"),
    ("公司註冊編號：1234567", "company_registration", "1234567"),
    ("公司编号 F0012345", "company_registration", "F0012345"),
    # vehicles
    ("車牌 AB 1234 的司機", "plate", "AB 1234"),
    ("The private car (registration mark XY1234) was parked there.", "plate", "XY1234"),
    ("涉事的士（登記號碼：KV 888）", "plate", "KV 888"),
    ("Vehicle registration mark: SM 23", "plate", "SM 23"),
    ("私家车车牌为 PL9876", "plate", "PL9876"),
    # banks and cards
    ("Please credit HSBC account 012-345678-001.", "bank_account", "012-345678-001"),
    ("銀行戶口號碼：123-456-78901234", "bank_account", "123-456-78901234"),
    ("账户 024-388-123456-883 收款", "bank_account", "024-388-123456-883"),
    ("Bank A/C No. 123456789012", "bank_account", "123456789012"),
    ("Visa 4111 1111 1111 1111 exp 12/27", "card", "4111 1111 1111 1111"),
    ("信用卡號碼5500000000000004", "card", "5500000000000004"),
    ("American Express 3782 822463 10005", "card", "3782 822463 10005"),
    ("paid with 4111-1111-1111-1111", "card", "4111-1111-1111-1111"),
    ("card 4111 **** **** 1111", "card", "4111 **** **** 1111"),
    # dates of birth
    ("Date of birth: 12/03/1985", "birth_date", "12/03/1985"),
    ("DOB 1985-03-12", "birth_date", "1985-03-12"),
    ("She was born on 12 March 1985 in Kowloon.", "birth_date", "12 March 1985"),
    ("born in Hong Kong on March 12, 1985", "birth_date", "March 12, 1985"),
    ("出生日期：1985年3月12日", "birth_date", "1985年3月12日"),
    ("一九八五年三月十二日出生", "birth_date", "一九八五年三月十二日"),
    ("生于1985年3月12日", "birth_date", "1985年3月12日"),
    ("我生日係 12/3/1985", "birth_date", "12/3/1985"),
    ("| Date of birth (DD/MM/YYYY) | 12-03-1985 |", "birth_date", "12-03-1985"),
    # Octopus and FPS
    ("Octopus card no. 12345678", "octopus", "12345678"),
    ("八達通號碼：12345678(9)", "octopus", "12345678(9)"),
    ("我張八达通係 123456789", "octopus", "123456789"),
    ("FPS ID: 1234567", "fps", "1234567"),
    ("轉數快識別碼 123456789", "fps", "123456789"),
    ("请用转数快（1234567）付款", "fps", "1234567"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "value"), PERSONAL)
def test_found_in_all_its_writings(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "File ref.: EDB(CD)/ADM/150/1/234567",
        "檔號：(12) in LD/PR/2345/67",
        "L/M (5) to HAD HQ CR/11/12345678",
        "Form IR 56B and Form TD 63A",
        "請填妥表格 ID 407 及 CRT 1234",
        "Cap. 486, section 12(3) and Schedule 1",
        "《個人資料（私隱）條例》（第486章）第12(3)條",
        "Take bus route 104, A21, E33P or N182 to AB 12 exit",
        "乘搭九巴第 271 號或 E42 線",
        "HK$12,345,678.00 in 2024-25",
        "撥款 23456789 元",
        "The meeting is on 12 March 2026 at 2:30 p.m.",
        "會議於二零二六年三月十二日舉行",
        "from 2019/20 to 2023/24",
        "Tender Ref. GFS 12345678",
        "Invoice No. 23456789",
        "標書編號：23456789",
        "Application No. 91234567",
        "A123456(4)",
        "Receipt 4111 1111 1111 1112",
        "ISBN 9789882345678",
        "the birth rate fell from 2019 to 12/03/2024",
        "Births and Deaths Registration issued on 12 March 2026",
        "population of 7 503 100",
        "CB(2)1234/2023(01)",
        "LC Paper No. CB(4)567/2024",
        "Public Works Programme Item No. 3012AB",
        "GN 1234 of 2026",
        "COVID-19, A4, H1N1, B2B, 5G",
        "1234567890123456",
        "section 9 of Cap. 12345678",
        "在公司註冊處2024年的報告",
        "company has 1234567 shareholders",
        "房屋署 2345 6789 萬元",
    ],
)
def test_what_only_looks_like_it(text: str) -> None:
    assert found(text) == []


def test_the_nearer_word_decides() -> None:
    text = "Passport K12345678, home return permit H12345678, phone 9123 4567, account 012-345678-001."
    assert [kind for kind, _ in found(text)] == ["passport", "home_return_permit", "phone", "bank_account"]
    text = "護照 H12345678；回鄉證 H12345678；八達通 12345678；商業登記 12345678；轉數快 1234567"
    assert [kind for kind, _ in found(text)] == [
        "passport", "home_return_permit", "octopus", "business_registration", "fps",
    ]  # fmt: skip


def test_the_score_and_its_reason() -> None:
    sure, likely = find_personal("HKID A123456(3); also 2345 6789")
    assert sure.score > 0.95 and sure.why == "check digit"
    assert 0.5 <= likely.score < 0.9 and likely.why == "form"


def test_threshold_and_kinds() -> None:
    text = "A123456(3), 2345 6789, x@example.hk"
    assert [item.kind for item in find_personal(text, kinds={"email", "phone"})] == ["phone", "email"]
    assert [item.kind for item in find_personal(text, threshold=0.9)] == ["hkid", "email"]
    assert not find_personal("K12345678") and find_personal("K12345678", threshold=0.3)


def test_luhn_worked_by_hand() -> None:
    # ISO/IEC 7812-1's own example: 7992739871 has the check digit 3.
    assert [digit for digit in "0123456789" if passes_luhn("7992739871" + digit)] == ["3"]


def test_check_digit_of_two_letters() -> None:
    # AB: 10*9 + 11*8 = 178; 987654 by 7..2 = 63+48+35+24+15+8 = 193; 371 + 3 = 34 * 11.
    assert check_digit("AB987654") == "3"
