#include "assets/assets.h"

#include "assets/table.h"

const struct asset *asset_find_path(struct text hashed_name)
{
	for (size_t i = 0; i < assets_n; i++)
		if (text_equal(assets_all[i].hashed_name, hashed_name))
			return &assets_all[i];
	return NULL;
}

const struct asset *asset_by_name(struct text name)
{
	for (size_t i = 0; i < assets_n; i++)
		if (text_equal(assets_all[i].name, name))
			return &assets_all[i];
	return NULL;
}
