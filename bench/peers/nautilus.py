"""NautilusTrader's event loop on the same quotes: CPU time a tick with one indicator.

    python -m venv DIR && DIR/bin/pip install nautilus_trader
    DIR/bin/python bench/peers/nautilus.py ZIP...

Each zip is a day of Lean quotes, `ms since midnight,bid,ask`, named YYYYMMDD_quote.zip in a folder
that begins with the symbol. Quotes are in memory before the clock starts, the indicator is the
engine's own compiled moving average of the mid, and the strategy has no handler in Python: what is
measured is the engine, not this script.
"""

import io
import json
import sys
import time
import zipfile
from datetime import datetime, timezone
from pathlib import Path

from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import BacktestEngineConfig, LoggingConfig
from nautilus_trader.indicators import ExponentialMovingAverage
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType, PriceType
from nautilus_trader.model.identifiers import Venue
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.test_kit.providers import TestInstrumentProvider
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

NS_PER_MS = 1_000_000
SIZE = Quantity.from_int(1_000_000)


class OneIndicator(Strategy):
    def __init__(self, instrument_id):
        super().__init__(StrategyConfig(order_id_tag=instrument_id.symbol.value))
        self.instrument = instrument_id
        self.average = ExponentialMovingAverage(20, PriceType.MID)

    def on_start(self):
        self.register_indicator_for_quote_ticks(self.instrument, self.average)
        self.subscribe_quote_ticks(self.instrument)


def quotes_of(path, instrument):
    """Rows as Nautilus has them; gold is quoted with three decimals here."""
    day = datetime.strptime(path.name[:8], "%Y%m%d").replace(tzinfo=timezone.utc)
    midnight_ns = int(day.timestamp()) * 1_000_000_000
    digits = instrument.price_precision
    quotes = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            for line in io.TextIOWrapper(archive.open(name)):
                ms, bid, ask = line.split(",")[:3]
                at = midnight_ns + int(float(ms) * NS_PER_MS)
                prices = Price(float(bid), digits), Price(float(ask), digits)
                quotes.append(QuoteTick(instrument.id, *prices, SIZE, SIZE, at, at))
    return quotes


def main(paths):
    venue = Venue("SIM")
    engine = BacktestEngine(
        BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False)
    )
    engine.add_venue(venue, OmsType.HEDGING, AccountType.MARGIN, [Money(1_000_000, USD)])
    count = 0
    strategies = []
    for path in paths:
        symbol = "XAU/USD" if path.parent.name.startswith("xau") else "EUR/USD"
        instrument = TestInstrumentProvider.default_fx_ccy(symbol, venue)
        engine.add_instrument(instrument)
        quotes = quotes_of(path, instrument)
        count += len(quotes)
        engine.add_data(quotes, sort=True)
        strategies.append(OneIndicator(instrument.id))
        engine.add_strategy(strategies[-1])
    before = time.process_time_ns()
    engine.run()
    spent_ns = time.process_time_ns() - before
    assert all(strategy.average.initialized for strategy in strategies), "no tick arrived"
    engine.dispose()
    from nautilus_trader import __version__

    figures = {
        "name": f"nautilus_trader {__version__}: event loop, one moving average",
        "ticks": count,
        "cpuNsPerTick": spent_ns / count,
    }
    print(json.dumps(figures), flush=True)


main([Path(path) for path in sys.argv[1:]])
