"""Lets ``python -m programgen`` stand for the command."""

from programgen.cli import main

if __name__ == "__main__":
    main()
