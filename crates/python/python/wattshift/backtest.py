"""The model against history, as `wattshift backtest` holds it.

    found = wattshift.backtest.markets(bitcoin="btc_daily.csv.gz")
    found.scores.to_pandas()
"""

from ._wattshift import backtest_markets as markets
from ._wattshift import backtest_production as production

__all__ = ["markets", "production"]
