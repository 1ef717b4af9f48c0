#include "base/json.h"

#include <assert.h>
#include <jansson.h>
#include <limits.h>
#include <pthread.h>

/* Jansson reports some lost allocations as broken syntax, so ours remembers. */
static _Thread_local bool ran_out;

static void *library_alloc(size_t bytes)
{
	void *ptr = mem_new(bytes);
	if (!ptr)
		ran_out = true;
	return ptr;
}

static void library_free(void *ptr)
{
	mem_free(ptr);
}

static void use_our_memory(void)
{
	json_set_alloc_funcs(library_alloc, library_free);
}

/* Finds where the document gets deeper than allowed, before the library, which
 * calls itself level by level, sees it. False when it nowhere does. */
static bool is_too_deep(struct text document, struct json_error *ret_error)
{
	struct json_error at = { .fault = JSON_FAULT_DEPTH, .line = 1 };
	bool in_text = false;
	int depth = 0;

	for (size_t i = 0; i < document.len; i++) {
		char c = document.ptr[i];
		at.column += ((unsigned char)c & 0xc0) != 0x80;
		if (c == '\n') {
			at.line++;
			at.column = 0;
		} else if (c == '"') {
			in_text = !in_text;
		} else if (in_text && c == '\\') {
			/* What follows neither ends the text nor the line, else
			 * the document is broken anyway. */
			at.column++;
			i++;
		} else if (!in_text && (c == '[' || c == '{') && ++depth > JSON_DEPTH_MAX) {
			*ret_error = at;
			return true;
		} else if (!in_text && (c == ']' || c == '}')) {
			depth--;
		}
	}
	return false;
}

static enum json_fault fault_from_code(enum json_error_code code)
{
	if (code == json_error_premature_end_of_input || code == json_error_end_of_input_expected)
		return JSON_FAULT_END;
	if (code == json_error_invalid_utf8)
		return JSON_FAULT_UTF8;
	if (code == json_error_duplicate_key)
		return JSON_FAULT_DUPLICATE;
	if (code == json_error_numeric_overflow)
		return JSON_FAULT_NUMBER;
	if (code == json_error_null_character || code == json_error_null_byte_in_key)
		return JSON_FAULT_NUL;
	return JSON_FAULT_SYNTAX;
}

/* An array or object whose items are being taken over. */
struct level {
	json_t *node;
	void *iter;			/* at the next member of an object */
	struct json_value *items;
	int next;
	int n;
};

/* Everything but the items of arrays and objects. */
static void take_value(struct arena *arena, const json_t *node, int number,
		       struct json_value *ret)
{
	ret->number = number;
	switch (json_typeof(node)) {
	case JSON_OBJECT:
		ret->kind = JSON_KIND_OBJECT;
		break;
	case JSON_ARRAY:
		ret->kind = JSON_KIND_ARRAY;
		break;
	case JSON_STRING:
		ret->kind = JSON_KIND_TEXT;
		ret->text = text_copy(arena, text_from_bytes(json_string_value(node),
							     json_string_length(node)));
		break;
	case JSON_INTEGER:
		ret->kind = JSON_KIND_INT;
		ret->integer = json_integer_value(node);
		break;
	case JSON_REAL:
		ret->kind = JSON_KIND_DECIMAL;
		ret->decimal = json_real_value(node);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		ret->kind = JSON_KIND_BOOL;
		ret->truth = json_is_true(node);
		break;
	case JSON_NULL:
		ret->kind = JSON_KIND_NULL;
		break;
	}
}

/* Begins with the items of `value`, which was taken over from `node`. False
 * when memory is out. */
static bool enter_level(struct arena *arena, json_t *node, struct json_value *value,
			struct level *ret)
{
	bool is_object = value->kind == JSON_KIND_OBJECT;
	size_t n = is_object ? json_object_size(node) : json_array_size(node);
	struct json_value *items = arena_array(arena, n ? n : 1, sizeof(*items));

	if (!items)
		return false;
	value->items = items;
	value->n_items = (int)n;
	*ret = (struct level){
		.node = node,
		.iter = is_object ? json_object_iter(node) : NULL,
		.items = items,
		.n = (int)n,
	};
	return true;
}

