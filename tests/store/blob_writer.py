"""Child process: keep random blobs for ever, printing each digest once it is settled."""

import hashlib
import os
import random
import sys
from pathlib import Path

from provenance_store.blobs import FolderBlobs

chance = random.Random(os.getpid())  # noqa: S311 sizes, not secrets
blobs = FolderBlobs(Path(sys.argv[1]))
while True:
    batch = []
    for _ in range(chance.choice([1, 12])):
        data = os.urandom(chance.randrange(1, 200_000))
        staged = blobs.stage()
        for start in range(0, len(data), 4096):
            staged.write(data[start : start + 4096])
        sha256 = hashlib.sha256(data).digest()
        staged.keep(sha256)
        batch.append(sha256)
    blobs.settle()
    sys.stdout.write("".join(f"{sha256.hex()}\n" for sha256 in batch))
    sys.stdout.flush()
