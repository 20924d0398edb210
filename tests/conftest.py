"""What all tests share: property tests are the same in every run, and no slow machine fails them."""

import signal

from hypothesis import settings

settings.register_profile("stocktwin", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("stocktwin")

# A shell starts what runs in the background with it ignored: Ctrl-C is tested all the same.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
