"""Tests of content credentials need the extra that reads them."""

import importlib.util

import pytest


def require_c2pa() -> None:
    """Skip the module where the extra is not installed."""
    if importlib.util.find_spec("c2pa") is None:
        pytest.skip("c2pa-python is not installed (extra `c2pa`)", allow_module_level=True)
