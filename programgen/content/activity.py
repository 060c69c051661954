"""Activity files of watches and apps: FIT, GPX and TCX.

A broken, huge or foreign file gives a message and no activity.
"""

import io
import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from programgen.content.reading import read_raw
from programgen.core.recording import ON_FOOT, Activity
from programgen.errors import ContentError, Problem, ProgramgenError

LARGEST = 20_000_000
"""Bytes; a recording of a whole day has a few million."""

LONGEST = timedelta(hours=24)
FARTHEST = 300_000
"""Bounds of one recording; metres. More is a damaged file, or a list of many activities."""

_YEARS = range(2000, 2100)
_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")
_QUARTER = 900
"""Seconds; every time zone is a whole number of these from UTC."""

_SPORTS = {"run": "running", "9": "running", "walk": "walking", "other": "generic"}
"""How apps name what others call running, walking, or nothing."""


def read_activity(path: Path) -> Activity:
    """Read a recording.

    Raises:
        ContentError: it is no sound recording.
        ProgramgenError: the extra 'activities' is not installed.
    """
    shown = str(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(_READERS)
        raise _refused(shown, f"is no activity file; it ends in {known}", "suffix")
    raw = read_raw(path, shown, LARGEST)
    if len(raw) > LARGEST:
        text = f"is larger than {LARGEST // 1_000_000} MB; this is not one run"
        raise _refused(shown, text, "too-large")
    try:
        found = reader(raw)
    except ModuleNotFoundError:
        ending = path.suffix.lower()
        message = (
            f"Reading a {ending} file needs the extra 'activities': "
            "pip install 'programgen[activities]'"
        )
        raise ProgramgenError(message) from None
    except _ForeignError as error:
        raise _refused(shown, str(error), "foreign") from None
    except Exception:  # noqa: BLE001 (a damaged file makes the readers raise anything)
        text = "cannot be read; it is damaged or cut off. Copy it from the watch again"
        raise _refused(shown, text, "damaged") from None
    fault = _fault(found)
    if fault:
        raise _refused(shown, fault, "damaged")
    return found


def _refused(shown: str, text: str, code: str) -> ContentError:
    return ContentError([Problem(shown, 0, 0, text, code)])


class _ForeignError(Exception):
    """A sound file that holds no recording."""


def _fault(found: Activity) -> str:
    """Say what no recording of one run can hold, or nothing."""
    if found.start.year not in _YEARS:
        return f"says that it began in the year {found.start.year}; it is damaged"
    if not timedelta() < found.time <= found.duration + timedelta(seconds=1):
        return "has no time in it"
    if found.duration > LONGEST:
        return "lasts more than a day; export one activity alone"
    far = found.distance
    if far is not None and not (math.isfinite(far) and 0 <= far <= FARTHEST):
        return f"has a distance of {far:.0f} m; it is damaged or was not recorded on foot"
    return ""


def _sport(name: object) -> str | None:
    text = str(name or "").strip().lower()
    return _SPORTS.get(text, text) or None


def _fit(raw: bytes) -> Activity:
    import fitdecode

    kept: dict[str, list[Any]] = {"file_id": [], "session": [], "record": [], "activity": []}
    strict = {"check_crc": fitdecode.CrcCheck.RAISE}
    lenient = {"error_handling": fitdecode.ErrorHandling.IGNORE}
    with fitdecode.FitReader(io.BytesIO(raw), **strict, **lenient) as frames:
        for frame in frames:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name in kept:
                kept[frame.name].append(frame)
    kinds = [_of(frame, "type") for frame in kept["file_id"]]
    if kinds[:1] != ["activity"]:
        kind = f"a FIT file of the kind '{kinds[0]}'" if kinds else "an empty FIT file"
        message = f"is {kind} and no recording"
        raise _ForeignError(message)
    shift = next(filter(None, map(_zone, kept["activity"])), None)
    sessions = [s for s in kept["session"] if _of(s, "start_time")]
    on_foot = [s for s in sessions if _fit_sport(s) in ON_FOOT]
    found = _of_sessions(on_foot or sessions) if sessions else _of_records(kept["record"])
    if shift is None:
        return found
    start = (found.start + shift[0]).replace(tzinfo=None).replace(tzinfo=shift[1])
    return Activity(start, found.duration, found.moving, found.distance, found.sport, local=True)


def _fit_sport(session: Any) -> str | None:
    """Return the sport; some treadmills are told as equipment."""
    return "running" if _of(session, "sub_sport") == "treadmill" else _sport(_of(session, "sport"))


def _of(frame: Any, name: str) -> Any:
    return frame.get_value(name, fallback=None)


def _zone(frame: Any) -> tuple[timedelta, Any] | None:
    """Return the distance of the local clock from UTC, and the time zone."""
    from datetime import timezone

    here, utc = _of(frame, "local_timestamp"), _of(frame, "timestamp")
    if not isinstance(here, datetime) or not isinstance(utc, datetime):
        return None
    quarters = round((here - utc).total_seconds() / _QUARTER)
    shift = timedelta(seconds=quarters * _QUARTER)
    return (shift, timezone(shift)) if abs(shift) <= timedelta(hours=14) else None


def _of_sessions(sessions: list[Any]) -> Activity:
    def total(name: str) -> float | None:
        amounts = [_of(session, name) for session in sessions]
        return sum(amounts) if all(a is not None for a in amounts) else None

    elapsed, timer = total("total_elapsed_time"), total("total_timer_time")
    whole = elapsed or timer or 0.0
    return Activity(
        start=min(_of(session, "start_time") for session in sessions),
        duration=timedelta(seconds=whole),
        moving=timedelta(seconds=timer) if timer else None,
        distance=total("total_distance"),
        sport=_fit_sport(sessions[0]),
    )


def _of_records(records: list[Any]) -> Activity:
    far = [_of(record, "distance") for record in records]
    times = [_of(record, "timestamp") for record in records]
    return _between(times, max((d for d in far if d is not None), default=None))


def _between(
    times: Iterable[datetime | None],
    distance: float | None,
    moving: timedelta | None = None,
    sport: str | None = None,
) -> Activity:
    """Return the activity from the first to the last of *times*."""
    aware = [t if t.tzinfo else t.replace(tzinfo=UTC) for t in times if t is not None]
    if not aware:
        message = "holds no recorded times, so it is a route and no recording"
        raise _ForeignError(message)
    start = min(aware)
    local = bool(start.utcoffset())
    return Activity(
        start=start if local else start.astimezone(UTC),
        duration=max(aware) - start,
        moving=moving or None,
        distance=distance,
        sport=sport,
        local=local,
    )


def _xml(raw: bytes) -> str:
    """Return XML as text without a declaration; no file of a watch defines entities."""
    text = raw.decode("utf-8-sig")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        message = "defines entities, which no watch does; it is not read"
        raise _ForeignError(message)
    return _DECLARED.sub("", text)


def _gpx(raw: bytes) -> Activity:
    import gpxpy

    text = _xml(raw)
    if "<gpx" not in text:
        message = "is no GPX file"
        raise _ForeignError(message)
    gpx = gpxpy.parse(text)
    gpx.tracks = [t for t in gpx.tracks if _sport(t.type) in ON_FOOT] or gpx.tracks
    points = [point for track in gpx.tracks for part in track.segments for point in part.points]
    moving = gpx.get_moving_data(raw=True)
    return _between(
        (point.time for point in points),
        gpx.length_2d() if points else None,
        timedelta(seconds=moving.moving_time) if moving else None,
        _sport(next((track.type for track in gpx.tracks if track.type), None)),
    )


def _tcx(raw: bytes) -> Activity:
    from xml.etree import ElementTree as ET

    text = _xml(raw)
    if "<TrainingCenterDatabase" not in text:
        message = "is no TCX file"
        raise _ForeignError(message)
    activities = ET.fromstring(text).findall(".//{*}Activity")  # noqa: S314 (without entities)
    on_foot = [a for a in activities if _sport(a.get("Sport")) in ON_FOOT]
    chosen = on_foot or activities
    laps = [lap for activity in chosen for lap in activity.findall("{*}Lap")]
    begun = [datetime.fromisoformat(lap.attrib["StartTime"]) for lap in laps]
    timed = [timedelta(seconds=_amount(lap, "{*}TotalTimeSeconds") or 0) for lap in laps]
    points = [
        datetime.fromisoformat(time.text or "")
        for lap in laps
        for time in lap.findall(".//{*}Trackpoint/{*}Time")
    ]
    ends = [begin + time for begin, time in zip(begun, timed, strict=True)]
    far = [_amount(lap, "{*}DistanceMeters") for lap in laps]
    whole = sum(metres or 0 for metres in far) if None not in far else None
    return _between(
        [*begun, *points, *ends],
        whole or _last_distance(laps),
        sum(timed, timedelta()),
        _sport(chosen[0].get("Sport")) if chosen else None,
    )


def _amount(holder: Any, name: str) -> float | None:
    text = holder.findtext(name)
    return float(text) if text else None


def _last_distance(laps: Iterable[Any]) -> float | None:
    points = (point for lap in laps for point in lap.findall(".//{*}Trackpoint"))
    found = (_amount(point, "{*}DistanceMeters") for point in points)
    return max((metres for metres in found if metres is not None), default=None)


_READERS: dict[str, Callable[[bytes], Activity]] = {".fit": _fit, ".gpx": _gpx, ".tcx": _tcx}
