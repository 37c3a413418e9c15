"""What holds for all tests of the generator."""

from tqdm import tqdm

# Its bars would start a thread that outlives the test.
tqdm.monitor_interval = 0
