#include "config/document.h"

#include <string.h>
#include <yaml.h>

#include "base/utf8.h"

/* Far beyond any honest config; they keep a hostile one from using memory or time out of proportion. */
enum { MOST_DEPTH = 32, MOST_NODES = 100000, MOST_ANCHORS = 100 };

typedef struct anchor {
    struct anchor *older;
    const char *name;
    leat_node *node;
} anchor;

typedef struct tree_builder {
    leat_arena *arena;
    leat_mistakes *mistakes;
    leat_node *root;
    leat_node *stack[MOST_DEPTH]; /* the lists and mappings that are open, outermost first */
    size_t depth;
    size_t nodes;
    anchor *anchors; /* the newest first: a name may be used again */
    size_t anchor_count;
    size_t documents;
} tree_builder;

static leat_place place_of(yaml_mark_t mark)
{
    return (leat_place){.line = mark.line + 1, .column = mark.column + 1};
}

/* For what libyaml reports by byte offset alone. `text` is valid UTF-8 up to `offset`. */
static leat_place place_of_offset(leat_slice text, size_t offset)
{
    leat_place place = {.line = 1, .column = 1};
    for (size_t i = 0; i < offset && i < text.length; i++) {
        if (text.data[i] == '\n')
            place = (leat_place){.line = place.line + 1, .column = 1};
        else if ((text.data[i] & 0xc0) != 0x80)
            place.column++;
    }
    return place;
}

/* Hangs a new node below the innermost open one. False: there are too many. */
static bool attach(tree_builder *builder, leat_node *node)
{
    if (++builder->nodes > MOST_NODES) {
        leat_mistakes_add(builder->mistakes, node->place, "the file has more than %d values and keys",
                          MOST_NODES);
        return false;
    }
    if (builder->depth == 0) {
        builder->root = node;
        return true;
    }
    leat_node *parent = builder->stack[builder->depth - 1];
    if (parent->last == NULL)
        parent->first = node;
    else
        parent->last->next = node;
    parent->last = node;
    return true;
}

static bool remember_anchor(tree_builder *builder, const yaml_char_t *name, leat_node *node)
{
    if (name == NULL)
        return true;
    if (++builder->anchor_count > MOST_ANCHORS) {
        leat_mistakes_add(builder->mistakes, node->place, "the file has more than %d anchors", MOST_ANCHORS);
        return false;
    }
    anchor *entry = leat_arena_allocate(builder->arena, sizeof *entry);
    *entry = (anchor){.older = builder->anchors,
                      .name = leat_arena_string(builder->arena, (const char *)name),
                      .node = node};
    builder->anchors = entry;
    return true;
}

/* A leading '!' is the trap of exclusion patterns, which YAML takes for a tag. */
static void refuse_tag(tree_builder *builder, leat_node *node, const yaml_char_t *tag)
{
    if (tag == NULL)
        return;
    node->mistaken = true;
    leat_mistakes_add(builder->mistakes, node->place,
                      "YAML takes a leading `!` for a tag, and leat knows no tags. Put a text that begins "
                      "with `!` in quotes: \"!public.audit_*\"");
}

static leat_node *new_node(tree_builder *builder, leat_node_kind kind, const yaml_event_t *event,
                           const yaml_char_t *tag)
{
    leat_node *node = leat_arena_allocate(builder->arena, sizeof *node);
    node->kind = kind;
    node->place = place_of(event->start_mark);
    refuse_tag(builder, node, tag);
    return node;
}

static bool take_scalar(tree_builder *builder, const yaml_event_t *event)
{
    leat_node *node = new_node(builder, LEAT_NODE_SCALAR, event, event->data.scalar.tag);
    leat_slice text = leat_slice_of(event->data.scalar.value, event->data.scalar.length);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = leat_arena_slice_string(builder->arena, text);
    if (strlen(node->text) != text.length && !node->mistaken) {
        node->mistaken = true;
        leat_mistakes_add(builder->mistakes, node->place, "a text must not hold the NUL character `\\0`");
    }
    return attach(builder, node) && remember_anchor(builder, event->data.scalar.anchor, node);
}

static bool open_container(tree_builder *builder, leat_node_kind kind, const yaml_event_t *event,
                           const yaml_char_t *tag, const yaml_char_t *anchor_name)
{
    leat_node *node = new_node(builder, kind, event, tag);
    if (builder->depth == MOST_DEPTH) {
        leat_mistakes_add(builder->mistakes, node->place, "the file is nested more than %d levels deep",
                          MOST_DEPTH);
        return false;
    }
    if (!attach(builder, node) || !remember_anchor(builder, anchor_name, node))
        return false;
    node->open = true;
    builder->stack[builder->depth++] = node;
    return true;
}

