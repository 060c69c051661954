"""Rounded solids fixed to the skeleton, and their distance from any place.

The body is a blend of tapered capsules and ellipsoids ("blobs") in joint frames (metres).
Blobs of one chain (trunk, an arm, a leg) are joined smoothly, so joints stay organic in
any pose; a limb blends with the trunk only near its root, so a hand that rests on a thigh
does not melt into it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.materials import HAIR
from programgen.figures.skeleton import JOINT_INDEX, Frames, Vec

F = np.float32
"""Kind of number in the hot loops."""


ON_BACK = 0.5
"""A joint whose front points up by more than this cosine lies on its back."""


@dataclass(frozen=True)
class Cut:
    """A half-space taken away from a blob: places with (p - at) . normal > 0 (joint frame)."""

    joint: str
    at: Vec
    normal: Vec


@dataclass(frozen=True)
class Bulge:
    """A swelling of a capsule."""

    height: float
    """Metres."""
    at: float
    width: float
    """Middle and width along the capsule as shares of its length."""
    toward: Vec | None = None
    """Side of the swelling (joint frame); left out: all round."""


@dataclass(frozen=True)
class Blob:
    """A tapered capsule (``to`` and ``ends`` given) or an ellipsoid (``radii`` given)."""

    name: str
    joint: str
    at: Vec
    """Centre of the ellipsoid, or one end of the capsule, in the joint's frame (metres)."""
    chain: str
    """trunk, head, arm_l … : what it is blended with."""
    material: str
    to: Vec | None = None
    """Other end of the capsule."""
    ends: tuple[float, float] = (0.0, 0.0)
    """Radii at the two ends of the capsule."""
    to_joint: str | None = None
    """Joint in whose frame ``to`` is, if it is another one."""
    radii: Vec | None = None
    """Half axes of the ellipsoid."""
    tilt: float = 0.0
    """Degrees by which the ellipsoid is turned about the joint's y axis."""
    blend: float = 0.01
    """Length (metres) over which it flows into what its chain already holds."""
    flat: tuple[Vec, float] | None = None
    """Axis (joint frame) and factor by which the capsule's cross-section is squeezed."""
    bulges: tuple[Bulge, ...] = ()
    cuts: tuple[Cut, ...] = ()
    profile: tuple[tuple[float, float], ...] | None = None
    """Polygon in the joint's (x, z) plane; only what lies inside is kept."""
    hang: float = 0.0
    """Share of the capsule's direction that gravity takes over."""
    beside: tuple[Vec, Vec] | None = None
    """``at`` and ``to`` while the joint lies on its back, so that hair lies beside the head."""
    outlined: bool = False
    """Always drawn with a line around it."""


def mirrored(blob: Blob) -> Blob:
    """Return the right part that belongs to a left one."""
    return replace(
        blob,
        name=_right(blob.name),
        chain=_right(blob.chain),
        joint=_right(blob.joint),
        to_joint=blob.to_joint and _right(blob.to_joint),
        at=_flipped(blob.at),
        to=blob.to and _flipped(blob.to),
        flat=blob.flat and (_flipped(blob.flat[0]), blob.flat[1]),
        bulges=tuple(replace(b, toward=b.toward and _flipped(b.toward)) for b in blob.bulges),
        cuts=tuple(
            Cut(_right(cut.joint), _flipped(cut.at), _flipped(cut.normal)) for cut in blob.cuts
        ),
    )


def both(blob: Blob) -> tuple[Blob, Blob]:
    """Return a left part and its mirror image."""
    return blob, mirrored(blob)


def _right(name: str) -> str:
    return f"{name[:-2]}_r" if name.endswith("_l") else name


def _flipped(at: Vec) -> Vec:
    return at[0], -at[1], at[2]


@dataclass(frozen=True)
class Root:
    """Where a limb blends into the trunk."""

    joint: str
    blend: float
    """Length of the blend in metres."""
    reach: float
    """Distance from the joint beyond which nothing blends, in metres."""


