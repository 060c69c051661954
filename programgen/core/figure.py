"""A picture of an exercise as data: poses, what touches what, props and arrows.

Metres and degrees. World axes, for a figure that stands and faces the right edge of the
page: x forward, y to the figure's left, z up; the floor is z = 0. Joint angles are
clinical and the same on both sides: flexion, abduction, external rotation, dorsiflexion
and pronation are positive. A name that ends in ``_lr`` stands for the left and the right
one; a ``y`` given with it is the left side's and is mirrored for the right.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, model_validator

from programgen.core.base import Value

BodyName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
"""A joint, a point on the body or a body direction, such as 'knee_front_l'."""

Anchor = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z0-9_]+$")]
"""A named place on a prop, such as 'bike.pedal_r'."""

Vector = Annotated[tuple[float, ...], Field(min_length=3, max_length=3)]
"""Three numbers: x, y, z."""

PageVector = Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]
"""Two numbers on the page: right, up."""

Place = PageVector | Vector


class View(Value):
    """Where the viewer stands, in degrees."""

    azimuth: float | None = None
    """0 sees the right side of a figure that faces +x, 90 its front, below 0 its back."""
    elevation: float | None = None
    """How far the viewer looks down."""


class LookChoice(Value):
    """Choices of the figure's appearance; what is left out is chosen by the identifier."""

    sex: Literal["woman", "man"] | None = None
    """Shoulders, hips, chest."""
    hair: Literal["short", "bun", "tail", "bob", "curly", "bald"] | None = None
    """Shape of the hair."""
    tone: int | None = Field(default=None, ge=0, le=3)
    """Skin tone, 0 light to 3 dark."""
    build: Literal["slim", "medium", "heavy"] | None = None
    """Body build."""
    age: Literal["adult", "older"] | None = None
    """older: grey hair."""
    shoes: bool | None = None
    """Shoes, or bare feet."""
    outfit: Literal["shirt", "swim"] | None = None
    """T-shirt and shorts, or swimwear."""


class FigureProp(Value):
    """A thing around the figure. Further keys are the measures of its kind (metres, degrees)."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)

    kind: BodyName
    """mat, chair, wall, step, band, ball, bike …"""
    only: tuple[int, ...] = ()
    """Poses in which it is there, counted from 1; left out: all."""


class Root(Value):
    """Where the pelvis is and how it is turned."""

    x: float | None = None
    y: float | None = None
    z: float | None = None
    dx: float | None = None
    dy: float | None = None
    dz: float | None = None
    """Shift from where it was."""
    front: Vector | None = None
    """World direction of the pelvis' front."""
    head: Vector | None = None
    """World direction of its head end."""


