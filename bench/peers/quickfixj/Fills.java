import quickfix.Acceptor;
import quickfix.ApplicationAdapter;
import quickfix.DefaultMessageFactory;
import quickfix.FileStoreFactory;
import quickfix.Message;
import quickfix.SLF4JLogFactory;
import quickfix.Session;
import quickfix.SessionID;
import quickfix.SessionSettings;
import quickfix.SocketAcceptor;
import quickfix.ThreadedSocketAcceptor;
import quickfix.field.*;
import quickfix.fix44.ExecutionReport;

/**
 * An acceptor with a file store that fills each order, and does nothing else: with one report, or
 * with two as ours does, New and Filled.
 *
 * <pre>java -cp JARS Fills.java SETTINGS single|threaded filled|both</pre>
 */
public final class Fills extends ApplicationAdapter {
    private final boolean saysNew;
    private int orders;
    private int executions;

    private Fills(boolean saysNew) {
        this.saysNew = saysNew;
    }

    public static void main(String[] args) throws Exception {
        SessionSettings settings = new SessionSettings(args[0]);
        FileStoreFactory stores = new FileStoreFactory(settings);
        SLF4JLogFactory logs = new SLF4JLogFactory(settings);
        DefaultMessageFactory messages = new DefaultMessageFactory();
        Fills fills = new Fills(args[2].equals("both"));
        Acceptor acceptor = args[1].equals("threaded")
                ? new ThreadedSocketAcceptor(fills, stores, settings, logs, messages)
                : new SocketAcceptor(fills, stores, settings, logs, messages);
        acceptor.start();
        System.out.println("{\"started\":true}");
        System.out.flush();
        Thread.currentThread().join();
    }

    @Override
    public void fromApp(Message order, SessionID id) throws quickfix.FieldNotFound {
        String orderId = "O" + ++orders;
        if (saysNew) send(report(order, orderId, false), id);
        send(report(order, orderId, true), id);
    }

    private ExecutionReport report(Message order, String orderId, boolean isFilled)
            throws quickfix.FieldNotFound {
        double quantity = order.getDouble(OrderQty.FIELD);
        ExecutionReport report = new ExecutionReport(new OrderID(orderId),
                new ExecID("E" + ++executions),
                new ExecType(isFilled ? ExecType.TRADE : ExecType.NEW),
                new OrdStatus(isFilled ? OrdStatus.FILLED : OrdStatus.NEW),
                new Side(order.getChar(Side.FIELD)), new LeavesQty(isFilled ? 0 : quantity),
                new CumQty(isFilled ? quantity : 0),
                new AvgPx(isFilled ? order.getDouble(Price.FIELD) : 0));
        report.set(new ClOrdID(order.getString(ClOrdID.FIELD)));
        report.set(new Symbol(order.getString(Symbol.FIELD)));
        if (isFilled) {
            report.set(new LastQty(quantity));
            report.set(new LastPx(order.getDouble(Price.FIELD)));
        }
        report.set(new TransactTime());
        return report;
    }

    private static void send(Message report, SessionID id) {
        try {
            Session.sendToTarget(report, id);
        } catch (quickfix.SessionNotFound gone) {
            throw new IllegalStateException(gone);
        }
    }
}
