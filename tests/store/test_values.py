"""Values that PostgreSQL cannot keep are the caller's mistake, not a defect of ours."""

from __future__ import annotations

import pytest
from psycopg.types.json import Jsonb

from bauhinia.errors import InputError
from bauhinia.store import Database


@pytest.mark.parametrize("value", ["a\0b", Jsonb({"a": "\0"})])
async def test_a_character_that_is_no_text_is_refused(database: Database, value: object) -> None:
    with pytest.raises(InputError, match="cannot be kept"):
        async with database.connection() as connection:
            await connection.execute("SELECT %s", (value,))
    async with database.connection() as connection:
        row = await (await connection.execute("SELECT 1")).fetchone()
    assert row == (1,)
