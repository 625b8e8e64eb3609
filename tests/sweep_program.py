"""A sweep in a process of its own, for tests that kill it: python sweep_program.py OUT [options]."""

import argparse
import sys

import sweep_faults

from collabsim.experiment import execute

if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("out")
    options.add_argument("--workers", type=int)
    options.add_argument("--scheduler")
    options.add_argument("--run", default="slow")
    options.add_argument("--log")
    options.add_argument("--patience", type=float, default=20)
    options.add_argument("--grace", type=float, default=execute.GRACE)
    given = options.parse_args()
    sweep_faults.cut_small()
    execute.GRACE = given.grace
    ending = execute.run_sweep(
        sweep_faults.experiment(),
        given.out,
        workers=given.workers,
        scheduler=given.scheduler,
        progress="json",
        rows=sweep_faults.design(),
        compute=sweep_faults.compute(given.run, given.log),
        patience=given.patience,
    )
    sys.exit(ending.status)
