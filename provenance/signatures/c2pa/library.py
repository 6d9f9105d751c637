"""Load the vendor's library from its own package and from nowhere else.

The package looks for its shared library in the current folder before it looks beside itself
(c2pa-python 0.38, `lib.py`): a leak that contains a file of that name would be run, outside the
sandbox, by whoever examines the leak while standing in its folder. Given an absolute path, every
place it looks in is that one. Importing this module loads some 50 MB; only a worker should.
"""

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any, Final

_NAMES: Final = {"win32": "c2pa_c.dll", "darwin": "libc2pa_c.dylib"}  # as the package names them
_CHOICE: Final = "C2PA_LIBRARY_NAME"  # the package's own variable


def _load() -> Any:  # noqa: ANN401 - the package has no types
    """Import the package with its own library.

    Raises:
        ImportError: it is not installed, or its library is not beside it.
    """
    spec = importlib.util.find_spec("c2pa")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("c2pa-python is not installed")
    folder = Path(spec.submodule_search_locations[0]).resolve()
    library = folder / "libs" / _NAMES.get(sys.platform, "libc2pa_c.so")
    if not library.is_file():
        raise ImportError("c2pa-python lies without its library")
    before = os.environ.get(_CHOICE)
    os.environ[_CHOICE] = str(library)
    try:
        return importlib.import_module("c2pa")
    finally:
        if before is None:
            del os.environ[_CHOICE]
        else:
            os.environ[_CHOICE] = before


C2PA: Final = _load()
VERSION: Final = f"{C2PA.__version__} (SDK {C2PA.sdk_version()})"
"""Of the package, and of the SDK inside it: camera files of one year are refused by the SDK of
another, so an answer is only as good as the version that gave it."""