class Pin(Value):
    """One thing that must hold; exactly one of point, aim, balance."""

    point: BodyName | None = None
    """A body point at a place (any of x, y, z), on an anchor, or touching another point."""
    x: float | None = None
    y: float | None = None
    z: float | None = None
    on: Anchor | None = None
    """Anchor of a prop for the point."""
    touch: BodyName | None = None
    """Another body point for the point."""
    gap: float = 0.0
    """Distance to keep from the touched point."""
    aim: BodyName | None = None
    """A body direction along a world direction."""
    to: Vector | None = None
    """That world direction."""
    balance: BodyName | None = None
    """The centre of mass above this body point."""
    weight: float = Field(default=1.0, gt=0)
    """How much it counts."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(k is not None for k in (self.point, self.aim, self.balance)) != 1:
            message = "a pin has exactly one of: point, aim, balance"
            raise ValueError(message)
        if (self.aim is None) != (self.to is None):
            message = "'aim' and 'to' go together"
            raise ValueError(message)
        placed = any(v is not None for v in (self.x, self.y, self.z, self.on, self.touch))
        if self.point is not None and not placed:
            message = "a point needs x, y, z, 'on' or 'touch'"
            raise ValueError(message)
        return self


Support = Literal["floor", "wall", "machine", "none"]

Hand = Literal["flat", "relaxed", "fist", "grip", "point"]


class FigurePose(Value):
    """One frame of the picture."""

    start: Literal[
        "standing",
        "supine",
        "hook_lying",
        "prone",
        "side_right",
        "side_left",
        "quadruped",
        "sitting",
        "long_sitting",
        "half_kneeling",
        "kneeling",
    ] = "standing"
    """Posture to begin from."""
    like: int | None = Field(default=None, ge=1)
    """Number of an earlier pose to begin from instead."""
    root: Root = Root()
    """Pelvis."""
    joints: Mapping[BodyName, Mapping[BodyName, float]] = Field(default_factory=dict)
    """Joint angles in degrees; lumbar, thorax and spine spread over their joints."""
    hands: Mapping[Literal["l", "r", "lr"], Hand] = Field(default_factory=dict)
    """Shape of the hands."""
    pins: tuple[Pin, ...] = ()
    """What touches what."""
    keep: tuple[BodyName, ...] = ()
    """Body points that stay where the pose in 'like' had them."""
    root_rotation: float = Field(default=8.0, gt=0)
    """Degrees that the pelvis may turn at unit cost."""
    root_shift: float = Field(default=0.5, gt=0)
    """Metres that the pelvis may move at unit cost."""
    stiff: float = Field(default=5.0, gt=0)
    """Degrees at unit cost of the angles written here."""
    soft: float = Field(default=22.0, gt=0)
    """Degrees at unit cost of all other angles."""
    camera: View = View()
    """Another view for this frame."""
    support: Support | None = None
    """What carries the body here."""
    floor: bool = True
    """Whether the floor keeps the body up."""
    props: Mapping[BodyName, Mapping[BodyName, JsonValue]] = Field(default_factory=dict)
    """Measures of props that differ in this frame, by kind."""
    work: tuple[BodyName, ...] = ()
    """Muscles that work; lightly tinted."""
    stretch: tuple[BodyName, ...] = ()
    """Muscles that are stretched; lightly tinted."""


class Arrow(Value):
    """A motion arrow: exactly one of trace, line, arc."""

    on: int | None = Field(default=None, ge=1)
    """Frame that shows it; the last one if left out."""
    trace: BodyName | None = None
    """Path of a body point from one pose to another."""
    first: int = Field(default=1, ge=1)
    """First pose of the path."""
    last: int | None = Field(default=None, ge=1)
    """Last pose of the path; the last one if left out."""
    span: PageVector = (0.08, 0.92)
    """Part of the path that is drawn, 0 to 1."""
    line: BodyName | Vector | None = None
    """A straight or bent arrow from a body point or a place."""
    by: PageVector = (0.0, 0.15)
    """Its length on the page in metres: right, up."""
    bend: float = 0.0
    """Sideways bulge of the line in metres."""
    arc: BodyName | None = None
    """A part of a circle around a body point."""
    radius: float = 0.2
    """Radius of the circle in metres."""
    angles: PageVector = (0.0, 90.0)
    """Where it begins and ends, in degrees on the page: 0 right, 90 up."""
    squash: PageVector = (1.0, 1.0)
    """Width and height of the circle as shares."""
    gap: float | None = None
    """Metres to move it sideways, to the left of its direction."""
    shift: PageVector = (0.0, 0.0)
    """Metres on the page to move it: right, up."""
    reverse: bool = False
    """Point the other way."""
    both: bool = False
    """A head at both ends."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(k is not None for k in (self.trace, self.line, self.arc)) != 1:
            message = "an arrow has exactly one of: trace, line, arc"
            raise ValueError(message)
        return self


class Figure(Value):
    """The picture of one exercise; it stands beside the exercise's file."""

    layout: Literal["row", "column", "overlay"] = "row"
    """Frames side by side, one below the other, or the first as a ghost behind the last."""
    camera: View = View()
    """The view of all frames."""
    look: LookChoice = LookChoice()
    """Appearance, where the text asks for it."""
    support: Support = "floor"
    """What carries the body: the floor and things on it, the floor and a wall that it leans
    on, a machine, or none (water and air)."""
    numbers: bool = True
    """Number the frames."""
    mirror: bool = False
    """Show the picture mirrored."""
    props: tuple[FigureProp, ...] = ()
    """Things around the figure."""
    poses: tuple[FigurePose, ...] = Field(min_length=1, max_length=3)
    """The frames in order."""
    arrows: tuple[Arrow, ...] = ()
    """Motion arrows."""

    @model_validator(mode="after")
    def _numbers_exist(self) -> Self:
        for number, pose in enumerate(self.poses, 1):
            if pose.like is not None and pose.like >= number:
                message = f"pose {number} can only be like an earlier pose"
                raise ValueError(message)
        last = len(self.poses)
        if any(max(a.on or 1, a.last or 1, a.first) > last for a in self.arrows):
            message = f"an arrow names a pose beyond the last one ({last})"
            raise ValueError(message)
        return self
