/* What a demo has to say at its end of what it wrote to Kafka. */
#ifndef LEAT_DEMO_KAFKA_SUMMARY_H
#define LEAT_DEMO_KAFKA_SUMMARY_H

#include "demo/kafka.h"
#include "demo/summary.h"

/* Appends topics, schemas and lag, as the topics themselves tell. LEAT_FAILED when they do not hold every row
 * and every change once. LEAT_STOPPED when that is wished once more. */
leat_status leat_demo_kafka_summarise(leat_demo_kafka *kafka, const leat_demo_outcome *outcome,
                                      leat_buffer *out, leat_error *error);

/* Appends how the topics, which stay, are read on. `config` is the pipeline's file. */
void leat_demo_kafka_commands(const leat_demo_kafka *kafka, const leat_demo_outcome *outcome,
                              const char *config, leat_buffer *out);

#endif
