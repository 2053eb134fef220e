"""Step 3: fine-tune encoder, tag head and pair head together, on one or more CPU cores.

With `--roles N` the finder of stances is trained with them, on N pieces of its own a step: it
shapes the encoder, and is trained anew on what ships (finder.py).

`python -m training.train --data SHARED --work W --pieces 5e6 --own training/data` reads
W/encoder.npz and W/vocab (steps 1 and 2), writes W/NAME.pt every few minutes and resumes from it.
`--stop-at` ends a run early at a checkpoint; the next call goes on with the same schedule, with
`--new-epoch` on data drawn anew (as after adding sentences).
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training.articles import article_examples
from training.batches import IGNORED, Batch, batches
from training.data import Example, epoch, own
from training.finder import Head, own_samples
from training.model import Model, fresh_model
from training.roles import RoleBatch, role_batches, role_loss

POLARITY_WEIGHTS = torch.tensor([1.15, 0.8, 1.3])
ENCODER_RATE, HEAD_RATE = 2e-4, 1e-3
CHECKPOINT_SECONDS = 240
WARM_UP = 0.04


def rate(progress: float, warm_up: float, decay: float) -> float:
    """The share of the learning rate: up, level, and down to 0 over the last `decay`."""
    if progress < warm_up:
        return progress / warm_up
    return max(0.0, min(1.0, (1 - progress) / decay))


def losses(model: Model, batch: Batch) -> tuple[Tensor, Tensor]:
    """Cross entropy of the tags and of the polarities, 0 where there are none."""
    states = model.encoder(batch.ids, batch.mask)
    wanted = batch.tags != IGNORED
    zero = torch.zeros(())
    tags = zero
    if wanted.any():
        scores = model.tags(states[wanted])
        tags = functional.cross_entropy(scores.float(), batch.tags[wanted])
    polarities = zero
    if len(batch.rows):
        scores = model.pairs(states, batch.pools, batch.rows, batch.spanless)
        polarities = functional.cross_entropy(scores.float(), batch.polarities, POLARITY_WEIGHTS)
    return tags, polarities


def own_examples(folder: Path | None) -> list[Example]:
    """The examples of training/data; none without it."""
    if folder is None:
        return []
    return [*own(folder, dev=False), *article_examples(folder / "articles", dev=False)]


def role_samples(options: argparse.Namespace, begun: int) -> Iterator[RoleBatch]:
    """Batches of the finder's samples, without end; others after each start of the run."""
    tokenizer = Tokenizer.from_file(str(options.work / "vocab" / "tokenizer.json"))
    if options.own is None:
        raise SystemExit("--roles needs the annotated texts of --own")
    chance = random.Random(f"{options.seed} {begun}")
    return role_batches(own_samples(options.own), tokenizer, options.roles, chance)


