#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generates databases whose best possible score is known, fits each without options, and says how near it came.

  scripts/bench_generated.py [--only counts,text] [--models auto,boost,sage] [--budget "60 seconds"] [--seed 0] [--keep FOLDER]

Every database has 2,000 customers who are asked about every 30 days: eight times to train, then some to validate, two to
test. Whether the answer is yes is drawn with a probability that depends on the customer's known rows alone, so
the probability itself is the best prediction there is; its AUROC on the test labels is the best score. What the
probability depends on differs:

  counts           how many orders in the last 30 days
  recency          days since the last order
  grandparent      a number of the country of the customer's city
  sequence         whether the last two events were A, then B; how often each occurs tells nothing
  text             a word in the last review
  same_row         deterministic: rows have flags a and b; the answer is whether some row has both. Every customer has the
                   same number of each, so columns pooled one at a time tell nothing (Fey et al. 2024, arXiv:2312.04615)
  ratio            which share of the orders of the last 60 days came back (returns are rows of their own)
  trend            how many orders more in the last 30 days than in the 30 before
  weekend          which share of all orders were placed on a Saturday or a Sunday
  quality          the mean quality of the products of the last three orders
  latent           which of 40 products was ordered last; nothing but its name tells it from others
  siblings         how many orders all customers of the same city placed in the last 30 days
  friends          which share of the customer's friends ordered more than twice in the last 30 days
  withdrawals      the largest amount of those account movements that are withdrawals
  stars            the mean of the last four ratings of one to eight stars
  noise            nothing: auto must keep the constant
"""
import argparse
import csv
import datetime
import json
import math
import pathlib
import random
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
START = datetime.datetime(2023, 1, 1)
STEP, CUSTOMERS = 30, 2000
TRAIN_TIMES, VAL_TIMES, TEST_TIMES = 8, 1, 2
TIMES = TRAIN_TIMES + VAL_TIMES + TEST_TIMES + 1  # the last window of the test is followed by another
FIRST = 120  # day of the first question
LAST = FIRST + STEP * TIMES
WORDS = "the a and it was very quite good bad service product delivery price quality fast slow box size colour nice".split()


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def moment(day):
    return (START + datetime.timedelta(seconds=round(day * 86400))).isoformat(sep=" ")


class Database:
    """Tables as lists of rows with a header, and each customer's probability at each time of asking."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.tables = {"customers": [["id", "age"]]}
        for customer in range(CUSTOMERS):
            self.tables["customers"].append([customer, self.random.randint(18, 90)])

    def event_days(self, mean_gap):
        day, out = self.random.uniform(0, mean_gap), []
        while day < LAST:
            out.append(day)
            day += self.random.expovariate(1 / mean_gap)
        return out

    def add_rows(self, table, columns, rows):
        """rows: (day, customer, *values), in the order of days."""
        rows.sort(key=lambda row: row[0])
        self.tables[table] = [["id", "customer_id", "at", *columns]]
        for i, (day, customer, *values) in enumerate(rows):
            self.tables[table].append([i, customer, moment(day), *values])

    def probability(self, customer, day):
        raise NotImplementedError


class Counts(Database):
    def __init__(self, seed):
        super().__init__(seed)
        self.days = [self.event_days(self.random.choice([4, 8, 16, 32])) for _ in range(CUSTOMERS)]
        self.add_rows("orders", ["amount"], [(day, c, round(self.random.uniform(1, 100), 2)) for c in range(CUSTOMERS) for day in self.days[c]])

    def probability(self, customer, day):
        return sigmoid(0.7 * (sum(day - 30 < d <= day for d in self.days[customer]) - 4))


class Recency(Counts):
    def probability(self, customer, day):
        last = max((d for d in self.days[customer] if d <= day), default=0)
        return sigmoid((12 - (day - last)) / 4)


class Grandparent(Database):
    def __init__(self, seed):
        super().__init__(seed)
        wealth = [self.random.gauss(0, 1) for _ in range(60)]
        country = [self.random.randrange(60) for _ in range(400)]
        self.tables["countries"] = [["id", "wealth"]] + [[i, round(w, 3)] for i, w in enumerate(wealth)]
        self.tables["cities"] = [["id", "country_id", "size"]] + [[i, c, self.random.randint(1, 9)] for i, c in enumerate(country)]
        self.tables["customers"][0].append("city_id")
        self.wealth = []
        for row in self.tables["customers"][1:]:
            row.append(self.random.randrange(400))
            self.wealth.append(wealth[country[row[-1]]])

    def probability(self, customer, day):
        return sigmoid(1.5 * self.wealth[customer])


