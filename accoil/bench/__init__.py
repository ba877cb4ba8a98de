"""Measures this machine: ratios to a bare baseline of the same run, beside the budgets they should keep."""
