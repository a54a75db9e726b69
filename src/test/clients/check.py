"""Counts what holds, and says what does not. Every client's exercise ends with the line `passed N failed M`."""
import sys

passed = failed = 0


def check(what, actual, expected):
    global passed, failed
    if actual == expected:
        passed += 1
    else:
        failed += 1
        print(f"{what}: {actual!r} instead of {expected!r}")


def finish():
    print(f"passed {passed} failed {failed}")
    sys.exit(0 if failed == 0 else 1)
