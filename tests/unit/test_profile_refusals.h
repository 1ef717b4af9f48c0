/* Every mistake that a profile can have, one a row; for test_profile.c. */
#ifndef TEST_PROFILE_REFUSALS_H
#define TEST_PROFILE_REFUSALS_H

#define UNKNOWN "không có tham số này"
#define PLANNED "chưa được hỗ trợ"
#define MISSING "thiếu tham số"

struct refusal {
	const char *old, *new;		/* see changed() */
	const char *path, *reason;	/* the only problem; a part of its reason */
};

static const struct refusal refusals[] = {
	/* shape */
	{ NULL, "'colour':1", "colour", UNKNOWN },
	{ NULL, "'paper':{'colour':1}", "paper.colour", UNKNOWN },
	{ NULL, "'paper':{'a\\nb':1}", "paper.a?b", UNKNOWN },
	{ "'place':'unit'", "'place':'unit','x':[]", "groups[0].x", UNKNOWN },
	{ "'format':1", "'format':2", "format", "phải là 1" },
	{ "'format':1,", "", "format", MISSING },
	{ "'version':'1'", "'version':1", "consent.version", "chuỗi" },
	{ "'version':'1',", "", "consent.version", MISSING },
	{ "'consent':{'version':'1','purpose':'tổ chức hội thi'}", "'practice':{'bank':'b2',"
	  "'n_questions':1}", "consent", MISSING },
	{ NULL, "'paper':[]", "paper", "đối tượng" },
	{ NULL, "'paper':{'draw':{}}", "paper.draw", "danh sách" },
	{ NULL, "'paper':{'topics':[7]}", "paper.topics[0]", "đối tượng" },
	{ NULL, "'practice':{'bank':'b2'}", "practice.n_questions", MISSING },

	/* values */
	{ "'code':'thu'", "'code':'Thử'", "contest.code", "chữ thường" },
	{ "'code':'thu'", "'code':''", "contest.code", "từ 1 đến 40 ký tự" },
	{ "'code':'g1'", "'code':'aaaaaaaaaaaaaaaaaaaaa'", "groups[0].code", "đến 20" },
	{ "'title':'Hội thi thử'", "'title':'Hội\\nthi'", "contest.title", "xuống dòng" },
	{ "'title':'Hội thi thử'", "'title':' Hội thi'", "contest.title", "khoảng trắng" },
	{ "'contact':", "'site':'thi.gov.vn','contact':", "contest.site", "https://" },
	{ "'contact':", "'site':'https://','contact':", "contest.site", "https://" },
	{ "'bank.csv'", "'../bank.csv'", "banks[0].file", "tên tệp" },
	{ "'place':'unit'", "'place':'home'", "groups[0].place", "unit, locality" },
	{ NULL, "'paper':{'n_questions':0}", "paper.n_questions", "từ 1 đến 100" },
	{ NULL, "'paper':{'n_questions':101}", "paper.n_questions", "từ 1 đến 100" },
	{ NULL, "'paper':{'n_questions':30.0}", "paper.n_questions", "số nguyên" },
	{ NULL, "'paper':{'time_limit_s':59}", "paper.time_limit_s", "từ 60 đến 14400" },
	{ NULL, "'paper':{'shuffle_q':1}", "paper.shuffle_q", "true" },
	{ NULL, "'attempt':{'limit':-1}", "attempt.limit", "từ 0" },
	{ NULL, "'attempt':{'period':'month'}", "attempt.period", "round, contest, week, day" },
	{ NULL, "'publish':{'participation':'11h'}", "publish.participation", "giờ" },
	{ NULL, "'publish':{'participation':'24:00'}", "publish.participation", "giờ" },
	{ NULL, "'publish':{'participation':'-1:00'}", "publish.participation", "giờ" },
	{ NULL, "'publish':{'participation':null}", "publish.participation", "null" },
	{ NULL, "'retention':{'days':null}", "retention.days", "null" },
	{ NULL, "'prize':{'collective':{'formula':{'rate':0.5005}}}",
	  "prize.collective.formula.rate", "ba chữ số" },
	{ NULL, "'prize':{'collective':{'formula':{'rate':1.001}}}",
	  "prize.collective.formula.rate", "từ 0 đến 1" },
	{ NULL, "'prize':{'individual':[{'quantity':1}]}", "prize.individual[0].level", MISSING },
	{ NULL, "'prize':{'individual':[{'level':'A','quantity':0}]}",
	  "prize.individual[0].quantity", "từ 1" },
	{ NULL, "'rank':{'keys':[]}", "rank.keys", "từ 1 đến 8" },
	{ NULL, "'rank':{'keys':['score','luck']}", "rank.keys[1]", "phải là một trong" },

	/* dates */
	{ "2024-10-04T24:00:00+07:00", "2024-10-04", "contest.close_at", "thời điểm" },
	{ "2024-10-04T24:00:00+07:00", "2024-10-04T17:00:00Z", "contest.close_at", "thời điểm" },
	{ "2024-10-04T24:00:00+07:00", "2024-10-04T24:01:00+07:00",
	  "contest.close_at", "thời điểm" },
	{ "2024-10-04T24:00:00+07:00", "2024-09-31T00:00:00+07:00",
	  "contest.close_at", "thời điểm" },
	{ "2024-10-08T08:00:00+07:00", "2024-10-08T08:00:00.500+07:00",
	  "contest.result_at", "thời điểm" },
	{ "2024-10-08T08:00:00+07:00", "3024-10-08T08:00:00+07:00", "contest.result_at", "năm" },
	{ "'2024-10-08T08:00:00+07:00'", "null", "contest.result_at", "null" },
	{ "2024-08-20", "2024-02-30", "contest.legal_basis[0].date", "ngày" },
	{ "2024-08-20", "20/8/2024", "contest.legal_basis[0].date", "ngày" },
	{ "2024-08-20", "2024-10-09", "contest.legal_basis[0].date", "contest.result_at" },
	{ "'2024-09-20'", "'2024-13-01'", "rules.decision_date", "ngày" },
	{ "'2024-09-20'", "'2025-09-20'", "rules.decision_date", "contest.result_at" },
	{ "2024-09-09T00:00:00", "2024-09-20T08:00:00", "contest.open_at", "contest.launch_at" },
	{ "2024-10-08T08:00:00", "2024-10-04T23:59:59", "contest.result_at", "contest.close_at" },

	/* rounds */
	{ "2024-09-20T08:00+07:00", "2024-09-20T09:00+07:00",
	  "rounds[0].open_at", "contest.open_at" },
	{ "2024-10-05T00:00+07:00", "2024-10-04T23:00+07:00",
	  "rounds[1].close_at", "contest.close_at" },
	{ "2024-10-05T00:00+07:00", "2024-10-05T01:00+07:00",
	  "rounds[1].close_at", "contest.close_at" },
	{ "2024-09-27T10:00+07:00", "2024-09-27T07:59+07:00",
	  "rounds[1].open_at", "rounds[0].close_at" },
	{ "2024-09-27T10:00+07:00", "2024-09-19T07:59+07:00",
	  "rounds[1].open_at", "contest.open_at" },
	{ "2024-09-27T08:00+07:00", "2024-09-20T08:00+07:00",
	  "rounds[0].close_at", "rounds[0].open_at" },

	/* names twice */
	{ "'code':'r2'", "'code':'r1'", "rounds[1].code", "trùng" },
	{ "'code':'g2'", "'code':'g1'", "groups[1].code", "trùng" },
	{ "'code':'b2'", "'code':'b1'", "banks[1].code", "trùng" },
	{ "practice.csv", "bank.csv", "banks[1].file", "trùng" },
	{ NULL, "'rank':{'keys':['score','prediction_error','score']}", "rank.keys[2]", "trùng" },
	{ NULL, "'prize':{'individual':[{'level':'A','quantity':1},{'level':'A','quantity':2}]}",
	  "prize.individual[1].level", "trùng" },
	{ NULL, "'prize':{'collective':{'blocks':[{'code':'x','name':'X'},"
	  "{'code':'x','name':'Y'}]}}",
	  "prize.collective.blocks[1].code", "trùng" },
	{ NULL, "'paper':{'topics':[{'code':'x','name':'X'},{'code':'x','name':'Y'}]}",
	  "paper.topics[1].code", "trùng" },

	/* contradictions */
	{ "'bank':'b1'", "'bank':'b9'", "groups[0].bank", "banks" },
	{ NULL, "'practice':{'bank':'b9','n_questions':1}", "practice.bank", "banks" },
	{ NULL, "'practice':{'bank':'b1','n_questions':1}", "practice.bank", "groups[0]" },
	{ NULL, "'paper':{'draw':[{'topic':'a','count':29}]}", "paper.draw", "29" },
	{ NULL, "'paper':{'draw':[{'topic':'a','count':15},{'difficulty':1,'count':15}]}",
	  "paper.draw[1]", "paper.draw[0]" },
	{ NULL, "'paper':{'draw':[{'topic':'a','count':15},"
	  "{'topic':'a','difficulty':1,'count':15}]}",
	  "paper.draw[1]", "paper.draw[0]" },
	{ NULL, "'paper':{'topics':[{'code':'x','name':'X'}],'draw':[{'topic':'a','count':30}]}",
	  "paper.draw[0].topic", "paper.topics" },
	{ NULL, "'attempt':{'counting':'only'}", "attempt.counting", "attempt.limit" },
	{ NULL, "'attempt':{'counting':'only','limit':0}", "attempt.counting", "attempt.limit" },
	{ NULL, "'prediction':{'target':'none'}", "rank.keys", "prediction.target" },
	{ NULL, "'rank':{'keys':['score']}", "rank.keys", "prediction_error" },
	{ NULL, "'prize':{'collective':{'formula':{'rate':0.4}}}", "prize.collective.formula",
	  "bằng 1" },
	{ "'groups':[{'code':'g1','name':'Nhóm 1','who':'cán bộ','bank':'b1','place':'unit'},",
	  "'prize':{'collective':{'blocks':[{'code':'x','name':'X'}]}},'groups':[",
	  "prize.collective.blocks", "place" },
	{ NULL, "'retention':{'days':400}", "retention.winner_days", "retention.days" },

	/* planned */
	{ NULL, "'auth':{'method':['sms']}", "auth.method", PLANNED },
	{ NULL, "'auth':7", "auth", "đối tượng" },
	{ NULL, "'auth':{'people_per_phone':{'unit':0}}", "auth.people_per_phone.unit", "1" },
	{ NULL, "'auth':{'people_per_phone':{'locality':11}}", "auth.people_per_phone.locality", "10" },
	{ NULL, "'auth':{'surge':'on'}", "auth.surge", "" },
	{ NULL, "'auth':{'colour':1}", "auth.colour", UNKNOWN },
	{ NULL, "'complaint':{'window_h':24}", "complaint.window_h", PLANNED },
	{ NULL, "'referral':{'enabled':true}", "referral.enabled", PLANNED },
	{ NULL, "'headcount':{'lock_at':''}", "headcount.lock_at", PLANNED },
	{ NULL, "'extra_sections':[]", "extra_sections", PLANNED },
	{ NULL, "'rollup':true", "rollup", PLANNED },
	{ NULL, "'round':{'close_gap_min':30}", "round.close_gap_min", PLANNED },
	{ "'name':'Đợt 1'", "'name':'Đợt 1','close_gap_min':30", "rounds[0].close_gap_min",
	  PLANNED },
	{ NULL, "'attempt':{'resume':true}", "attempt.resume", PLANNED },
	{ NULL, "'attempt':{'counting':'sum_rounds'}", "attempt.counting", PLANNED },
	{ NULL, "'prediction':{'required':true}", "prediction.required", PLANNED },
	{ NULL, "'prediction':{'target':'percent'}", "prediction.target", PLANNED },
	{ NULL, "'paper':{'negative':0}", "paper.negative", PLANNED },
	{ NULL, "'prize':{'max_share':50}", "prize.max_share", PLANNED },
	{ NULL, "'prize':{'individual':[{'level':'A','quantity':1,'certificate':true}]}",
	  "prize.individual[0].certificate", PLANNED },
	{ NULL, "'prize':{'collective':{'formula':{'n_perfect':0.1}}}",
	  "prize.collective.formula.n_perfect", PLANNED },
	{ NULL, "'publish':{'leaderboard':'live'}", "publish.leaderboard", PLANNED },
	{ NULL, "'exclusion':{'mode':'may_play_unranked'}", "exclusion.mode", PLANNED },
	{ NULL, "'rank':{'keys':['score','prediction_error','manual_draw']}",
	  "rank.keys[2]", PLANNED },
	{ NULL, "'feedback':{'after_submit':'key'}", "feedback.after_submit", PLANNED },

	/* broken JSON */
	{ "{'format':1,", "{'format':1,\n'format':1,", "line 2 column 8", "hai lần" },
	{ "'rules':", "'rules'", "line 1 column 370", "JSON" },
};

#endif
