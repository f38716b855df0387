"""The Merkle tree: held against RFC 6962's definition, written out plainly, and its published vectors."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.ledger import tree

LEAVES = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
"""The entries of the test vectors that Certificate Transparency's implementations share."""
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def mth(entries: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(entries) == 0:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def entries_of(size: int) -> list[bytes]:
    return [sha256(number.to_bytes(4, "big")).digest() for number in range(size)]


def node_of(entries: list[bytes]) -> tree.NodeOf:
    async def found(node: tree.Node) -> bytes:
        level, place = node
        return mth(entries[place << level : (place + 1) << level])

    return found


def path_of(spans: list[tree.Span], entries: list[bytes]) -> list[bytes]:
    async def found() -> list[bytes]:
        return [await tree.hash_of(span, node_of(entries)) for span in spans]

    return asyncio.run(found())


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_the_published_ones(size: int) -> None:
    assert asyncio.run(tree.root(size, node_of(LEAVES))).hex() == ROOTS[size]
    assert mth(LEAVES[:size]).hex() == ROOTS[size]


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert asyncio.run(tree.root(0, node_of([]))) == mth([])


@given(st.integers(1, 200))
def test_a_root_is_the_same_however_it_is_put_together(size: int) -> None:
    entries = entries_of(size)
    assert asyncio.run(tree.root(size, node_of(entries))) == mth(entries)


@given(st.data())
def test_every_leaf_is_proved_by_a_short_path(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 130))
    index = data.draw(st.integers(0, size - 1))
    entries = entries_of(size)
    path = path_of(tree.inclusion_spans(index, size), entries)
    assert tree.included(entries[index], index, size, path, mth(entries))
    assert len(path) <= (size - 1).bit_length()
    assert not tree.included(b"another", index, size, path, mth(entries))
    assert not tree.included(entries[index], index, size, path, mth(entries[:-1]))
    for wrong in {0, size - 1, size} - {index}:
        assert not tree.included(entries[index], wrong, size, path, mth(entries))
    if path:
        assert not tree.included(entries[index], index, size, path[:-1], mth(entries))
    assert not tree.included(entries[index], index, size, [*path, path[0] if path else b""], mth(entries))


@given(st.data())
def test_every_older_tree_is_proved_to_be_the_beginning_of_a_newer(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 130))
    old = data.draw(st.integers(1, new))
    entries = entries_of(new)
    path = path_of(tree.consistency_spans(old, new), entries)
    before, after = mth(entries[:old]), mth(entries)
    assert tree.consistent(old, new, before, after, path)
    changed = [b"forged", *entries[1:]]
    assert not tree.consistent(
        old, new, before, mth(changed), path_of(tree.consistency_spans(old, new), changed)
    )
    assert not tree.consistent(old, new, mth(changed[:old]), after, path)
    if path:
        assert not tree.consistent(old, new, before, after, path[:-1])


def test_a_proof_of_a_tree_without_that_leaf_is_refused() -> None:
    assert not tree.included(b"", 3, 3, [], mth([b""]))
    assert not tree.consistent(0, 3, tree.EMPTY, mth(entries_of(3)), [])
    assert not tree.consistent(4, 3, tree.EMPTY, mth(entries_of(3)), [])
