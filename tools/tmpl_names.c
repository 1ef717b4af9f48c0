#include "tools/tmpl_inner.h"

/* Lists are words between spaces, with a space at both ends. */
bool name_in_list(const char *list, struct text name)
{
	size_t at = 0;
	struct text words = text_from_z(list);

	while (name.len) {
		ptrdiff_t found = text_find(words, name, at);
		if (found <= 0)
			return false;
		size_t end = (size_t)found + name.len;
		if (words.ptr[found - 1] == ' ' && end < words.len && words.ptr[end] == ' ')
			return true;
		at = (size_t)found + 1;
	}
	return false;
}

bool name_is_void(struct text element)
{
	return name_in_list(" area br col embed hr img input link meta source track wbr ", element);
}

/* Elements that cannot be had, and why. */
const char *name_why_refused(struct text element)
{
	static const struct {
		const char *names;
		const char *why;
	} refused[] = {
		{ " style ", "put it into a .css file under assets/" },
		{ " base ", "it would move all addresses of the page" },
		{ " object embed applet param ", "plug-ins are not allowed" },
		{ " animate animatemotion animatetransform set ",
		  "it can put a script into an address" },
		{ " foreignobject ", "HTML inside SVG is not followed" },
		{ " math ", "MathML is not followed" },
		{ " frame frameset noframes noembed xmp plaintext listing marquee font center "
		  "isindex keygen menuitem acronym big tt strike dir image nobr ",
		  "it is no longer HTML" },
	};

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (name_in_list(refused[i].names, element))
			return refused[i].why;
	return NULL;
}

/* HTML inside SVG would end the SVG, so in it nothing but its own stands. */
bool name_is_svg(struct text element)
{
	return name_in_list(" svg a circle clippath defs desc ellipse g image line lineargradient "
			    "marker mask path pattern polygon polyline radialgradient rect stop "
			    "switch symbol text textpath title tspan use view ", element);
}

bool name_is_plain_text(struct text element)
{
	return name_in_list(" title textarea ", element);
}

bool name_is_raw(struct text element)
{
	return name_in_list(" script iframe ", element);
}

const char *name_keeps_space(struct text element)
{
	return name_in_list(" pre textarea ", element) ? "\n" : NULL;
}

/* A start tag of these ends an open <p>. */
bool name_ends_paragraph(struct text element)
{
	return name_in_list(" address article aside blockquote body dd details dialog div dl dt "
			    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header "
			    "hgroup hr li main menu nav ol p pre search section summary table ul ",
			    element);
}

/* White space beside a tag of these is not shown. */
bool name_is_block(struct text element)
{
	return name_ends_paragraph(element) ||
	       name_in_list(" caption col colgroup head html legend link meta optgroup option tbody td "
			    "tfoot th thead title tr ", element);
}

bool name_not_in_itself(struct text element)
{
	return name_in_list(" a button form label nobr option html body main ",
			    element);
}

bool name_is_heading(struct text element)
{
	return name_in_list(" h1 h2 h3 h4 h5 h6 ", element);
}

struct family {
	const char *names;
	const char *list;
};

static const char *find_family(const struct family *families, size_t n, struct text name)
{
	for (size_t i = 0; i < n; i++)
		if (name_in_list(families[i].names, name))
			return families[i].list;
	return NULL;
}

/* What may stand in an element, for elements that hold nothing else and no
 * text: a parser would move or drop it. NULL: anything. */
const char *name_children(struct text element)
{
	static const struct family families[] = {
		{ " html ", " head body " },
		{ " head ", " title meta link script noscript template " },
		{ " table ", " caption colgroup thead tbody tfoot tr " },
		{ " thead tbody tfoot ", " tr " },
		{ " tr ", " td th " },
		{ " colgroup ", " col " },
		{ " select ", " option optgroup hr " },
		{ " optgroup ", " option " },
		{ " ul ol menu ", " li " },
		{ " dl ", " dt dd div " },
	};
	return find_family(families, ARRAY_LEN(families), element);
}

/* The parents that an element needs. NULL: any. */
const char *name_parents(struct text element)
{
	static const struct family families[] = {
		{ " head body ", " html " },
		{ " caption colgroup thead tbody tfoot ", " table " },
		{ " tr ", " table thead tbody tfoot " },
		{ " td th ", " tr " },
		{ " col ", " colgroup " },
		{ " option ", " select optgroup datalist " },
		{ " optgroup ", " select " },
		{ " li ", " ul ol menu " },
		{ " dt dd ", " dl div " },
	};
	return find_family(families, ARRAY_LEN(families), element);
}

enum attr_kind name_attr_kind(struct text element, struct text attr)
{
	if (text_starts_with(attr, TEXT("on")) ||
	    name_in_list(" style srcdoc attributename background xml:base ping ", attr))
		return ATTR_FORBIDDEN;
	if (name_in_list(" src href xlink:href ", attr) && text_equal_z(element, "script"))
		return ATTR_SCRIPT_URL;
	if (name_in_list(" href src action formaction poster cite data manifest longdesc "
			 "xlink:href dynsrc lowsrc codebase classid profile ", attr))
		return ATTR_URL;
	if (name_in_list(" srcset imagesrcset http-equiv nonce integrity sandbox allow is charset "
			 "fill stroke filter mask clip-path marker-start marker-mid marker-end "
			 "cursor method enctype formmethod formenctype target formtarget rel "
			 "referrerpolicy usemap xmlns accept-charset ", attr))
		return ATTR_FIXED;
	if (name_in_list(" type ", attr) && name_in_list(" script link input button ", element))
		return ATTR_FIXED;
	return ATTR_PLAIN;
}
