"""Guests: held to a rate, not followed."""

from __future__ import annotations

import pytest

from bauhinia.chat.guests import BURST, Rate, guest, is_guest, new_secret
from bauhinia.errors import OverQuota


def test_a_guest_is_known_by_a_secret_that_is_kept_nowhere() -> None:
    secret = new_secret()
    one = guest(secret)
    assert one == guest(secret) and one != guest(new_secret())
    assert is_guest(one) and secret not in one.id and one.department == "public" and not one.roles


def test_a_network_asks_so_fast_and_is_told_when_to_go_on() -> None:
    rate = Rate()
    for _ in range(BURST):
        rate.take("192.0.2.1", now=100.0)
    with pytest.raises(OverQuota) as refused:
        rate.take("192.0.2.1", now=100.0)
    rate.take("192.0.2.2", now=100.0)
    assert refused.value.retry_after
    rate.take("192.0.2.1", now=100.0 + refused.value.retry_after)


def test_a_household_is_one_network() -> None:
    rate = Rate(burst=1)
    rate.take("2001:db8:1:2::1", now=0)
    with pytest.raises(OverQuota):
        rate.take("2001:db8:1:2:ffff::9", now=0)
    rate.take("2001:db8:1:3::1", now=0)


def test_no_address_is_kept() -> None:
    rate = Rate()
    rate.take("192.0.2.77", now=0)
    assert b"192.0.2.77" not in repr(rate.__dict__).encode()
    before = set(rate._left)
    rate.take("192.0.2.77", now=90_000)
    assert not before & set(rate._left), "the key is thrown away each day"
