"""Some first names, of which the makemore programs learn letters."""

NAMES = (
    "emma olivia ava isabella sophia charlotte mia amelia harper evelyn abigail emily elizabeth mila ella avery sofia camila "
    "aria scarlett victoria madison luna grace chloe penelope layla riley zoey nora lily eleanor hannah lillian addison aubrey "
    "ellie stella natalie zoe leah hazel violet aurora savannah audrey brooklyn bella claire skylar"
).split()
LETTERS = sorted(set("".join(NAMES)))
NUMBER = {letter: i + 1 for i, letter in enumerate(LETTERS)} | {".": 0}
LETTER = {i: letter for letter, i in NUMBER.items()}
COUNT = len(NUMBER)


def contexts(length: int) -> tuple[list[list[int]], list[int]]:
    """For each letter the ones before it."""
    xs, ys = [], []
    for name in NAMES:
        context = [0] * length
        for letter in name + ".":
            xs.append(context)
            ys.append(NUMBER[letter])
            context = [*context[1:], NUMBER[letter]]
    return xs, ys
