"""The stages that a stream on an engine has in place of those of a batch run.

    ticks -> AskFeeds -> DropSeen -> VisitPages -> the stages of a batch run -> WriteWindows
                |           |            |                                          |
                +-----------+------------+------------> KeepState <-----------------+

Keyed state and processing-time timers only: no windows, watermarks or groupings, so that nothing
is ever late, and a host that hangs holds up nobody else.

    AskFeeds       a host's feeds: when they are due, what they said (by host)
    DropSeen       which announced entries are new (by entry)
    VisitPages     a host's pages, and those that wait for another try (by host)
    WriteWindows   rows to a file per window (by shard)
    KeepState      the snapshot of the state (one key)

What must survive the engine is in the dataset, as in batch: its rows say what is known, its
snapshot what was asked when. The engine's own state only saves asking again.
"""

from transforms.streaming.asking import AskFeeds
from transforms.streaming.files import WriteWindows
from transforms.streaming.keeping import KeepState
from transforms.streaming.seen import DropSeen
from transforms.streaming.visiting import VisitPages

__all__ = ["AskFeeds", "DropSeen", "KeepState", "VisitPages", "WriteWindows"]
