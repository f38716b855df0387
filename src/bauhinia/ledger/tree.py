"""The Merkle tree of RFC 6962 (RFC 9162) over the ledger's rows: roots, and proofs that stay short.

What the standard calls an entry is here the 32 bytes of a row's hash, which stand for that row and, by the
chain, for all before it. A span is a stretch of leaves `(first, end)`, counted from 0. A node is `(level,
place)`: the hash over the `2**level` leaves from `place * 2**level` on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256

Span = tuple[int, int]
Node = tuple[int, int]
NodeOf = Callable[[Node], Awaitable[bytes]]
"""Where the hashes of whole nodes come from."""

EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf(entry: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + entry).digest()


def join(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def folded(hashes: Sequence[bytes]) -> list[bytes]:
    """The nodes one level up. An even number of hashes."""
    return [sha256(b"\x01" + one + two).digest() for one, two in zip(hashes[::2], hashes[1::2], strict=True)]


def whole(hashes: Sequence[bytes]) -> bytes:
    """The node over a number of hashes that is a power of two."""
    while len(hashes) > 1:
        hashes = folded(hashes)
    return hashes[0]


def nodes_of(span: Span) -> list[Node]:
    """The largest whole nodes that make up a span, from left to right.

    The span begins where a node as large as it could: all spans of a proof do.
    """
    first, end = span
    found = []
    while first < end:
        level = (end - first).bit_length() - 1
        found.append((level, first >> level))
        first += 1 << level
    return found


def peaks_joined(hashes: Sequence[bytes]) -> bytes:
    """The hash over whole nodes that stand beside each other, each smaller than the one before."""
    *before, joined = hashes
    for peak in reversed(before):
        joined = join(peak, joined)
    return joined


def inclusion_spans(index: int, size: int) -> list[Span]:
    """What the path of leaf `index` in a tree of `size` leaves is made of, from the leaf up."""
    assert 0 <= index < size
    return _inclusion(index, 0, size)


def _inclusion(index: int, first: int, end: int) -> list[Span]:
    if end - first == 1:
        return []
    middle = first + _split(end - first)
    if index < middle:
        return [*_inclusion(index, first, middle), (middle, end)]
    return [*_inclusion(index, middle, end), (first, middle)]


def consistency_spans(old: int, new: int) -> list[Span]:
    """What proves that a tree of `new` leaves goes on from one of `old`; nothing where they are one."""
    assert 0 < old <= new
    return _consistency(old, 0, new, known=True)


def _consistency(old: int, first: int, end: int, *, known: bool) -> list[Span]:
    """`known`: whoever checks has the hash of this span, being the old root."""
    if old == end - first:
        return [] if known else [(first, end)]
    split = _split(end - first)
    if old <= split:
        return [*_consistency(old, first, first + split, known=known), (first + split, end)]
    return [*_consistency(old - split, first + split, end, known=False), (first, first + split)]


def _split(leaves: int) -> int:
    """The largest power of two below a number."""
    return 1 << ((leaves - 1).bit_length() - 1)


async def hash_of(span: Span, node_of: NodeOf) -> bytes:
    """The hash over a span."""
    return peaks_joined([await node_of(node) for node in nodes_of(span)])


async def root(size: int, node_of: NodeOf) -> bytes:
    """The root of a tree of so many leaves."""
    return await hash_of((0, size), node_of) if size else EMPTY


def included(entry: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves that `entry` is leaf `index` of the tree of `size` leaves with that root.

    The algorithm of RFC 9162, 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf(entry)
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = join(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = join(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the first `old` leaves of the newer tree are the older tree's.

    The algorithm of RFC 9162, 2.1.4.2.
    """
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    of_old = of_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            of_old, of_new = join(step, of_old), join(step, of_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            of_new = join(of_new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and of_old == old_root and of_new == new_root
