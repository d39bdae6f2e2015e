"""Print the table: medians, ratios ours / peer (below 1 we are faster), memory beyond the start."""

import os
import platform

import torch

from benchmarks import (
    ann,
    encoder,
    large,
    nn,
    own_data,
    recommenders,
    search,
    sequential,
    serving,
    tower,
)
from benchmarks.paired import print_row


def main():
    """Run every benchmark and print one line each as it is done."""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"torch {torch.__version__} with {torch.get_num_threads()} threads")
    print(f"{'':<52}{'ours s':>9}{'peer s':>9}{'ratio':>7}{'ours MB':>9}{'peer MB':>9}  peer")
    for module in (encoder, search, own_data, recommenders, large, tower, nn, sequential):
        for row in module.rows():
            print_row(row)
    print(f"\n{ann.TITLE}")
    for found in ann.rows():
        print(found, flush=True)
    print(f"\n{serving.TITLE}")
    for load in serving.rows():
        print(load, flush=True)


if __name__ == "__main__":
    main()
