"""`python -m tui`: the same as `safelight`."""

import sys

from tui.cli import main

sys.exit(main())
