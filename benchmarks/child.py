"""Run one job and print what it measured as JSON: `child.py module:function '{"argument": ...}'`.

Runs under the product's interpreter or under the peers' own; needs nothing but the standard library
itself.
"""

import importlib
import json
import sys


def main() -> None:
    """Call the function named on the command line."""
    module, _, function = sys.argv[1].partition(":")
    job = getattr(importlib.import_module(module), function)
    sys.stdout.write(json.dumps(job(**json.loads(sys.argv[2]))))


if __name__ == "__main__":  # a worker of a job's own imports this file anew
    main()
