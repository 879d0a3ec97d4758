"""The plug pulled at every moment: the real program, killed, stopped or refused by the disk, and what is left then.

`pytest tests/kill` kills at every step once, at 20 random moments, and fails every place of the engine that touches
the library once. The long mode, run by hand, takes minutes:

    KILLS=200 pytest tests/kill -n2

kills so many times at random, at every step of every kind of job, and fails every single system call with every
error. `KILLS_SEED` repeats a run of random moments; each failure names its seed.
"""
