"""A paper by itself: drawing, scoring, canonical bytes (docs/proof.md).

Part of recompute.py."""

import hashlib
import hmac
import struct


# ---------------------------------------------------------------- drawing

class Stream:
    """The numbers that a seed yields."""

    def __init__(self, seed):
        self.prefix = b"hoithi draw 1\0" + seed
        self.block = 0
        self.words = []

    def next_u32(self):
        if not self.words:
            digest = hashlib.sha256(self.prefix + self.block.to_bytes(8, "big")).digest()
            self.block += 1
            self.words = list(reversed(struct.unpack(">8I", digest)))
        return self.words.pop()

    def below(self, n):
        usable = 2**32 - 2**32 % n
        while True:
            word = self.next_u32()
            if word < usable:
                return word % n


def draw(bank, strata, shuffle_questions, shuffle_options, seed):
    """The drawn paper as [(number, (o0, o1, o2, o3))]; None when the bank is short.

    bank: [(topic, difficulty, key)]; strata: [(topic or None, difficulty or None, count)].
    """
    stream = Stream(seed)
    free = [True] * len(bank)
    for topic, difficulty, count in strata:
        pool = [number for number, item in enumerate(bank)
                if free[number] and topic in (None, item[0]) and difficulty in (None, item[1])]
        if len(pool) < count:
            return None
        for i in range(count):
            j = i + stream.below(len(pool) - i)
            pool[i], pool[j] = pool[j], pool[i]
            free[pool[i]] = False
    paper = [number for number, is_free in enumerate(free) if not is_free]
    if shuffle_questions:
        shuffle(stream, paper)
    drawn = []
    for number in paper:
        options = [0, 1, 2, 3]
        if shuffle_options:
            shuffle(stream, options)
        drawn.append((number, tuple(options)))
    return drawn


def shuffle(stream, items):
    for i in reversed(range(1, len(items))):
        j = stream.below(i + 1)
        items[i], items[j] = items[j], items[i]


def stored_form(drawn):
    out = bytearray()
    for number, (a, b, c, d) in drawn:
        out += number.to_bytes(2, "big")
        out.append(a * 64 + b * 16 + c * 4 + d)
    return bytes(out)


def read_stored_form(data):
    return [(int.from_bytes(data[at:at + 2], "big"),
             tuple(data[at + 2] >> shift & 3 for shift in (6, 4, 2, 0)))
            for at in range(0, len(data), 3)]


def count_right(bank, drawn, answers):
    return sum(1 for (number, options), answer in zip(drawn, answers)
               if answer != "0" and options[int(answer) - 1] == bank[number][2])


# ---------------------------------------------------------------- leaves

# Name and kind of each field, in the order of its number.
LEAF_FIELDS = [
    ("contest", "text"), ("round", "text"), ("group", "text"), ("entry", "text"),
    ("attempt", "int"), ("rules_version", "int"), ("rules_hash", "hex"), ("bank_hash", "hex"),
    ("draw_version", "int"), ("seed", "hex"), ("drawn", "hex"), ("answers", "text"),
    ("prediction", "int"), ("started_at", "int"), ("submitted_at", "int"),
    ("elapsed_ms", "int"), ("score_points", "int"),
]


def leaf_value(kind, value):
    if kind == "int":
        return value.to_bytes(8, "big", signed=True)
    return bytes.fromhex(value) if kind == "hex" else value.encode("utf-8")


def leaf_field_salts(salt):
    return [hmac.new(salt, b"hoithi field\0" + bytes([number]), "sha256").digest()
            for number in range(1, len(LEAF_FIELDS) + 1)]


def leaf_commitments(fields, salt):
    return [hashlib.sha256(field_salt + leaf_value(kind, fields[name])).digest()
            for field_salt, (name, kind) in zip(leaf_field_salts(salt), LEAF_FIELDS)]


def leaf_bytes(commitments):
    return b"hoithi paper v1\n" + bytes([len(commitments)]) + b"".join(commitments)


def leaf_hash(data):
    return hashlib.sha256(b"\0" + data).digest()


# ---------------------------------------------------------------- vectors

def vector_disagreements(vector):
    """Names of the parts of one vector that come out differently."""
    if vector["vector"] == "stream":
        stream = Stream(bytes.fromhex(vector["seed"]))
        found = {"u32": [stream.next_u32() for _ in vector["u32"]]}
    elif vector["vector"] == "draw":
        bank = [(topic, difficulty, 0) for topic, difficulty, n in vector["bank"]
                for _ in range(n)]
        drawn = draw(bank, [(t or None, d or None, n) for t, d, n in vector["strata"]],
                     vector["shuffle_q"], vector["shuffle_a"], bytes.fromhex(vector["seed"]))
        found = {"drawn": stored_form(drawn).hex()}
    else:
        salt = bytes.fromhex(vector["salt"])
        commitments = leaf_commitments(vector["fields"], salt)
        data = leaf_bytes(commitments)
        found = {"field_salts": [part.hex() for part in leaf_field_salts(salt)],
                 "commitments": [part.hex() for part in commitments], "bytes": data.hex(),
                 "leaf_hash": leaf_hash(data).hex()}
    return [name for name, value in found.items() if vector[name] != value]
