// Reads a topic of leat that has no registry to its end: Avro knows single-object encoding itself, and only wants to
// be told the schemas.
//
//   java -cp 'lib/*' ReadWithoutRegistry.java BROKERS TOPIC PREFIX
//
// Maven: org.apache.avro:avro, org.apache.kafka:kafka-clients

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.SchemaStore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

public class ReadWithoutRegistry {
    static final Map<Long, BinaryMessageDecoder<GenericRecord>> DECODERS = new java.util.HashMap<>();
    static final SchemaStore.Cache SCHEMAS = new SchemaStore.Cache();

    public static void main(String[] words) {
        GenericData.get().addLogicalTypeConversion(new Conversions.DecimalConversion());
        read(words[0], words[2] + ".schemas", record -> SCHEMAS.addSchema(new Schema.Parser().parse(new String(record.value()))));
        read(words[0], words[1], ReadWithoutRegistry::show);
    }

    static void read(String brokers, String topic, Consumer<ConsumerRecord<byte[], byte[]>> take) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", brokers,
                "isolation.level", "read_committed",
                "key.deserializer", ByteArrayDeserializer.class.getName(),
                "value.deserializer", ByteArrayDeserializer.class.getName());
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings)) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(one -> new TopicPartition(one.topic(), one.partition()))
                    .collect(Collectors.toList());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue()))
                consumer.poll(Duration.ofSeconds(1)).forEach(take);
        }
    }

    static void show(ConsumerRecord<byte[], byte[]> record) {
        var key = decode(record.key());
        var value = decode(record.value());
        System.out.println(value == null ? key + " tombstone" : key + " " + value.get("op") + " " + value.get("after"));
    }

    // The fingerprint of the schema it was written with is in bytes 2 to 9; it is also read with that one.
    static GenericRecord decode(byte[] bytes) {
        if (bytes == null)
            return null;
        long fingerprint = java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong(2);
        try {
            return DECODERS.computeIfAbsent(fingerprint, one ->
                    new BinaryMessageDecoder<>(GenericData.get(), SCHEMAS.findByFingerprint(one), SCHEMAS)).decode(bytes);
        } catch (java.io.IOException error) {
            throw new java.io.UncheckedIOException(error);
        }
    }
}
