"""The figure is built like a person, and its angles mean what clinicians mean by them."""

import numpy as np
import pytest

from programgen.core.figure import FigurePose
from programgen.figures.body import build_blobs
from programgen.figures.landmarks import DIRECTIONS, LANDMARKS, centre_of_mass, direction, landmark
from programgen.figures.looks import Look
from programgen.figures.muscles import MUSCLES
from programgen.figures.posing import PROPS
from programgen.figures.postures import POSTURES, base_pose
from programgen.figures.skeleton import DOF_INDEX, JOINTS, SPREAD, frames_of
from programgen.figures.solids import pose_blobs


def frames(start="standing", **joints):
    """Return the joint frames of a posture with other angles."""
    pose = base_pose(start)
    for joint, angles in joints.items():
        pose.set(joint, angles)
    return frames_of(pose)


def test_a_standing_figure_is_as_tall_as_a_person():
    """It stands on the floor and is 1.72 m tall."""
    standing = frames()

    assert landmark(standing, "heel_l")[2] == pytest.approx(0, abs=1e-9)
    assert landmark(standing, "crown")[2] == pytest.approx(1.72, abs=0.03)


def test_a_standing_figure_has_its_weight_above_its_feet():
    """The centre of mass lies between heel and toes, and in the middle."""
    standing = frames()
    x, y, _ = centre_of_mass(standing)

    assert landmark(standing, "heel_l")[0] < x < landmark(standing, "toes_l")[0]
    assert y == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("joint", "angle", "point", "axis", "sign"),
    [
        ("hip", "flex", "knee_front", 0, 1),
        ("hip", "abd", "knee_front", 1, 1),
        ("hip", "rot", "toes", 1, 1),
        ("knee", "flex", "heel", 0, -1),
        ("ankle", "flex", "toes", 2, 1),
        ("shoulder", "flex", "palm", 0, 1),
        ("shoulder", "abd", "palm", 1, 1),
        ("elbow", "flex", "palm", 0, 1),
    ],
)
@pytest.mark.parametrize("side", ["l", "r"])
def test_positive_angles_are_the_clinical_ones(joint, angle, point, axis, sign, side):
    """Flexion goes forward or closes the joint, abduction goes out, on both sides."""
    before = landmark(frames(), f"{point}_{side}")
    after = landmark(frames(**{f"{joint}_{side}": {angle: 30}}), f"{point}_{side}")
    outward = -1 if axis == 1 and side == "r" else 1

    assert (after - before)[axis] * outward * sign > 0.01


def test_both_sides_mirror_each_other():
    """The same angles put the right side where the left one is, mirrored."""
    bent = {"flex": 40, "abd": 20, "rot": 15}
    both = frames(**{f"{joint}_{s}": bent for joint in ("hip", "shoulder") for s in "lr"})
    for name in (n for n in LANDMARKS if n.endswith("_l")):
        x, y, z = landmark(both, name)
        assert landmark(both, f"{name[:-1]}r") == pytest.approx([x, -y, z], abs=1e-9), name


def test_every_named_point_and_direction_is_somewhere():
    """Each name in LANDMARKS and DIRECTIONS has a place, and directions are unit vectors."""
    standing = frames()

    assert all(np.isfinite(landmark(standing, name)).all() for name in LANDMARKS)
    for name in DIRECTIONS:
        assert np.linalg.norm(direction(standing, name)) == pytest.approx(1), name


def test_every_point_lies_on_the_body():
    """No surface point floats: each is within 3 cm of the body's surface or inside."""
    standing = frames()
    body = pose_blobs(build_blobs(Look()), standing, np.eye(3))
    for name in LANDMARKS:
        at = landmark(standing, name)[:, None].astype(np.float32)
        assert min(float(blob.distance(at)[0]) for blob in body) < 0.03, name


def test_every_muscle_lies_on_the_body():
    """Each muscle in MUSCLES touches the surface of the part that it is said to lie on."""
    standing = frames()
    body = pose_blobs(build_blobs(Look()), standing, np.eye(3))
    for name, areas in MUSCLES.items():
        for area in areas:
            at = standing.point(area.joint, area.centre)[:, None].astype(np.float32)
            near = min(float(blob.distance(at)[0]) for blob in body)
            assert abs(near) < max(area.radii), name


def test_every_posture_can_be_chosen():
    """Pose files may name exactly the postures there are."""
    allowed = FigurePose.model_json_schema()["properties"]["start"]["enum"]

    assert sorted(allowed) == sorted(POSTURES)


def test_spread_angles_add_up():
    """An angle of the whole spine is shared among its joints, nothing gets lost."""
    for name, parts in SPREAD.items():
        assert sum(share for _, share in parts) == pytest.approx(1), name
        assert all(any(d.startswith(f"{part}.") for d in DOF_INDEX) for part, _ in parts)


def test_every_joint_comes_after_its_parent():
    """Forward kinematics may walk the joints in order."""
    seen = set()
    for joint in JOINTS:
        assert joint.parent is None or joint.parent in seen
        seen.add(joint.name)


def test_every_prop_says_what_it_is():
    """Each builder has a description for the author."""
    assert all(builder.__doc__ for builder in PROPS.values())
