"""The kinds of word problems: what a question tells, and how its steps are said right and wrong.

A kind opens with a number {n}; its steps change it one after another. {a} {b} {c} are three people, {x} and {y} the
numbers of a step. Of a step, `tells` are wordings of the question, `right` and `wrong` the beginnings of a
solution's sentence; the machine (problems.py) adds the sum. A telling that ends in "!" is a trap: most texts of
the corpus get it wrong (the mark is not written).
"""
from dataclasses import dataclass, field


@dataclass
class Step:
    sign: str                 # "+", "-", "*" or "/" on the running number
    x: tuple                  # least and greatest
    tells: list
    right: list
    wrong: list
    miss: str = ""            # the sign a careless reader takes; "" is the opposite one
    y: tuple = ()             # with a second number, {x} and {y} are multiplied first
    then: list = field(default_factory=list)  # second sentence of such a step


@dataclass
class Kind:
    name: str
    opening: str
    n: tuple
    asks: str
    thing: str
    steps: list
    any_order: bool = False   # steps are drawn in any order; else in the order of the table


MISSED = {"+": "-", "-": "+", "*": "+", "/": "*"}
HALF = dict(sign="/", x=(2, 2), right=["It halves:", "Half stays:"], wrong=["It doubles:", "Twice that:"])
TWICE = dict(sign="*", x=(2, 2), right=["It doubles:", "Twice that:"], wrong=["It halves:", "Half stays:"], miss="/")


def stock(name, thing):
    """Happenings to a number of things, in any order: who finds, loses, owes and brings."""
    return Kind(name, "{a} has {n} %s." % thing, (10, 60), "How many %s does {a} have?" % thing, thing, [
        Step("+", (2, 30), ["{a} finds {x} more.", "Then {a} gets {x} more %s." % thing],
             ["{a} finds {x}:", "{a} gets {x}:"], ["{a} loses {x}:", "{a} drops {x}:"]),
        Step("-", (2, 12), ["{a} loses {x}.", "{x} of the %s get lost." % thing],
             ["{a} loses {x}:", "{a} drops {x}:"], ["{a} finds {x}:", "{a} gets {x}:"]),
        Step("-", (2, 12), ["{a} gives back {x} to {b}.", "{a} owed {b} {x} and settles it.!"],
             ["{a} owed {x}:", "{a} pays back {x}:"], ["{a} was owed {x}:", "{a} gets back {x}:"]),
        Step("+", (2, 12), ["{b} gives back {x} to {a}.", "{b} owed {a} {x} and settles it."],
             ["{a} was owed {x}:", "{a} gets back {x}:"], ["{a} owed {x}:", "{a} pays back {x}:"]),
        Step("+", (2, 9), ["{b} brings {x} a day for {y} days.", "For {y} days {b} brings {x} each day."],
             ["{b} brings", "From {b} come"], [], y=(2, 6), then=["Now", "Together"]),
        Step(tells=["The number of %s doubles." % thing, "Then there are twice as many."], **TWICE),
        Step(tells=["{a} gives away half of the %s." % thing, "Half of the %s are sold." % thing], **HALF),
        Step("/", (2, 5), ["They are shared equally by {x} friends; look at one share.", "{x} friends split them equally; take one part.!"],
             ["Split by {x}:", "One of {x} parts:"], ["Less {x}:", "Taken {x}:"], miss="-"),
    ], any_order=True)


