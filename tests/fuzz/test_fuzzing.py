"""The fuzzer's target on its seeds and on seeds that were spoilt by chance: what ``make fuzz`` does for longer."""

import random

import pytest
from fuzz_target import READERS, TOKENS, one_input, seeds

SEEDS = list(seeds())


def spoilt(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.randint(1, 16))
        data = rng.choice(
            [
                data[:start] + bytes([rng.randrange(256)]) + data[start + 1 :],
                data[:start] + data[end:],
                data[:end] + data[start:end] + data[end:],
                data[:start] + rng.choice(TOKENS).encode() + data[start:],
                data[:start] + data[start:end][::-1] + data[end:],
            ]
        )
    return data


@pytest.mark.parametrize("reader", range(len(READERS)), ids=[reader.__name__ for reader in READERS])
def test_seeds_upset_no_reader(reader):
    for data in SEEDS:
        one_input(data)
        one_input(bytes([reader]) + data[1:])


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_seeds_upset_no_reader(seed):
    rng = random.Random(seed)
    for _ in range(500):
        one_input(spoilt(rng.choice(SEEDS), rng))


def test_every_reader_gets_seeds():
    assert {data[0] for data in SEEDS} == set(range(len(READERS)))
