"""Print how the policies fare in every world; 'make simulate' calls this."""

import click

from programgen import service
from programgen.core.protocol import DEFAULT_PROTOCOL
from tests.simulation.cohort import HEADS, WORLDS, simulate
from tests.simulation.policies import policies

SIZE = 2000

LIMITS = """\
Invented constants; a test bench, not evidence; nothing of it is shown to runners.
It shows whether a rule stalls, swings or jumps. It cannot show that anything is safe or works
for people, and no single number means anything. It assumes that less load means fewer flares,
so a difference that comes from speed alone is an assumption, not a finding."""


def main() -> None:
    """Print the table."""
    click.echo(LIMITS)
    ladder = service.catalogue().protocols[DEFAULT_PROTOCOL]
    for name, world in WORLDS.items():
        click.echo(f"\n{name}: {SIZE} runners, {world.days // 7} weeks\n{'':<26}{HEADS}")
        for policy in policies(ladder):
            click.echo(f"{policy.name:<26}{simulate(policy, world, SIZE)}")
    click.echo(f"\n{LIMITS}")


if __name__ == "__main__":
    main()
