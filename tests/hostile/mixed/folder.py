"""A folder of mixed files, a tenth of them hostile: what a leak may look like on a bad day."""

from collections.abc import Iterator
from itertools import count, cycle, islice
from pathlib import Path
from typing import Final

from tests.hostile.mixed.broken import BROKEN, cut, flipped
from tests.hostile.mixed.ordinary import MAKERS
from tests.hostile.mixed.polyglots import ODD, POLYGLOTS

FOLDERS: Final = 20


def make_mixed(folder: Path, size: int = 1000) -> list[str]:
    """Fill a folder with `size` files; returns the names of the hostile ones, a tenth of them."""
    hostile = list(islice(_hostile(), size // 10))
    for name, data in hostile:
        _write(folder, len(name), name, data)
    makers = islice(cycle(MAKERS), size - len(hostile))
    for number, (extension, make) in enumerate(makers):
        _write(folder, number, f"{number:05}.{extension}", make(number))
    return [name for name, _ in hostile]


def _hostile() -> Iterator[tuple[str, bytes]]:
    for name, make in BROKEN.items():
        yield name, make()
    for name, make in POLYGLOTS.items():
        yield f"two-{name}.bin", make()
    for name, (_, make) in ODD.items():
        yield f"odd-{name}", make()
    for number in count():
        extension, data = cut(number) if number % 2 else flipped(number)
        yield f"broken-{number}.{extension}", data


def _write(folder: Path, number: int, name: str, data: bytes) -> None:
    path = folder / f"{number % FOLDERS:02}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
