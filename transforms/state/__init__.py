"""What the next run needs and the dataset cannot tell, as immutable snapshots.

    state/<run_id>.parquet       one row a feed or entry; the newest readable one counts

rows.py is what is remembered, feeds.py how a feed's row follows from its last answer,
snapshot.py reads and writes the files, write.py is the step of the pipeline. A snapshot is
written only after the files of its run are verified: after a crash the run before it counts and
its feeds are due again.
"""

from transforms.state.feeds import request_for
from transforms.state.rows import (
    EntryState,
    FeedState,
    StateRow,
    feed_states,
    pending_entries,
    settled_keys,
)
from transforms.state.snapshot import load_state, prune_snapshots
from transforms.state.write import WriteState

__all__ = [
    "EntryState",
    "FeedState",
    "StateRow",
    "WriteState",
    "feed_states",
    "load_state",
    "pending_entries",
    "prune_snapshots",
    "request_for",
    "settled_keys",
]
