"""What every test stands on.

A job that a shell starts in the background ignores Ctrl-C, and so do all its children. Tests that
send SIGINT to the product need it to arrive wherever the suite itself was started. No property has
a deadline: how quick a machine is says nothing about whether something holds.
"""

import signal

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure() -> None:
    """Take Ctrl-C back, for this process and for the children of the tests."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
