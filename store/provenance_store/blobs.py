"""Content-addressed bytes in a folder (port `Blobs`): put once, read-only, never overwritten.

    blobs/ab/cdef...        SHA-256 in hex, split after two digits; mode 0444
    blobs/.staging/...      bytes on their way in, on the same file system

System calls of a batch, in order:
  stage    open(O_CREAT|O_EXCL, 0444) in this process's staging subfolder, write ...
  keep     link to the final name (which fails where the name is taken), unlink the staged one
  settle   more than FEW blobs on Linux: one syncfs of the folder's file system, on a descriptor
           opened before the first write, so that every failed write since then is reported;
           else fsync each blob, each of their folders, and the blob folder.
Only after `settle` does the ledger name the batch.

Known limits:
  - A power cut between `keep` and `settle` may leave a short or empty file under a final name. No
    entry names it. `keep` refuses to take a file of another length for the same bytes and raises
    BlobCorrupt; equal length is not compared byte by byte (the audit does that).
  - After a failed `settle` the kernel may have dropped the unwritten pages and report them clean.
    This object then refuses to settle ever again; run the audit before the batch is repeated.
  - syncfs waits for everybody's writes to that file system, not only ours.
  - Where hard links do not exist (exFAT) `keep` looks first and then renames; two processes keeping
    the same digest at one moment then write the same bytes twice.
  - `open` verifies nothing: digests are checked by the audit and by whoever hashes what he reads.
"""

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from provenance.errors import BlobCorrupt, BlobMissing, StoreFault
from provenance_store.durable import sync_filesystem, sync_path, write_all
from provenance_store.faults import fault_of_os, os_faults
from provenance_store.staging import Staging

FEW: Final = 8  # blobs; up to here fsync of each is cheaper than waiting for a whole file system

_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_HEX: Final = frozenset("0123456789abcdef")
# O_NONBLOCK: a named pipe in the place of a blob would keep its reader waiting for ever.
_READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class FolderBlobs:
    """The blobs of one desk. Safe to share between threads; each process opens its own."""

    def __init__(self, folder: Path) -> None:
        """Open a blob folder, which must exist, and remove what killed processes left staged."""
        self._folder = folder
        self._guard = threading.Lock()
        self._root = str(folder)  # on the way of every file text is used: a Path costs 30 us more
        self._kept: dict[str, None] = {}
        self._descriptor = -1
        self._failed = False
        self._staging = Staging(folder)
        self._staging.sweep()

    def stage(self) -> "FolderStagedBlob":
        """Open a place for new bytes."""
        with self._guard:
            if self._descriptor < 0:
                with os_faults("the blob folder could not be opened"):
                    self._descriptor = os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC)
            descriptor, path = self._staging.create()
        return FolderStagedBlob(self, descriptor, path)

    def settle(self) -> None:
        """Make all blobs kept so far durable, together.

        Raises:
            DiskFull: no space for what was written.
            StoreFault: some write did not reach the disk; nothing of the batch counts as kept.
        """
        with self._guard:
            if self._failed:
                raise StoreFault("an earlier batch of blobs did not reach the disk: open it again")
            if not self._kept:
                return
            try:
                self._sync()
            except OSError as error:
                self._failed = True
                raise fault_of_os(error, "new blobs did not reach the disk") from error
            self._kept.clear()

    def open(self, sha256: bytes) -> BinaryIO:
        """Open a blob for reading; what it holds is not verified here.

        Raises:
            BlobMissing: no blob of this name.
        """
        try:
            return os.fdopen(os.open(self._path(sha256), _READ), "rb")
        except FileNotFoundError as error:
            raise BlobMissing(f"no blob {sha256.hex()}") from error
        except OSError as error:
            raise fault_of_os(error, f"blob {sha256.hex()} could not be opened") from error

    def list(self) -> Iterator[bytes]:
        """Yield the SHA-256 of every blob that is there, in no particular order."""
        with os_faults("the blob folder could not be listed"):
            for first in os.scandir(self._folder):
                if len(first.name) == 2 and _HEX.issuperset(first.name):
                    for rest in os.scandir(first.path):
                        if len(rest.name) == 62 and _HEX.issuperset(rest.name):
                            yield bytes.fromhex(first.name + rest.name)

    def close(self) -> None:
        """Remove this process's staging area; call it when nothing is staged any more."""
        with self._guard:
            self._staging.close()
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def take(self, staged: str, sha256: bytes, size: int) -> None:
        """Give a staged file its final name; only `FolderStagedBlob.keep` calls this."""
        target = self._path(sha256)
        with os_faults(f"blob {sha256.hex()} could not be kept"):
            try:
                _link(staged, target)
            except FileNotFoundError:
                Path(target).parent.mkdir(exist_ok=True)
                _link(staged, target)
            _unlink(staged)  # a rename has taken it already
            there = os.lstat(target).st_size
        with self._guard:
            self._kept[target] = None  # also one found there: its own process may not have settled
        if there != size:
            raise BlobCorrupt(
                f"blob {sha256.hex()} lies there with {there} bytes instead of {size}; if the audit"
                " finds no entry that names it, a power cut left it: move it away and run again"
            )

    def _path(self, sha256: bytes) -> str:
        name = sha256.hex()
        return f"{self._root}/{name[:2]}/{name[2:]}"

    def _sync(self) -> None:
        if len(self._kept) > FEW and sync_filesystem(self._descriptor):
            return
        paths = [Path(kept) for kept in self._kept]
        for path in paths:
            sync_path(path)
        for folder in {path.parent for path in paths}:
            sync_path(folder)
        sync_path(self._folder)


class FolderStagedBlob:
    """Bytes on their way into a blob folder (port `StagedBlob`). One thread at a time."""

    def __init__(self, blobs: FolderBlobs, descriptor: int, path: str) -> None:
        self._blobs = blobs
        self._descriptor = descriptor
        self._path = path
        self._size = 0

    def write(self, block: bytes) -> None:
        """Take the next block.

        Raises:
            DiskFull: no space; `discard` frees what was written.
            StoreFault: the disk failed, or the blob is already kept or discarded.
        """
        self._require_open()
        with os_faults("new bytes could not be written"):
            write_all(self._descriptor, block)
        self._size += len(block)

    def keep(self, sha256: bytes) -> None:
        """Give the bytes their name. The caller vouches for the digest.

        Raises:
            BlobCorrupt: other bytes lie under this name.
        """
        self._require_open()
        self._close()
        try:
            self._blobs.take(self._path, sha256, self._size)
        except BaseException:
            self._remove()
            raise

    def discard(self) -> None:
        """Forget the bytes; nothing of them stays. After `keep` it does nothing."""
        if self._descriptor < 0:
            return
        self._close()
        self._remove()

    def _require_open(self) -> None:
        if self._descriptor < 0:
            raise StoreFault("these bytes are already kept or discarded")

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        with os_faults("new bytes could not be written"):
            os.close(descriptor)

    def _remove(self) -> None:
        with os_faults("staged bytes could not be removed"):
            _unlink(self._path)


def _unlink(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108  # see `_root`


def _link(staged: str, target: str) -> None:
    try:
        os.link(staged, target)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if not Path(target).exists():
            Path(staged).rename(target)
