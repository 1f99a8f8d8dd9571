"""How much room a scene takes, and which way it goes, worked out by hand for small ones."""

from __future__ import annotations

import pytest

from autograd.draw.scene import Arrow, Box, Cluster, Scene, bundle_arrows
from autograd.draw.screen import BESIDE, GAP, LETTER, LINE, MARGIN, Extent, measure
from autograd.draw.strip import draw_strip, tell_strip
from autograd.wording.numbers import summarise


def chain(length: int, label: str = "") -> Scene:
    """Boxes one after the other, called `aaaaaaaaaa`."""
    boxes = [Box(f"n{k}", "a" * 10) for k in range(length)]
    return Scene(boxes, [Arrow(f"e{k}", f"n{k}", f"n{k + 1}", label) for k in range(length - 1)])


WIDE, TALL = 10 * LETTER + MARGIN, 12.0 + LINE


def test_a_chain_is_its_boxes_and_the_gaps_between_them() -> None:
    for length in (1, 2, 3):
        found = measure(chain(length))
        assert found.across == pytest.approx((length * WIDE + (length - 1) * GAP + 2 * BESIDE, TALL + 3 * BESIDE))
        assert found.down == pytest.approx((WIDE + 3 * BESIDE, length * TALL + (length - 1) * GAP + 2 * GAP))


def test_labels_widen_the_gap_and_long_ones_have_two_lines() -> None:
    plain, short, long = (measure(chain(2, label)) for label in ("", "b = 3", "(b + 1) * c = 12345"))
    assert short.across[0] - plain.across[0] == pytest.approx(0.85 * LETTER * len("b = 3"))
    assert short.down[1] - plain.down[1] == pytest.approx(16.0)
    assert long.across[0] - plain.across[0] == pytest.approx(0.85 * LETTER * len("(b + 1) * c"))
    assert long.down[1] - plain.down[1] == pytest.approx(32.0)
    # Sixteen letters are one line.
    assert measure(chain(2, "aaaaaaaa = 12345")).down[1] - plain.down[1] == pytest.approx(16.0)
    assert measure(chain(2, "aaaaaaaaa = 12345")).down[1] - plain.down[1] == pytest.approx(32.0)


def test_operands_stand_in_the_column_before_their_user_and_long_arrows_take_room() -> None:
    boxes = [Box(f"n{k}", "a" * 10) for k in range(4)]
    # The last operand of a chain of three is used by its end alone.
    scene = Scene(boxes, [Arrow("a", "n0", "n1"), Arrow("b", "n1", "n3"), Arrow("c", "n2", "n3")])
    assert measure(scene).across == pytest.approx((3 * WIDE + 2 * GAP + 2 * BESIDE, 2 * (TALL + BESIDE) + 2 * BESIDE))
    # An arrow over a column takes half a gap there.
    over = Scene(boxes[:3], [Arrow("a", "n0", "n1"), Arrow("b", "n1", "n2"), Arrow("c", "n0", "n2")])
    assert measure(over).across[1] == pytest.approx(TALL + BESIDE + BESIDE / 2 + 2 * BESIDE)


@pytest.mark.parametrize(
    ("box", "letters", "lines", "bars"),
    [
        (Box("n0", "a"), 30.0, 1, False),
        (Box("n0", "a" * 60), LETTER * 38, 1, False),
        (Box("n0", "abcdef", "mul"), LETTER * len("abcdef  mul"), 1, False),
        (Box("n0", "abcdef", count=1200), LETTER * len("abcdef  ×1,200"), 1, False),
        (Box("n0", "a", value="12345678", gradient="1", remark="changed", strip="▁█"), LETTER * 8, 5, False),
        (Box("n0", "abcdef", parts=(("values", summarise([1.0])),)), LETTER * 6, 1, False),
        (Box("n0", "abcdef", parts=(("values", summarise([1.0, 2.0])),)), LETTER * 6, 1, True),
    ],
)
def test_a_box_is_as_wide_as_its_longest_line_and_as_high_as_its_lines(box: Box, letters, lines: int, bars) -> None:
    size = max(30.0, letters) + MARGIN, 12.0 + LINE * lines + 22.0 * bars
    assert measure(Scene([box], [])).across == pytest.approx((size[0] + 2 * BESIDE, size[1] + 3 * BESIDE))


