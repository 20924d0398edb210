"""What all tests share: property tests are the same in every run, and no slow machine fails them."""

from hypothesis import settings

settings.register_profile("stocktwin", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("stocktwin")
