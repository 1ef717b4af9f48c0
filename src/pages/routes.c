/* Every address of the site. docs/pages.md tells it to people; tests/site holds
 * the two together. */
#include "pages/route.h"

#include "pages/article.h"
#include "pages/assets_page.h"
#include "pages/correct.h"
#include "pages/device.h"
#include "pages/home.h"
#include "pages/lost_session.h"
#include "pages/me.h"
#include "pages/me_consent.h"
#include "pages/me_move.h"
#include "pages/my_data.h"
#include "pages/paper.h"
#include "pages/phone_help.h"
#include "pages/practice.h"
#include "pages/recovery.h"
#include "pages/register.h"
#include "pages/result.h"
#include "pages/results.h"
#include "pages/rules_page.h"
#include "pages/sign_in.h"
#include "pages/sitting.h"
#include "pages/start.h"
#include "pages/units_page.h"

/* What a form has most of stands first: each of its fields is looked for. */
#define PAPER_FIELDS "_token a* f* rev no base baseflags basep p"
/* Ticks of consent: one's own, and for who is under 16 the representative's. */
#define CONSENT_FIELDS "dongy daidien dongydd congbodd congbo"

/* A page to read; `query` names what may stand after "?". */
#define GET(path, name, audience, load, show, query) \
	{ METHOD_GET, path, name, AUDIENCE_##audience, ROUTE_OTHER, false, load, show, query }
#define POST(path, name, audience, class, load, show, fields) \
	{ METHOD_POST, path, name, AUDIENCE_##audience, ROUTE_##class, true, load, show, fields }

const struct route routes[] = {
	GET("/", "root", EVERYONE, NULL, page_root_show, ""),
	GET("/assets/{}", "asset", EVERYONE, NULL, page_asset_show, ""),
	GET("/tai-nguyen/{}", "file", EVERYONE, NULL, page_asset_show, ""),
	GET("/{contest}", "home", EVERYONE, page_home_load, page_home_show, ""),
	GET("/{contest}/bai-thi/{}", "paper", CONTESTANT, open_paper_load, page_paper_show,
	    "da-luu du-doan"),
	POST("/{contest}/bai-thi/{}/luu", "save", CONTESTANT, SAVE, open_paper_load_to_save, page_paper_save,
	     PAPER_FIELDS),
	POST("/{contest}/bai-thi/{}/luu.json", "save-json", CONTESTANT, SAVE, NULL,
	     page_paper_save_json, PAPER_FIELDS),
	POST("/{contest}/bai-thi/{}/nop", "submit", CONTESTANT, SAVE, open_paper_load_to_save,
	     page_paper_submit, PAPER_FIELDS " confirm"),
	POST("/{contest}/bai-thi/{}/tiep-tuc", "take", CONTESTANT, SAVE, open_paper_load_to_save,
	     page_paper_take, PAPER_FIELDS),
	GET("/{contest}/dang-ky", "register", EVERYONE, register_load, page_register_show,
	    "nhom dv q tren khac donvi cho moi"),
	POST("/{contest}/dang-ky", "register-post", EVERYONE, DOOR, register_load, page_register_post,
	     "_token nhom dv donvi hoten ngaysinh sdt matkhau dongy xacnhan moi cong maychung trangweb"),
	POST("/{contest}/dang-ky/nguoi-dai-dien", "register-minor-post", EVERYONE, DOOR,
	     register_minor_load, page_register_minor_post,
	     "_token nhom dv donvi hoten ngaysinh sdt matkhau xacnhan moi cong maychung trangweb "
	     CONSENT_FIELDS),
	GET("/{contest}/dang-nhap", "sign-in", EVERYONE, sign_in_load, page_sign_in_show, "tiep"),
	POST("/{contest}/dang-nhap", "sign-in-post", EVERYONE, DOOR, sign_in_load, page_sign_in_post,
	     "_token sdt matkhau tiep nguoi maychung " LOST_FIELDS),
	POST("/{contest}/dang-xuat", "sign-out", EVERYONE, SAVE, NULL, page_sign_out_post, "_token"),
	GET("/{contest}/don-vi", "units", EVERYONE, page_units_load, page_units_show, "dv"),
	GET("/{contest}/don-vi/{}", "units-of-day", EVERYONE, page_units_load, page_units_show, "dv"),
	GET("/{contest}/du-lieu", "my-data", CONTESTANT, my_data_load, page_my_data_show,
	    "da-sua da-thi"),
	POST("/{contest}/du-lieu/rut-lai", "withdraw", CONTESTANT, DOOR, my_data_load,
	     page_withdraw_post, "_token rutlai"),
	POST("/{contest}/du-lieu/sua", "correct", CONTESTANT, DOOR, my_data_load, page_correct_post,
	     "_token hoten ngaysinh xacnhan " CONSENT_FIELDS),
	GET("/{contest}/du-lieu/tai-ve", "my-data-file", CONTESTANT, my_data_load, page_my_data_file,
	    ""),
	POST("/{contest}/du-lieu/xoa", "erase", CONTESTANT, DOOR, my_data_load, page_erase_post,
	     "_token xoa matkhau"),
	GET("/{contest}/giay-xac-nhan/{}", "attendance", CONTESTANT, open_paper_load,
	    page_attendance_show, ""),
	GET("/{contest}/hoi-dap", "faq", EVERYONE, NULL, page_faq_show, ""),
	GET("/{contest}/huong-dan", "guide", EVERYONE, NULL, page_guide_show, ""),
	GET("/{contest}/ket-qua", "results", EVERYONE, page_results_load, page_results_show, "dot"),
	GET("/{contest}/ket-qua/{}", "result", CONTESTANT, open_paper_load, page_result_show, ""),
	POST("/{contest}/phieu-du-thi", "slip", CONTESTANT, DOOR, slip_load, page_slip_post,
	     "_token matkhau"),
	GET("/{contest}/quen-mat-khau", "forgot", EVERYONE, forgot_load, page_forgot_show, ""),
	POST("/{contest}/quen-mat-khau", "forgot-post", EVERYONE, DOOR, forgot_load, page_forgot_post,
	     "_token sdt ma matkhau maychung trangweb"),
	GET("/{contest}/so-dien-thoai", "phone-help", EVERYONE, NULL, page_phone_help_show, ""),
	GET("/{contest}/the-le", "rules", EVERYONE, NULL, page_rules_show, "ban"),
	POST("/{contest}/thiet-bi", "device-end", CONTESTANT, DOOR, device_end_load,
	     page_device_end_post, "_token thietbi"),
	GET("/{contest}/thi-thu", "practice", EVERYONE, NULL, page_practice_show, "de tl"),
	POST("/{contest}/thi-thu", "practice-post", EVERYONE, OTHER, NULL, page_practice_post,
	     "_token de c*"),
	GET("/{contest}/tin-tuc", "news-list", EVERYONE, NULL, page_news_list_show, ""),
	GET("/{contest}/tin-tuc/{}", "news", EVERYONE, NULL, page_news_show, ""),
	GET("/{contest}/toi", "me", CONTESTANT, me_load, page_me_show,
	    "moi da-doi da-ngat loi da-dong-y"),
	POST("/{contest}/toi", "profile", CONTESTANT, DOOR, me_load, page_me_post,
	     "_token nhom dv donvi"),
	POST("/{contest}/toi/dong-y", "consent", CONTESTANT, DOOR, me_load, page_consent_post,
	     "_token " CONSENT_FIELDS),
	GET("/{contest}/vao-thi", "start", CONTESTANT, sitting_load, page_start_show, ""),
	POST("/{contest}/vao-thi", "start-post", CONTESTANT, START, sitting_load, page_start_post,
	     "_token"),
};

const int n_routes = ARRAY_LEN(routes);
