"""The fate of a message: the compiled form against the rule written plainly."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.schema.operations import Stream
from twin.channel.deliver import channel_table
from twin.channel.fate import LOST, fate
from twin.channel.stream import Channel, Outage, channel, sent_at
from twin.clock import HOUR
from twin.random.keyed import KeyedDraws
from twin.random.purposes import Purpose
from twin.random.tables import quantile_draw_plain

LATENCY = {"dist": "exponential", "mean": "10m"}
SHARES = st.sampled_from(["0", ".3", "1"])
OUTAGES = [Outage(1, 2 * HOUR, 5 * HOUR, HOUR), Outage(1, 9 * HOUR, 10 * HOUR, 0), Outage(2, 0, HOUR, HOUR)]


def plainly(of: Channel, luck: list[int], location: int, time: int) -> tuple[int, int]:
    """``luck``: latency, whether late, whether lost, whether doubled, latency of the double."""
    if luck[2] < of.loss:
        return LOST, LOST

    def heard_at(at: int, latency: int, late: bool) -> int:
        return int(sent_at(of, location, at)) + quantile_draw_plain(of.delay if late else of.latency, latency)

    heard = heard_at(time, luck[0], luck[1] < of.late)
    if luck[3] >= of.duplicates:
        return heard, LOST
    return heard, max(heard, heard_at(heard, luck[4], of.late > 0xFFFFFFFF))


@settings(deadline=None)
@given(SHARES, SHARES, SHARES, st.integers(0, 3), st.integers(0, 12 * HOUR), st.integers(0, 2**63 - 1), st.integers(1, 10**6))
def test_compiled_and_plain_fates_are_alike(
    late: str, duplicates: str, loss: str, location: int, time: int, slot: int, n: int
) -> None:
    given_stream = {"latency": LATENCY, "late": {"share": late, "delay": "9h"}, "duplicates": duplicates, "loss": loss}
    of = channel(Stream.model_validate(given_stream), 4, OUTAGES)
    draws = KeyedDraws(7, 1)
    luck = [draws.u32(Purpose.MESSAGE, slot, 5 * n + i) for i in range(5)]
    found = fate(channel_table(of), draws.root(Purpose.MESSAGE, slot), n, location, time)
    assert found == plainly(of, luck, location, time)