class Training:
    """Model, optimiser and where the run stands; saved and loaded as one."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        torch.manual_seed(options.seed)
        self.model = fresh_model(options.work, options.layers)
        encoder = list(self.model.encoder.parameters())
        self.finder = Head(self.model.encoder.position.shape[1])
        if options.init:
            self.model.load_state_dict(torch.load(options.init, weights_only=True)["model"])
        heads = [p for m in (self.model.tags, self.model.pairs) for p in m.parameters()]
        heads += self.finder.parameters()
        groups = [{"params": encoder, "peak": ENCODER_RATE}, {"params": heads, "peak": HEAD_RATE}]
        self.optimizer = torch.optim.AdamW(groups, lr=0.0, weight_decay=0.01, fused=True)
        self.epoch = self.step = self.pieces = 0
        self.path = options.work / f"{options.name}.pt"
        if self.path.exists():
            self.load()
        self.ours = own_examples(options.own)
        self.roles = role_samples(options, self.pieces) if options.roles else None

    def load(self) -> None:
        saved = torch.load(self.path, weights_only=True)
        self.model.load_state_dict(saved["model"])
        self.finder.load_state_dict(saved["finder"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.epoch, self.step, self.pieces = saved["epoch"], saved["step"], saved["pieces"]
        if self.options.new_epoch:
            self.epoch, self.step = self.epoch + 1, 0

    def save(self) -> None:
        part = self.path.with_suffix(".part")
        state: dict[str, Any] = {"model": self.model.state_dict()}
        state["finder"] = self.finder.state_dict()
        state |= {"optimizer": self.optimizer.state_dict(), "layers": self.options.layers}
        torch.save(state | {"epoch": self.epoch, "step": self.step, "pieces": self.pieces}, part)
        part.rename(self.path)

    def update(self, batch: Batch) -> tuple[float, float, float]:
        """One step; the three losses."""
        begun, whole = self.pieces - self.options.start, self.options.pieces - self.options.start
        share = rate(begun / whole, WARM_UP, self.options.decay)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * share * self.options.peak
        with torch.autocast("cpu", dtype=torch.bfloat16):
            tags, polarities = losses(self.model, batch)
            roles = torch.zeros(())
            if self.roles is not None:
                batch_of_roles = next(self.roles)
                roles = role_loss(self.model, self.finder, batch_of_roles)
                self.pieces += batch_of_roles.ids.numel()
        self.optimizer.zero_grad(set_to_none=True)
        loss = tags + self.options.polarity_weight * polarities
        (loss + self.options.role_weight * roles).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        torch.nn.utils.clip_grad_norm_(self.finder.parameters(), 1.0)
        self.optimizer.step()
        self.pieces += batch.ids.numel()
        self.step += 1
        return float(tags.detach()), float(polarities.detach()), float(roles.detach())

    def batches(self) -> Iterator[Batch]:
        """Batches of one epoch after another, from where the run stands."""
        tokenizer = Tokenizer.from_file(str(self.options.work / "vocab" / "tokenizer.json"))
        while True:
            seed = self.options.seed + self.epoch
            torch.manual_seed(seed * 100003 + self.step)
            chance = random.Random(seed)
            examples = epoch(self.options.data, self.ours, self.options.stances, seed)
            made = batches(examples, tokenizer, self.options.batch, chance)
            yield from islice(made, self.step, None)
            self.epoch, self.step = self.epoch + 1, 0

    def run(self) -> None:
        self.model.train()
        progress = Progress(self.options.work / f"{self.options.name}.log")
        saved_at = time.monotonic()
        for batch in self.batches():
            progress.add(*self.update(batch))
            if self.step % 50 == 0:
                progress.write(epoch=self.epoch, step=self.step, pieces=self.pieces)
            if self.pieces >= min(self.options.pieces, self.options.stop_at):
                break
            if time.monotonic() - saved_at > CHECKPOINT_SECONDS:
                self.save()
                saved_at = time.monotonic()
        self.save()


class Progress:
    """Mean losses since the last line, and speed, as JSON lines in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.losses: list[tuple[float, float, float]] = []
        self.since, self.pieces = time.monotonic(), 0

    def add(self, tags: float, polarities: float, roles: float) -> None:
        self.losses.append((tags, polarities, roles))

    def write(self, **where: int) -> None:
        means = [_mean([pair[i] for pair in self.losses if pair[i]]) for i in (0, 1, 2)]
        speed = (where["pieces"] - self.pieces) / (time.monotonic() - self.since)
        line = {**where, "tags": means[0], "polarities": means[1], "roles": means[2]}
        if self.pieces:
            line["pieces_per_second"] = round(speed)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self.losses, self.since, self.pieces = [], time.monotonic(), where["pieces"]


def _mean(values: list[float]) -> float:
    return round(sum(values) / max(1, len(values)), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with ner/ and stance/")
    parser.add_argument("--own", type=Path, help="training/data, or nothing for public sets only")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--name", default="model")
    parser.add_argument("--layers", type=int, default=9)
    parser.add_argument("--pieces", type=float, default=5e6, help="length of the whole schedule")
    parser.add_argument("--start", type=float, default=0, help="where this schedule begins")
    parser.add_argument("--peak", type=float, default=1.0, help="of the learning rate, a factor")
    parser.add_argument("--polarity-weight", type=float, default=0.5, help="of its loss")
    parser.add_argument("--init", type=Path, help="weights to begin with, another run's .pt")
    parser.add_argument("--roles", type=int, default=0, help="pieces of the finder's in a step")
    parser.add_argument("--role-weight", type=float, default=1.0, help="of its loss")
    parser.add_argument("--stop-at", type=float, default=float("inf"))
    parser.add_argument("--decay", type=float, default=0.6)
    parser.add_argument("--batch", type=int, default=1152, help="pieces in a batch")
    parser.add_argument("--stances", type=float, default=0.2, help="share of stance texts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--new-epoch", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    Training(options).run()


if __name__ == "__main__":
    main()
