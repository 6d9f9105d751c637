"""Find signature blocks among the lines of a page.

Three ways, in this order of lines from the top: a closing with a name line below it; a placeholder
("[SIGNATURE BLOCK]"); a line to sign on ("Signature: ____"). Blocks that overlap are one. A name on
the next page, two columns of signatures and tables are not understood and give no block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from provenance.signatures.blocks.closings import (
    has_typed_signature,
    is_closing,
    is_label,
    is_line_to_sign,
    looks_like_name,
)
from provenance.signatures.model import Box
from provenance.signatures.text import tame

GAP: Final = 160.0  # points searched below a closing for the name: two inches and a little
WIDTH: Final = 250.0  # points to the right of the closing that belong to the block


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text and where it stands."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One place for a signature."""

    reason: str
    """What made it one, in plain words; the words of the document in it are tamed."""
    region: Box
    lines: tuple[Line, ...]
    """Printed text that lies in it."""
    label: bool
    """Whether a placeholder is part of it."""

    @property
    def typed(self) -> bool:
        """Whether a typed signature is part of it."""
        return any(has_typed_signature(line.text) for line in self.lines)


def join_lines(runs: Sequence[Line]) -> list[Line]:
    """Join runs of text that stand beside each other to lines, top to bottom."""
    lines: list[Line] = []
    for run in sorted(runs, key=lambda one: (-one.box.bottom, one.box.left)):
        last = lines[-1] if lines else None
        if last is not None and _same_line(last.box, run.box):
            lines[-1] = Line(text=f"{last.text} {run.text}", box=_union(last.box, run.box))
        else:
            lines.append(run)
    return lines


def find_blocks(lines: Sequence[Line], size: tuple[float, float]) -> list[Block]:
    """Return the blocks of a page of this width and height in points."""
    blocks: list[Block] = []
    for line in lines:
        block = None
        if is_closing(line.text):
            block = _below_closing(line, lines, size)
        elif is_label(line.text):
            block = _around_label(line, lines, size)
        elif is_line_to_sign(line.text):
            block = _beside_line(line, lines, size)
        if block is not None and not any(meets(block.region, one.region) for one in blocks):
            blocks.append(block)
    return blocks


def _below_closing(closing: Line, lines: Sequence[Line], size: tuple[float, float]) -> Block | None:
    """The block between a closing and the name line below it."""
    below = [
        one
        for one in lines
        if 0 < closing.box.bottom - one.box.bottom <= GAP
        and one.box.left < closing.box.left + WIDTH
        and one.box.right > closing.box.left - 40
    ]
    for index, one in enumerate(below):
        bare = one.text.strip("_ ")
        marked = is_label(bare) or has_typed_signature(bare)
        if marked and index + 1 < len(below) and looks_like_name(below[index + 1].text):
            continue
        if marked or looks_like_name(bare):
            region = Box(
                left=max(min(closing.box.left, one.box.left) - 12, 0),
                right=min(closing.box.left + WIDTH, size[0]),
                bottom=max(one.box.bottom - 2, 0),
                top=closing.box.bottom,
            )
            reason = f"closing “{tame(closing.text, 60)}” above “{tame(one.text, 80)}”"
            return _block(reason, region, lines)
    return None


def _around_label(label: Line, lines: Sequence[Line], size: tuple[float, float]) -> Block:
    """A placeholder such as "[SIGNATURE BLOCK]", with room for a pen around it."""
    region = Box(
        left=max(label.box.left - 12, 0),
        right=min(max(label.box.right + 40, label.box.left + 160), size[0]),
        bottom=max(label.box.bottom - 14, 0),
        top=min(label.box.top + 24, size[1]),
    )
    return _block(f'label "{tame(label.text, 60)}"', region, lines)


def _beside_line(line: Line, lines: Sequence[Line], size: tuple[float, float]) -> Block:
    """A "Signature: ____" line; the pen goes to its right and above it."""
    region = Box(
        left=line.box.left,
        right=min(line.box.left + WIDTH, size[0]),
        bottom=max(line.box.bottom - 6, 0),
        top=min(line.box.top + 20, size[1]),
    )
    return _block(f'line "{tame(line.text, 60)}"', region, lines)


def _block(reason: str, region: Box, lines: Sequence[Line]) -> Block:
    inside = tuple(line for line in lines if meets(line.box, region))
    label = any(is_label(line.text) for line in inside)
    return Block(reason=reason, region=region, lines=inside, label=label)


def _same_line(one: Box, other: Box) -> bool:
    overlap = min(one.top, other.top) - max(one.bottom, other.bottom)
    near = -2 <= other.left - one.right < 30  # a word space, not the gutter between two columns
    return near and overlap > 0.5 * min(one.top - one.bottom, other.top - other.bottom)


def meets(one: Box, other: Box) -> bool:
    """Whether two boxes have an area in common."""
    return area(common(one, other)) > 0


def common(one: Box, other: Box) -> Box:
    """Return what two boxes have in common; its area is 0 where they have nothing."""
    return Box(
        left=max(one.left, other.left),
        bottom=max(one.bottom, other.bottom),
        right=min(one.right, other.right),
        top=min(one.top, other.top),
    )


def _union(one: Box, other: Box) -> Box:
    return Box(
        left=min(one.left, other.left),
        bottom=min(one.bottom, other.bottom),
        right=max(one.right, other.right),
        top=max(one.top, other.top),
    )


def area(box: Box) -> float:
    """Return an area in square points; 0 for a box turned inside out."""
    return max(box.right - box.left, 0.0) * max(box.top - box.bottom, 0.0)
