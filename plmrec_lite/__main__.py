"""``python -m plmrec_lite``: the command line, where its script is not on the path."""

import sys

from plmrec_lite.cli import main

if __name__ == "__main__":
    sys.exit(main())
