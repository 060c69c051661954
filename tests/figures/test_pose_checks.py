"""Every check finds a pose that is broken its way, and none cries wolf."""

import numpy as np
import pytest

from programgen.figures.pose_checks import (
    MAX_ELEMENTS,
    check_balance,
    check_drawing,
    check_floating,
    check_floor,
    check_intersections,
    check_limits,
    check_pins,
    check_pose,
    check_props,
    check_trunk,
)
from programgen.figures.postures import POSTURES, base_pose
from programgen.figures.props import step, wall
from programgen.figures.skeleton import frames_of
from programgen.figures.solving import Constraint, Problem, solve
from programgen.figures.svg_text import Drawing
from tests.figures.poses import posed, solved


def pose_of(start="standing", **joints):
    """Return a posture with other angles."""
    pose = base_pose(start)
    for joint, angles in joints.items():
        pose.set(joint, angles)
    return pose


def leaned(degrees):
    """Return a standing pose tilted forward about the feet."""
    pose = pose_of()
    tilt = np.radians(degrees)
    c, s = np.cos(tilt), np.sin(tilt)
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    pose.orientation, pose.position = turn @ pose.orientation, turn @ pose.position
    return pose


def test_standing_has_no_findings():
    """The plain standing figure passes every check."""
    assert check_pose(posed(pose_of())) == []


@pytest.mark.parametrize("start", sorted(POSTURES))
def test_no_posture_is_beyond_the_joints(start):
    """Postures themselves are anatomically possible."""
    assert check_limits(posed(pose_of(start))) == []
    assert check_trunk(posed(pose_of(start))) == []


def test_a_knee_bent_the_wrong_way_is_found():
    """A joint beyond its limits is named with its limits."""
    found = check_limits(posed(pose_of(knee_l={"flex": -40})))

    assert found == ["knee_l.flex is -40 degrees, outside -3..158"]


def test_pins_that_contradict_each_other_are_found():
    """One heel cannot be at two heights."""
    pins = (Constraint(point="heel_l", z=0.0), Constraint(point="heel_l", z=0.5))
    pose = solve(Problem(base_pose("standing"), constraints=pins))

    assert any("heel_l misses its place" in text for text in check_pins(posed(pose, pins)))


def test_a_direction_that_is_missed_is_found():
    """A nose cannot look backwards while the feet look forward."""
    pins = (Constraint(aim="face", to=(-1, 0, 0)),)
    pose = pose_of()

    assert check_pins(posed(pose, pins)) == ["face misses its direction by 180 degrees"]


def test_a_body_below_the_floor_is_found():
    """Lying 8 cm too low is not possible."""
    pose = pose_of("supine")
    pose.position[2] -= 0.08

    assert check_floor(posed(pose))


def test_an_arm_through_the_trunk_is_found():
    """An arm does not pass through the belly."""
    pose = pose_of(shoulder_l={"flex": 0, "abd": -45})

    assert any(
        "_l and" in text or "_l overlap" in text for text in check_intersections(posed(pose))
    )


def test_a_hand_in_the_trunk_is_found():
    """A forearm that turns inwards at the side ends up inside the belly."""
    pose = pose_of(shoulder_r={"flex": 0, "abd": 30, "rot": -85}, elbow_r={"flex": 95})

    assert any(text.startswith("hand_r is") for text in check_trunk(posed(pose)))


def test_a_foot_inside_a_step_is_found():
    """A foot stands on a step, not in it."""
    found = check_props(posed(pose_of(), props=[step(x=0.05, height=0.2)]))

    assert any("inside a prop" in text for text in found)


def test_leaning_too_far_is_found():
    """A body tilted by 25 degrees falls over."""
    assert any("off balance" in text for text in check_balance(posed(leaned(25))))


def test_a_wall_carries_who_leans_on_it():
    """The weight may lie between the feet and the wall that the hands touch."""
    pose = leaned(14)
    pose.set("shoulder_l", {"flex": 90, "abd": 0})
    pose.set("shoulder_r", {"flex": 90, "abd": 0})
    surface = frames_of(pose).point("tip_l")[0] + 0.03
    held = [wall(x=surface, y=0.0, width=1.0)]

    assert check_balance(posed(pose, props=held, support="floor"))
    assert check_balance(posed(pose, props=held, support="wall")) == []


def test_leaning_on_no_wall_is_found():
    """Without a wall in reach nobody leans on one."""
    assert check_balance(posed(leaned(14), support="wall")) == ["nothing touches the wall"]


def test_a_body_in_the_air_is_found():
    """A figure 20 cm above the floor with nothing under it floats; in water it may."""
    pose = pose_of()
    pose.position[2] += 0.2

    assert check_floating(posed(pose)) == ["the body floats 20 cm above the floor"]
    assert check_floating(posed(pose, support="none")) == []
    assert check_floating(posed(pose, props=[step(x=0.05, length=0.6, height=0.2)])) == []


def test_too_large_a_picture_is_found():
    """Kilobytes count the file as written; elements are counted, too."""
    large = Drawing("x" * 9000, MAX_ELEMENTS + 1, (10, 10))

    assert len(check_drawing(large)) == 2
    assert check_drawing(Drawing("x" * 8000, MAX_ELEMENTS, (10, 10))) == []


def test_a_solved_bridge_has_no_findings():
    """A pose as authors write it passes every check."""
    poses = solved(
        poses=[
            {
                "start": "hook_lying",
                "pins": [{"point": "ball_lr", "z": 0}, {"point": "heel_lr", "z": 0}],
            }
        ]
    )

    assert check_pose(poses[0]) == []
