/* Encoders of points and of PostGIS's types. */
#ifndef LEAT_POSTGRES_TYPES_SPATIAL_H
#define LEAT_POSTGRES_TYPES_SPATIAL_H

#include "leat/encode.h"

/* point: "(1.5,2)" as record {x, y}. */
extern const leat_encoder leat_postgres_point_encoder;

/* PostGIS prints EWKB in hex: record {wkb, srid} with ISO WKB (dimensions in the type number: 1001 is a point
 * with Z) and the spatial reference apart, null where it is not set. A kind of geometry that is not known
 * here is LEAT_UNREPRESENTABLE. */
extern const leat_encoder leat_postgres_geometry_encoder;
extern const leat_encoder leat_postgres_geography_encoder;

#endif