@dataclass(frozen=True)
class _Ellipsoid:
    """An ellipsoid in view coordinates."""

    centre: Array
    axes: Array
    """Rows: its own axes."""
    radii: Vec

    def extent(self) -> tuple[Array, Array]:
        r = np.sqrt(((self.axes.T * np.array(self.radii)) ** 2).sum(1))
        return self.centre - r, self.centre + r

    def distance(self, p: Array) -> Array:
        inverse = (1.0 / np.array(self.radii, F))[:, None]
        q = self.axes @ (p - self.centre[:, None])
        q *= inverse
        k0 = np.sqrt(np.einsum("in,in->n", q, q))
        q *= inverse
        k1 = np.sqrt(np.einsum("in,in->n", q, q))
        out: Array = k0 * (k0 - 1.0) / np.maximum(k1, 1e-6)
        return out


@dataclass(frozen=True)
class _Capsule:
    """A tapered capsule in view coordinates."""

    start: Array
    end: Array
    ends: tuple[float, float]
    along: Array
    """Unit vector from start to end, and their distance; in squeezed space if flat."""
    length: Array
    sin: Array
    tan: Array
    """Of half the angle of its cone."""
    flat: tuple[Array, float] | None
    """Axis and factor of the squeeze."""
    bulges: Sequence[tuple[Bulge, Array | None]]

    def extent(self) -> tuple[Array, Array]:
        swell = sum(bulge.height for bulge, _ in self.bulges)
        first, last = self.ends[0] + swell, self.ends[1] + swell
        low = np.minimum(self.start - first, self.end - last)
        return low, np.maximum(self.start + first, self.end + last)

    def distance(self, p: Array) -> Array:
        q = p - self.start[:, None]
        if self.flat is not None:
            axis, factor = self.flat
            q += axis[:, None] * ((1.0 / factor - 1.0) * (axis @ q))
        y = self.along @ q
        x2 = np.einsum("in,in->n", q, q) - y * y
        x = np.sqrt(np.maximum(x2, 0.0))
        # Centre (along the axis) of the swept sphere that is nearest to the place.
        t = np.clip(y - x * self.tan, 0.0, self.length)
        y -= t
        d: Array = np.sqrt(x * x + y * y) - (self.ends[0] - self.sin * t)
        for bulge, toward in self.bulges:
            swell = np.exp(-(((t / self.length - bulge.at) / bulge.width) ** 2)) * bulge.height
            if toward is not None:
                side = (toward @ q) / np.maximum(x, 1e-4)
                swell *= np.clip(0.5 + 0.5 * side, 0, 1) ** 1.5
            d -= swell
        if self.flat is not None:
            d *= min(self.flat[1], 1.0)
        return d


@dataclass(frozen=True)
class PosedBlob:
    """A blob in view coordinates (right, up, towards the viewer), in metres."""

    blob: Blob
    index: int
    form: _Ellipsoid | _Capsule
    cuts: Sequence[tuple[Array, Array]]
    """Place and normal of each."""
    profile: tuple[Array, Array, Array] | None
    """Origin of the joint, its x and z axes as rows, and the polygon."""

    def extent(self) -> tuple[Array, Array]:
        """Return the lower and upper corner of a box around it."""
        return self.form.extent()

    def distance(self, p: Array) -> Array:
        """Return the signed distance (n,), negative inside, of places (3, n)."""
        d = self.form.distance(p)
        for at, normal in self.cuts:
            d = np.maximum(d, normal @ p - normal @ at)
        if self.profile is not None:
            origin, rows, polygon = self.profile
            d = np.maximum(d, _polygon_distance(rows @ (p - origin[:, None]), polygon))
        return d


def _polygon_distance(p: Array, polygon: Array) -> Array:
    """Return the signed distance of places (2, n) to a polygon (k, 2); negative inside."""
    best = np.full(p.shape[1], 1e9, p.dtype)
    inside = np.zeros(p.shape[1], bool)
    for a, b in zip(polygon, np.roll(polygon, -1, 0), strict=True):
        edge = b - a
        q = p - a[:, None]
        t = np.clip((edge @ q) / (edge @ edge), 0, 1)
        best = np.minimum(best, ((q - edge[:, None] * t) ** 2).sum(0))
        crosses = (a[1] > p[1]) != (b[1] > p[1])
        if edge[1]:
            inside ^= crosses & (q[0] < edge[0] * q[1] / edge[1])
    out: Array = np.where(inside, -1, 1) * np.sqrt(best)
    return out


