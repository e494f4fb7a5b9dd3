"""Frames over a socket: deadlines hold, partial frames wait for the rest, a peer that is gone is noticed."""

import select
import socket
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from autograder.box import wire
from autograder.box.channel import Channel, ClosedError

SOON = 0.05


@pytest.fixture
def pair() -> Iterator[tuple[Channel, socket.socket]]:
    """A channel, and the bare socket of its peer."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), theirs


def soon() -> float:
    return time.monotonic() + SOON


def test_values_arrive_in_order(pair):
    channel, peer = pair
    other = Channel(peer)
    for value in (1, "two", {"three": [3]}):
        channel.send(value, soon())
    assert [other.receive(soon()) for _ in range(3)] == [1, "two", {"three": [3]}]


def test_nothing_arrives_before_the_deadline(pair):
    channel, _ = pair
    with pytest.raises(TimeoutError):
        channel.receive(soon())


def test_a_deadline_that_has_passed_still_takes_what_lies_there(pair):
    channel, peer = pair
    Channel(peer).send("here")
    assert channel.receive(time.monotonic() - 1) == "here"


@pytest.mark.parametrize("kept", [1, 11, 12, 15])
def test_half_a_frame_runs_into_the_deadline(pair, kept):
    channel, peer = pair
    peer.sendall(wire.dumps("some text")[:kept])
    with pytest.raises(TimeoutError):
        channel.receive(soon())


@pytest.mark.parametrize("kept", [0, 1, 11, 12, 15])
def test_a_peer_that_closes_in_the_middle_is_gone(pair, kept):
    channel, peer = pair
    peer.sendall(wire.dumps("some text")[:kept])
    peer.close()
    with pytest.raises(ClosedError):
        channel.receive(soon())


def test_a_frame_in_single_bytes_arrives_whole(pair):
    channel, peer = pair
    frame = wire.dumps({"x": np.arange(3.0)})
    writer = threading.Thread(target=lambda: [peer.sendall(bytes([byte])) for byte in frame])
    writer.start()
    assert channel.receive(time.monotonic() + 60)["x"].tolist() == [0.0, 1.0, 2.0]
    writer.join()


def test_a_frame_larger_than_the_sockets_buffer_arrives_whole(pair):
    channel, peer = pair
    sent = np.arange(1 << 18)
    writer = threading.Thread(target=lambda: channel.send(sent, time.monotonic() + 60))
    writer.start()
    assert np.array_equal(Channel(peer).receive(time.monotonic() + 60), sent)
    writer.join()


def test_a_peer_that_does_not_read_runs_into_the_deadline(pair):
    channel, _ = pair
    with pytest.raises(TimeoutError):
        channel.send(np.zeros(1 << 20), soon())


@pytest.mark.parametrize("deadline", [None, SOON])
def test_sending_to_a_peer_that_is_gone_says_so(pair, deadline):
    channel, peer = pair
    peer.close()
    with pytest.raises(ClosedError):
        channel.send("anyone?", deadline and soon())


def test_garbage_is_refused_without_waiting_for_more(pair):
    channel, peer = pair
    peer.sendall(b"\xff" * wire.PREFIX.size)
    with pytest.raises(wire.TooLargeError):
        channel.receive(time.monotonic() + 60)


@pytest.mark.parametrize("lengths", [(101, 0), (0, 101), (51, 50), (wire.MAX_TEXT, wire.MAX_ARRAYS)])
def test_a_value_above_the_channels_limit_is_refused_before_it_is_read(lengths):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(wire.PREFIX.pack(*lengths))
        with pytest.raises(wire.TooLargeError):
            Channel(ours, limit=100).receive(time.monotonic() + 60)


def test_a_value_within_the_channels_limit_arrives():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sent = wire.dumps(np.arange(4.0))
        theirs.sendall(sent + sent)
        limit = len(sent) - wire.PREFIX.size
        assert Channel(ours, limit).receive(soon()).tolist() == [0.0, 1.0, 2.0, 3.0]
        with pytest.raises(wire.TooLargeError):
            Channel(ours, limit - 1).receive(soon())


def test_a_large_limit_lifts_none_of_the_wires_own():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(wire.PREFIX.pack(wire.MAX_TEXT + 1, 0))
        with pytest.raises(wire.TooLargeError):
            Channel(ours, limit=1 << 40).receive(soon())


@pytest.mark.skipif(not hasattr(socket, "MSG_OOB"), reason="no urgent bytes here")
@pytest.mark.parametrize("before", [b"", wire.dumps("some text")[:13]])
def test_urgent_bytes_that_no_read_gets_do_not_hold_up_the_deadline(pair, before):
    """They make poll say that something can be read; a read that waits for it would never return."""
    channel, peer = pair
    peer.sendall(before)
    try:
        peer.send(b"!", socket.MSG_OOB)
    except OSError:
        pytest.skip("no urgent bytes on a socket pair")
    watchdog = threading.Timer(60, peer.close)
    watchdog.start()
    with pytest.raises(TimeoutError):
        channel.receive(soon())
    watchdog.cancel()


def test_a_peer_that_sends_byte_by_byte_gains_no_time_by_it(pair, monkeypatch):
    """At every look there is another byte; only the clock can end it."""
    channel, peer = pair
    frame = iter(wire.dumps("x" * 10_000))
    peer.sendall(bytes([next(frame)]))
    moment, reads = 0.0, 0

    class OneByteMore:
        fileno = channel.socket.fileno

        def recv(self, size, flags):
            nonlocal moment, reads
            moment, reads = moment + 1, reads + 1
            peer.sendall(bytes([next(frame)]))
            return pair[0]._bare.recv(1, flags)

    channel._bare, channel.socket = channel.socket, OneByteMore()
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    with pytest.raises(TimeoutError):
        channel.receive(deadline=100.0)
    assert reads <= 101


def test_a_deadline_in_years_is_waited_for_in_hours(pair, monkeypatch):
    """Poll takes no more milliseconds than a C int holds."""
    channel, peer = pair
    Channel(peer).send("now")
    for deadline in (time.monotonic() + 1e9, float("inf")):
        assert channel._wait(deadline, select.POLLIN) is False
    waits = []

    class Poll:
        def register(self, *_): ...

        def poll(self, milliseconds):
            waits.append(milliseconds)
            return len(waits) == 3

    monkeypatch.setattr(select, "poll", Poll)
    assert channel._wait(float("inf"), select.POLLIN) is False
    assert waits == [3_600_000.0] * 3


@pytest.mark.parametrize(
    "action", [lambda c: c.receive(soon()), lambda c: c.send("x", soon())], ids=["receive", "send"]
)
def test_a_channel_that_we_closed_says_so(pair, action):
    channel, _ = pair
    channel.close()
    with pytest.raises(ClosedError):
        action(channel)


def test_closing_is_noticed_by_the_peer_and_harmless_twice(pair):
    channel, peer = pair
    channel.close()
    channel.close()
    with pytest.raises(ClosedError):
        Channel(peer).receive(soon())
    with pytest.raises(ClosedError):
        channel.receive()


def test_nothing_that_cannot_be_written_is_sent_in_part(pair):
    channel, peer = pair
    with pytest.raises(wire.TooLargeError):
        channel.send("x" * (wire.MAX_TEXT + 1), soon())
    channel.send("after", soon())
    assert Channel(peer).receive(soon()) == "after"
