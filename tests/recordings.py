"""Recordings as watches and apps write them, made here sign by sign.

No file of anybody is used. Each builder has one habit of devices that a reader has to know:
pauses, laps, missing distances, several sports, fields of developers, few points, offsets.
The FIT builder writes the bytes of the format itself, so that it shares no code with a reader.
"""

import struct
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 30, 17, 5, 9, tzinfo=UTC)
EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
"""From here on FIT counts seconds."""

FILE_ID, SESSION, LAP, RECORD, EVENT, ACTIVITY = 0, 18, 19, 20, 21, 34
FIELD_DESCRIPTION, DEVELOPER_ID = 206, 207
RUNNING, CYCLING, TRANSITION, EQUIPMENT = 1, 2, 3, 4
TREADMILL = 1

_TYPES = {
    "enum": (0x00, "B", 0xFF),
    "uint8": (0x02, "B", 0xFF),
    "uint16": (0x84, "H", 0xFFFF),
    "sint32": (0x85, "i", 0x7FFFFFFF),
    "uint32": (0x86, "I", 0xFFFFFFFF),
    "uint32z": (0x8C, "I", 0),
}
_NIBBLES = (
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
)  # fmt: skip


def crc(raw):
    """Return the checksum of FIT."""
    found = 0
    for byte in raw:
        for nibble in (byte & 0xF, byte >> 4):
            found = (found >> 4) ^ _NIBBLES[found & 0xF] ^ _NIBBLES[nibble]
    return found


def stamp(time):
    """Return a time as FIT counts it."""
    return round((time - EPOCH).total_seconds())


class Fit:
    """A FIT file that is being written; None stands for a value that the watch does not know."""

    def __init__(self, *, big=False, short=False):
        """*big*: the other order of bytes; *short*: the older header without a checksum."""
        self.order, self.short = ">" if big else "<", short
        self.data = b""
        self.defined = None

    def add(self, number, *fields, developer=b"", offset=None):
        """Add a message of (number, type, value); *offset* is a time in the header alone."""
        order = self.order
        shapes = b""
        values = b""
        for field, kind, value in fields:
            if kind == "string":
                text = value.encode() + b"\0"
                shapes += bytes((field, len(text), 0x07))
                values += text
            elif kind == "byte":
                shapes += bytes((field, len(value), 0x0D))
                values += value
            else:
                base, code, unknown = _TYPES[kind]
                shapes += bytes((field, struct.calcsize(code), base))
                values += struct.pack(order + code, unknown if value is None else value)
        head = struct.pack(order + "BBHB", 0, order == ">", number, len(fields)) + shapes
        if developer:
            # One field of one developer, numbered 0, with a byte.
            head += bytes((1, 0, len(developer), 0))
        if head != self.defined:
            self.data += bytes((0x60 if developer else 0x40,)) + head
            self.defined = head
        first = 0x80 | offset & 0x1F if offset is not None else 0
        self.data += bytes((first,)) + values + developer
        return self

    def bytes(self):
        """Return the file."""
        size = 12 if self.short else 14
        head = struct.pack("<BBHI4s", size, 0x10, 2132, len(self.data), b".FIT")
        whole = head + (b"" if self.short else struct.pack("<H", crc(head))) + self.data
        return whole + struct.pack("<H", crc(whole))


def begun(**habits):
    """Return a FIT file with its head, as every watch begins it."""
    return Fit(**habits).add(
        FILE_ID, (0, "enum", 4), (1, "uint16", 255), (2, "uint16", 1), (3, "uint32z", 12345),
        (4, "uint32", stamp(START)),
    )  # fmt: skip


def record(file, time, metres, **more):
    """Add a point of a recording."""
    return file.add(
        RECORD, (253, "uint32", stamp(time)),
        (5, "uint32", None if metres is None else round(metres * 100)), (3, "uint8", 140), **more,
    )  # fmt: skip


def event(file, time, kind):
    """Add the start (0) or the stop (4) of the timer."""
    return file.add(EVENT, (253, "uint32", stamp(time)), (0, "enum", 0), (1, "enum", kind))


def span(file, number, start, elapsed, timer, metres, sport=RUNNING, sub=0):
    """Add a lap or a session; times in seconds."""
    sports = ((5, "enum", sport), (6, "enum", sub)) if number == SESSION else ()
    return file.add(
        number, (253, "uint32", stamp(start + timedelta(seconds=elapsed))),
        (2, "uint32", stamp(start)), (7, "uint32", round(elapsed * 1000)),
        (8, "uint32", None if timer is None else round(timer * 1000)),
        (9, "uint32", None if metres is None else round(metres * 100)), *sports,
    )  # fmt: skip


