"""``python -m twin``: the command line."""

from twin.cli import main

if __name__ == "__main__":
    main()
