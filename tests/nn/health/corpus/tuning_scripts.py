"""The tuning half: training loops that their users wrote themselves, as scripts with one fault each."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY
from tests.nn.health.corpus.loops import CLASSES, HAND, LABELS, NUMBERS, PARTS, PICTURES, RAW, RECURRENT, case

RECIPE = "Karpathy, most common neural net mistakes (2018)"
IVANOV = "Ivanov, 37 Reasons why your Neural Network is not working (2017), no. "
ASKED = "question on a site: "
BOOK = "Goodfellow, Bengio, Courville, Deep Learning, section 11.5"

SICK = [
    # The calls of the loop.
    case("classes_never_zeroed", CLASSES, [("        optimizer.zero_grad()\n", "")], "gradients not zeroed", RECIPE),
    case("numbers_never_zeroed", NUMBERS, [("        opt.zero_grad()\n", "")], "gradients not zeroed", RECIPE),
    case("labels_never_zeroed", LABELS, [("        optimizer.zero_grad()\n", "")], "gradients not zeroed", RECIPE),
    case("parts_never_zeroed", PARTS, [("        optimizer.zero_grad()\n", "")], "gradients not zeroed", RECIPE),
    case("by_hand_never_zeroed", HAND, [("        p.grad = None\n", "")], "gradients not zeroed", RECIPE),
    case(
        "raw_never_zeroed",
        RAW,
        [("    for w in weights:\n        w.zero_grad()\n", "")],
        "gradients not zeroed",
        RECIPE,
    ),
    case("pictures_never_zeroed", PICTURES, [("        optimizer.zero_grad()\n", "")], "gradients not zeroed", RECIPE),
    case(
        "classes_step_forgotten",
        CLASSES,
        [("        optimizer.step()\n", "")],
        "step missing",
        ASKED + "loss stays the same",
    ),
    case(
        "parts_step_forgotten",
        PARTS,
        [("        optimizer.step()\n", "")],
        "step missing",
        ASKED + "loss stays the same",
    ),
    case(
        "labels_backward_forgotten",
        LABELS,
        [("        loss.backward()\n", "")],
        "backward missing",
        ASKED + "loss is constant",
    ),
    case(
        "pictures_backward_forgotten",
        PICTURES,
        [("        loss.backward()\n", "")],
        "backward missing",
        ASKED + "loss is constant",
    ),
    case(
        "by_hand_rebinds",
        HAND,
        [("        p.data = p.data - lr * p.grad\n", "        p = p - lr * p.grad\n"), ("        p.grad = None\n", "")],
        "step missing",
        ASKED + "w = w - lr * w.grad changes nothing",
    ),
    case(
        "numbers_cleared_after_backward",
        NUMBERS,
        [("        opt.zero_grad()\n        loss.backward()\n", "        loss.backward()\n        opt.zero_grad()\n")],
        "gradients cleared before the step",
        RECIPE,
    ),
    case(
        "classes_model_zeroed_after_backward",
        CLASSES,
        [("        loss.backward()\n", "        loss.backward()\n        model.zero_grad()\n")],
        "gradients cleared before the step",
        RECIPE,
    ),
    case(
        "recurrent_step_before_backward",
        RECURRENT,
        [
            (
                "        loss.backward()\n        optimizer.step()\n",
                "        optimizer.step()\n        loss.backward()\n",
            )
        ],
        "gradients cleared before the step",
        ASKED + "step() before backward()",
        ("backward missing",),
    ),
    case(
        "classes_step_outside_of_the_loop",
        CLASSES,
        [("        optimizer.step()\n", ""), ("    return total\n", "    optimizer.step()\n    return total\n")],
        "gradients cleared before the step",
        ASKED + "optimizer.step() indented wrongly",
        ("step missing",),
    ),
    case(
        "ascends_by_hand",
        HAND,
        [("p.data - lr * p.grad", "p.data + lr * p.grad")],
        "loss maximised",
        BOOK + ": a wrong update",
    ),
    case(
        "raw_ascends",
        RAW,
        [("w.data - 0.1 * w.grad", "w.data + 0.1 * w.grad")],
        "loss maximised",
        BOOK + ": a wrong update",
    ),
    case(
        "numbers_loss_negated",
        NUMBERS,
        [("    loss = ((pred - yb) ** 2).mean()", "    loss = -((pred - yb) ** 2).mean()")],
        "loss maximised",
        IVANOV + "18",
    ),
    # What is made where.
    case(
        "classes_model_made_each_epoch",
        CLASSES,
        [
            (
                "def train_one_epoch():\n",
                "def train_one_epoch():\n    global model, optimizer\n    model = Classifier()\n"
                "    optimizer = optim.Adam(model.parameters(), lr=0.01)\n",
            )
        ],
        "model made anew",
        ASKED + "accuracy the same after each epoch",
    ),
    case(
        "numbers_weights_loaded_each_epoch",
        NUMBERS,
        [
            ("batch = 32\n", "batch = 32\nbest = {k: np.array(v) for k, v in net.state_dict().items()}\n"),
            (
                "    order = rng.permutation(len(x))\n",
                "    net.load_state_dict(best)\n    order = rng.permutation(len(x))\n",
            ),
        ],
        "model made anew",
        ASKED + "the best weights are loaded at each epoch",
    ),
    case(
        "pictures_model_made_after_the_optimizer",
        PICTURES,
        [
            (
                "loader = ",
                "model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1, rng=SEED), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), "
                "nn.Linear(128, 10, rng=SEED))\nloader = ",
            )
        ],
        "foreign parameters",
        ASKED + "model replaced after the optimizer was made",
    ),
    case(
        "numbers_trains_a_copy",
        NUMBERS,
        [("batch = 32\n", "import copy\nnet = copy.deepcopy(net)\nbatch = 32\n")],
        "foreign parameters",
        ASKED + "deepcopy of the model",
    ),
    case(
        "labels_head_replaced",
        LABELS,
        [
            (
                "    criterion =",
                "    model[2] = nn.Linear(32, 5, rng=SEED + 2)\n    model[0].requires_grad_(False)\n    criterion =",
            )
        ],
        "parameters left out",
        ASKED + "new last layer after the optimizer was made",
        ("foreign parameters", "frozen parameters"),
    ),
    case(
        "classes_adam_made_each_step",
        CLASSES,
        [
            (
                "        optimizer.zero_grad()\n",
                "        optimizer = optim.Adam(model.parameters(), lr=0.01)\n        optimizer.zero_grad()\n",
            )
        ],
        "optimizer made anew",
        ASKED + "optimizer inside of the loop",
    ),
    case(
        "numbers_momentum_made_each_epoch",
        NUMBERS,
        [
            ("lr=0.05, momentum=0.9", "lr=0.0005, momentum=0.99"),
            ("    order = rng", "    opt = optim.SGD(net.parameters(), lr=0.0005, momentum=0.99)\n    order = rng"),
        ],
        "optimizer made anew",
        ASKED + "optimizer inside of the epochs' loop",
        ("learning rate too low", "too few steps"),
    ),
    # What a step sees.
    case(
        "classes_first_batch_always",
        CLASSES,
        [
            ("shuffle=True, seed=SEED", "shuffle=False"),
            (
                "    for inputs, targets in train_loader:\n",
                "    for _ in range(13):\n        inputs, targets = next(iter(train_loader))\n",
            ),
        ],
        "same batch again",
        IVANOV + "1",
    ),
    case(
        "numbers_index_never_moves",
        NUMBERS,
        [("        rows = order[start : start + batch]\n", "        rows = np.arange(batch)\n")],
        "same batch again",
        IVANOV + "1",
        ("overfitting",),
    ),
    case(
        "recurrent_slices_never_move",
        RECURRENT,
        [("model(steps[start : start + 32]), sums[start : start + 32]", "model(steps[:32]), sums[:32]")],
        "same batch again",
        IVANOV + "1",
        ("overfitting",),
    ),
    case(
        "classes_loader_exhausted",
        CLASSES,
        [
            ("lr=0.01", "lr=0.001"),
            (
                "train_loader = nn.DataLoader(x_train, y_train, batch_size=32, shuffle=True, seed=SEED)",
                "train_loader = iter(nn.DataLoader(x_train, y_train, batch_size=32, shuffle=True, seed=SEED))",
            ),
        ],
        "too few steps",
        ASKED + "a generator is empty after the first epoch",
        ("learning rate too low",),
    ),
    case(
        "numbers_shuffled_apart",
        NUMBERS,
        [("Tensor(x[rows]), Tensor(y[rows])", "Tensor(x[rows]), Tensor(y[rng.permutation(rows)])")],
        "targets unrelated to inputs",
        IVANOV + "4",
    ),
    case(
        "recurrent_targets_of_the_next_row",
        RECURRENT,
        [("sums[start : start + 32]", "np.roll(sums, 1, axis=0)[start : start + 32]")],
        "targets unrelated to inputs",
        RECIPE + ": off by one",
    ),
    case(
        "classes_in_their_order",
        CLASSES,
        [
            ("shuffle=True, seed=SEED", "shuffle=False"),
            ("x_train, y_train, x_test", "order = np.argsort(labels[:400])\nx_train, y_train, x_test"),
            ("features[:400], labels[:400]", "features[:400][order], labels[:400][order]"),
            ("lr=0.01", "lr=1.0"),
            ("0.7 * rng.normal(size=(500, 8))", "1.6 * rng.normal(size=(500, 8))"),
            ("range(12)", "range(3)"),
            ("        self.norm = nn.BatchNorm1d(32)\n        self.drop = nn.Dropout(0.2, rng=SEED)\n", ""),
            (
                "        h = nn.functional.relu(self.norm(self.first(x)))\n        return self.head(self.drop(h))",
                "        return self.head(nn.functional.relu(self.first(x)))",
            ),
            ("optim.Adam", "optim.SGD"),
        ],
        "rows not shuffled",
        IVANOV + "7",
    ),
    # Modes.
    case(
        "classes_trained_in_eval",
        CLASSES,
        [("    model.train()\n", "    model.eval()\n")],
        "evaluation mode in training",
        RECIPE,
    ),
    case("classes_eval_stays_on", CLASSES, [("    model.train()\n", "")], "evaluation mode in training", RECIPE),
    case("classes_judged_in_train", CLASSES, [("    model.eval()\n", "")], "training mode in evaluation", RECIPE),
    case(
        "classes_judged_by_training_rows",
        CLASSES,
        [("model(x_test)", "model(x_train)"), ("== y_test", "== y_train")],
        "metric on training rows",
        BOOK,
    ),
    # Schedules and clipping.
    case(
        "pictures_schedule_each_batch",
        PICTURES,
        [
            (
                "        optimizer.step()\n    scheduler.step()\n",
                "        optimizer.step()\n        scheduler.step()\n",
            ),
            ("step_size=4", "step_size=2"),
        ],
        "rate decays too fast",
        ASKED + "scheduler.step() in the inner loop",
        ("scheduler out of order",),
    ),
    case(
        "pictures_schedule_before_the_step",
        PICTURES,
        [
            (
                "        optimizer.step()\n    scheduler.step()\n",
                "        scheduler.step()\n        optimizer.step()\n",
            ),
            ("step_size=4", "step_size=2"),
        ],
        "rate decays too fast",
        "PyTorch's warning: lr_scheduler.step() before optimizer.step()",
        ("scheduler out of order",),
    ),
    case(
        "pictures_warm_up_never_ends",
        PICTURES,
        [
            (
                "optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)",
                "optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: epoch / 100000)",
            ),
            (
                "        optimizer.step()\n    scheduler.step()\n",
                "        optimizer.step()\n        scheduler.step()\n",
            ),
        ],
        "learning rate too low",
        ASKED + "warm-up longer than the run",
        ("rate decays too fast", "scheduler out of order"),
    ),
    case(
        "numbers_clipped_to_nothing",
        NUMBERS,
        [("        opt.step()\n", "        optim.clip_grad_norm_(net.parameters(), 1e-4)\n        opt.step()\n")],
        "clipping too tight",
        IVANOV + "35",
        ("learning rate too low",),
    ),
    case(
        "labels_clipped_by_value",
        LABELS,
        [
            (
                "        optimizer.step()\n",
                "        optim.clip_grad_value_(model.parameters(), 1e-6)\n        optimizer.step()\n",
            ),
            ("optim.Adam(model.parameters(), lr=0.02)", "optim.SGD(model.parameters(), lr=0.5)"),
        ],
        "clipping too tight",
        IVANOV + "35",
        ("learning rate too low",),
    ),
    # The loss.
    case(
        "numbers_broadcast",
        NUMBERS,
        [("Tensor(y[rows])", "Tensor(y[rows, 0])")],
        "shapes broadcast",
        ASKED + "(N, 1) and (N,)",
    ),
    case(
        "classes_softmax_twice",
        CLASSES,
        [
            (
                "        return self.head(self.drop(h))",
                "        return nn.functional.softmax(self.head(self.drop(h)), -1)",
            ),
            ("lr=0.01", "lr=0.001"),
            ("range(12)", "range(4)"),
        ],
        "double softmax",
        RECIPE,
    ),
    case(
        "numbers_penalty_outweighs",
        NUMBERS,
        [
            (
                "    loss = ((pred - yb) ** 2).mean()",
                "    loss = ((pred - yb) ** 2).mean() + 1.0 * sum((p * p).sum() for p in net.parameters())",
            )
        ],
        "too much weight decay",
        IVANOV + "20 and 30",
    ),
    case(
        "raw_loss_of_a_number",
        LABELS,
        [
            (
                "        loss.backward()\n",
                "        loss = Tensor(np.float32(loss.item()), requires_grad=True)\n        loss.backward()\n",
            )
        ],
        "missing gradients",
        ASKED + "Tensor(loss.item(), requires_grad=True)",
        ("step missing",),
    ),
    case(
        "classes_answers_rounded",
        LABELS,
        [
            (
                "criterion(model(x), y)",
                "((model(x) > 0).astype(np.float32) * model(x).detach() - y).abs().mean() + 0.0 * model(x).sum()",
            )
        ],
        "missing gradients",
        ASKED + "argmax, round or > before the loss",
        ("loss unfit",),
    ),
    case(
        "recurrent_loss_added_up",
        RECURRENT,
        [
            ("running = 0.0", "running = Tensor(np.float32(0.0))"),
            (
                "        loss.backward()\n        optimizer.step()\n        running = running + loss.item()",
                "        running = running + loss\n        running.backward()\n        optimizer.step()",
            ),
        ],
        "graph grows",
        ASKED + "slower and slower",
        ("error",),
    ),
    # What experiments find, in a loop.
    case("numbers_rate_of_ten", NUMBERS, [("lr=0.05", "lr=10.0")], "learning rate too high", IVANOV + "36"),
    case("by_hand_at_1e_5", HAND, [("lr = 1.0", "lr = 1e-5")], "learning rate too low", IVANOV + "36"),
    case("by_hand_at_1000", HAND, [("lr = 1.0", "lr = 1000.0")], "learning rate too high", IVANOV + "36"),
    case("raw_at_1e_6", RAW, [("0.1 * w.grad", "1e-6 * w.grad")], "learning rate too low", IVANOV + "36"),
    case("raw_at_100", RAW, [("0.1 * w.grad", "10.0 * w.grad")], "learning rate too high", IVANOV + "36"),
    case("parts_at_1e_7", PARTS, [("lr=0.02", "lr=1e-7")], "learning rate too low", IVANOV + "36"),
    case(
        "parts_without_activation",
        PARTS,
        [(", nn.ReLU())", ")")],
        "no activation",
        IVANOV + "22",
        ("network too small",),
    ),
    case(
        "pictures_in_bytes",
        PICTURES,
        [(".reshape(-1, 1, 8, 8)", ".reshape(-1, 1, 8, 8) * np.float32(255)"), ("lr=0.05", "lr=0.02")],
        "inputs not scaled",
        ASKED + "pixels 0 … 255",
    ),
    case(
        "pictures_as_whole_numbers",
        PICTURES,
        [(".reshape(-1, 1, 8, 8)", ".reshape(-1, 1, 8, 8).astype(int).astype(np.float32) * 0 + 1")],
        "inputs all alike",
        IVANOV + "1: all zeros",
    ),
]

WELL = [
    case("classes_loop", CLASSES, [], HEALTHY, "PyTorch's tutorials"),
    case("numbers_loop", NUMBERS, [], HEALTHY, "PyTorch's tutorials"),
    case("by_hand_loop", HAND, [], HEALTHY, "PyTorch's tutorials"),
    case("raw_loop", RAW, [], HEALTHY, "PyTorch's tutorials"),
    case("recurrent_loop", RECURRENT, [], HEALTHY, "PyTorch's tutorials"),
    case("pictures_loop", PICTURES, [], HEALTHY, "PyTorch's tutorials"),
    case("labels_loop", LABELS, [], HEALTHY, "PyTorch's tutorials"),
    case("parts_loop", PARTS, [], HEALTHY, "PyTorch's tutorials"),
    case(
        "numbers_adding_two_batches",
        NUMBERS,
        [
            (
                "        opt.zero_grad()\n        loss.backward()\n        opt.step()\n",
                "        (0.5 * loss).backward()\n        if start // batch % 2:\n            opt.step()\n            opt.zero_grad()\n",
            ),
        ],
        HEALTHY,
        RECIPE,
    ),
    case(
        "classes_validated_in_the_middle",
        CLASSES,
        [
            (
                "        total += loss.item()",
                "        total += loss.item()\n        if total > 20:\n            total = 0.0\n            evaluate()\n"
                "            model.train()",
            )
        ],
        HEALTHY,
        RECIPE,
    ),
    case(
        "numbers_clipped",
        NUMBERS,
        [("        opt.step()\n", "        optim.clip_grad_norm_(net.parameters(), 1.0)\n        opt.step()\n")],
        HEALTHY,
        IVANOV + "35",
    ),
    case(
        "pictures_warmed_up",
        PICTURES,
        [
            (
                "optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)",
                "optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: min(1.0, (epoch + 1) / 3))",
            )
        ],
        HEALTHY,
        RECIPE,
    ),
    case(
        "numbers_with_a_small_penalty",
        NUMBERS,
        [
            (
                "    loss = ((pred - yb) ** 2).mean()",
                "    loss = ((pred - yb) ** 2).mean() + 1e-4 * sum((p * p).sum() for p in net.parameters())",
            )
        ],
        HEALTHY,
        IVANOV + "30",
    ),
    case(
        "labels_by_a_trainer",
        LABELS,
        [
            (
                "        optimizer.zero_grad()\n        loss = criterion(model(x), y)\n        loss.backward()\n        optimizer.step()\n",
                "        model.zero_grad()\n        criterion(model(x), y).backward()\n        optimizer.step()\n",
            )
        ],
        HEALTHY,
        RECIPE,
    ),
]

CASES = SICK + WELL