def ended(file, seconds, shift=None):
    """Add the end of an activity; *shift* is the local clock against UTC."""
    end = START + timedelta(seconds=seconds)
    local = None if shift is None else stamp(end + shift)
    return file.add(
        ACTIVITY, (253, "uint32", stamp(end)), (1, "uint16", 1), (5, "uint32", local)
    ).bytes()  # fmt: skip


def fit_with_pauses(**habits):
    """A run of 30 minutes in two laps, with the watch stopped for 4 minutes between them."""
    file = event(begun(**habits), START, 0)
    for second in (*range(0, 900, 5), *range(1140, 2041, 5)):
        if second == 1140:
            event(file, START + timedelta(seconds=900), 4)
            event(file, START + timedelta(seconds=1140), 0)
        moved = second if second < 1000 else second - 240
        record(file, START + timedelta(seconds=second), moved * 2.5)
    event(file, START + timedelta(seconds=2040), 4)
    span(file, LAP, START, 900, 900, 2250)
    span(file, LAP, START + timedelta(seconds=1140), 900, 900, 2250)
    span(file, SESSION, START, 2040, 1800, 4500)
    return ended(file, 2040, timedelta(hours=5, minutes=45))


def fit_recorded_smartly():
    """A watch that writes a point only where something changes: from 1 to 97 seconds apart."""
    file, second = begun(), 0
    for gap in (0, 1, 3, 8, 21, 55, 97, 89, 34, 13, 5, 2, 1, 71):
        second += gap
        record(file, START + timedelta(seconds=second), second * 2.0)
    span(file, SESSION, START, second, second, second * 2.0)
    return ended(file, second)


def fit_on_a_treadmill():
    """A treadmill, told as equipment, without any distance."""
    file = begun()
    for second in range(0, 1201, 60):
        record(file, START + timedelta(seconds=second), None)
    span(file, SESSION, START, 1200, 1200, None, EQUIPMENT, TREADMILL)
    return ended(file, 1200, timedelta(hours=-3, minutes=-30))


def fit_of_several_sports():
    """A ride of 40 minutes, a change of 2, and a run of 25."""
    file = begun()
    for second in range(0, 4021, 60):
        record(file, START + timedelta(seconds=second), second * 4.0)
    span(file, SESSION, START, 2400, 2390, 16_000, CYCLING)
    span(file, SESSION, START + timedelta(seconds=2400), 120, 120, 30, TRANSITION)
    span(file, SESSION, START + timedelta(seconds=2520), 1500, 1480, 4000.5, RUNNING)
    return ended(file, 4020)


def fit_with_fields_of_a_developer():
    """An app on the watch adds a number to each point; another message is nobody's."""
    file = begun()
    file.add(DEVELOPER_ID, (1, "byte", bytes(range(16))), (3, "uint8", 0))
    file.add(
        FIELD_DESCRIPTION, (0, "uint8", 0), (1, "uint8", 0), (2, "uint8", 2),
        (3, "string", "Leg spring"), (8, "string", "kN/m"),
    )  # fmt: skip
    for second in range(0, 601, 10):
        record(file, START + timedelta(seconds=second), second * 3.0, developer=b"\x09")
    file.add(0xFF42, (7, "uint32", 1), (9, "string", "of the maker"))
    span(file, SESSION, START, 600, 600, 1800)
    return ended(file, 600)


def fit_with_short_times():
    """Points whose time stands in five bits of their head, over more than one round of them."""
    file = begun()
    record(file, START, 0)
    for second in range(10, 301, 10):
        at = stamp(START + timedelta(seconds=second))
        file.add(RECORD, (5, "uint32", second * 250), offset=at)
    return file.bytes()


def fit_without_an_end():
    """The battery died: points alone, and no distance in the last of them."""
    file = begun()
    for second in range(0, 601, 10):
        record(file, START + timedelta(seconds=second), second * 3.0 if second < 590 else None)
    return file.bytes()


def text(time, zone="Z", digits=""):
    """Return a time as XML has it."""
    return f"{time.isoformat()[:19]}{digits}{zone}"


def gpx(segments, kind="<type>running</type>", head="", extra="", zone="Z", digits=""):
    """Return tracks of segments of (second, metres to the north)."""
    parts = ""
    for points in segments:
        rows = "".join(
            f'<trkpt lat="{50 + metres / 111_194.93:.7f}" lon="8.0"><ele>100.2</ele>'
            f"<time>{text(START + timedelta(seconds=second), zone, digits)}</time>{extra}</trkpt>"
            for second, metres in points
        )
        parts += f"<trkseg>{rows}</trkseg>"
    return (
        f'{head}<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="x" '
        'xmlns="http://www.topografix.com/GPX/1/1" '
        'xmlns:t="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n'
        f"<metadata><time>{text(START)}</time></metadata><trk><name>Run</name>{kind}{parts}"
        "</trk></gpx>\n"
    ).encode()


def even(first, last, step=10, speed=2.5, before=0):
    """Return points of even running from a second to another."""
    return [(s, before + (s - first) * speed) for s in range(first, last + 1, step)]


