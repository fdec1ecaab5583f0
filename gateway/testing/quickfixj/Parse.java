import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.filter.codec.AbstractProtocolDecoderOutput;
import org.apache.mina.filter.codec.demux.MessageDecoderResult;
import quickfix.Field;
import quickfix.FieldMap;
import quickfix.Message;
import quickfix.mina.message.FIXMessageDecoder;

/**
 * What QuickFIX/J makes of bytes: reads a length (four bytes, high one first) and so many bytes from
 * standard input, again and again, and prints a line each.
 *
 * <pre>
 * java -cp JARS Parse.java
 * none                    no message in them, or not one that takes them all
 * refused WHY             a frame that is no message
 * fields 8=...|9=...|     the fields of header, body and trailer; `|` for the delimiter
 * </pre>
 */
public final class Parse {
    public static void main(String[] args) throws Exception {
        DataInputStream in = new DataInputStream(System.in);
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.ISO_8859_1);
        for (;;) {
            byte[] bytes;
            try {
                bytes = in.readNBytes(in.readInt());
            } catch (EOFException end) {
                break;
            }
            out.print(lineOf(bytes).replace('\n', ' ').replace('\r', ' '));
            out.print('\n');
        }
        out.flush();
    }

    private static String lineOf(byte[] bytes) throws Exception {
        List<String> framed = frame(bytes);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (framed.size() != 1 || !framed.get(0).equals(text)) return "none";
        Message message = new Message();
        try {
            message.fromString(text, null, true);
        } catch (Exception refused) {
            return "refused " + refused.getMessage();
        }
        if (message.getException() != null) return "refused " + message.getException().getMessage();
        StringBuilder fields = new StringBuilder("fields ");
        append(fields, message.getHeader());
        append(fields, message);
        append(fields, message.getTrailer());
        return fields.toString();
    }

    private static List<String> frame(byte[] bytes) throws Exception {
        List<String> framed = new ArrayList<>();
        FIXMessageDecoder decoder = new FIXMessageDecoder("ISO-8859-1");
        AbstractProtocolDecoderOutput output = new AbstractProtocolDecoderOutput() {
            @Override
            public void write(Object message) {
                framed.add((String) message);
            }

            public void flush(org.apache.mina.core.filterchain.IoFilter.NextFilter next,
                    org.apache.mina.core.session.IoSession session) {
            }
        };
        IoBuffer buffer = IoBuffer.wrap(bytes);
        try {
            while (decoder.decode(null, buffer, output) == MessageDecoderResult.OK) {
                if (!buffer.hasRemaining()) break;
            }
        } catch (Exception garbage) {
            return List.of();
        }
        return framed;
    }

    private static void append(StringBuilder text, FieldMap fields) {
        Iterator<Field<?>> all = fields.iterator();
        while (all.hasNext()) {
            Field<?> field = all.next();
            text.append(field.getTag()).append('=').append(field.getObject()).append('|');
        }
    }
}
