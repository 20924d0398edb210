"""The command line on the fake simulator, as a process; its workers read this file again, and fake it too."""

import sys

from tests.twin.runs import fake_simulator

if __name__ in ("__main__", "__mp_main__"):  # not where a test only asks for this file's place
    sys.modules["twin.simulate"] = fake_simulator

if __name__ == "__main__":
    from twin.cli import main

    main()
