"""NautilusTrader's event loop on the same quotes: CPU time a tick with its own compiled indicators.

    python -m venv DIR && DIR/bin/pip install nautilus_trader
    DIR/bin/python bench/peers/nautilus.py LOOP INDICATORS ZIP...

LOOP is `backtest`, the whole engine with its simulated exchange, or `data`, its data engine, cache
and message bus alone. INDICATORS is `comparable`, which is as near to what our edge works out as
the package comes, `average`, one moving average of the mid, or `averages`, six of them: as many
values as our edge has, none by way of NumPy, which most of its windows use.

Each zip is a day of Lean quotes, `ms since midnight,bid,ask`, named YYYYMMDD_quote.zip in a folder
that begins with the symbol. Quotes are in memory before the clock starts, and nobody has a handler
in Python: what is measured is the engine, not this script.
"""

import io
import json
import sys
import time
import zipfile
from datetime import datetime, timezone
from pathlib import Path

from nautilus_trader import __version__
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.cache import Cache
from nautilus_trader.common.component import MessageBus, TestClock
from nautilus_trader.config import BacktestEngineConfig, LoggingConfig
from nautilus_trader.data.engine import DataEngine
from nautilus_trader.indicators import BollingerBands, ExponentialMovingAverage, SpreadAnalyzer
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType, PriceType
from nautilus_trader.model.identifiers import TraderId, Venue
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.portfolio import Portfolio
from nautilus_trader.test_kit.providers import TestInstrumentProvider
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

NS_PER_MS = 1_000_000
SIZE = Quantity.from_int(1_000_000)
VENUE = Venue("SIM")
# Ticks of a short and a long window: short ones, since theirs cost more the longer they are.
SHORT, LONG = 10, 50


def average(_instrument_id):
    return [ExponentialMovingAverage(20, PriceType.MID)]


def averages(_instrument_id):
    return [ExponentialMovingAverage(period, PriceType.MID) for period in range(10, 70, 10)]


def comparable(instrument_id):
    """Average of the mid, spread, and the deviation of the mid over two windows."""
    spread = SpreadAnalyzer(instrument_id, SHORT)
    return average(instrument_id) + [spread, BollingerBands(SHORT, 2.0), BollingerBands(LONG, 2.0)]


class Watcher(Strategy):
    def __init__(self, instrument_id, indicators):
        super().__init__(StrategyConfig(order_id_tag=instrument_id.symbol.value))
        self.instrument = instrument_id
        self.watched = indicators

    def on_start(self):
        for indicator in self.watched:
            self.register_indicator_for_quote_ticks(self.instrument, indicator)
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


def backtest(instruments, watchers, quotes):
    """The whole engine, a simulated exchange included; returns the CPU time of its run."""
    config = BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False)
    engine = BacktestEngine(config)
    engine.add_venue(VENUE, OmsType.HEDGING, AccountType.MARGIN, [Money(1_000_000, USD)])
    for instrument in instruments:
        engine.add_instrument(instrument)
    engine.add_data(quotes, sort=True)
    for watcher in watchers:
        engine.add_strategy(watcher)
    before = time.process_time_ns()
    engine.run()
    spent_ns = time.process_time_ns() - before
    engine.dispose()
    return spent_ns


def data(instruments, watchers, quotes):
    """Data engine, cache and message bus without any venue; returns the CPU time of all ticks."""
    clock = TestClock()
    trader = TraderId("BENCH-001")
    bus = MessageBus(trader_id=trader, clock=clock)
    cache = Cache()
    engine = DataEngine(msgbus=bus, cache=cache, clock=clock)
    portfolio = Portfolio(msgbus=bus, cache=cache, clock=clock)
    for instrument in instruments:
        engine.process(instrument)
    engine.start()
    for watcher in watchers:
        watcher.register(trader, portfolio, bus, cache, clock)
        watcher.start()
    quotes.sort(key=lambda quote: quote.ts_init)
    process = engine.process
    before = time.process_time_ns()
    for quote in quotes:
        process(quote)
    return time.process_time_ns() - before


LOOPS = {
    "backtest": (backtest, "backtest engine with its exchange"),
    "data": (data, "data engine, cache and bus alone"),
}
INDICATORS = {
    "comparable": (comparable, "average, spread, two deviations"),
    "averages": (averages, "six averages"),
    "average": (average, "one average"),
}


def main(loop, indicators, paths):
    run, loop_text = LOOPS[loop]
    choose, indicators_text = INDICATORS[indicators]
    instruments, watchers, quotes = [], [], []
    for path in paths:
        symbol = "XAU/USD" if path.parent.name.startswith("xau") else "EUR/USD"
        instrument = TestInstrumentProvider.default_fx_ccy(symbol, VENUE)
        instruments.append(instrument)
        watchers.append(Watcher(instrument.id, choose(instrument.id)))
        quotes += quotes_of(path, instrument)
    spent_ns = run(instruments, watchers, quotes)
    for watcher in watchers:
        assert all(indicator.initialized for indicator in watcher.watched), "no tick arrived"
    figures = {
        "name": f"nautilus_trader {__version__}, {loop_text}: {indicators_text}",
        "ticks": len(quotes),
        "cpuNsPerTick": spent_ns / len(quotes),
    }
    print(json.dumps(figures), flush=True)


main(sys.argv[1], sys.argv[2], [Path(path) for path in sys.argv[3:]])
