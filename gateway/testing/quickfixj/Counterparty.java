import quickfix.Application;
import quickfix.Connector;
import quickfix.DefaultMessageFactory;
import quickfix.MemoryStoreFactory;
import quickfix.Message;
import quickfix.SLF4JLogFactory;
import quickfix.Session;
import quickfix.SessionID;
import quickfix.SessionSettings;
import quickfix.SocketAcceptor;
import quickfix.SocketInitiator;
import quickfix.field.*;
import quickfix.fix44.ExecutionReport;
import quickfix.fix44.NewOrderSingle;

/**
 * The other side of a session in tests: an acceptor fills every order, an initiator sends the orders
 * whose ids come on standard input. What happens is printed, a line an event.
 *
 * <pre>java -cp JARS Counterparty.java acceptor|initiator SETTINGS</pre>
 */
public final class Counterparty implements Application {
    private static SessionID session;
    private int executions;

    public static void main(String[] args) throws Exception {
        SessionSettings settings = new SessionSettings(args[1]);
        MemoryStoreFactory stores = new MemoryStoreFactory();
        SLF4JLogFactory logs = new SLF4JLogFactory(settings);
        DefaultMessageFactory messages = new DefaultMessageFactory();
        Counterparty application = new Counterparty();
        Connector connector = args[0].equals("acceptor")
                ? new SocketAcceptor(application, stores, settings, logs, messages)
                : new SocketInitiator(application, stores, settings, logs, messages);
        connector.start();
        say("started");
        java.util.Scanner lines = new java.util.Scanner(System.in);
        while (lines.hasNextLine()) Session.sendToTarget(order(lines.nextLine()), session);
        connector.stop();
    }

    private static NewOrderSingle order(String id) {
        NewOrderSingle order = new NewOrderSingle(new ClOrdID(id), new Side(Side.BUY),
                new TransactTime(), new OrdType(OrdType.LIMIT));
        order.set(new Symbol("EURUSD"));
        order.set(new OrderQty(1000));
        order.set(new Price(1.25));
        return order;
    }

    private void fill(Message order, SessionID id) throws Exception {
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
        Session.sendToTarget(report, id);
    }

    private static synchronized void say(String event) {
        System.out.println(event);
        System.out.flush();
    }

    @Override
    public void onCreate(SessionID id) {
        session = id;
    }

    @Override
    public void onLogon(SessionID id) {
        say("logon");
    }

    @Override
    public void onLogout(SessionID id) {
        say("logout");
    }

    @Override
    public void toAdmin(Message message, SessionID id) {
    }

    @Override
    public void fromAdmin(Message message, SessionID id) {
        try {
            if (message.getHeader().getString(MsgType.FIELD).equals(MsgType.REJECT)) {
                say("reject " + message);
            }
        } catch (quickfix.FieldNotFound impossible) {
            say("without a type");
        }
    }

    @Override
    public void toApp(Message message, SessionID id) {
    }

    @Override
    public void fromApp(Message message, SessionID id) {
        try {
            String type = message.getHeader().getString(MsgType.FIELD);
            say(type + " " + message.getString(ClOrdID.FIELD));
            if (type.equals(MsgType.ORDER_SINGLE) && isAcceptor(id)) fill(message, id);
        } catch (Exception failure) {
            say("failed " + failure);
        }
    }

    private static boolean isAcceptor(SessionID id) {
        return id.getSenderCompID().equals("VENUE");
    }
}
