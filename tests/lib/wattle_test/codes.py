# SPDX-License-Identifier: Apache-2.0
"""Setup codes that are not the right one."""


def last_digit_mistyped(code):
    return code[:9] + str((int(code[9]) + 1) % 10)


def other_valid_code(code):
    """Another code whose check digit is right, by the tables of Verhoeff's scheme (dihedral group D5)."""
    def times(a, b):
        return (a + b) % 5 + 5 * (b // 5) if a < 5 else (a - b) % 5 + 5 * (1 - b // 5)

    def check(digits):
        permutation, total = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4], 0
        for position, digit in enumerate(reversed(digits), 1):
            value = int(digit)
            for _ in range(position):
                value = permutation[value]
            total = times(total, value)
        return str(next(d for d in range(10) if times(total, d) == 0))

    assert check(code[:9]) == code[9], 'the label has a code that is not one'
    other = str((int(code[0]) + 1) % 10) + code[1:9]
    return other + check(other)
