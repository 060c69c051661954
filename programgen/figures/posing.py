"""Pose data to solved poses with their props.

Every name in the data is checked here against the skeleton and the props; a wrong one
raises ``FigureError`` with its place in the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np

from programgen.core.figure import Figure, FigurePose, FigureProp, Pin, View
from programgen.errors import did_you_mean
from programgen.figures.arrays import Array
from programgen.figures.camera import Camera
from programgen.figures.hands import HANDS
from programgen.figures.landmarks import DIRECTIONS, LANDMARKS, landmark
from programgen.figures.machines import MACHINES
from programgen.figures.muscles import MUSCLES
from programgen.figures.postures import base_pose
from programgen.figures.props import BODY_PROPS, BUILDERS, Prop
from programgen.figures.skeleton import DOF_HI, DOF_INDEX, DOF_LO, SPREAD, Frames, Pose, frames_of
from programgen.figures.solving import Constraint, Problem, solve

Place = tuple[str | int, ...]

PROPS = {**BUILDERS, **MACHINES}
"""Every prop that a figure may name."""


class FigureError(Exception):
    """A name or number in the pose data that cannot be drawn; ``where`` is its place."""

    def __init__(self, where: Place, message: str) -> None:
        """Keep the place for the message to the author."""
        self.where = where
        super().__init__(message)


@dataclass(frozen=True)
class Posed:
    """A solved pose with its props and what the checks need."""

    pose: Pose
    frames: Frames
    constraints: tuple[Constraint, ...]
    props: tuple[Prop, ...]
    camera: Camera
    support: str
    """floor, wall, machine or none: what the balance check expects."""
    work: tuple[str, ...] = ()
    stretch: tuple[str, ...] = ()


def sides(name: str) -> tuple[str, ...]:
    """Return the names behind one that may end in ``_lr``.

    >>> sides("knee_lr"), sides("pelvis")
    (('knee_l', 'knee_r'), ('pelvis',))
    """
    return (f"{name[:-2]}l", f"{name[:-2]}r") if name.endswith("_lr") else (name,)


def _known(name: str, known: Mapping[str, Any], where: Place, what: str) -> str:
    if name not in known:
        raise FigureError(where, f"'{name}' is not {what}{did_you_mean(name, known)}")
    return name


def _constraints(
    pins: tuple[Pin, ...], anchors: Mapping[str, Array], where: Place
) -> Iterator[Constraint]:
    for number, pin in enumerate(pins):
        for sign, names in _both(pin):
            yield _constraint(pin, sign, names, anchors, (*where, number))


def _both(pin: Pin) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the pin for one side or for both, with the sign of its y."""
    keys = ("point", "aim", "touch", "on", "balance")
    names = {k: getattr(pin, k) for k in keys if getattr(pin, k) is not None}
    if not any(name.endswith("_lr") for name in names.values()):
        yield 1, names
        return
    for side, sign in (("l", 1), ("r", -1)):
        yield sign, {k: n[:-2] + side if n.endswith("_lr") else n for k, n in names.items()}


def _constraint(
    pin: Pin, sign: int, names: Mapping[str, str], anchors: Mapping[str, Array], where: Place
) -> Constraint:
    for key in ("point", "touch", "balance"):
        if key in names:
            _known(names[key], LANDMARKS, (*where, key), "a point of the body")
    if "aim" in names:
        _known(names["aim"], DIRECTIONS, (*where, "aim"), "a direction of the body")
    at: dict[str, float | None] = {"x": pin.x, "y": pin.y, "z": pin.z}
    if pin.y is not None:
        at["y"] = pin.y * sign
    if "on" in names:
        _known(names["on"], anchors, (*where, "on"), "a place on a prop")
        on = dict(zip("xyz", anchors[names["on"]].tolist(), strict=True))
        at = {k: on[k] if v is None else v for k, v in at.items()}
    return Constraint(
        point=names.get("point"),
        touch=names.get("touch"),
        aim=names.get("aim"),
        balance=names.get("balance"),
        to=(pin.to[0], pin.to[1] * sign, pin.to[2]) if pin.to else None,
        gap=pin.gap,
        weight=pin.weight,
        x=at["x"],
        y=at["y"],
        z=at["z"],
    )


def _turned(pose: Pose, spec: FigurePose) -> None:
    """Place and turn the pelvis as the data say."""
    root = spec.root
    if root.front or root.head:
        front = np.array(root.front or pose.orientation[:, 0], float)
        front /= np.linalg.norm(front)
        head = np.array(root.head or pose.orientation[:, 2], float)
        head -= front * (front @ head)
        head /= np.linalg.norm(head)
        pose.orientation = np.stack([front, np.cross(head, front), head], 1)
    for axis, name in enumerate("xyz"):
        place, shift = getattr(root, name), getattr(root, f"d{name}")
        if place is not None:
            pose.position[axis] = place
        pose.position[axis] += shift or 0.0


def _bent(pose: Pose, spec: FigurePose, where: Place) -> frozenset[str]:
    """Set the written joint angles and hands; returns the names of the angles."""
    authored: set[str] = set()
    for pair, shape in spec.hands.items():
        for side in pair:
            for joint, values in HANDS[shape].items():
                authored |= set(pose.set(f"{joint}_{side}", values))
    for joint, values in spec.joints.items():
        for name in sides(joint):
            parts = [part for part, _ in SPREAD.get(name, ((name, 1.0),))]
            for angle in (f"{part}.{angle}" for angle in values for part in parts):
                _known(angle, DOF_INDEX, (*where, "joints", joint), "a joint angle")
            written = pose.set(name, values)
            _in_range(pose, written, (*where, "joints", joint))
            authored |= set(written)
    return frozenset(authored)


