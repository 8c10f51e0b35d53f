"""As many examples are tried as were asked for."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests import examples


def test_a_property_test_tries_as_many_as_it_is_told_to() -> None:
    tried: list[int] = []

    @given(st.integers())
    @settings(max_examples=10, database=None)
    def every_number_is_tried(number: int) -> None:
        tried.append(number)

    examples.try_as_many(every_number_is_tried, 321)
    every_number_is_tried()
    assert len(tried) == 321


def test_so_does_a_state_machine() -> None:
    begun: list[object] = []

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            begun.append(self)

        @rule()
        def step(self) -> None:
            """Go on."""

    Machine.TestCase.settings = settings(max_examples=5, stateful_step_count=2, database=None)
    case = Machine.TestCase("runTest")
    examples.try_as_many(case.runTest, 23)
    case.runTest()
    assert len(begun) >= 23


def test_a_test_without_examples_is_left_alone() -> None:
    def plain() -> None:
        """Try nothing."""

    examples.try_as_many(plain, 5)
    assert not vars(plain)
