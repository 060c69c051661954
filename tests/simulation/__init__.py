"""A test bench for rules of progression: a cohort of invented runners.

Every constant of these runners is invented. The bench can show that a rule stalls, swings
or jumps, and that it breaks an invariant. It cannot show that a rule is safe or that it works
for people, and nothing of it is shown to runners. 'make simulate' prints its table.
"""