@pytest.mark.parametrize(
    ("across", "down", "direction"),
    [(1800.0, 10.0, "right"), (1801.0, 10.0, "down"), (1801.0, 1801.0, "right"), (1801.0, 1800.0, "down")],
)
def test_values_flow_down_where_they_are_too_wide_to_the_right(across: float, down: float, direction: str) -> None:
    assert Extent((across, 10.0), (down, 10.0)).direction == direction


def test_the_scale_is_that_of_the_best_way_to_lay_it_out() -> None:
    assert Extent((2560.0, 10.0), (10.0, 6400.0)).scale == 0.5
    assert Extent((2560.0, 10.0), (10.0, 1280.0)).scale == 0.5
    assert Extent((12800.0, 10.0), (10.0, 640.0)).scale == 1.0
    assert Extent((12800.0, 10.0), (10.0, 6400.0), [(1600.0, 640.0)]).scale == 0.8


def test_a_long_chain_may_be_wrapped_into_up_to_six_rows() -> None:
    found = measure(chain(12))
    assert len(found.wrapped) == 5
    widths = [width for width, _ in found.wrapped]
    assert widths == sorted(widths, reverse=True)
    # Half of the whole is reached by the seventh box, with the gap after each.
    assert found.across[0] / 2 == pytest.approx(832.0)
    assert 6 * (WIDE + GAP) < 832.0 < 7 * (WIDE + GAP)
    assert found.wrapped[0] == pytest.approx((7 * (WIDE + GAP) + 2 * BESIDE, GAP + 2 * (TALL + BESIDE) + GAP))


@pytest.mark.parametrize(("arrows", "count"), [(8, 8), (9, 1)])
def test_more_than_eight_arrows_between_two_boxes_are_one(arrows: int, count: int) -> None:
    given = [Arrow(f"e{k}", "n0", "n1", "x", "d", state="flowing", strength=float(k)) for k in range(arrows)]
    found = bundle_arrows(given)
    assert len(found) == count
    if count == 1:
        assert (found[0].strength, found[0].count, found[0].label, found[0].derivative) == (8.0, 9, "", "")
        assert (found[0].several, found[0].lit) == (True, False)


def test_two_arrows_of_a_module_are_one_in_the_gravest_state() -> None:
    given = [
        Arrow("e0", "m0", "n1", state="flowing", strength=5.0),
        Arrow("e1", "m0", "n1", state="broken", strength=1.0, lit=True, count=3),
    ]
    (found,) = bundle_arrows(given)
    assert (found.state, found.count, found.lit) == ("broken", 4, True)
    assert bundle_arrows(given[:1]) == given[:1]


def test_a_folded_module_is_one_box_and_what_is_within_has_no_arrows() -> None:
    boxes = [Box("n0", "x"), Box("n1", "h", cluster="m0"), Box("n2", "y", cluster="m0"), Box("n3", "z")]
    arrows = [Arrow("a", "n0", "n1"), Arrow("b", "n1", "n2"), Arrow("c", "n2", "n3"), Arrow("d", "n3", "n3")]
    for folded, keys, left in (
        (True, ["n0", "m0", "n3"], ["a", "c", "d"]),
        (False, ["n0", "n1", "n2", "n3"], list("abcd")),
    ):
        scene = Scene(boxes, arrows, [Cluster("m0", Box("m0", "layer"), folded)], ["n3", "n2", "n1", "n0"])
        seen = scene.collapse()
        assert [box.key for box in seen.boxes] == keys
        assert [arrow.key for arrow in seen.arrows] == left
        assert seen.order == list(reversed(keys))
        assert len(seen.clusters) == (not folded)


@pytest.mark.parametrize(
    ("norms", "strip"),
    [
        ([1.0, 0.1, 0.11, 0.09, 0.009], "█▇█▇▆"),
        ([1e-8, 1.0], "▁█"),
        ([0.0, float("inf"), 2.0], "·!█"),
        ([1.0] * 40, "█" * 40),
        ([1e-3, 1.0] * 20 + [1e-3], "█" * 20 + "▅"),
        ([], ""),
    ],
)
def test_a_bar_is_a_factor_of_ten(norms, strip: str) -> None:
    assert draw_strip(norms) == strip


def test_where_in_time_a_gradient_vanishes_is_said() -> None:
    assert tell_strip([1.0, 1e-5, 1.0]) == "1 at step 1, 1 at step 3; vanishing at 1 step"
    assert tell_strip([1e-4, 1.0]) == "0.0001 at step 1, 1 at step 2"
    assert tell_strip([0.9e-4, 0.0, 1.0]).endswith("; vanishing up to step 2")