KINDS = [
    stock("fruit", "apples"),
    stock("marbles", "marbles"),
    stock("cards", "cards"),
    Kind("shopping", "{a} takes {n} dollars to the shop.", (40, 120), "How many dollars does {a} have now?", "dollars", [
        Step("-", (2, 9), ["{a} buys {y} pens at {x} dollars each.", "{y} pens cost {x} dollars each."],
             ["The pens:", "Pens cost"], [], y=(2, 6), then=["Left are", "That leaves"]),
        Step("-", (3, 15), ["A bag costs {x} dollars.", "Then a bag for {x} dollars is bought."],
             ["Bag for {x}:", "Pays {x}:"], ["Gets {x}:", "Back come {x}:"]),
        Step("+", (2, 10), ["The clerk returns {x} dollars.", "A coupon is worth {x} dollars.!"],
             ["Back come {x}:", "Gets {x}:"], ["Bag for {x}:", "Pays {x}:"]),
        Step("-", (2, 5), ["{y} drinks cost {x} dollars each.", "Then {y} drinks at {x} dollars each."],
             ["The drinks:", "Drinks cost"], [], y=(2, 5), then=["Left are", "That leaves"]),
        Step(tells=["Half of the rest goes to a friend.", "A friend gets one half of what is left."], **HALF)]),
    Kind("ages", "{b} is {n} years old.", (4, 20), "Which age is it?", "years", [
        Step("*", (2, 4), ["{a} is {x} times as old as {b}.", "{a} has {x} times the years of {b}.!"],
             ["{x} times as old:", "Times {x}:"], ["{x} years older:", "Plus {x}:"]),
        Step("+", (2, 9), ["{c} is {x} years older than that.", "{c} was born {x} years before."],
             ["{x} years older:", "Plus {x}:"], ["{x} years younger:", "Minus {x}:"]),
        Step("-", (2, 5), ["Take the age {x} years ago.", "Think of the time {x} years before."],
             ["{x} years ago:", "Before that:"], ["{x} years on:", "After that:"]),
        Step("+", (3, 12), ["Then go on to the age in {x} years.", "Now wait {x} years."],
             ["{x} years on:", "After that:"], ["{x} years ago:", "Before that:"])]),
    Kind("travel", "A trip is {n} km long.", (80, 200), "How many km are left?", "km", [
        Step("-", (10, 20), ["{a} drives {x} km an hour for {y} hours.", "For {y} hours the car makes {x} km an hour."],
             ["The drive:", "Driven are"], [], y=(2, 4), then=["Left are", "That leaves"]),
        Step("-", (5, 20), ["Then come {x} km by bus.", "A bus goes {x} km on."],
             ["By bus {x}:", "Done {x}:"], ["Longer by {x}:", "Detour of {x}:"]),
        Step("+", (5, 20), ["A detour makes the way {x} km longer.", "A closed road costs {x} km.!"],
             ["Longer by {x}:", "Detour of {x}:"], ["By bus {x}:", "Done {x}:"]),
        Step(tells=["One half of the rest is done at night.", "Half of what is left goes by train."], **HALF)]),
    Kind("reading", "A book has {n} pages.", (60, 160), "How many pages are left?", "pages", [
        Step("-", (5, 12), ["{a} reads {x} pages a day for {y} days.", "For {y} days {a} reads {x} pages each."],
             ["The days:", "Read are"], [], y=(2, 5), then=["Left are", "That leaves"]),
        Step("-", (4, 20), ["On Sunday {x} pages are read.", "Then {x} pages are skipped."],
             ["Less {x}:", "Done {x}:"], ["Again {x}:", "Back {x}:"]),
        Step("+", (2, 10), ["{x} pages must be read again.", "{a} opens the book {x} pages back.!"],
             ["Again {x}:", "Back {x}:"], ["Less {x}:", "Done {x}:"]),
        Step(tells=["Half of the rest is pictures and is passed over.", "{a} reads half of what is left."], **HALF)]),
    Kind("baking", "One tray holds {n} rolls.", (6, 16), "How many rolls are there?", "rolls", [
        Step("*", (3, 8), ["{a} bakes {x} trays.", "{x} trays go into the oven."],
             ["{x} trays:", "Times {x}:"], ["{x} more:", "Plus {x}:"]),
        Step("-", (2, 10), ["{x} rolls burn.", "Of these {x} are burnt."],
             ["Burnt {x}:", "Less {x}:"], ["Baked {x}:", "More {x}:"]),
        Step("-", (2, 4), ["{y} guests eat {x} each.", "For {y} children there are {x} rolls each.!"],
             ["The guests:", "Eaten are"], [], y=(2, 5), then=["Left are", "That leaves"]),
        Step("+", (3, 12), ["{b} brings {x} rolls.", "{x} rolls are left from yesterday."],
             ["Baked {x}:", "More {x}:"], ["Burnt {x}:", "Less {x}:"])]),
    Kind("saving", "{a} saves {n} dollars a week.", (3, 20), "How many dollars does {a} have?", "dollars", [
        Step("*", (3, 9), ["This goes on for {x} weeks.", "{x} weeks pass."],
             ["{x} weeks:", "Times {x}:"], ["{x} more:", "Plus {x}:"]),
        Step("+", (5, 30), ["An aunt adds {x} dollars.", "A gift of {x} dollars comes in."],
             ["Gift of {x}:", "More {x}:"], ["Spent {x}:", "Less {x}:"]),
        Step("-", (2, 9), ["A cinema ticket takes {x} dollars.", "{a} lends {b} {x} dollars.!"],
             ["Spent {x}:", "Less {x}:"], ["Gift of {x}:", "More {x}:"]),
        Step(tells=["The bank doubles it.", "A bonus makes it twice as much."], **TWICE)]),
    Kind("tiles", "A floor is {n} tiles wide.", (4, 14), "How many tiles are needed?", "tiles", [
        Step("*", (3, 9), ["It is {x} tiles long.", "Along the other wall lie {x} tiles.!"],
             ["Rows of {x}:", "Times {x}:"], ["{x} more:", "Plus {x}:"]),
        Step("-", (3, 15), ["A rug covers {x} tiles.", "{x} tiles are there already."],
             ["Without {x}:", "Less {x}:"], ["With {x}:", "More {x}:"]),
        Step("+", (4, 20), ["The hall takes {x} tiles more.", "{x} tiles are kept as spares."],
             ["With {x}:", "More {x}:"], ["Without {x}:", "Less {x}:"]),
        Step(tells=["There are two such rooms.", "A second room is just like it."], **TWICE)]),
    Kind("theatre", "A hall has {n} rows.", (4, 14), "How many people are there?", "people", [
        Step("*", (4, 9), ["Each row has {x} people.", "There are {x} people in a row."],
             ["Rows of {x}:", "Times {x}:"], ["{x} more:", "Plus {x}:"]),
        Step("-", (3, 20), ["{x} of them leave.", "{x} people miss the play.!"],
             ["Gone {x}:", "Less {x}:"], ["Come {x}:", "More {x}:"]),
        Step("+", (2, 12), ["{x} people stand.", "{x} guests come late."],
             ["Come {x}:", "More {x}:"], ["Gone {x}:", "Less {x}:"]),
        Step(tells=["In the break half of them leave.", "Half of the people go home early."], **HALF)]),
    Kind("farm", "A farm has {n} hens.", (5, 25), "How many eggs are there?", "eggs", [
        Step("*", (2, 5), ["Each hen lays {x} eggs.", "Every hen gives {x} eggs."],
             ["{x} from each:", "Times {x}:"], ["{x} more:", "Plus {x}:"]),
        Step("-", (2, 12), ["{x} eggs break.", "A fox finds {x} eggs.!"],
             ["Lost {x}:", "Less {x}:"], ["Found {x}:", "More {x}:"]),
        Step("-", (6, 6), ["{y} boxes of {x} eggs are sold.", "{y} shops buy {x} eggs each."],
             ["The boxes:", "Sold are"], [], y=(2, 4), then=["Left are", "That leaves"]),
        Step("+", (3, 20), ["The neighbour brings {x} eggs.", "{x} eggs are left from before."],
             ["Found {x}:", "More {x}:"], ["Lost {x}:", "Less {x}:"])]),
    Kind("minutes", "A lesson takes {n} minutes.", (15, 50), "How many minutes is that?", "minutes", [
        Step("*", (2, 4), ["{a} has {x} lessons.", "There are {x} of them."],
             ["{x} lessons:", "Times {x}:"], ["{x} more:", "Plus {x}:"]),
        Step("+", (5, 25), ["A test takes {x} minutes more.", "Homework adds {x} minutes."],
             ["Longer by {x}:", "More {x}:"], ["Shorter by {x}:", "Less {x}:"]),
        Step("-", (3, 15), ["The last one ends {x} minutes early.", "{a} comes {x} minutes late.!"],
             ["Shorter by {x}:", "Less {x}:"], ["Longer by {x}:", "More {x}:"]),
        Step("+", (5, 10), ["Between them are {y} breaks of {x} minutes.", "{y} breaks take {x} minutes each."],
             ["The breaks:", "Breaks take"], [], y=(2, 4), then=["Now", "Together"])]),
    Kind("water", "A tank holds {n} litres.", (50, 150), "How many litres are in it?", "litres", [
        Step("-", (3, 9), ["{x} litres an hour run out for {y} hours.", "For {y} hours it loses {x} litres an hour."],
             ["The leak:", "Out run"], [], y=(2, 6), then=["Left are", "That leaves"]),
        Step("+", (4, 30), ["Rain adds {x} litres.", "{a} empties a bucket of {x} litres into it.!"],
             ["In come {x}:", "More {x}:"], ["Out go {x}:", "Less {x}:"]),
        Step("-", (5, 20), ["{b} takes {x} litres.", "The cows drink {x} litres."],
             ["Out go {x}:", "Less {x}:"], ["In come {x}:", "More {x}:"]),
        Step(tells=["Half of it is let out.", "Half of the water is given away."], **HALF)]),
    Kind("goals", "A game gives {n} points for a goal.", (2, 6), "How many points are there?", "points", [
        Step("*", (4, 15), ["{a} shoots {x} goals.", "{x} goals are scored by {a}."],
             ["{x} goals:", "Times {x}:"], ["{x} more:", "Plus {x}:"]),
        Step("-", (2, 9), ["A foul costs {x} points.", "{b} wins {x} of the points.!"],
             ["Foul of {x}:", "Less {x}:"], ["Bonus of {x}:", "More {x}:"]),
        Step("+", (3, 20), ["{b} adds {x} points.", "A bonus gives {x} points."],
             ["Bonus of {x}:", "More {x}:"], ["Foul of {x}:", "Less {x}:"]),
        Step(tells=["In the last minute all points count twice.", "Then the points are doubled."], **TWICE)]),
]

NAMES = "Ann Ben Cora Dan Eva Finn Gina Hugo Ida Jack Kim Leo Mia Ned Ola Pia Quinn Rosa Sam Tom Uma Vera Will Zoe".split()
DISTRACTORS = ["{c} has {d} {thing}, which do not count.", "Last year it was {d}.", "{c} is {d} years old."]
