"""What every test stands on.

A job that a shell starts in the background ignores Ctrl-C, and so do all its children. Tests that
send SIGINT to the product need it to arrive wherever the suite itself was started.
"""

import signal


def pytest_configure() -> None:
    """Take Ctrl-C back, for this process and for the children of the tests."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
