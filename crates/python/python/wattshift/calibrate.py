"""Fits of markets to your own files, as `wattshift calibrate` makes them.

    fit = wattshift.calibrate.power(["rtm_2023.csv", "rtm_2024.csv"], "HB_WEST")
    fit.write("my/power_west.toml")
"""

from ._wattshift import calibrate_bitcoin as bitcoin
from ._wattshift import calibrate_gpu as gpu
from ._wattshift import calibrate_lease as lease
from ._wattshift import calibrate_power as power
from ._wattshift import calibrate_reserves as reserves

__all__ = ["bitcoin", "gpu", "lease", "power", "reserves"]