def _in_range(pose: Pose, written: Iterable[str], where: Place) -> None:
    """Refuse an angle that no joint reaches; the solver would quietly bend it back."""
    for name in written:
        number = DOF_INDEX[name]
        low, high, angle = DOF_LO[number], DOF_HI[number], pose.angles[number]
        if not low <= angle <= high:
            message = f"{name} is {angle:.0f} degrees, outside {low:.0f} to {high:.0f}"
            raise FigureError(where, message)


def _kept(spec: FigurePose, before: "Posed | None", where: Place) -> Iterator[Constraint]:
    """Yield the pins of body points that stay where the earlier pose had them."""
    for name in spec.keep:
        if before is None:
            raise FigureError((*where, "keep"), "'keep' goes with 'like'")
        for one in sides(name):
            _known(one, LANDMARKS, (*where, "keep"), "a point of the body")
            x, y, z = landmark(before.frames, one).tolist()
            yield Constraint(point=one, x=x, y=y, z=z)


@dataclass(frozen=True)
class _Things:
    """The props of one frame; some are built from the posed body."""

    shown: list[tuple[int, FigureProp]]
    """With their place in the file."""
    spec: FigurePose

    @classmethod
    def of(cls, figure: Figure, number: int) -> "_Things":
        shown = [
            (i, prop)
            for i, prop in enumerate(figure.props)
            if not prop.only or number + 1 in prop.only
        ]
        for index, prop in shown:
            _known(prop.kind, PROPS, ("props", index, "kind"), "a prop")
        return cls(shown, figure.poses[number])

    def build(self, *frames: Frames) -> Iterator[tuple[str, Prop]]:
        """Yield kind and prop: those that stand by themselves, or with frames the others."""
        for index, prop in self.shown:
            if (prop.kind in BODY_PROPS) == bool(frames):
                yield prop.kind, self._built(prop, ("props", index), *frames)

    def _built(self, prop: FigureProp, where: Place, *first: Frames) -> Prop:
        builder = PROPS[prop.kind]
        options = {**(prop.model_extra or {}), **self.spec.props.get(prop.kind, {})}
        for key in options:
            known = signature(builder).parameters
            _known(key, known, (*where, key), f"a measure of '{prop.kind}'")
        for key in {"through", "around"} & set(options):
            for name in (n for n in options[key] if isinstance(n, str)):
                _known(name, LANDMARKS, (*where, key), "a point of the body")
        try:
            return builder(*first, **options)
        except (TypeError, ValueError, KeyError) as error:
            message = f"'{prop.kind}' cannot be built from these measures: {error}"
            raise FigureError(where, message) from None


def solve_figure(figure: Figure) -> tuple[Posed, ...]:
    """Return every pose of a figure, solved in order.

    Raises:
        FigureError: a name or measure that does not exist, with its place.
    """
    _check_names(figure)
    solved: list[Posed] = []
    for number in range(len(figure.poses)):
        solved.append(_posed(figure, number, solved))
    return tuple(solved)


def _check_names(figure: Figure) -> None:
    """Refuse wrong names outside the poses, and in what a pose says of other parts."""
    for index, arrow in enumerate(figure.arrows):
        for key in ("trace", "line", "arc"):
            name = getattr(arrow, key)
            if isinstance(name, str):
                _known(name, LANDMARKS, ("arrows", index, key), "a point of the body")
    kinds = {prop.kind: prop for prop in figure.props}
    for number, pose in enumerate(figure.poses):
        for kind in pose.props:
            _known(kind, kinds, ("poses", number, "props", kind), "a prop of this picture")


def _posed(figure: Figure, number: int, solved: list[Posed]) -> Posed:
    spec, where = figure.poses[number], ("poses", number)
    before = solved[spec.like - 1] if spec.like else None
    pose = before.pose.copy() if before else base_pose(spec.start)
    _turned(pose, spec)
    authored = _bent(pose, spec, where)
    things = _Things.of(figure, number)
    standing = list(things.build())
    anchors = {f"{kind}.{name}": at for kind, prop in standing for name, at in prop.anchors.items()}
    constraints = (
        *_constraints(spec.pins, anchors, (*where, "pins")),
        *_kept(spec, before, where),
    )
    support = spec.support or figure.support
    problem = Problem(
        pose,
        authored,
        constraints,
        floor=0.0 if support != "none" and spec.floor else None,
        root_rotation=spec.root_rotation,
        root_shift=spec.root_shift,
        stiff=spec.stiff,
        soft=spec.soft,
    )
    solution = solve(problem)
    frames = frames_of(solution)
    return Posed(
        solution,
        frames,
        constraints,
        tuple(prop for _, prop in (*standing, *things.build(frames))),
        _camera(figure.camera, spec.camera),
        support,
        _muscles(spec.work, (*where, "work")),
        _muscles(spec.stretch, (*where, "stretch")),
    )


def _muscles(names: tuple[str, ...], where: Place) -> tuple[str, ...]:
    return tuple(
        _known(one, MUSCLES, (*where, index), "a muscle")
        for index, name in enumerate(names)
        for one in sides(name)
    )


def _camera(common: View, own: View) -> Camera:
    def pick(one: float | None, other: float | None, default: float) -> float:
        return next(v for v in (one, other, default) if v is not None)

    return Camera(
        pick(own.azimuth, common.azimuth, 0.0), pick(own.elevation, common.elevation, 8.0)
    )
