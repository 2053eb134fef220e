"""A worker process of the local runner: Beam's own, without its words on standard error.

Importing Beam logs a warning, for which `logging` would install a handler on standard error;
everything that the worker says afterwards would appear there a second time, since it also
reaches the parent, which decides what to show.
"""

import logging
import sys

logging.getLogger().addHandler(logging.NullHandler())

from apache_beam.runners.worker.sdk_worker_main import main  # noqa: E402

if __name__ == "__main__":
    main(sys.argv)
