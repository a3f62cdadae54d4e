"""Files that mean harm, always the same ones: real ones damaged, bombs, and bytes without sense."""

import random
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests import pictures
from tests.datasets import making, zips

STARTS = [data[:12] for data in pictures.every_kind().values()]


def harmful(number: int, whole: list[bytes]) -> bytes:
    """A file that begins well and goes on badly, always the same for a number."""
    draw = random.Random(number)  # noqa: S311
    data = bytearray(draw.choice(whole))
    way = number % 6
    if way == 0:
        for _ in range(draw.randint(1, 40)):
            data[draw.randrange(len(data))] = draw.randrange(256)
    elif way == 1:
        del data[draw.randrange(len(data)) :]
    elif way == 2:  # the header, where sizes and kinds stand
        for _ in range(draw.randint(1, 6)):
            data[draw.randrange(min(64, len(data)))] = draw.choice([0, 1, 0x7F, 0x80, 0xFF])
    elif way == 3:
        at = draw.randrange(len(data))
        other = draw.choice(whole)
        data[at:] = other[draw.randrange(len(other)) :]
    elif way == 4:
        data = bytearray(draw.choice(STARTS) + draw.randbytes(draw.randint(0, 5000)))
    else:
        at, length = draw.randrange(len(data)), draw.randint(1, 2000)
        data[at : at + length] = bytes([draw.choice([0, 0xFF])]) * length
    return bytes(data)


def starters() -> list[bytes]:
    """Whole files of every kind, and bombs, that damage is done to."""
    return [
        *pictures.every_kind().values(),
        making.png(0),
        *pictures.bombs().values(),
        pictures.encoded(making.drawing(1, 600, 800), "JPEG", progressive=True),
        zips.packed({"cat/1.png": making.png(0)}),
    ]


def real_starters(testbed: Path) -> list[bytes]:
    """Real photos, some of them broken already."""
    paths = [
        *sorted((testbed / "corrupt").glob("*/*")),
        *sorted((testbed / "cats_dogs/cat").glob("*"))[:10],
    ]
    return [data for path in paths if (data := path.read_bytes())]


def invented(count: int) -> list[bytes]:
    """Files that hypothesis thinks of: the beginning of a picture, and what fits to it or not."""
    found: list[bytes] = []

    @_always_the_same(count)
    @given(st.sampled_from(STARTS), st.binary(max_size=400))
    def think(start: bytes, rest: bytes) -> None:
        found.append(start + rest)

    think()
    return found[:count]


def archives(count: int) -> list[bytes]:
    """Zips that mean harm: the known ways, each once, and such as hypothesis thinks of."""
    pets = {f"{label}/{number}.png": making.png(number) for number in range(3) for label in "ab"}
    whole, one = zips.packed(pets), making.png(0)
    at = whole.index(b"PK\x01\x02")
    found = [
        zips.overlapping(2000, 1 << 20),
        zips.endless(70_000),
        zips.raw([(b"cat/0.bmp", bytes(1 << 28))]),
        zips.raw([(b"cat/0.png", one)], claimed=10),
        zips.raw([(b"cat/0.png", one)], claimed=2**32 - 1),
        zips.raw([(b"cat/0.png", one)], flags=1),  # encrypted
        zips.raw([(b"../../cat/0.png", one), (b"/etc/0.png", one), (b"C:\\0.png", one)]),
        zips.raw([(b"\xff\xfe/\0.png", one), (b"cat/" + b"long" * 9000 + b".png", one)]),
        zips.with_mode("cat/link.png", b"/etc/passwd", 0o120777, pets),
        zips.packed({"cat/0.zip": whole, "cat/0.jpg": whole}),
        zips.packed({f"cat/{number}.png": data for number, data in enumerate(starters())}),
        whole[: len(whole) // 2],
        whole[:at] + whole[at:].replace(b"PK\x01\x02", b"PK\x01\x03"),
        b"PK\x05\x06",
        b"",
    ]

    @_always_the_same(count)
    @given(
        st.lists(st.tuples(st.binary(max_size=30), st.binary(max_size=400)), max_size=6),
        st.sampled_from([0, 8, zips.FLAG_UTF8, 0x20, 0xFFFF & ~1]),
        st.none() | st.integers(0, 2**32 - 1),
        st.none() | st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=9)),
    )
    def think(
        members: list[tuple[bytes, bytes]],
        flags: int,
        claimed: int | None,
        damage: tuple[float, bytes] | None,
    ) -> None:
        archive = bytearray(zips.raw(members, flags=flags, claimed=claimed))
        if damage is not None:
            start = int(damage[0] * len(archive))
            archive[start : start + len(damage[1])] = damage[1]
        found.append(bytes(archive))

    think()
    return found[:count]


def _always_the_same(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
    )
