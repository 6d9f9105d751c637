"""Child process: append batches, printing the log's size once each batch is acknowledged.

Arguments: address, name of this writer, number of batches (0 = for ever).
"""

import itertools
import sys

from provenance_store.ledger import SqlLedger
from tests.store.material import append, arrival, open_database

address, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
ledger = SqlLedger(open_database(address))
for turn in range(count) if count else itertools.count():
    with ledger.writing() as writer:
        start = writer.size()
        entries = [arrival(start + i, item=f"{name} {start + i}") for i in range(1 + turn % 7)]
        append(writer, entries)
        end = writer.size()
    sys.stdout.write(f"{end}\n")
    sys.stdout.flush()
