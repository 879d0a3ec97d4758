"""The cell renderer beside its peers: time, bytes and likeness. Run by hand: python -m tests.benchmarks.render"""