def pose_blobs(blobs: Sequence[Blob], frames: Frames, view: Array) -> list[PosedBlob]:
    """Return the blobs of a posed body in view coordinates; rows of ``view`` are its axes."""
    poser = _Poser(frames, view)
    return [poser.posed(index, blob) for index, blob in enumerate(blobs)]


@dataclass(frozen=True)
class _Poser:
    """Turns blobs from joint frames into view coordinates."""

    frames: Frames
    view: Array

    def posed(self, index: int, blob: Blob) -> PosedBlob:
        if blob.beside and self._on_back(blob):
            blob = replace(blob, at=blob.beside[0], to=blob.to and blob.beside[1], hang=0.0)
        form = self._ellipsoid(blob, blob.radii) if blob.radii else self._capsule(blob)
        return PosedBlob(blob, index, form, self._cuts(blob), self._profile(blob))

    def _on_back(self, blob: Blob) -> bool:
        return bool(self.frames.direction(blob.joint, (1, 0, 0))[2] > ON_BACK)

    def _at(self, joint: str, local: Vec) -> Array:
        out: Array = self.view @ self.frames.point(joint, local)
        return out

    def _basis(self, blob: Blob) -> Array:
        out: Array = self.view @ self.frames.rotation[JOINT_INDEX[blob.joint]]
        return out

    def _ellipsoid(self, blob: Blob, radii: Vec) -> _Ellipsoid:
        basis = self._basis(blob)
        if blob.tilt:
            c, s = np.cos(np.radians(blob.tilt)), np.sin(np.radians(blob.tilt))
            basis = basis @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        return _Ellipsoid(self._at(blob.joint, blob.at).astype(F), basis.T.astype(F), radii)

    def _capsule(self, blob: Blob) -> _Capsule:
        assert blob.to is not None, blob.name
        start = self._at(blob.joint, blob.at)
        end = self._at(blob.to_joint or blob.joint, blob.to)
        if blob.hang:
            end = self._hanging(start, end, blob.hang)
        axis = end - start
        flat = None
        if blob.flat is not None:
            squeeze, factor = self._basis(blob) @ np.array(blob.flat[0]), blob.flat[1]
            axis = axis + squeeze * (axis @ squeeze) * (1.0 / factor - 1.0)
            flat = (squeeze.astype(F), factor)
        length = F(np.linalg.norm(axis))
        sin = F(np.clip((blob.ends[0] - blob.ends[1]) / length, -0.999, 0.999))
        return _Capsule(
            start.astype(F),
            end.astype(F),
            blob.ends,
            along=(axis / length).astype(F),
            length=np.asarray(length),
            sin=np.asarray(sin),
            tan=np.asarray(F(sin / np.sqrt(1 - sin**2))),
            flat=flat,
            bulges=[(bulge, self._toward(blob, bulge)) for bulge in blob.bulges],
        )

    def _hanging(self, start: Array, end: Array, share: float) -> Array:
        """Return the end of a capsule that gravity draws down."""
        length = np.linalg.norm(end - start)
        down = self.view @ np.array([0.0, 0.0, -1.0])
        along = (1 - share) * (end - start) / length + share * down
        out: Array = start + along / max(float(np.linalg.norm(along)), 1e-6) * length
        return out

    def _toward(self, blob: Blob, bulge: Bulge) -> Array | None:
        if bulge.toward is None:
            return None
        out: Array = (self.view @ self.frames.direction(blob.joint, bulge.toward)).astype(F)
        return out

    def _cuts(self, blob: Blob) -> list[tuple[Array, Array]]:
        out = []
        for cut in blob.cuts:
            normal = self.view @ self.frames.direction(cut.joint, cut.normal)
            at = self._at(cut.joint, cut.at).astype(F)
            out.append((at, (normal / np.linalg.norm(normal)).astype(F)))
        if blob.material == HAIR and self._on_back(blob):  # the floor flattens it
            out.append((np.zeros(3, F), (self.view @ np.array([0.0, 0.0, -1.0])).astype(F)))
        return out

    def _profile(self, blob: Blob) -> tuple[Array, Array, Array] | None:
        if blob.profile is None:
            return None
        origin = self._at(blob.joint, (0, 0, 0)).astype(F)
        return origin, self._basis(blob).T[[0, 2]].astype(F), np.array(blob.profile, F)