/* The next item of a level, NULL after the last. */
static json_t *next_node(struct arena *arena, struct level *level, struct json_value **ret_value)
{
	if (level->next == level->n)
		return NULL;
	struct json_value *value = &level->items[level->next++];
	json_t *node;
	if (level->iter) {
		node = json_object_iter_value(level->iter);
		value->name = text_copy(arena, text_from_z(json_object_iter_key(level->iter)));
		level->iter = json_object_iter_next(level->node, level->iter);
	} else {
		node = json_array_get(level->node, (size_t)level->next - 1);
		value->name = TEXT_EMPTY;
	}
	*ret_value = value;
	return node;
}

static struct json_value *take_tree(struct arena *arena, json_t *root)
{
	struct level levels[JSON_DEPTH_MAX];
	int depth = 0, number = 0;
	struct json_value *tree = arena_alloc(arena, sizeof(*tree));

	if (!tree)
		return NULL;
	take_value(arena, root, number++, tree);
	tree->name = TEXT_EMPTY;
	if (!enter_level(arena, root, tree, &levels[depth++]))
		return NULL;
	while (depth > 0) {
		struct json_value *value = NULL;
		json_t *node = next_node(arena, &levels[depth - 1], &value);
		if (!node) {
			depth--;
			continue;
		}
		take_value(arena, node, number++, value);
		if (value->kind != JSON_KIND_OBJECT && value->kind != JSON_KIND_ARRAY)
			continue;
		assert(depth < JSON_DEPTH_MAX);
		if (!enter_level(arena, node, value, &levels[depth++]))
			return NULL;
	}
	return arena_failed(arena) ? NULL : tree;
}

int json_read(struct arena *arena, struct text document, size_t limit_bytes,
	      const struct json_value **ret_root, struct json_error *ret_error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	json_error_t error = { 0 };

	assert(limit_bytes < INT_MAX);
	if (pthread_once(&once, use_our_memory) != 0)
		return -1;
	if (document.len > limit_bytes) {
		*ret_error = (struct json_error){ JSON_FAULT_SIZE, 1, 1 };
		return 1;
	}
	if (text_starts_with(document, TEXT("\xef\xbb\xbf")))
		document = text_part(document, 3, document.len);
	if (is_too_deep(document, ret_error))
		return 1;
	ran_out = false;
	json_t *root = json_loadb(document.len ? document.ptr : "", document.len,
				  JSON_REJECT_DUPLICATES, &error);
	if (!root && ran_out)
		return -1;
	if (!root) {
		*ret_error = (struct json_error){
			.fault = fault_from_code(json_error_code(&error)),
			.line = error.line > 0 ? error.line : 1,
			.column = error.column > 0 ? error.column : 1,
		};
		return 1;
	}
	struct json_value *tree = take_tree(arena, root);
	json_decref(root);
	if (!tree)
		return -1;
	*ret_root = tree;
	return 0;
}

const struct json_value *json_member(const struct json_value *object, const char *name)
{
	if (object->kind != JSON_KIND_OBJECT)
		return NULL;
	for (int i = 0; i < object->n_items; i++)
		if (text_equal_z(object->items[i].name, name))
			return &object->items[i];
	return NULL;
}

int json_thousandths(const struct json_value *value, int64_t *ret)
{
	const int64_t over = INT64_C(1000000000000);

	if (value->kind == JSON_KIND_INT && value->integer > -over && value->integer < over) {
		*ret = value->integer * 1000;
		return 0;
	}
	if (value->kind != JSON_KIND_DECIMAL ||
	    !(value->decimal > -(double)over && value->decimal < (double)over))
		return 1;
	/* A decimal of three places is the double nearest to thousandths ÷ 1000,
	 * and so is the quotient: it is that decimal if the two are the same. */
	double half = value->decimal < 0 ? -0.5 : 0.5;
	int64_t thousandths = (int64_t)(value->decimal * 1000 + half);
	if ((double)thousandths / 1000 < value->decimal ||
	    (double)thousandths / 1000 > value->decimal)
		return 1;
	*ret = thousandths;
	return 0;
}
