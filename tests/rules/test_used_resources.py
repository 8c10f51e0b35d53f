"""The resources of work add up: times are summed, and memory is that of programs together."""

from hypothesis import given
from hypothesis import strategies as st

from application.concurrency.resource_meter import ResourceMeter
from domain.rendering.used_resources import UsedResources

used = st.builds(
    UsedResources,
    cpu_seconds=st.floats(0, 1e6).map(lambda seconds: round(seconds, 3)),
    peak_memory_bytes=st.integers(0, 2**40),
)


@given(used, used)
def test_attempts_add_up_their_time_and_keep_the_larger_peak(
    one: UsedResources, other: UsedResources
) -> None:
    both = one.plus(other)
    assert both == other.plus(one)
    assert both.cpu_seconds == one.cpu_seconds + other.cpu_seconds
    assert both.peak_memory_bytes == max(one.peak_memory_bytes, other.peak_memory_bytes)
    assert one.plus(UsedResources()) == one


events = st.lists(
    st.one_of(st.tuples(st.sampled_from("abc"), st.integers(0, 1000)), st.sampled_from("abc")),
    max_size=30,
)


@given(events)
def test_the_peak_is_the_most_that_the_running_programs_held(
    steps: list[tuple[str, int] | str],
) -> None:
    """Each step is a look at the memory of a program, or its end."""
    meter = ResourceMeter()
    held: dict[str, int] = {}
    most = 0
    for step in steps:
        if isinstance(step, str):
            meter.ended(step)
            held.pop(step, None)
        else:
            meter.holds(*step)
            held[step[0]] = step[1]
        most = max(most, sum(held.values()))
    assert meter.used.peak_memory_bytes == most


@given(st.lists(st.floats(0, 100), max_size=20))
def test_processor_time_is_summed(times: list[float]) -> None:
    meter = ResourceMeter()
    for each in times:
        meter.computed(each)
    assert abs(meter.used.cpu_seconds - sum(times)) < 0.001
