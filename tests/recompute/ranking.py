"""Ranking people and units (docs/proof.md).

Part of recompute.py. A paper here is a row of papers.csv."""

from collections import Counter, defaultdict


# ---------------------------------------------------------------- people

def counting_key(profile):
    return {
        "best": lambda p: (-p["score_points"], p["elapsed_ms"], p["submitted_at"], p["attempt"]),
        "only": lambda p: (p["started_at"], p["attempt"]),
        "last": lambda p: (-p["started_at"], p["attempt"]),
    }[profile.counting]


def prediction_targets(profile, valid, counted):
    """{group: number or None}"""
    kinds = {
        "none": None,
        "participants": counted,
        "all_correct_people": [paper for paper in counted if paper["perfect"]],
        "all_correct_attempts": [paper for paper in valid if paper["perfect"]],
    }
    chosen = kinds[profile.target]
    if chosen is None:
        return dict.fromkeys(profile.groups)
    if profile.scope == "round":
        return dict.fromkeys(profile.groups, len(chosen))
    tally = Counter(paper["group"] for paper in chosen)
    return {group: tally[group] for group in profile.groups}


def ranking_values(profile, paper, target, n_perfect):
    """One value a key, less is better; and the prediction error."""
    guess = paper["prediction"]
    if target is None:
        error, order = None, (0, 0)
    elif guess is None:
        error, order = None, (2, 0)
    else:
        error = abs(guess - target)
        order = (1 if profile.distance == "no_overshoot" and guess > target else 0, error)
    every = {
        "score": -paper["score_points"], "prediction_error": order,
        "elapsed_ms": paper["elapsed_ms"], "submitted_at": paper["submitted_at"],
        "started_at": paper["started_at"], "n_perfect": -n_perfect,
    }
    return [every[key] for key in profile.keys], error


def rank_round(profile, papers):
    """Ranking rows of one round in order, targets, and the counted papers."""
    valid = [paper for paper in papers if not paper["annulled"] and not paper["excluded"]]
    of_person = defaultdict(list)
    for paper in valid:
        of_person[paper["entry_code"]].append(paper)
    counted = [min(own, key=counting_key(profile)) for own in of_person.values()]
    targets = prediction_targets(profile, valid, counted)
    rows = []
    for group in profile.groups:
        standing = []
        for paper in (paper for paper in counted if paper["group"] == group):
            n_perfect = sum(own["perfect"] for own in of_person[paper["entry_code"]])
            values, error = ranking_values(profile, paper, targets[group], n_perfect)
            standing.append((values, paper["entry_code"].encode("utf-8"), {
                "group": group, "entry_code": paper["entry_code"],
                "score_points": paper["score_points"], "prediction_error": error,
                "elapsed_ms": paper["elapsed_ms"], "submitted_at": paper["submitted_at"],
                "n_perfect": n_perfect}))
        standing.sort(key=lambda line: line[:2])
        for i, (values, _, row) in enumerate(standing):
            row["place"] = 1 + next(j for j in range(i, -1, -1)
                                    if j == 0 or standing[j - 1][0] != values)
            following = standing[i + 1][0] if i + 1 < len(standing) else values
            row["decided_by"] = next((key for key, a, b in zip(profile.keys, values, following)
                                      if a != b), "")
            rows.append(row)
    return rows, targets, counted


# ---------------------------------------------------------------- units

def half_up(a, b):
    return (2 * a + b) // (2 * b)


def unit_gate(profile, people, headcount):
    if headcount == 0:
        return "no_headcount"
    if headcount < profile.min_headcount:
        return "min_headcount"
    return "passed" if 100 * people >= profile.min_rate * headcount else "min_rate"


def rank_units(profile, units, counted):
    """Unit ranking rows of one round in order."""
    parent = {unit["code"]: unit["parent"] for unit in units}
    people, points, headcount = Counter(), Counter(), Counter()

    def upwards(code):
        while code:
            yield code
            code = parent.get(code)

    for unit in units:
        for code in upwards(unit["code"]):
            headcount[code] += unit["headcount"] or 0
    for paper in counted:
        if paper["group"] in profile.unit_groups:
            for code in upwards(paper["unit_code"]):
                people[code] += 1
                points[code] += paper["score_points"]
    rows = []
    for unit in units:
        code = unit["code"]
        if unit["block"] in profile.blocks and people[code]:
            rate = min(half_up(1000000 * people[code], headcount[code]), 1000000) \
                if headcount[code] else 0
            mean = half_up(1000000 * points[code],
                           people[code] * profile.n_questions * profile.points)
            rows.append({
                "block": unit["block"], "unit_code": code, "people": people[code],
                "headcount": headcount[code], "rate_ppm": rate, "mean_ppm": mean,
                "index_ppm": half_up(profile.rate_milli * rate + profile.mean_milli * mean, 1000),
                "gate": unit_gate(profile, people[code], headcount[code])})

    def strength(row):
        return (-row["index_ppm"], -row["rate_ppm"], -row["mean_ppm"], -row["people"])

    rows.sort(key=lambda row: (profile.blocks.index(row["block"]), row["gate"] != "passed",
                               strength(row), row["unit_code"].encode("utf-8")))
    for row in rows:
        better = sum(1 for other in rows if other["block"] == row["block"] and
                     other["gate"] == "passed" and strength(other) < strength(row))
        row["place"] = better + 1 if row["gate"] == "passed" else 0
    return rows
