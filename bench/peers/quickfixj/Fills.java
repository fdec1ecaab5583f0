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
 * An acceptor with a file store that fills each order with one report, and does nothing else.
 *
 * <pre>java -cp JARS Fills.java SETTINGS single|threaded</pre>
 */
public final class Fills extends ApplicationAdapter {
    private int executions;

    public static void main(String[] args) throws Exception {
        SessionSettings settings = new SessionSettings(args[0]);
        FileStoreFactory stores = new FileStoreFactory(settings);
        SLF4JLogFactory logs = new SLF4JLogFactory(settings);
        DefaultMessageFactory messages = new DefaultMessageFactory();
        Acceptor acceptor = args[1].equals("threaded")
                ? new ThreadedSocketAcceptor(new Fills(), stores, settings, logs, messages)
                : new SocketAcceptor(new Fills(), stores, settings, logs, messages);
        acceptor.start();
        System.out.println("{\"started\":true}");
        System.out.flush();
        Thread.currentThread().join();
    }

    @Override
    public void fromApp(Message order, SessionID id) throws quickfix.FieldNotFound {
        String number = String.valueOf(++executions);
        ExecutionReport report = new ExecutionReport(new OrderID("O" + number),
                new ExecID("E" + number), new ExecType(ExecType.TRADE),
                new OrdStatus(OrdStatus.FILLED), new Side(order.getChar(Side.FIELD)),
                new LeavesQty(0), new CumQty(order.getDouble(OrderQty.FIELD)),
                new AvgPx(order.getDouble(Price.FIELD)));
        report.set(new ClOrdID(order.getString(ClOrdID.FIELD)));
        report.set(new Symbol(order.getString(Symbol.FIELD)));
        report.set(new LastQty(order.getDouble(OrderQty.FIELD)));
        report.set(new LastPx(order.getDouble(Price.FIELD)));
        report.set(new TransactTime());
        try {
            Session.sendToTarget(report, id);
        } catch (quickfix.SessionNotFound gone) {
            throw new IllegalStateException(gone);
        }
    }
}