class Sequence(Database):
    def __init__(self, seed):
        super().__init__(seed)
        self.events = [[(day, self.random.choice("AB")) for day in self.event_days(12)] for _ in range(CUSTOMERS)]
        self.add_rows("events", ["kind"], [(day, c, kind) for c in range(CUSTOMERS) for day, kind in self.events[c]])

    def probability(self, customer, day):
        known = [kind for d, kind in self.events[customer] if d <= day]
        return 0.9 if known[-2:] == ["A", "B"] else 0.15


class Text(Database):
    def __init__(self, seed):
        super().__init__(seed)
        self.reviews = [[(day, self.random.random() < 0.4) for day in self.event_days(20)] for _ in range(CUSTOMERS)]
        rows = []
        for c in range(CUSTOMERS):
            for day, angry in self.reviews[c]:
                words = [self.random.choice(WORDS) for _ in range(self.random.randint(6, 14))]
                if angry:
                    words.insert(self.random.randrange(len(words)), self.random.choice(["refund", "broken"]))
                rows.append((day, c, " ".join(words)))
        self.add_rows("reviews", ["comment"], rows)

    def probability(self, customer, day):
        known = [angry for d, angry in self.reviews[customer] if d <= day]
        return 0.85 if known and known[-1] else 0.15


class SameRow(Database):
    def __init__(self, seed):
        super().__init__(seed)
        self.yes = [self.random.random() < 0.5 for _ in range(CUSTOMERS)]
        rows = []
        for c in range(CUSTOMERS):
            flags = [("y", "y"), ("n", "n")] if self.yes[c] else [("y", "n"), ("n", "y")]
            days = sorted(self.random.uniform(0, FIRST) for _ in flags)
            self.random.shuffle(flags)
            rows += [(day, c, a, b) for day, (a, b) in zip(days, flags)]
        self.add_rows("checks", ["a", "b"], rows)

    def probability(self, customer, day):
        return float(self.yes[customer])


def near(days, day, span):
    return sum(day - span < d <= day for d in days)


class Ratio(Counts):
    def __init__(self, seed):
        super().__init__(seed)
        self.back, orders, returns = [], self.tables["orders"], [["id", "order_id", "at", "reason"]]
        rate = [self.random.random() for _ in range(CUSTOMERS)]
        moments = [[] for _ in range(CUSTOMERS)]
        for row in orders[1:]:
            moments[row[1]].append(row)
        for c in range(CUSTOMERS):
            self.back.append([])
            for row, day in zip(moments[c], self.days[c]):
                if self.random.random() < rate[c]:
                    self.back[c].append(day + self.random.uniform(0, 5))
                    returns.append([len(returns), row[0], moment(self.back[c][-1]), self.random.choice(["size", "late", "other"])])
        self.tables["returns"] = returns

    def probability(self, customer, day):
        orders, back = near(self.days[customer], day, 60), near(self.back[customer], day, 60)
        return sigmoid(6 * (min(1, back / orders) - 0.5)) if orders else 0.3


class Trend(Counts):
    def probability(self, customer, day):
        last = near(self.days[customer], day, 30)
        return sigmoid(0.8 * (2 * last - near(self.days[customer], day, 60)))


class Weekend(Database):
    def __init__(self, seed):
        super().__init__(seed)
        self.days = []
        for _ in range(CUSTOMERS):
            taste, days = self.random.random(), self.event_days(8)
            # 2023-01-01 is a Sunday: of seven days, those numbered 6 and 0 are the weekend.
            self.days.append([d for d in days if self.random.random() < (taste if int(d) % 7 in (6, 0) else 1 - taste)])
        self.add_rows("orders", ["amount"], [(day, c, round(self.random.uniform(1, 100), 2)) for c in range(CUSTOMERS) for day in self.days[c]])

    def probability(self, customer, day):
        known = [d for d in self.days[customer] if d <= day]
        return sigmoid(5 * (sum(int(d) % 7 in (6, 0) for d in known) / len(known) - 0.4)) if known else 0.5


