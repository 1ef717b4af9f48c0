/* embed_sql: packs the migrations into C, as the table that store/migrate.h
 * declares. A file is named NUMBER-name.sql.
 *
 *   embed_sql OUT.c FILE.sql … */
#include "base/compiler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_literal(FILE *out, FILE *in)
{
	int c;

	fputs("\t\t\"", out);
	while ((c = getc(in)) != EOF) {
		if (c == '\n')
			fputs("\\n\"\n\t\t\"", out);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c == '\t')
			fputs("\\t", out);
		else
			putc(c, out);
	}
	fputs("\"", out);
}

static int print_migration(FILE *out, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	FILE *in = fopen(path, "r");

	if (!in)
		return -1;
	fprintf(out, "\t{ %d, \"%s\",\n", (int)strtod(name, NULL), name);
	print_literal(out, in);
	fprintf(out, " },\n");
	return fclose(in);
}

int main(int argc, char **argv)
{
	FILE *out = argc > 2 ? fopen(argv[1], "w") : NULL;

	if (!out) {
		fprintf(stderr, "usage: embed_sql OUT.c FILE.sql …\n");
		return 2;
	}
	fprintf(out, "/* Made by tools/embed_sql.c. */\n#include \"store/migrate.h\"\n\n"
		     "const struct migration migrations[] = {\n");
	for (int i = 2; i < argc; i++)
		if (print_migration(out, argv[i]) != 0) {
			fprintf(stderr, "embed_sql: cannot read %s\n", argv[i]);
			return 1;
		}
	fprintf(out, "};\n\nconst int n_migrations = %d;\n", argc - 2);
	return fclose(out) == 0 ? 0 : 1;
}
