"""Outlook messages made by hand: a compound file with the storages and streams that a message has."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

_SECTOR, _SMALL, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

Tree = Mapping[str, "bytes | Tree"]
"""Streams and, in turn, storages by name."""


@dataclass
class _Writer:
    sectors: list[bytes] = field(default_factory=list)
    fat: list[int] = field(default_factory=list)
    small: bytearray = field(default_factory=bytearray)
    small_fat: list[int] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)

    def chain(self, data: bytes) -> int:
        """Put a stream into sectors; its first sector."""
        first = len(self.sectors)
        pieces = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        for index, piece in enumerate(pieces):
            self.sectors.append(piece)
            self.fat.append(_END if index == len(pieces) - 1 else first + index + 1)
        return first if pieces else _END

    def small_chain(self, data: bytes) -> int:
        """Put a short stream into the stream of short ones."""
        first = len(self.small_fat)
        count = -(-len(data) // _SMALL)
        self.small += data.ljust(count * _SMALL, b"\0")
        self.small_fat += [first + index + 1 for index in range(count - 1)] + [_END] * bool(count)
        return first if count else _END

    def storage(self, tree: Tree) -> int:
        """Entries for what is in a storage, each the right neighbour of the one before; the first's number."""
        numbers: list[int] = []
        made: list[tuple[int, str, bytes | Tree]] = []
        for name, content in tree.items():
            numbers.append(len(self.entries))
            made.append((len(self.entries), name, content))
            self.entries.append(b"")
        for (number, name, content), right in zip(made, [*numbers[1:], _FREE], strict=True):
            if isinstance(content, bytes):
                start = self.small_chain(content) if len(content) < _CUTOFF else self.chain(content)
                self.entries[number] = _entry(name, 2, right, _FREE, start, len(content))
            else:
                self.entries[number] = _entry(name, 1, right, self.storage(content), 0, 0)
        return numbers[0] if numbers else _FREE


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    return (
        wide.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(wide), kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def compound(tree: Tree) -> bytes:
    """A compound file (OLE 2) with these storages and streams."""
    writer = _Writer()
    writer.entries.append(b"")
    child = writer.storage(tree)
    small_start = writer.chain(bytes(writer.small))
    writer.entries[0] = _entry("Root Entry", 5, _FREE, child, small_start, len(writer.small))
    directory = writer.chain(b"".join(writer.entries))
    small_fat = writer.chain(b"".join(struct.pack("<I", each) for each in writer.small_fat))
    small_count = -(-4 * len(writer.small_fat) // _SECTOR)
    tables = 1
    while tables * 128 < len(writer.sectors) + tables:
        tables += 1
    first = len(writer.sectors)
    fat = writer.fat + [_FAT] * tables
    packed = b"".join(struct.pack("<I", each) for each in fat).ljust(tables * _SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, directory, 0, _CUTOFF, small_fat, small_count, _END, 0)
    header += b"".join(struct.pack("<I", first + at if at < tables else _FREE) for at in range(109))
    return header + b"".join(writer.sectors) + packed


def message(
    texts: Mapping[int, str | bytes],
    *,
    numbers: Mapping[int, int] | None = None,
    attached: tuple[Tree, ...] = (),
    header: int = 32,
) -> Tree:
    """A message's storages: texts by property (bytes are 8-bit text, or the HTML body), and attachments."""
    tree: dict[str, bytes | Tree] = {}
    for tag, text in texts.items():
        kind = "001F" if isinstance(text, str) else "0102" if tag == 0x1013 else "001E"
        tree[f"__substg1.0_{tag:04X}{kind}"] = text.encode("utf-16-le") if isinstance(text, str) else text
    table = b"".join(struct.pack("<HHIII", 3, tag, 6, value, 0) for tag, value in (numbers or {}).items())
    tree["__properties_version1.0"] = bytes(header) + table
    for index, each in enumerate(attached):
        tree[f"__attach_version1.0_#{index:08X}"] = each
    return tree


def attachment(name: str, content: bytes | Tree) -> Tree:
    """A file, or a message, attached to a message."""
    kind = "0102" if isinstance(content, bytes) else "000D"
    return {
        "__substg1.0_3707001F": name.encode("utf-16-le"),
        f"__substg1.0_3701{kind}": content,
        "__properties_version1.0": bytes(8),
    }