PAUSED = (even(0, 600), even(900, 1500, before=1500))
"""Two times 10 minutes of running, 1500 m each, with 5 minutes between them."""

SENSORS = (
    "<extensions><t:TrackPointExtension><t:hr>140</t:hr><t:cad>85</t:cad>"
    "</t:TrackPointExtension></extensions>"
)


def tcx(activities, *, several=False):
    """Return activities of (sport, laps); a lap is (second, timer, metres, tracks)."""
    parts = ""
    for sport, laps in activities:
        rows = ""
        for second, timer, metres, tracks in laps:
            begin = text(START + timedelta(seconds=second), digits=".000")
            far = "" if metres is None else f"<DistanceMeters>{metres}</DistanceMeters>"
            rows += (
                f'<Lap StartTime="{begin}"><TotalTimeSeconds>{timer}</TotalTimeSeconds>{far}'
                "<Calories>90</Calories><Intensity>Active</Intensity>"
                "<TriggerMethod>Manual</TriggerMethod>"
            )
            rows += "".join(
                f"<Track>{''.join(map(_trackpoint, points))}</Track>" for points in tracks
            )
            rows += "<Extensions><LX xmlns='http://www.garmin.com/xmlschemas/ActivityExtension/v2'>"
            rows += "<AvgSpeed>2.5</AvgSpeed></LX></Extensions></Lap>"
        one = f'<Activity Sport="{sport}"><Id>{text(START)}</Id>{rows}<Creator/></Activity>'
        first = "FirstSport" if not parts else "NextSport"
        parts += f"<{first}>{one}</{first}>" if several else one
    if several:
        parts = f"<MultiSportSession><Id>{text(START)}</Id>{parts}</MultiSportSession>"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<TrainingCenterDatabase '
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">'
        f"<Activities>{parts}</Activities></TrainingCenterDatabase>\n"
    ).encode()


def _trackpoint(point):
    second, metres = point
    far = "" if metres is None else f"<DistanceMeters>{metres}</DistanceMeters>"
    return (
        f"<Trackpoint><Time>{text(START + timedelta(seconds=second), digits='.500')}</Time>{far}"
        "<HeartRateBpm><Value>140</Value></HeartRateBpm></Trackpoint>"
    )


PAUSED_LAPS = [(0, 600, 1500, [even(0, 300), even(500, 800, before=750)]),
               (800, 600, 1500, [even(800, 1400, before=1500)])]  # fmt: skip
"""Two laps of 10 minutes; in the first the watch is stopped for 200 seconds."""


FITS = {
    "pauses": fit_with_pauses(),
    "other byte order": fit_with_pauses(big=True),
    "older head": fit_with_pauses(short=True),
    "smart": fit_recorded_smartly(),
    "treadmill": fit_on_a_treadmill(),
    "several sports": fit_of_several_sports(),
    "developer": fit_with_fields_of_a_developer(),
    "short times": fit_with_short_times(),
    "no end": fit_without_an_end(),
}
RIDE = (
    b"<trk><type>cycling</type><trkseg>"
    b'<trkpt lat="50.0" lon="8.0"><time>2026-11-30T15:00:00Z</time></trkpt>'
    b'<trkpt lat="50.2" lon="8.0"><time>2026-11-30T16:00:00Z</time></trkpt></trkseg></trk>'
)
GPXS = {
    "several sports": gpx(PAUSED).replace(b"<trk>", RIDE + b"<trk>"),
    "pauses": gpx(PAUSED, extra=SENSORS, digits=".000"),
    "smart": gpx([[(0, 0), (1, 2), (40, 100), (137, 340), (138, 343), (600, 1500)]]),
    "offset": gpx(PAUSED, zone="+05:45"),
    "mark": gpx(PAUSED, head="\ufeff").replace(b"\n", b"\r\n"),
    "number": gpx(PAUSED, kind="<type>9</type>"),
    "no kind": gpx(PAUSED, kind=""),
}
TCXS = {
    "pauses": tcx([("Running", PAUSED_LAPS)]),
    "no distance": tcx([("Running", [(0, 600, None, [[(0, None), (600, None)]])])]),
    "by hand": tcx([("Running", [(0, 1800, 5000, [])])]),
    "other": tcx([("Other", [(0, 600, 900, [even(0, 600)])])]),
    "two activities": tcx(
        [("Biking", [(0, 2400, 16_000, [even(0, 2400, 60, 6)])]),
         ("Running", [(2520, 1480, 4000.5, [even(2520, 4020, 60)])])]
    ),
    "several sports": tcx(
        [("Biking", [(0, 2400, 16_000, [even(0, 2400, 60, 6)])]),
         ("Running", [(2520, 1480, 4000.5, [even(2520, 4020, 60)])])],
        several=True,
    ),
}  # fmt: skip