/* libyaml gives no end without its start; false says so to whoever does not believe it. */
static bool close_container(tree_builder *builder)
{
    leat_node *node = builder->depth == 0 ? NULL : builder->stack[--builder->depth];
    if (node == NULL)
        return false;
    node->open = false;
    return true;
}

static const leat_node *find_anchor(const tree_builder *builder, const yaml_char_t *name)
{
    for (const anchor *entry = builder->anchors; entry != NULL; entry = entry->older)
        if (strcmp(entry->name, (const char *)name) == 0)
            return entry->node;
    return NULL;
}

/* An alias becomes a copy with its own place that shares the children: nothing is multiplied, and a node that
 * is still open cannot be referred to, so that there are no circles. */
static bool take_alias(tree_builder *builder, const yaml_event_t *event)
{
    const leat_node *target = find_anchor(builder, event->data.alias.anchor);
    leat_node *node = new_node(builder, LEAT_NODE_SCALAR, event, NULL);
    leat_place place = node->place;
    if (target != NULL && !target->open) {
        *node = *target;
        node->place = place;
        node->next = NULL;
    } else {
        node->text = "";
        node->mistaken = true;
        leat_mistakes_add(builder->mistakes, place,
                          "a leading `*` is a YAML alias, and %s. Put a text that begins with `*` in quotes: "
                          "\"*.orders\"",
                          target == NULL ? "no anchor of this name stands before it"
                                         : "this one refers to what it is part of");
    }
    return attach(builder, node);
}

static bool take_document(tree_builder *builder, const yaml_event_t *event)
{
    if (++builder->documents == 1)
        return true;
    leat_mistakes_add(builder->mistakes, place_of(event->start_mark),
                      "a second YAML document begins here. One file holds one pipeline: take it out, with "
                      "its `---`");
    return false;
}

/* False when reading has to end here. */
static bool take_event(tree_builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return take_document(builder, event);
    case YAML_ALIAS_EVENT:
        return take_alias(builder, event);
    case YAML_SCALAR_EVENT:
        return take_scalar(builder, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_container(builder, LEAT_NODE_LIST, event, event->data.sequence_start.tag,
                              event->data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
        return open_container(builder, LEAT_NODE_MAPPING, event, event->data.mapping_start.tag,
                              event->data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_container(builder);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    }
    return true;
}

/* libyaml's own words hold no text of the file, so that they cannot give a secret away. */
static void report_syntax(const yaml_parser_t *parser, leat_slice text, leat_mistakes *mistakes)
{
    const char *problem = parser->problem != NULL ? parser->problem : "it cannot be understood";
    if (parser->error == YAML_READER_ERROR)
        leat_mistakes_add(mistakes, place_of_offset(text, parser->problem_offset), "this is not YAML: %s",
                          problem);
    else
        leat_mistakes_add(mistakes, place_of(parser->problem_mark),
                          "this is not YAML: %s%s%s. Texts that begin with one of ! * & @ %% ` { [ or hold "
                          "`: ` or ` #` belong in quotes",
                          parser->context != NULL ? parser->context : "", parser->context != NULL ? ", " : "",
                          problem);
}

static bool read_events(tree_builder *builder, yaml_parser_t *parser, leat_slice text)
{
    bool going_on = true;
    bool at_end = false;
    while (going_on && !at_end) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            report_syntax(parser, text, builder->mistakes);
            return false;
        }
        at_end = event.type == YAML_STREAM_END_EVENT;
        going_on = take_event(builder, &event);
        yaml_event_delete(&event);
    }
    /* A second document ends the reading, but the first one is whole and worth checking. */
    return going_on || builder->documents > 1;
}

static bool check_encoding(leat_slice text, leat_mistakes *mistakes)
{
    size_t valid = leat_utf8_valid_length(text);
    if (valid == text.length)
        return true;
    leat_mistakes_add(mistakes, place_of_offset(text, valid),
                      "this byte (0x%02x) is not UTF-8. Save the file as UTF-8", text.data[valid]);
    return false;
}

static leat_node *empty_mapping(leat_arena *arena)
{
    leat_node *node = leat_arena_allocate(arena, sizeof *node);
    node->kind = LEAT_NODE_MAPPING;
    node->place = (leat_place){.line = 1, .column = 1};
    return node;
}

const leat_node *leat_document_read(leat_arena *arena, leat_slice text, leat_mistakes *mistakes)
{
    if (!check_encoding(text, mistakes))
        return NULL;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        leat_mistakes_add(mistakes, (leat_place){0}, "there is no memory left to read it");
        return NULL;
    }
    yaml_parser_set_input_string(&parser, text.length == 0 ? (const uint8_t *)"" : text.data, text.length);
    tree_builder tree = {.arena = arena, .mistakes = mistakes};
    bool whole = read_events(&tree, &parser, text);
    yaml_parser_delete(&parser);
    if (!whole)
        return NULL;
    return tree.root != NULL ? tree.root : empty_mapping(arena);
}
