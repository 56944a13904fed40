"""Training that was stopped goes on as if it had not been. `python -m unittest test_train` from this folder."""

import signal
import tempfile
import unittest
from itertools import islice
from pathlib import Path

import torch

import export
import feed
import grow
import model
import train_score
from vocabulary import MODEL, TOKENS

SMALL = {**MODEL, "layers": 1, "width": 16, "heads": 2, "kv_heads": 1, "head_dim": 8, "feed_forward": 16}


def short_rows(seed):
    """Rows of several lengths, quick to make."""
    piece = int(seed.rpartition("-")[2])
    lengths = [(60, 240), (300,), (700, 1000), (200,)][piece % 4]
    return [[3 + (piece * 7 + i * (n + 1)) % 400 for i in range(length)] for n, length in enumerate(lengths)]


def stream(place):
    return feed.batches("x", place, short_rows)


class Training(unittest.TestCase):
    def test_exported_weights_can_be_trained_on(self):
        score = model.Score(SMALL, 425)
        for parameter in score.parameters():
            torch.nn.init.normal_(parameter)
        with tempfile.TemporaryDirectory() as folder:
            export.export(score, SMALL, Path(folder) / "score.onnx")
            read = grow.weights_of(Path(folder) / "score.onnx", TOKENS, score.state_dict())["model"]
        self.assertEqual(set(read), set(score.state_dict()))
        for name, value in score.state_dict().items():
            self.assertTrue(torch.equal(read[name], value), name)

    def test_a_feed_goes_on_where_it_stopped(self):
        whole = list(islice(stream(feed.BEGIN), 30))
        for stopped in range(29):
            rest = islice(stream(whole[stopped][1]), 29 - stopped)
            for (batch, place), (expected, where) in zip(rest, whole[stopped + 1 :], strict=True):
                self.assertTrue(torch.equal(batch, expected))
                self.assertEqual(place, where)

    def test_a_feed_gives_every_row_once(self):
        batch_rows = [tuple(row.tolist()) for batch, _ in islice(stream(feed.BEGIN), 40) for row in batch]
        self.assertEqual(len(batch_rows), len(set(batch_rows)))

    def test_a_feed_ends_with_its_run(self):
        before = signal.signal(signal.SIGTERM, lambda *_: None)
        self.addCleanup(signal.signal, signal.SIGTERM, before)
        source = feed.Feed("x", feed.BEGIN)
        batch, place = source.take()
        self.assertIn(batch.shape[1] - 1, feed.LENGTHS)
        self.assertGreater(place["piece"], 0)
        source.maker.terminate()
        source.maker.join(60)
        self.assertFalse(source.maker.is_alive())
        with self.assertRaises(RuntimeError):
            while True:
                source.take()

    def test_a_resumed_run_has_the_weights_of_an_unbroken_one(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "last.pt"
            unbroken = train_score.Run(1, 1.0, SMALL)
            for n, (batch, place) in enumerate(islice(stream(feed.BEGIN), 4)):
                unbroken.train(batch, place, 1.0)
                if n == 1:
                    train_score.write_whole(unbroken.state(), path)
            resumed = train_score.Run(9, 1.0, SMALL)
            resumed.restore(train_score.read(path))
            for batch, place in islice(stream(resumed.place), 2):
                resumed.train(batch, place, 1.0)
            self.assertEqual((resumed.steps, resumed.tokens), (unbroken.steps, unbroken.tokens))
            for name, value in unbroken.model.state_dict().items():
                self.assertTrue(torch.equal(value, resumed.model.state_dict()[name]), name)

    def test_a_checkpoint_that_fails_leaves_the_old_one(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "last.pt"
            train_score.write_whole({"steps": 1}, path)
            with self.assertRaises(Exception):  # noqa: B017
                train_score.write_whole({"steps": lambda: 2}, path)
            self.assertEqual(train_score.read(path), {"steps": 1})

    def test_a_checkpoint_without_a_place_goes_on_at_its_piece(self):
        state = train_score.Run(1, 1.0, SMALL).state()
        for key in ("place", "random", "seed", "rate"):
            del state[key]
        run = train_score.Run(1, 1.0, SMALL)
        run.restore({**state, "step": 7, "piece": 50})
        self.assertEqual((run.steps, run.place), (7, {"piece": 50, "waiting": []}))

    def test_other_tokens_are_refused(self):
        state = train_score.Run(1, 1.0, SMALL).state()
        state["tokens_list"] = state["tokens_list"][:-1]
        with self.assertRaises(SystemExit):
            train_score.Run(1, 1.0, SMALL).restore(state)

    def test_the_rate_warms_up_stays_and_falls(self):
        self.assertEqual(train_score.scale_of(0, 10, 0, 0), 0.1)
        self.assertEqual(train_score.scale_of(500, 10, 0, 0), 1)
        self.assertEqual([train_score.scale_of(500, 10, left, 100) for left in (100, 25, 0)], [1, 0.25, 0])


if __name__ == "__main__":
    unittest.main()
