"""What vobject reads in calendars: a JSON list of files in, for each a list of events out.

It remembers zones by name for as long as a process lives, and would read the next file by the
zones of the last one: so each file is read in a fork of its own.
"""

import json
import multiprocessing
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path

warnings.simplefilter("ignore")


def events_of(path: str) -> list[dict]:
    """Return the events of a file, times in UTC."""
    import vobject

    calendar = vobject.readOne(Path(path).read_bytes().decode())
    return [
        {
            "uid": event.uid.value,
            "sequence": int(event.sequence.value),
            "status": event.status.value,
            "begin": _time(event.dtstart.value),
            "end": _time(event.dtend.value) if "dtend" in event.contents else None,
            "title": event.summary.value,
            "text": event.description.value if "description" in event.contents else None,
            "properties": sorted(set(event.contents) - {"valarm"}),
        }
        for event in calendar.vevent_list
    ]


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return str(value)


if __name__ == "__main__":
    import vobject  # noqa: F401 (loaded once, before the forks)

    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        print(json.dumps(pool.map(events_of, json.load(sys.stdin), chunksize=1)))  # noqa: T201
