"""Figures and how they are shown."""

import math


def percentile(values, share):
    """The value that this share of all does not exceed; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def seconds(value, digits=2):
    return "–" if value is None else f"{value:.{digits}f}"


def milliseconds(value):
    return "–" if value is None else f"{value * 1000:,.1f}"


def table(title, head, rows):
    """Prints a table as the documents have them."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    print(f"\n**{title}**\n")
    for number, row in enumerate(cells):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    print(flush=True)


class Verdict:
    """What was not as it should be. A trial fails if there is any."""

    def __init__(self):
        self.faults = []

    def hold(self, holds, what):
        if not holds:
            self.faults.append(what)
        return bool(holds)

    def tell(self):
        for fault in self.faults[:40]:
            print(f"wrong: {fault}")
        if len(self.faults) > 40:
            print(f"wrong: and {len(self.faults) - 40} more")
        print(f"\n{'passed' if not self.faults else f'failed: {len(self.faults)} wrong'}", flush=True)
        return 1 if self.faults else 0
