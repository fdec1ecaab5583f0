import quickfix.field.*;
import quickfix.fix44.NewOrderSingle;

/**
 * Builds and serialises a NewOrderSingle of 183 bytes over and over; prints the nanoseconds an order
 * of the best and of the median batch, after as many to warm up.
 *
 * <pre>java -cp JARS Encode.java</pre>
 */
public final class Encode {
    private static final int BATCH = 20_000;
    private static final int WARM_UP = 60;
    private static final int MEASURED = 60;
    private static final java.time.LocalDateTime TIME =
            java.time.LocalDateTime.of(2014, 5, 2, 10, 0, 0);

    public static void main(String[] args) {
        long bytes = 0;
        for (int batch = 0; batch < WARM_UP; batch++) bytes += encode(batch);
        double[] nsPerOrder = new double[MEASURED];
        for (int batch = 0; batch < MEASURED; batch++) {
            long start = System.nanoTime();
            bytes += encode(batch);
            nsPerOrder[batch] = (System.nanoTime() - start) / (double) BATCH;
        }
        java.util.Arrays.sort(nsPerOrder);
        System.out.printf("{\"bestNs\":%.1f,\"medianNs\":%.1f,\"bytesPerOrder\":%d}%n",
                nsPerOrder[0], nsPerOrder[MEASURED / 2],
                bytes / ((long) BATCH * (WARM_UP + MEASURED)));
    }

    private static long encode(int batch) {
        long bytes = 0;
        for (int at = 0; at < BATCH; at++) {
            NewOrderSingle order = new NewOrderSingle(new ClOrdID("20140502-" + (100000 + at)),
                    new Side(1 + (at & 1) == 1 ? Side.BUY : Side.SELL),
                    new TransactTime(TIME), new OrdType(OrdType.LIMIT));
            order.set(new HandlInst('1'));
            order.set(new OrderQty(1000 * (1 + at % 9)));
            order.setDecimal(Price.FIELD, java.math.BigDecimal.valueOf(138_700 + (at & 15), 5));
            order.set(new Symbol("EUR/USD"));
            order.set(new TimeInForce(TimeInForce.DAY));
            quickfix.Message.Header header = order.getHeader();
            header.setInt(MsgSeqNum.FIELD, 1000 + (at % 9000));
            header.setString(SenderCompID.FIELD, "OUTRIDER-GW");
            header.setUtcTimeStamp(SendingTime.FIELD, TIME, true);
            header.setString(TargetCompID.FIELD, "VENUE-ONE");
            bytes += order.toString().length();
        }
        return bytes;
    }
}
