// Reads a topic of leat to its end with the deserializer of a registry:
//
//   java -cp 'lib/*' Read.java BROKERS TOPIC REGISTRY
//
// Maven: io.apicurio:apicurio-registry-serdes-avro-serde. REGISTRY is Apicurio's own API here, .../apis/registry/v2.
// With Confluent's io.confluent:kafka-avro-serializer the deserializer is
// io.confluent.kafka.serializers.KafkaAvroDeserializer, and "schema.registry.url" is all it has to know.

import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Conversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

public class Read {
    public static void main(String[] words) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", words[0],
                "isolation.level", "read_committed",
                "key.deserializer", AvroKafkaDeserializer.class.getName(),
                "value.deserializer", AvroKafkaDeserializer.class.getName(),
                "apicurio.registry.url", words[2],
                // A zero and four bytes of the schema's id stand before the Avro, as Confluent's serializers write them.
                "apicurio.registry.as-confluent", "true",
                "apicurio.registry.use-id", "contentId");
        // Decimals as numbers; dates and times have conversions of their own.
        GenericData.get().addLogicalTypeConversion(new Conversions.DecimalConversion());
        try (var consumer = new KafkaConsumer<GenericRecord, GenericRecord>(settings)) {
            var partitions = consumer.partitionsFor(words[1]).stream()
                    .map(one -> new TopicPartition(one.topic(), one.partition()))
                    .collect(Collectors.toList());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue()))
                consumer.poll(Duration.ofSeconds(1)).forEach(Read::show);
        }
    }

    static void show(ConsumerRecord<GenericRecord, GenericRecord> record) {
        var value = record.value();
        if (value == null)
            System.out.println(record.key() + " tombstone");
        else
            System.out.println(record.key() + " " + value.get("op") + " " + value.get("after"));
    }
}