class Quality(Database):
    PRODUCTS = 300

    def __init__(self, seed):
        super().__init__(seed)
        self.quality = [round(self.random.gauss(0, 1), 3) for _ in range(self.PRODUCTS)]
        self.tables["products"] = [["id", "name", "quality"]] + [[i, f"product {i}", q] for i, q in enumerate(self.quality)]
        self.orders = [[(day, self.random.randrange(self.PRODUCTS)) for day in self.event_days(15)] for _ in range(CUSTOMERS)]
        self.add_rows("orders", ["product_id"], [(day, c, product) for c in range(CUSTOMERS) for day, product in self.orders[c]])

    def probability(self, customer, day):
        last = [self.quality[product] for d, product in self.orders[customer] if d <= day][-3:]
        return sigmoid(2.5 * sum(last) / len(last)) if last else 0.5


class Latent(Quality):
    PRODUCTS = 40

    def __init__(self, seed):
        super().__init__(seed)
        self.tables["products"] = [row[:2] for row in self.tables["products"]]

    def probability(self, customer, day):
        last = [self.quality[product] for d, product in self.orders[customer] if d <= day][-1:]
        return sigmoid(1.5 * last[0]) if last else 0.5


class Siblings(Database):
    def __init__(self, seed):
        super().__init__(seed)
        cities = 100
        self.tables["cities"] = [["id", "size"]] + [[i, self.random.randint(1, 9)] for i in range(cities)]
        self.tables["customers"][0].append("city_id")
        self.city = [i % cities for i in range(CUSTOMERS)]
        for row, city in zip(self.tables["customers"][1:], self.city):
            row.append(city)
        self.days = [[] for _ in range(cities)]
        rows = []
        phase = [[self.random.choice([0.4, 1, 2.5]) for _ in range(LAST // 30 + 1)] for _ in range(cities)]  # busy and quiet months
        for c in range(CUSTOMERS):
            for day in self.event_days(10):
                if self.random.random() < phase[self.city[c]][int(day) // 30] / 2.5:
                    self.days[self.city[c]].append(day)
                    rows.append((day, c, round(self.random.uniform(1, 100), 2)))
        self.add_rows("orders", ["amount"], rows)

    def probability(self, customer, day):
        return sigmoid((near(self.days[self.city[customer]], day, 30) - 28) / 8)


class Friends(Counts):
    def __init__(self, seed):
        super().__init__(seed)
        self.friends = [self.random.sample(range(CUSTOMERS), self.random.randint(1, 8)) for _ in range(CUSTOMERS)]
        pairs = [(a, b) for a in range(CUSTOMERS) for b in self.friends[a] if a != b]
        self.tables["friendships"] = [["id", "customer_id", "friend_id"]] + [[i, a, b] for i, (a, b) in enumerate(pairs)]

    def probability(self, customer, day):
        known = [near(self.days[b], day, 30) > 2 for b in self.friends[customer] if b != customer]
        return sigmoid(4 * (sum(known) / len(known) - 0.5)) if known else 0.5


class Withdrawals(Database):
    def __init__(self, seed):
        super().__init__(seed)
        usual = [self.random.uniform(20, 80) for _ in range(CUSTOMERS)]
        self.moves = [[(day, self.random.choice(["deposit", "withdrawal", "fee", "transfer"]), round(self.random.uniform(0, 2 * usual[c]), 2))
                       for day in self.event_days(6)] for c in range(CUSTOMERS)]
        self.add_rows("moves", ["kind", "amount"], [(day, c, kind, amount) for c in range(CUSTOMERS) for day, kind, amount in self.moves[c]])

    def probability(self, customer, day):
        known = [amount for d, kind, amount in self.moves[customer] if d <= day and kind == "withdrawal"]
        return sigmoid((max(known, default=0) - 90) / 15)


class Stars(Database):
    def __init__(self, seed):
        super().__init__(seed)
        self.stars = []
        for c in range(CUSTOMERS):
            mood = self.random.uniform(1.5, 7.5)
            self.stars.append([(day, min(8, max(1, round(self.random.gauss(mood, 2))))) for day in self.event_days(15)])
        self.add_rows("ratings", ["stars"], [(day, c, stars) for c in range(CUSTOMERS) for day, stars in self.stars[c]])

    def probability(self, customer, day):
        known = [stars for d, stars in self.stars[customer] if d <= day][-4:]
        return sigmoid(1.5 * (sum(known) / len(known) - 4.5)) if known else 0.5


class Noise(Counts):
    def probability(self, customer, day):
        return 0.3


KINDS = {"counts": Counts, "recency": Recency, "grandparent": Grandparent, "sequence": Sequence, "text": Text, "same_row": SameRow,
         "ratio": Ratio, "trend": Trend, "weekend": Weekend, "quality": Quality, "latent": Latent, "siblings": Siblings, "friends": Friends,
         "withdrawals": Withdrawals, "stars": Stars, "noise": Noise}


def auroc(scores, labels):
    ranked = sorted(zip(scores, labels))
    positives, below, wins, i = sum(labels), 0, 0.0, 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][0] == ranked[i][0]:
            j += 1
        ties = sum(label for _, label in ranked[i:j])
        wins += ties * (below + (j - i - ties) / 2)
        below += j - i - ties
        i = j
    return wins / (positives * (len(ranked) - positives))


def write(database, folder):
    """Writes CSV files and a task; returns the AUROC of the probability on the test labels."""
    answers, scores, labels = [], [], []
    for k in range(TIMES):
        day = FIRST + STEP * k
        for customer in range(CUSTOMERS):
            p = database.probability(customer, day)
            label = int(database.random.random() < p)
            answers.append((day + database.random.uniform(0.1, STEP - 0.1), customer, label))
            if TRAIN_TIMES + VAL_TIMES <= k < TIMES - 1:
                scores.append(p)
                labels.append(label)
    database.add_rows("answers", ["yes"], answers)
    folder.mkdir(parents=True)
    for name, rows in database.tables.items():
        with open(folder / f"{name}.csv", "w", newline="") as file:
            csv.writer(file).writerows(rows)
    task = {"name": folder.name, "kind": "forecast", "task_type": "binary_classification", "entity_table": "customers", "entity_col": "customer_id",
            "target_col": "yes", "time_col": "date", "timedelta": f"{STEP} days", "num_eval_timestamps": TEST_TIMES,
            "val_timestamp": moment(FIRST + STEP * TRAIN_TIMES), "test_timestamp": moment(FIRST + STEP * (TRAIN_TIMES + VAL_TIMES)),
            "sql": f"SELECT seed.timestamp AS date, a.customer_id, a.yes FROM timestamps seed JOIN answers a ON a.at > seed.timestamp AND "
                   f"a.at <= seed.timestamp + INTERVAL '{STEP} days'"}
    (folder / "task.yaml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in task.items()))
    return auroc(scores, labels)


def cenote(*words):
    out = subprocess.run([str(ROOT / "build" / "cenote"), *words, "--json", "--quiet"], capture_output=True, text=True)
    if out.returncode != 0:
        raise SystemExit(f"cenote {' '.join(words)}: {out.stderr}")
    return json.loads(out.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--models", default="auto")
    parser.add_argument("--budget", default="", help="of model auto")
    parser.add_argument("--seed", type=int, default=0, help="of the databases and of fit")
    parser.add_argument("--keep", help="write the databases here and leave them")
    args = parser.parse_args()
    top = pathlib.Path(args.keep or tempfile.mkdtemp())
    print("| database | model | kept | test AUROC | best possible | share | train s |\n|---|---|---|---|---|---|---|")
    for name in args.only.split(","):
        folder = top / name
        shutil.rmtree(folder, ignore_errors=True)
        best = write(KINDS[name](f"{name} {args.seed}"), folder)
        for model in args.models.split(","):
            with tempfile.TemporaryDirectory() as runs:
                budget = ["--budget", args.budget] if args.budget and model == "auto" else []
                fitted = cenote("fit", str(folder), "--task", str(folder / "task.yaml"), "--model", model, "--seed", str(args.seed), "--out", runs + "/run",
                                *budget)
                evaluated = cenote("evaluate", runs + "/run")
                assert evaluated["rows"] == TEST_TIMES * CUSTOMERS
                score = evaluated["metrics"]["auroc"]["value"]
                print(f"| {name} | {model} | {fitted.get('chosen', {}).get('kept', model)} | {score:.4f} | {best:.4f} | {score / best:.3f} | "
                      f"{fitted['seconds']['train']:.1f} |", flush=True)
    if not args.keep:
        shutil.rmtree(top)


if __name__ == "__main__":
    main()
