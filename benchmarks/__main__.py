"""Print the table: medians, ratios ours / peer (below 1 we are faster), memory beyond the start."""

import os
import platform

import torch

from benchmarks import encoder, nn, own_data, recommenders, sequential, tower


def main():
    """Run every benchmark and print one line each as it is done."""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"torch {torch.__version__} with {torch.get_num_threads()} threads")
    print(f"{'':<52}{'ours s':>9}{'peer s':>9}{'ratio':>7}{'ours MB':>9}{'peer MB':>9}  peer")
    for module in (encoder, own_data, recommenders, tower, nn, sequential):
        for row in module.rows():
            print(
                f"{row.what:<52}{row.ours_s:>9.3f}{row.peer_s:>9.3f}{row.ratio:>7.2f}"
                f"{row.ours_mb:>9.0f}{row.peer_mb:>9.0f}  {row.peer}",
                flush=True,
            )


if __name__ == "__main__":
    main()
