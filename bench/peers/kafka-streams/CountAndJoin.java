import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/**
 * Counts records per key in windows of one second, and joins each with a table's row of its key, as
 * {@code bench/streams/count-and-join.ts} does and to the same bytes. Says on standard output when
 * it runs, and ends on SIGTERM.
 *
 * <pre>java -cp JARS CountAndJoin brokers=HOST:PORT application=ID input=TOPIC table=TOPIC
 *     counts=TOPIC joined=TOPIC guarantee=exactly_once_v2 commitMs=100 cacheBytes=0 threads=1
 *     stateDirectory=PATH</pre>
 */
public final class CountAndJoin {
    private static final Duration WINDOW = Duration.ofSeconds(1);
    /** Integers are stored with this added: so the order of their bytes is theirs. */
    private static final long INTEGER_OFFSET = 1L << 53;
    private static final Duration CLOSE = Duration.ofSeconds(10);

    public static void main(String[] args) {
        Map<String, String> given = new TreeMap<>();
        for (String arg : args) {
            int at = arg.indexOf('=');
            given.put(arg.substring(0, at), arg.substring(at + 1));
        }
        KafkaStreams streams = new KafkaStreams(
                topology(given).build(properties(given)), properties(given));
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
            return null;
        });
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) System.out.println("{\"running\":true}");
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(CLOSE)));
        streams.start();
    }

    private static StreamsBuilder topology(Map<String, String> given) {
        StreamsBuilder builder = new StreamsBuilder();
        var bytes = Produced.with(Serdes.String(), Serdes.ByteArray());
        KStream<String, byte[]> input = builder.stream(
                given.get("input"), Consumed.with(Serdes.String(), Serdes.ByteArray()));
        KTable<String, byte[]> table = builder.table(
                given.get("table"), Consumed.with(Serdes.String(), Serdes.ByteArray()));
        input.groupByKey(Grouped.with(Serdes.String(), Serdes.ByteArray()))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(WINDOW))
                .count()
                .toStream()
                .map((key, count) -> KeyValue.pair(
                        key.key(), windowed(key.window().start(), key.window().end(), count)))
                .to(given.get("counts"), bytes);
        input.join(table, CountAndJoin::joined,
                        Joined.with(Serdes.String(), Serdes.ByteArray(), Serdes.ByteArray()))
                .to(given.get("joined"), bytes);
        return builder;
    }

    private static byte[] windowed(long startMs, long endMs, long count) {
        return ByteBuffer.allocate(24).putLong(startMs + INTEGER_OFFSET)
                .putLong(endMs + INTEGER_OFFSET).putLong(count + INTEGER_OFFSET).array();
    }

    private static byte[] joined(byte[] value, byte[] row) {
        return ByteBuffer.allocate(value.length + row.length).put(value).put(row).array();
    }

    private static Properties properties(Map<String, String> given) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, given.get("brokers"));
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, given.get("application"));
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, given.get("guarantee"));
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, given.get("commitMs"));
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, given.get("cacheBytes"));
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, given.get("threads"));
        properties.put(StreamsConfig.STATE_DIR_CONFIG, given.get("stateDirectory"));
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        properties.put(StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        // The table's topic is its changelog, which spares a second copy.
        properties.put(StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG, StreamsConfig.OPTIMIZE);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // It is halted while the other side is measured.
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 120_000);
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 120_000);
        return properties;
    }
}
